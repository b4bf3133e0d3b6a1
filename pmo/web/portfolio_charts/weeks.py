"""Status over time: the chart in two widths and its table, each figure with the list that it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for

from pmo.charts.status_history import NARROW_SIZE, Layer, StatusChart, status_svg
from pmo.charts.themed_svg import Region
from pmo.domain.portfolio import GREY
from pmo.domain.project import ProjectStatus
from pmo.i18n import formats, gettext
from pmo.i18n.labels import label
from pmo.queries.overview import Moment
from pmo.queries.past_weeks import WeekCounts

DRAWN = (
    ProjectStatus.OFF_TRACK,
    ProjectStatus.AT_RISK,
    ProjectStatus.NO_DATA,
    ProjectStatus.ON_TRACK,
    ProjectStatus.CLOSING,
)
"""From the bottom up; what is counted apart stands above them together."""

NARROW_COLUMNS = 26
"""A phone has room for half a year of columns; the table has all of them."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A count and the address of its list."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One reporting day of the table: all projects, then one figure a status, in the order of ``Weeks.statuses``."""

    on: date
    all: Figure
    by_status: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Weeks:
    """``rows`` newest first; ``days_between`` reporting days, 7 unless the portfolio is too large for that."""

    wide: str
    narrow: str
    statuses: tuple[ProjectStatus, ...]
    drawn: tuple[ProjectStatus, ...]
    has_apart: bool
    rows: tuple[WeekRow, ...]
    days_between: int


def weeks_drawn(weeks: Sequence[WeekCounts], query: Mapping[str, str], moment: Moment) -> Weeks | None:
    """The chart of the reporting days; None where there is no project to count."""
    if not weeks:
        return None
    present = {status for week in weeks for status, number in week.counts.items() if number}
    statuses = (*(one for one in DRAWN if one in present), *(one for one in ProjectStatus if one in present & GREY))
    chart = _chart(weeks, query, moment)
    recent = weeks[-NARROW_COLUMNS:]
    return Weeks(
        wide=status_svg(chart),
        narrow=status_svg(replace(_chart(recent, query, moment), key="statuses-narrow"), NARROW_SIZE),
        statuses=statuses,
        drawn=tuple(status for status in statuses if status in DRAWN),
        has_apart=bool(present & GREY),
        rows=tuple(_row(week, statuses, query, moment) for week in reversed(weeks)),
        days_between=(weeks[1].on - weeks[0].on).days if len(weeks) > 2 else 7,
    )


def _chart(weeks: Sequence[WeekCounts], query: Mapping[str, str], moment: Moment) -> StatusChart:
    layers = [
        Layer(
            status.value, label("project_status", status).lower(), tuple(week.counts.get(status, 0) for week in weeks)
        )
        for status in DRAWN
    ]
    apart = tuple(sum(number for status, number in week.counts.items() if status in GREY) for week in weeks)
    layers.append(Layer("apart", gettext("counted apart"), apart))
    return StatusChart(
        key="statuses",
        title=gettext("Projects by status, week by week"),
        description=_in_words(weeks),
        days=tuple(week.on for week in weeks),
        layers=tuple(layer for layer in layers if any(layer.counts)),
        regions=tuple(Region(_list(week.on, "", query, moment), _week_in_words(week)) for week in weeks),
    )


def _row(week: WeekCounts, statuses: Sequence[ProjectStatus], query: Mapping[str, str], moment: Moment) -> WeekRow:
    return WeekRow(
        on=week.on,
        all=Figure(sum(week.counts.values()), _list(week.on, "", query, moment)),
        by_status=tuple(
            Figure(week.counts.get(status, 0), _list(week.on, status.value, query, moment)) for status in statuses
        ),
    )


def _list(on: date, status: str, query: Mapping[str, str], moment: Moment) -> str:
    """The overview that shows exactly what was counted on a day."""
    as_of = on.isoformat() if moment.is_past or on < moment.on else None
    values: dict[str, Any] = {**query, "status": status or None, "as_of": as_of}
    return url_for("portfolio.index", **values)


def _week_in_words(week: WeekCounts) -> str:
    parts = [
        f"{label('project_status', status).lower()} {formats.number(number)}"
        for status in (*DRAWN, *(one for one in ProjectStatus if one in GREY))
        if (number := week.counts.get(status, 0))
    ]
    return f"{formats.day(week.on)}: {', '.join(parts)}"


def _in_words(weeks: Sequence[WeekCounts]) -> str:
    return gettext("At first %(first)s. Now %(last)s.", first=_week_in_words(weeks[0]), last=_week_in_words(weeks[-1]))
