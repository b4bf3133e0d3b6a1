"""Reads a YAML file into plain values that know their lines; refuses what no honest file contains.

Built straight from the parser's events: nothing is constructed that the file does not spell out.
Values are str, bool, int, float, date, datetime, None, lists and dicts; a date that is no date stays a text, so that
the reader of the field can name it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml
from yaml.constructor import ConstructorError

from pmo.exchange.faults import MOST_FAULTS, ImportFault, ImportRefused, Steps, as_text

LARGEST = 20 * 1024 * 1024
DEEPEST = 20
MOST_VALUES = 500_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as plain values.

    ``lines`` maps paths to lines, ``places`` to what a person calls them where that is not the path itself (a cell of a
    workbook).
    """

    file: str
    content: dict[str, Any]
    lines: Mapping[Steps, int]
    places: Mapping[Steps, str] = dataclasses.field(default_factory=dict)

    def fault(self, path: Steps, code: str, value: object = None, **values: object) -> ImportFault:
        """A fault at a place of this file; the line is that of the nearest thing the file does contain."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        return ImportFault(self.file, self.place(path), self.lines.get(known), value, code, values)

    def place(self, path: Steps) -> str:
        """What a person calls a place: a path in YAML, sheet and cell in a workbook."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        if not known:
            return as_text(path)
        rest = as_text(path[len(known) :])
        return f"{self.places[known]}{'' if rest[:1] in ('', '[') else ' '}{rest}"


class Faults:
    """Collects the faults of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[ImportFault] = []
        self._faulty: set[Steps] = set()

    def is_faulty(self, path: Steps) -> bool:
        """Whether something is wrong with a value already."""
        return path in self._faulty

    def add(self, path: Steps, code: str, value: object = None, **values: object) -> None:
        """Notes a fault; beyond the most that are listed only says so once."""
        self._faulty.add(path)
        if len(self.found) < MOST_FAULTS:
            self.found.append(self.document.fault(path, code, value, **values))
        elif len(self.found) == MOST_FAULTS:
            self.found.append(self.document.fault((), "too_many_faults", limit=MOST_FAULTS))


def read_file(path: Path) -> bytes:
    """The bytes of a file. Raises ImportRefused for one that is missing or too large."""
    try:
        if path.stat().st_size > LARGEST:
            raise ImportRefused([_whole(path.name, "file_too_large", limit=LARGEST // 1024 // 1024)])
        return path.read_bytes()
    except OSError as error:
        raise ImportRefused([_whole(path.name, "file_missing")]) from error


def read_yaml(raw: bytes, file: str) -> Document:
    """A YAML file with one mapping at its top. Raises ImportRefused with what makes it unreadable."""
    if len(raw) > LARGEST:
        raise ImportRefused([_whole(file, "file_too_large", limit=LARGEST // 1024 // 1024)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused([_whole(file, "not_utf8", position=error.start)]) from error
    if not text.strip():
        raise ImportRefused([_whole(file, "file_empty")])
    return _Builder(text, file).build()


def _whole(file: str, code: str, **values: object) -> ImportFault:
    return ImportFault(file, "", None, None, code, values)


class _Builder:
    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.lines: dict[Steps, int] = {}
        self.faults: list[ImportFault] = []
        self.text = text
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.size = 0

    def build(self) -> Document:
        content: Any = None
        try:
            self.loader = _Loader(self.text)
            content = self._document()
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            self._refuse((), line, "not_yaml", problem=error.problem or error.context or "")
        except yaml.YAMLError as error:
            self._refuse((), None, "not_yaml", problem=str(error).splitlines()[0])
        if content is None:
            self._refuse((), None, "file_empty")
        if not isinstance(content, dict):
            self._refuse((), 1, "not_a_mapping")
        if self.faults:
            raise ImportRefused(self.faults)
        return Document(self.file, content, self.lines)

    def _document(self) -> Any:
        self._next(yaml.StreamStartEvent)
        if self.loader.check_event(yaml.StreamEndEvent):
            return None
        self._next(yaml.DocumentStartEvent)
        content = self._value((), 0)
        self._next(yaml.DocumentEndEvent)
        if not self.loader.check_event(yaml.StreamEndEvent):
            self._refuse((), self._line(self.loader.peek_event()), "several_documents")
        return content

    def _value(self, path: Steps, depth: int) -> Any:
        event = self.loader.get_event()
        line = self._line(event)
        self.lines[path] = line
        before = self.size
        self.size += 1
        if isinstance(event, yaml.AliasEvent):
            return self._repeated(event, path, line)
        if event.tag not in (None, "!"):
            self._refuse(path, line, "tag_not_accepted", tag=event.tag)
        if isinstance(event, yaml.ScalarEvent):
            value: Any = self._scalar(event)
        elif depth >= DEEPEST:
            self._refuse(path, line, "nested_too_deep", limit=DEEPEST)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(path, depth)
        else:
            value = self._mapping(path, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, self.size - before)
        return value

    def _repeated(self, event: Any, path: Steps, line: int) -> Any:
        """What an alias stands for. It counts as if it were written out: a small file must not become a huge one."""
        if event.anchor not in self.anchors:  # unknown, or still open: an alias inside itself never ends
            self._refuse(path, line, "unknown_alias", alias=event.anchor)
        value, size = self.anchors[event.anchor]
        self.size += size
        if self.size > MOST_VALUES:
            self._refuse(path, line, "too_many_values", limit=MOST_VALUES)
        return value

    def _sequence(self, path: Steps, depth: int) -> list[Any]:
        items: list[Any] = []
        while not self.loader.check_event(yaml.SequenceEndEvent):
            items.append(self._value((*path, len(items)), depth + 1))
        self.loader.get_event()
        return items

    def _mapping(self, path: Steps, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not self.loader.check_event(yaml.MappingEndEvent):
            event = self.loader.get_event()
            line = self._line(event)
            if not isinstance(event, yaml.ScalarEvent) or event.tag not in (None, "!"):
                self._refuse(path, line, "key_not_text")
            key = event.value
            inner = (*path, key)
            if key in items:
                self.faults.append(
                    ImportFault(
                        self.file,
                        as_text(inner),
                        line,
                        key,
                        "duplicate_key",
                        {"key": key, "first_line": self.lines[inner], "line": line},
                    )
                )
                self._value((*inner, "again"), depth + 1)
            else:
                items[key] = self._value(inner, depth + 1)
                self.lines[inner] = line  # the line of the field's name, not of what may begin below it
        self.loader.get_event()
        return items

    def _scalar(self, event: Any) -> Any:
        tag = self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == "tag:yaml.org,2002:str":
            return event.value
        if tag == "tag:yaml.org,2002:null":
            return None
        try:
            return self.loader.construct_object(yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark))
        except (ValueError, OverflowError, ConstructorError):
            return event.value

    def _next(self, kind: type[Any]) -> None:
        event = self.loader.get_event()
        assert isinstance(event, kind), event

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + 1

    def _refuse(self, path: Steps, line: int | None, code: str, **values: object) -> NoReturn:
        fault = ImportFault(self.file, as_text(path), line, None, code, values)
        raise ImportRefused([*self.faults, fault])
