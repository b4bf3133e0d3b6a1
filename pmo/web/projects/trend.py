"""How the expected dates of a project moved from week to week: the milestone trend chart and its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import url_for

from pmo.charts.milestone_trend import NARROW_SIZE, TrendChart, TrendLine, trend_svg
from pmo.charts.themed_svg import Region
from pmo.i18n import formats, gettext
from pmo.i18n.names import name_of
from pmo.queries.overview import Moment
from pmo.queries.past_weeks import ExpectedDate, Glance
from pmo.queries.project_page import MilestoneLine, ProjectPage


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One reporting day of the table: what was expected of each milestone then, in the order of ``Trend.codes``.

    ``moved`` marks the dates that differ from the reporting day before.
    """

    on: date
    expected: tuple[date | None, ...]
    moved: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """``rows`` are the first reporting day, those on which a date had moved, and the last; newest first."""

    wide: str
    narrow: str
    lines: tuple[MilestoneLine, ...]
    rows: tuple[TrendRow, ...]
    weeks: int
    moves: int


def trend_of(page: ProjectPage, past: Sequence[Glance], moment: Moment) -> Trend | None:
    """The trend of a project's page; None before there are two reporting days to compare."""
    if len(past) < 2:
        return None
    expected = [{item.code: item for item in glance.expected} for glance in past]
    lines = tuple(line for line in page.milestones if any(line.facts.code in week for week in expected))
    if not lines:
        return None
    drawn = tuple(_line(page, line, past, expected, moment) for line in lines)
    rows = _rows(lines, past, expected)
    moves = sum(sum(row.moved) for row in rows)
    chart = TrendChart(
        key="trend",
        title=gettext("How the expected dates of %(code)s moved", code=page.code),
        description=_in_words(drawn, past, moves),
        first=past[0].on,
        last=past[-1].on,
        lines=drawn,
    )
    return Trend(
        wide=trend_svg(chart),
        narrow=trend_svg(replace(chart, key="trend-narrow"), NARROW_SIZE),
        lines=lines,
        rows=rows,
        weeks=len(past),
        moves=moves,
    )


def _line(
    page: ProjectPage,
    line: MilestoneLine,
    past: Sequence[Glance],
    expected: Sequence[dict[str, ExpectedDate]],
    moment: Moment,
) -> TrendLine:
    code = line.facts.code
    seen = [(glance.on, week[code]) for glance, week in zip(past, expected, strict=True) if code in week]
    finished = next((place for place, (_, item) in enumerate(seen) if item.is_done), None)
    points = seen if finished is None else seen[: finished + 1]
    slip = (points[-1][1].on - points[0][1].on).days
    words = [
        f"{code} «{name_of(line.name)}»",
        gettext(
            "on %(then)s expected on %(first)s, now on %(last)s",
            then=formats.day(points[0][0]),
            first=formats.day(points[0][1].on),
            last=formats.day(points[-1][1].on),
        ),
    ]
    address = url_for(
        "milestones.show", milestone_id=line.judged.id, as_of=moment.on.isoformat() if moment.is_past else None
    )
    return TrendLine(
        code=code.removeprefix(f"{page.code}-"),
        region=Region(address, ": ".join(words)),
        points=tuple((on, item.on) for on, item in points),
        is_done=finished is not None,
        has_slipped=slip > 0,
        severity=line.judged.severity,
    )


def _rows(
    lines: Sequence[MilestoneLine], past: Sequence[Glance], expected: Sequence[dict[str, ExpectedDate]]
) -> tuple[TrendRow, ...]:
    rows: list[TrendRow] = []
    before: tuple[date | None, ...] | None = None
    for glance, week in zip(past, expected, strict=True):
        dates = tuple(week[line.facts.code].on if line.facts.code in week else None for line in lines)
        moved = tuple(before is not None and then != now for then, now in zip(before or dates, dates, strict=True))
        if before is None or any(moved) or glance is past[-1]:
            rows.append(TrendRow(glance.on, dates, moved))
        before = dates
    return tuple(reversed(rows))


def _in_words(lines: Sequence[TrendLine], past: Sequence[Glance], moves: int) -> str:
    slipped = [line.code for line in lines if line.has_slipped]
    words = [
        gettext(
            "Reporting days from %(first)s to %(last)s; dates moved: %(moves)s.",
            first=formats.day(past[0].on),
            last=formats.day(past[-1].on),
            moves=formats.number(moves),
        )
    ]
    if slipped:
        words.append(gettext("Expected later than at first: %(codes)s.", codes=", ".join(slipped)))
    return " ".join(words)
