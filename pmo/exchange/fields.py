"""Reads one mapping of a file field by field; what is wrong is noted, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar

from pmo.domain.planning import faults_of_day
from pmo.exchange.document import Document, Faults
from pmo.exchange.faults import Steps
from pmo.i18n import LANGUAGES

LONGEST_NAME = 500
LARGEST_NUMBER = 1e15

Choice = TypeVar("Choice", bound=StrEnum)
Row = TypeVar("Row")

_ABSENT: Any = object()
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Names:
    """A name in the three languages of the house."""

    ru: str
    kk: str
    en: str


class Fields:
    """One mapping. Every reader returns None (or its default) after noting a fault; ``finish`` notes unknown fields."""

    def __init__(self, faults: Faults, path: Steps, raw: dict[str, Any]) -> None:
        self.faults = faults
        self.path = path
        self._raw = raw
        self._asked: set[str] = set()

    def at(self, name: str) -> Steps:
        """The path of a field."""
        return (*self.path, name)

    def fault(self, name: str, code: str, value: object = None, **values: object) -> None:
        """Notes a fault of a field."""
        self.faults.add(self.at(name), code, value, **values)

    def has(self, name: str) -> bool:
        """Whether the field is there and says something."""
        return self._raw.get(name) is not None

    def names_field(self, name: str) -> bool:
        """Whether the field is there at all, be it empty."""
        return name in self._raw

    def text(self, name: str, longest: int = LONGEST_NAME) -> str | None:
        """A text that must be there."""
        value = self._required(name)
        return None if value is None else self._text(name, value, longest)

    def optional_text(self, name: str, longest: int = LONGEST_NAME) -> str | None:
        """A text that may be left out."""
        value = self._optional(name)
        return None if value is None else self._text(name, value, longest)

    def day(self, name: str) -> date | None:
        """A date that must be there, between 2000 and 2050."""
        value = self._required(name)
        return None if value is None else self._day(self.at(name), value)

    def optional_day(self, name: str) -> date | None:
        """A date that may be left out or empty."""
        value = self._optional(name)
        return None if value is None else self._day(self.at(name), value)

    def number(self, name: str) -> float | None:
        """A finite number that must be there."""
        value = self._required(name)
        return None if value is None else self._number(self.at(name), value)

    def optional_number(self, name: str) -> float | None:
        """A finite number that may be left out or empty."""
        value = self._optional(name)
        return None if value is None else self._number(self.at(name), value)

    def whole_number(self, name: str, lowest: int, highest: int) -> int | None:
        """A whole number that may be left out."""
        value = self._optional(name)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(name, "not_a_whole_number", value)
        elif not lowest <= value <= highest:
            self.fault(name, "number_out_of_range", value, lowest=lowest, highest=highest)
        else:
            return value
        return None

    def weight(self) -> float:
        """``weight``, 1 where it is left out."""
        value = self.optional_number("weight")
        if value is not None and value <= 0:
            self.fault("weight", "weight_not_positive", value)
        return 1.0 if value is None or value <= 0 else value

    def flag(self, name: str) -> bool:
        """True or false; false where it is left out."""
        value = self._optional(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.fault(name, "not_a_flag", value)
        return False

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        """One word of an enumeration; must be there."""
        value = self._required(name)
        return None if value is None else self._choice(name, value, choices)

    def optional_choice(self, name: str, choices: type[Choice], default: Choice) -> Choice:
        """One word of an enumeration, or the default."""
        value = self._optional(name)
        return (None if value is None else self._choice(name, value, choices)) or default

    def one_of(self, name: str, words: Sequence[str]) -> str | None:
        """One of some words; must be there."""
        value = self._required(name)
        if value is None:
            return None
        if value in words:
            return str(value)
        self.fault(name, "not_one_of", value, expected=list(words))
        return None

    def names(self, name: str) -> Names | None:
        """A name in all three languages."""
        value = self._required(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault(name, "not_a_mapping", value)
            return None
        inner = Fields(self.faults, self.at(name), value)
        ru, kk, en = (inner.text(language) for language in LANGUAGES)
        inner.finish()
        return Names(ru, kk, en) if ru and kk and en else None

    def mapping(self, name: str) -> Fields:
        """A mapping that may be left out; then it is an empty one."""
        value = self._optional(name)
        if value is not None and not isinstance(value, dict):
            self.fault(name, "not_a_mapping", value)
        return Fields(self.faults, self.at(name), value if isinstance(value, dict) else {})

    def mappings(self, name: str) -> Iterator[Fields]:
        """A list of mappings that may be left out."""
        for place, item in self._items(name):
            if isinstance(item, dict):
                yield Fields(self.faults, (*self.at(name), place), item)
            else:
                self.faults.add((*self.at(name), place), "not_a_mapping", item)

    def rows(self, name: str, read: Callable[[Fields], Row | None]) -> tuple[Row, ...]:
        """The rows of a list that could be read."""
        found = (read(fields) for fields in self.mappings(name))
        return tuple(row for row in found if row is not None)

    def texts(self, name: str) -> list[tuple[Steps, str]]:
        """A list of texts with their paths; may be left out."""
        found = []
        for place, item in self._items(name):
            path = (*self.at(name), place)
            if isinstance(item, str) and item.strip():
                found.append((path, item))
            else:
                self.faults.add(path, "not_text", item)
        return found

    def days(self, name: str) -> dict[str, date]:
        """A mapping of codes to dates; may be left out."""
        value = self._optional(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(name, "not_a_mapping", value)
            return {}
        read = {code: self._day((*self.at(name), code), day) for code, day in value.items()}
        return {code: day for code, day in read.items() if day is not None}

    def ignore(self, *names: str) -> None:
        """Fields that are known and not read here."""
        self._asked.update(names)

    def names_of_fields(self) -> list[str]:
        """All field names the file gives."""
        return list(self._raw)

    def finish(self) -> None:
        """Notes every field that nobody asked for: a slip of the pen would otherwise be dropped silently."""
        for name in self._raw:
            if name not in self._asked:
                self.fault(name, "unknown_field", self._raw[name], field=name, expected=sorted(self._asked))

    def _required(self, name: str) -> Any:
        self._asked.add(name)
        value = self._raw.get(name, _ABSENT)
        if value is _ABSENT or value is None:
            self.fault(name, "missing_field", field=name)
            return None
        return value

    def _optional(self, name: str) -> Any:
        self._asked.add(name)
        return self._raw.get(name)

    def _items(self, name: str) -> Iterable[tuple[int, Any]]:
        value = self._optional(name)
        if value is not None and not isinstance(value, list):
            self.fault(name, "not_a_list", value)
        return enumerate(value) if isinstance(value, list) else ()

    def _text(self, name: str, value: Any, longest: int) -> str | None:
        if not isinstance(value, str):
            self.fault(name, "not_text", value)
        elif not value.strip():
            self.fault(name, "text_empty")
        elif len(value) > longest:
            self.fault(name, "text_too_long", value, limit=longest)
        elif _CONTROL.search(value):
            self.fault(name, "control_character", value.encode("unicode_escape").decode())
        else:
            return value.strip()
        return None

    def _day(self, path: Steps, value: Any) -> date | None:
        day = as_day(value)
        if day is None:
            self.faults.add(path, "not_a_date", value)
            return None
        for fault in faults_of_day(day, "day"):
            self.faults.add(path, fault.code, day, **fault.values)
            return None
        return day

    def _number(self, path: Steps, value: Any) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            self.faults.add(path, "not_a_number", value)
            return None
        if abs(value) > LARGEST_NUMBER or not isfinite(value):
            self.faults.add(path, "number_out_of_range", value, lowest=-LARGEST_NUMBER, highest=LARGEST_NUMBER)
            return None
        return float(value)

    def _choice(self, name: str, value: Any, choices: type[Choice]) -> Choice | None:
        try:
            return choices(value)
        except ValueError:
            self.fault(name, "not_one_of", value, expected=[choice.value for choice in choices])
            return None


def top_of(document: Document, faults: Faults) -> Fields:
    """The fields at the top of a file."""
    return Fields(faults, (), document.content)


def as_day(value: object) -> date | None:
    """A date of a file: a YAML date, or a text that spells one; None for anything else, a moment included."""
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None
