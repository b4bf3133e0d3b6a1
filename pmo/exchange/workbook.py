"""Reads a portfolio workbook (.xlsx) into the structure of a YAML file, so that the same checks apply.

The archive is held against its limits before anything is parsed (RELIABILITY 4.3): its members are unpacked once within
bounds, which also proves their sizes, and no cell may lie beyond the largest sheet.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from pmo.exchange.document import Document
from pmo.exchange.faults import ImportFault, ImportRefused, Steps
from pmo.exchange.workbook_sheets import LISTS, SHEETS, Cell, Column, links_from, points_from

MOST_MEMBERS = 200
MOST_UNPACKED = 50 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 10_000, 100
BLOCK = 1024 * 1024

_OTHER_FORMATS = ("content.xml", "xl/workbook.bin")
_PLACE = re.compile(rb"""[\s"']r\s*=\s*["']([A-Z]{0,3})(\d{1,9})["']""")
_TRUTH = {"true": True, "false": False}


def read_workbook(raw: bytes, file: str) -> tuple[Document, list[ImportFault]]:
    """A workbook as a document, and what is wrong with its sheets. Raises ImportRefused for one that cannot be read."""
    _check_archive(raw, file)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(raw))
        tables = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names
        }
    except (CalamineError, ValueError, OSError) as error:
        raise ImportRefused([_whole(file, "not_a_workbook")]) from error
    return _Builder(file).build(tables)


def _check_archive(raw: bytes, file: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            if "xl/workbook.xml" not in names or any(name in names for name in _OTHER_FORMATS):
                raise ImportRefused([_whole(file, "not_a_workbook")])
            if len(set(names)) != len(names) or any(member.flag_bits & 1 for member in members):
                raise ImportRefused([_whole(file, "not_a_workbook")])
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
                raise ImportRefused([_whole(file, "workbook_too_large", limit=MOST_UNPACKED // BLOCK)])
            for member in members:
                content = archive.read(member)  # no longer than it says, and its checksum proves that it is no shorter
                if member.filename.startswith("xl/worksheets/") and _reaches_too_far(content):
                    sheet = member.filename.rpartition("/")[2]
                    raise ImportRefused([ImportFault(file, sheet, None, None, "too_many_rows", {"limit": MOST_ROWS})])
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise ImportRefused([_whole(file, "not_a_workbook")]) from error


def _reaches_too_far(sheet: bytes) -> bool:
    """Whether a cell lies beyond the largest sheet: two cells in opposite corners would fill the memory."""
    for column, row in _PLACE.findall(sheet):
        if int(row) > MOST_ROWS or (column and _column_number(column.decode()) > MOST_COLUMNS):
            return True
    return False


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    """Column 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _whole(file: str, code: str, **values: object) -> ImportFault:
    return ImportFault(file, "", None, None, code, values)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that says something: its number from 1, and its cells by field with their addresses."""

    number: int
    fields: dict[str, Any]
    addresses: dict[str, str]


class _Builder:
    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[ImportFault] = []
        self.lines: dict[Steps, int] = {}
        self.places: dict[Steps, str] = {}

    def build(self, tables: dict[str, list[list[Any]]]) -> tuple[Document, list[ImportFault]]:
        for name in tables:
            if name not in SHEETS:
                self._fault(name, None, name, "unknown_sheet", expected=list(SHEETS))
        rows = {name: list(self._rows(name, tables[name])) for name in SHEETS if name in tables}
        if not any(rows.values()):
            raise ImportRefused(self.faults or [_whole(self.file, "file_empty")])
        content: dict[str, Any] = {"reference": {}}
        for name in LISTS:
            content["reference"][name] = self._placed(("reference", name), name, rows.get(name, []))
        content["people"] = self._placed(("people",), "people", rows.get("people", []))
        content["projects"] = self._placed(("projects",), "projects", rows.get("projects", []))
        for name in ("milestones", "indicators"):
            self._hand_out(name, rows.get(name, []), content["projects"])
        for row in rows.get("meta", [])[:1]:
            self._place(("meta",), "meta", row)
            content["meta"] = row.fields
        return Document(self.file, content, self.lines, self.places), self.faults

    def _rows(self, sheet: str, table: list[list[Any]]) -> Iterator[_Row]:
        if len(table) > MOST_ROWS or any(len(cells) > MOST_COLUMNS for cells in table):
            self._fault(sheet, None, None, "too_many_rows", limit=MOST_ROWS)
            return
        columns = self._columns(sheet, table[0] if table else [])
        for number, cells in enumerate(table[1:], 2):
            if all(_is_empty(cell) for cell in cells):
                continue
            fields: dict[str, Any] = {}
            addresses: dict[str, str] = {}
            for place, column in columns.items():
                address = f"{_letters(place + 1)}{number}"
                value = self._value(sheet, column, cells[place] if place < len(cells) else None, address, number)
                addresses[column.name] = address
                _put(fields, column.name, value)
            yield _Row(number, fields, addresses)

    def _columns(self, sheet: str, header: Sequence[Any]) -> dict[int, Column]:
        """Columns by their place; unknown and repeated ones are faults."""
        known = {column.name: column for column in SHEETS[sheet]}
        found: dict[int, Column] = {}
        for place, cell in enumerate(header):
            name = str(cell).strip()
            address = f"{_letters(place + 1)}1"
            if not name:
                continue
            if name not in known:
                self._fault(f"{sheet}!{address}", 1, name, "unknown_column", expected=list(known))
            elif known[name] in found.values():
                self._fault(f"{sheet}!{address}", 1, name, "duplicate_column")
            else:
                found[place] = known[name]
        return found

    def _value(self, sheet: str, column: Column, value: Any, address: str, row: int) -> Any:
        if _is_empty(value):
            return None
        if isinstance(value, datetime) and value.time() == time():
            value = value.date()
        if column.cell is Cell.FLAG and isinstance(value, str):
            return _TRUTH.get(value.strip().lower(), value)
        if column.cell is Cell.TEXT and isinstance(value, float) and value.is_integer():
            return str(int(value))  # a code that Excel took for a number
        if column.cell is Cell.TEXTS:
            return [part.strip() for part in str(value).split(",") if part.strip()]
        if column.cell in (Cell.LINKS, Cell.POINTS):
            return self._list(sheet, column, str(value), address, row)
        return value

    def _list(self, sheet: str, column: Column, text: str, address: str, row: int) -> list[dict[str, object]]:
        if column.cell is Cell.LINKS:
            found, code = links_from(text), "not_links"
        else:
            found, code = points_from(text, "share" if column.name == "shares" else "value"), "not_points"
        if found is None:
            self._fault(f"{sheet}!{address} {column.name}", row, text, code)
        return found or []

    def _placed(self, path: Steps, sheet: str, rows: list[_Row]) -> list[dict[str, Any]]:
        for position, row in enumerate(rows):
            self._place((*path, position), sheet, row)
        return [row.fields for row in rows]

    def _hand_out(self, sheet: str, rows: list[_Row], projects: list[dict[str, Any]]) -> None:
        """Puts milestones and indicators into their projects."""
        places = {project.get("id"): place for place, project in enumerate(projects)}
        for row in rows:
            code = row.fields.pop("project", None)
            place = places.get(code)
            if place is None or code is None:
                address = row.addresses.get("project", str(row.number))
                self._fault(f"{sheet}!{address} project", row.number, code, "unknown_project_in_sheet")
                continue
            items = projects[place].setdefault(sheet, [])
            self._place(("projects", place, sheet, len(items)), sheet, row)
            items.append(row.fields)

    def _place(self, path: Steps, sheet: str, row: _Row) -> None:
        self.lines[path] = row.number
        self.places[path] = f"{sheet}!{row.number}"
        for name, address in row.addresses.items():
            inner = (*path, *name.split("."))
            self.lines[inner] = row.number
            self.places[inner] = f"{sheet}!{address} {name}"

    def _fault(self, place: str, line: int | None, value: object, code: str, **values: object) -> None:
        self.faults.append(ImportFault(self.file, place, line, value, code, values))


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _put(fields: dict[str, Any], name: str, value: Any) -> None:
    """Sets ``name.kk`` in the inner mapping ``name``, which is there only if something in it is."""
    outer, _, inner = name.partition(".")
    if not inner:
        fields[outer] = value
    elif value is not None:
        fields.setdefault(outer, {})[inner] = value
