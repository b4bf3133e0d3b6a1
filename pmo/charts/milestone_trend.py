"""Milestone trend chart: on each reporting day (across) the date on which a milestone was expected then (upwards).

A level line is a promise kept, a rising one slips, and a milestone is finished where its line meets the diagonal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from pmo.charts import palette
from pmo.charts.canvas import draw_link, drawn_on_sheet, width_of
from pmo.charts.spacing import spread
from pmo.charts.themed_svg import Region, themed
from pmo.charts.timescale import LABEL_SIZE, TimeScale, draw_months, months_between
from pmo.i18n import current_language, formats

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One milestone. ``points`` are (reporting day, expected date) in order; the last one of a finished milestone is
    the first on which it was known to be finished. ``severity`` is today's, None for a line that is not coloured."""

    code: str
    region: Region
    points: tuple[tuple[date, date], ...]
    is_done: bool
    has_slipped: bool
    severity: int | None


@dataclass(frozen=True, slots=True)
class TrendChart:
    """What is drawn; reporting days from ``first`` to ``last``."""

    key: str
    title: str
    description: str
    first: date
    last: date
    lines: tuple[TrendLine, ...]


WIDE_SIZE = (1100, 320)
NARROW_SIZE = (360, 380)
TOP, BOTTOM = 12.0, 28.0
LABEL_ROOM = 62.0
LABEL_STEP = 16.0
INLINE_ROOM = 36.0


def trend_svg(chart: TrendChart, size: tuple[int, int] = WIDE_SIZE) -> str:
    """The chart as an ``<svg>`` element for a page, in the reader's language."""
    return _drawn(chart, size, current_language())


@lru_cache(maxsize=512)
def _drawn(chart: TrendChart, size: tuple[int, int], _language: str) -> str:
    raw = drawn_on_sheet(*size, lambda axes: _draw(axes, chart, *size))
    return themed(raw, chart.key, chart.title, chart.description, [line.region for line in chart.lines])


def _draw(axes: Axes, chart: TrendChart, width: int, height: int) -> None:
    bottom = height - BOTTOM
    expected = [day for line in chart.lines for _, day in line.points]
    upwards = TimeScale(min(expected), max(max(expected), chart.last), bottom - 8, TOP + 8)
    left = _draw_dates_upwards(axes, upwards, width)
    across = TimeScale(chart.first, chart.last, left, width - LABEL_ROOM)
    draw_months(axes, across, TOP, bottom)
    _draw_diagonal(axes, chart, across, upwards)
    for line in chart.lines:
        _draw_line(axes, line, across, upwards)
    _draw_labels(axes, chart.lines, across, upwards)


def _draw_dates_upwards(axes: Axes, scale: TimeScale, width: int) -> float:
    """Month lines with their names at the left; the pixel where the drawing may begin."""
    months = [month for month in months_between(scale.first, scale.last, 6) if month >= scale.first]
    names = [formats.month_short(month) for month in months]
    left = max((width_of(name, LABEL_SIZE) for name in names), default=0.0) + 10
    for month, name in zip(months, names, strict=True):
        y = scale.x(month)
        axes.plot([left, width - LABEL_ROOM], [y, y], color=palette.BAND, linewidth=1, zorder=1)
        axes.text(0, y, name, ha="left", va="center", size=LABEL_SIZE, color=palette.MUTED)
    return left


def _draw_diagonal(axes: Axes, chart: TrendChart, across: TimeScale, upwards: TimeScale) -> None:
    """Where expected and reporting day are one: what touches it is due that day."""
    begin, end = max(chart.first, upwards.first), min(chart.last, upwards.last)
    if begin < end:
        days = (begin, end)
        axes.plot(
            [across.x(day) for day in days],
            [upwards.x(day) for day in days],
            color=palette.MUTED,
            linewidth=1,
            linestyle=(0, (2, 3)),
            zorder=2,
        )


def _draw_line(axes: Axes, line: TrendLine, across: TimeScale, upwards: TimeScale) -> None:
    x = [across.x(on) for on, _ in line.points]
    y = [upwards.x(day) for _, day in line.points]
    colour, thickness = _look(line)
    above = 4 + (0 if line.is_done else 0.3 + 0.3 * (line.severity or 0))
    axes.plot(x, y, color=colour, linewidth=thickness, solid_joinstyle="round", zorder=above)
    moves = [place for place in range(1, len(y)) if line.points[place][1] != line.points[place - 1][1]]
    if moves:
        axes.plot(
            [x[place] for place in moves], [y[place] for place in moves], "o", markersize=4, color=colour, zorder=above
        )
    if line.is_done:
        axes.plot(x[-1], y[-1], "o", markersize=9, color=palette.PAPER, zorder=5)
        axes.plot(x[-1], y[-1], "o", markersize=7, color=colour, zorder=6)


def _look(line: TrendLine) -> tuple[str, float]:
    if line.is_done:
        return palette.PLAN, 1.4
    if line.severity:
        return palette.BY_SEVERITY[line.severity], 2.4
    return palette.FACT, 2.2 if line.has_slipped else 1.6


def _draw_labels(axes: Axes, lines: Sequence[TrendLine], across: TimeScale, upwards: TimeScale) -> None:
    """Codes at the right of the lines that reach it and beside the end of the others; none covers another."""
    lasting = [line for line in lines if across.x(line.points[-1][0]) > across.right - INLINE_ROOM]
    wanted = [upwards.x(line.points[-1][1]) for line in lasting]
    places = spread(wanted, LABEL_STEP, upwards.right, upwards.left)
    for line, want, y in zip(lasting, wanted, places, strict=True):
        colour, _ = _look(line)
        end = across.x(line.points[-1][0])
        axes.plot([end + (6 if line.is_done else 0), across.right + 14], [want, y], color=colour, lw=0.8, zorder=3)
        _label(axes, line, across.right + 18, y)
    taken: list[tuple[float, float]] = []
    for line in lines:
        if line not in lasting:
            x, y = across.x(line.points[-1][0]) + 8, upwards.x(line.points[-1][1])
            while any(abs(x - other) < INLINE_ROOM and abs(y - height) < LABEL_STEP for other, height in taken):
                y += LABEL_STEP
            taken.append((x, y))
            _label(axes, line, x, y)


def _label(axes: Axes, line: TrendLine, x: float, y: float) -> None:
    is_loud = not line.is_done and (bool(line.severity) or line.has_slipped)
    axes.text(
        x,
        y,
        line.code,
        ha="left",
        va="center",
        size=LABEL_SIZE + 1,
        color=palette.MUTED if line.is_done else palette.INK,
        fontweight=600 if is_loud else 400,
        zorder=7,
    )
    draw_link(axes, line.region.address, x - 12, y - LABEL_STEP / 2, INLINE_ROOM + 6, LABEL_STEP)
