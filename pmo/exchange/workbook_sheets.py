"""The sheets of a portfolio workbook: the fields of the YAML file, a column each; and the lists that fit in a cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pmo.domain.milestone import Dependency
from pmo.i18n import LANGUAGES

LISTS = (
    "cities",
    "priorities",
    "sectors",
    "departments",
    "deputy_areas",
    "districts",
    "units",
    "milestone_types",
    "evidence_types",
    "reason_codes",
)
"""Sheets that a YAML file keeps under ``reference``."""


class Cell(StrEnum):
    """What a cell of a column holds; ``TEXTS`` are parted by commas, ``LINKS`` and ``POINTS`` by semicolons."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    FLAG = "flag"
    TEXTS = "texts"
    LINKS = "links"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field's name, inner fields with a dot (``name.kk``), and what its cells hold."""

    name: str
    cell: Cell = Cell.TEXT


def _columns(*names: str, cell: Cell = Cell.TEXT) -> tuple[Column, ...]:
    return tuple(Column(name, cell) for name in names)


def _named(field: str) -> tuple[Column, ...]:
    return _columns(*(f"{field}.{language}" for language in LANGUAGES))


_TERM = (*_columns("id"), *_named("name"))

SHEETS: dict[str, tuple[Column, ...]] = {
    "meta": (Column("schema_version", Cell.NUMBER), Column("tracked_since", Cell.DAY), Column("provenance")),
    "projects": (
        *_columns("id", "city"),
        *_named("name"),
        *_columns("sector", "priority", "department", "deputy_area"),
        Column("districts", Cell.TEXTS),
        *_columns("start_date", "end_date", cell=Cell.DAY),
        *_columns("budget_planned_mln_kzt", "weight", cell=Cell.NUMBER),
        Column("flagship", Cell.FLAG),
        *_columns("owner", "manager", "curator"),
        Column("tracked_since", Cell.DAY),
    ),
    "milestones": (
        *_columns("project", "id"),
        *_named("name"),
        *_columns("type"),
        *_columns("baseline_date", "actual_date", cell=Cell.DAY),
        Column("weight", Cell.NUMBER),
        Column("critical", Cell.FLAG),
        Column("depends_on", Cell.LINKS),
        *_columns("evidence_required", "performer"),
        Column("min_duration_wd", Cell.NUMBER),
    ),
    "indicators": (
        *_columns("project", "id"),
        *_named("name"),
        *_columns("unit", "direction", "kind"),
        Column("baseline_value", Cell.NUMBER),
        Column("baseline_date", Cell.DAY),
        *_columns("target_value", "target_low", "target_high", cell=Cell.NUMBER),
        Column("target_date", Cell.DAY),
        *_columns("trajectory", "shares", cell=Cell.POINTS),
        *_columns("interpolation", "frequency"),
        Column("window_start", Cell.DAY),
        *_columns("zero_scale", "weight", cell=Cell.NUMBER),
        Column("critical", Cell.FLAG),
        *_columns("source.system"),
        Column("actual_value", Cell.NUMBER),
        Column("actual_on", Cell.DAY),
    ),
    "people": (*_columns("id", "city", "role"), *_named("title"), *_columns("email", "language", "department")),
    "departments": (
        *_TERM,
        *_columns("city", "head"),
        *_columns("valid_from", "valid_until", cell=Cell.DAY),
        Column("succeeded_by", Cell.TEXTS),
    ),
    "deputy_areas": (*_TERM, *_columns("city", "holder")),
    "districts": (*_TERM, *_columns("city")),
    "cities": (*_TERM, *_columns("timezone", "currency", "calendar")),
    "priorities": _TERM,
    "sectors": _TERM,
    "units": _TERM,
    "milestone_types": _TERM,
    "evidence_types": _TERM,
    "reason_codes": _TERM,
}
"""Every sheet with its columns, in the order in which a workbook is written."""

_LINK = re.compile(r"(?P<id>\S+?)(?:\s+(?P<type>FS|SS|FF|SF)(?P<lag>[+-]\d{1,4})?)?")
_POINT = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})\s*=\s*(?P<value>-?\d+(?:[.,]\d+)?)")


def links_from(text: str) -> list[dict[str, object]] | None:
    """``DP-01-M1; DP-01-M2 SS+5`` as the file's list of links; None if it is none."""
    links: list[dict[str, object]] = []
    for part in _parts(text):
        found = _LINK.fullmatch(part)
        if found is None:
            return None
        links.append({"id": found["id"], "type": found["type"] or "FS", "lag_wd": int(found["lag"] or 0)})
    return links


def text_of_links(links: tuple[Dependency, ...]) -> str:
    """The same the other way round."""
    return "; ".join(f"{link.predecessor} {link.type}{link.lag_wd:+d}" for link in links)


def points_from(text: str, value_name: str) -> list[dict[str, object]] | None:
    """``2020-03-31=40; 2020-06-30=55,5`` as the file's list of points; None if it is none."""
    points: list[dict[str, object]] = []
    for part in _parts(text):
        found = _POINT.fullmatch(part)
        if found is None:
            return None
        points.append({"date": found["day"], value_name: float(found["value"].replace(",", "."))})
    return points


def text_of_points(points: tuple[tuple[date, float], ...]) -> str:
    """The same the other way round."""
    return "; ".join(f"{day.isoformat()}={_number(value)}" for day, value in points)


def _number(value: float) -> str:
    return format(Decimal(repr(value)), "f").removesuffix(".0")  # never 1e-07: people read these cells


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
