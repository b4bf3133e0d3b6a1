"""Forms: one base, fields that read what people here type, and refusals shown where they belong.

A view is a form, one service call, a redirect: see `pmo.web.acts`. ``answering`` turns a RuleBroken into the error of
its field; ``status`` is 422 when something is wrong, else 200.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import Field, FileField, RadioField, SelectField, StringField, TextAreaField, validators
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from pmo.domain.errors import RuleBroken
from pmo.domain.unseen_letters import without_unseen
from pmo.i18n import current_language, formats
from pmo.i18n import lazy_gettext as _
from pmo.i18n.refusals import sentence
from pmo.web.security_log import note_refusal

SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
DAY_FORMS = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d%m%Y", "%d %B %Y", "%d.%m.%y")
ENGLISH_GROUPS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")


class Form(FlaskForm):
    """Base of every form: CSRF, an error summary, and refusals of services as errors."""

    on_page: ClassVar[tuple[str, ...]] = ()
    """Names of fields from top to bottom of the page, where they are not written down in that order."""
    refusals: tuple[str, ...]

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)  # type: ignore[no-untyped-call]
        self.refusals = ()

    def __iter__(self) -> Iterator[Any]:
        """The fields in the order of the page; those that ``on_page`` does not name come last, as written down."""
        places = {name: place for place, name in enumerate(self.on_page)}
        return iter(sorted(super().__iter__(), key=lambda field: places.get(field.name, len(places))))

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Whether the form was sent and its shape is right; what the values mean is the service's to judge."""
        return bool(super().validate_on_submit(extra_validators))  # type: ignore[no-untyped-call]

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Shows a RuleBroken of the block in the form: at its field, or above the form where it has none."""
        try:
            yield
        except RuleBroken as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: RuleBroken) -> None:
        """Adds a refusal as an error."""
        note_refusal(refusal)
        text = sentence(refusal.code, refusal.values)
        field = self._fields.get(refusal.field) if refusal.field else None
        if field is None:
            self.refusals = (*self.refusals, text)
        else:
            field.errors = [*field.errors, text]

    @property
    def status(self) -> int:
        """HTTP status of the page that shows the form."""
        return 422 if self.error_list else 200

    @property
    def error_list(self) -> list[tuple[str | None, str]]:
        """(id of the field or None, sentence) of everything that is wrong, in the order of the page.

        A sentence that is said of several fields begins with the field's name.
        """
        wrong = [(field, str(error)) for field in self for error in field.errors]
        texts = [text for _, text in wrong]
        named = [
            (first_id(field), f"{field.label.text}: {text}" if texts.count(text) > 1 else text) for field, text in wrong
        ]
        return [*((None, text) for text in self.refusals), *named]


class TextField(StringField):
    """One line; spaces around it and letters that nobody sees are taken off, nothing becomes None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = (without_unseen(valuelist[0]).strip() or None) if valuelist else None


class LongTextField(TextAreaField):
    """Several lines; spaces around them and letters that nobody sees are taken off, nothing becomes None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = (without_unseen(valuelist[0].replace("\r\n", "\n")).strip() or None) if valuelist else None


class DayField(StringField):
    """A date, typed as 31.12.2019, 31122019, 31/12/2019 or 2019-12-31, shown as 31.12.2019; ``data`` is a date or None.

    A text field on purpose: a browser's own date field follows the browser's language, not the page's.
    """

    data: date | None  # type: ignore[assignment]

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%d.%m.%Y") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        found = read_day(text)
        if found is None:
            raise ValueError(_("Write the date as day.month.year, for example 31.01.2020."))
        self.data = found


class NumberField(StringField):
    """A number, typed as 1 234,5 or 1234.5, shown as the reader writes it; ``data`` is a float or None."""

    data: float | None  # type: ignore[assignment]

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else formats.number(self.data).replace("−", "-")

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        found = read_number(text)
        if found is None:
            raise ValueError(_("Write a number, for example 1 234,5."))
        self.data = float(found)


class WholeNumberField(NumberField):
    """A whole number; ``data`` is an int or None."""

    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            if self.data != int(self.data):
                raise ValueError(_("Write a whole number."))
            self.data = int(self.data)


class _Offering:
    """Choices as (code, word); what is not among them is refused in our own words."""

    choices: Any
    data: Any

    def offer(self, choices: Iterable[tuple[str, str]], prompt: str | None = None) -> None:
        """Sets what can be chosen: (code, word). A list to choose from begins with the prompt, an empty line."""
        first = [] if isinstance(self, RadioField) else [SelectChoice("", prompt or str(_("Choose…")))]
        self.choices = [*first, *(SelectChoice(code, word) for code, word in choices)]

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in [choice.value for choice in self.choices]:
            raise validators.ValidationError(str(_("Choose one of the list.")))


class ChoiceField(_Offering, SelectField):
    """One of a list: ``form.reason.offer([(code, word), …])``. The empty first line gives None."""

    def __init__(self, label: str | None = None, validators: list[Any] | None = None, **keywords: Any) -> None:
        super().__init__(label, validators, coerce=_code_or_none, choices=[], **keywords)


class RadiosField(_Offering, RadioField):
    """One of a few, all of them seen: radio buttons. Nothing pressed gives None."""

    def __init__(self, label: str | None = None, validators: list[Any] | None = None, **keywords: Any) -> None:
        super().__init__(label, validators, coerce=_code_or_none, choices=[], **keywords)


class UploadField(FileField):
    """A file; ``data`` is a werkzeug FileStorage or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = next((file for file in valuelist if getattr(file, "filename", None)), None)


def required(message: str | None = None) -> validators.DataRequired:
    """A field that must be filled. Zero counts as filled in a number field."""
    return _Required(message or _("Fill in this field."))


def optional() -> validators.Optional:
    """A field that may stay empty; the page says so."""
    return validators.Optional()


def at_most(length: int) -> validators.Length:
    """A text of at most so many letters."""
    return validators.Length(max=length, message=_("At most %(max)d characters."))


class _Required(validators.DataRequired):
    def __call__(self, form: Any, field: Field) -> None:
        if field.errors:  # it was filled, but not with what can be read
            raise validators.StopValidation()
        if field.data is None or field.data == "" or field.data == []:
            raise validators.StopValidation(str(self.message))


def read_day(text: str) -> date | None:
    """A date as people type it, or None."""
    plain = SPACES.sub(" ", text).strip().rstrip(".")
    for form in DAY_FORMS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
    return None


def read_number(text: str) -> Decimal | None:
    """A number as people type it, or None: decimal comma or point, spaces of any kind between thousands."""
    plain = SPACES.sub("", text).replace("−", "-")
    if current_language() == "en" and ENGLISH_GROUPS.fullmatch(plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    if not re.fullmatch(r"[-+]?\d{1,15}(\.\d{1,9})?", plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _code_or_none(value: Any) -> str | None:
    return str(value) if value not in (None, "", "None") else None


def first_id(field: Field) -> str:
    """Where the link of the summary leads: a group of radio buttons has its first one."""
    return f"{field.id}-0" if field.type == "RadiosField" else field.id
