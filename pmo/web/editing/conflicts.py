"""Correcting what stands. When somebody saved first, the form keeps what was typed and shows beside it what stands now
(RELIABILITY 5.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response

from pmo.domain.errors import Conflict
from pmo.i18n import formats, gettext
from pmo.web.acts import Answer, form_page
from pmo.web.editing.forms import VersionedForm
from pmo.web.forms import DayField, NumberField


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: its label, what was typed, what stands now."""

    label: str
    typed: str
    standing: str


def correction(
    form: VersionedForm, standing: Mapping[str, Any], save: Callable[[], Response], template: str, **about: object
) -> Answer:
    """The answer of a page that corrects something: saved, or the form with what is wrong.

    ``standing`` is what the form was filled with, its ``version`` too; ``save`` writes, says so and leads away, or
    raises RuleBroken or Conflict. The template gets ``conflict``, the differences (409), or None.
    """
    if form.validate_on_submit():
        try:
            with form.answering():
                return save()
        except Conflict:
            overwrite_next(form, standing["version"])
            html, _status = form_page(template, form, conflict=differences(form, standing), **about)
            return html, 409
    return form_page(template, form, conflict=None, **about)


def differences(form: VersionedForm, standing: Mapping[str, Any]) -> list[Difference]:
    """The fields in which the form is not what stands, in the order of the page."""
    found = []
    for field in form:
        if field.name in standing and field.name != "version":
            typed, stands = _words(field, field.data), _words(field, standing[field.name])
            if typed != stands:
                found.append(Difference(str(field.label.text), typed, stands))
    return found


def overwrite_next(form: VersionedForm, version: int) -> None:
    """The next press of the button saves over the version that is now shown."""
    form.version.data = str(version)
    form.version.raw_data = [str(version)]


def _words(field: Any, value: Any) -> str:
    if value is None or value == "" or value == [] or value == ():
        return formats.NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(field, DayField):
        return formats.day(value)
    if isinstance(field, NumberField):
        return formats.number(value)
    choices = _choices_of(field)
    if isinstance(value, list | tuple):
        return ", ".join(str(choices.get(one, one)) for one in sorted(value))
    return str(choices.get(value, value))


def _choices_of(field: Any) -> dict[str, str]:
    """Code to word of a field that offers choices."""
    found = {}
    for choice in getattr(field, "choices", None) or ():
        code, word = (choice.value, choice.label) if hasattr(choice, "value") else choice[:2]
        found[str(code)] = str(word)
    return found
