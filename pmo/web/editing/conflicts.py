"""Somebody saved first: the form keeps what was typed and shows what stands now beside it (RELIABILITY 5.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pmo.i18n import formats, gettext
from pmo.web.editing.forms import VersionedForm
from pmo.web.forms import DayField, NumberField


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: its label, what was typed, what stands now."""

    label: str
    typed: str
    standing: str


def differences(form: VersionedForm, standing: dict[str, Any]) -> list[Difference]:
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
