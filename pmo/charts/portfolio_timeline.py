"""The milestones of a whole portfolio on one timeline: a row a project, a mark a milestone, each leading to its page.

A mark lies on the day of completion, or on the expected finish; a thin line leads to it from the planned day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from pmo.charts import palette
from pmo.charts.canvas import draw_link, drawn_on_sheet, shortened
from pmo.charts.themed_svg import Region, themed
from pmo.charts.timescale import TimeScale, draw_day_of_page, draw_months
from pmo.i18n import current_language

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Look(Enum):
    """How a mark looks: form and colour together, so that the colour is never alone."""

    DONE = ("o", palette.PLAN)
    OPEN = ("D", palette.FACT)
    AT_RISK = ("^", palette.AMBER)
    OVERDUE = ("s", palette.RED)


@dataclass(frozen=True, slots=True)
class Mark:
    """One milestone: where it stands, and where the plan has it if that is another day."""

    on: date
    planned: date | None
    look: Look
    region: Region


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One project."""

    words: str
    region: Region
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class PortfolioTimeline:
    """What is drawn, from ``first`` to ``last``; equal timelines are drawn once a language."""

    key: str
    title: str
    description: str
    today: date
    first: date
    last: date
    rows: tuple[TimelineRow, ...]


WIDTH, ROW, TOP, BOTTOM = 1100, 26, 40.0, 26.0
LEFT, RIGHT = 322.0, 1090.0
TEXT = 13
LONG = 15
"""More rows than this do not fit on a screen."""
AREAS = {"o": 34.0, "D": 34.0, "^": 58.0, "s": 50.0}
"""Sizes of the marks in square points: the worse, the larger."""


def timeline_svg(timeline: PortfolioTimeline) -> str:
    """The timeline as an ``<svg>`` element for a page, in the reader's language."""
    return _drawn(timeline, current_language())


@lru_cache(maxsize=32)
def _drawn(timeline: PortfolioTimeline, _language: str) -> str:
    height = round(TOP + ROW * len(timeline.rows) + BOTTOM)
    raw = drawn_on_sheet(WIDTH, height, lambda axes: _draw(axes, timeline))
    regions = [region for row in timeline.rows for region in (row.region, *(mark.region for mark in row.marks))]
    return themed(raw, timeline.key, timeline.title, timeline.description, regions)


def _draw(axes: Axes, timeline: PortfolioTimeline) -> None:
    scale = TimeScale(timeline.first, timeline.last, LEFT, RIGHT)
    bottom = TOP + ROW * len(timeline.rows)
    draw_months(axes, scale, TOP, bottom)
    if len(timeline.rows) > LONG:
        draw_months(axes, scale, 0, 0)  # above as well: the names below are out of sight
    draw_day_of_page(axes, scale, timeline.today, TOP, bottom)
    for number, row in enumerate(timeline.rows):
        y = _middle(number)
        words = shortened(row.words, TEXT, LEFT - 22)
        axes.text(0, y, words, ha="left", va="center", size=TEXT, color=palette.INK, zorder=4)
        draw_link(axes, row.region.address, 0, y - ROW / 2, LEFT - 16, ROW, zorder=4)
    _draw_lines(axes, [(LEFT, RIGHT, _middle(n) + ROW / 2) for n in range(len(timeline.rows))], palette.BAND, 0.6)
    for look in Look:
        _draw_marks(axes, look, timeline.rows, scale)


def _draw_marks(axes: Axes, look: Look, rows: Sequence[TimelineRow], scale: TimeScale) -> None:
    """All marks of one look in one collection: a shape is written once, each mark only refers to it."""
    marks = [(_x(scale, mark.on), _middle(number), mark) for number, row in enumerate(rows) for mark in row.marks]
    marks = [(x, y, mark) for x, y, mark in marks if mark.look is look]
    if not marks:
        return
    shape, colour = look.value
    slips = [(_x(scale, mark.planned), x, y) for x, y, mark in marks if mark.planned and mark.planned != mark.on]
    _draw_lines(axes, slips, colour, 1.4)
    drawn = axes.scatter(
        [x for x, _, _ in marks],
        [y for _, y, _ in marks],
        s=AREAS[shape],
        marker=shape,
        color=colour,
        linewidths=0,
        zorder=5 + list(Look).index(look),
    )
    drawn.set_urls([mark.region.address for _, _, mark in marks])


def _draw_lines(axes: Axes, lines: Sequence[tuple[float, float, float]], colour: str, width: float) -> None:
    """Level lines (from, to, height) as one path: written once, they weigh a fraction of as many paths."""
    gap = float("nan")
    xs = [x for left, right, _ in lines for x in (left, right, gap)]
    ys = [y for _, _, height in lines for y in (height, height, gap)]
    axes.plot(xs, ys, color=colour, linewidth=width, zorder=1)


def _x(scale: TimeScale, on: date) -> float:
    """Where a day lies; what is before the first or after the last day stands at the edge."""
    return scale.x(min(max(on, scale.first), scale.last))


def _middle(number: int) -> float:
    return TOP + number * ROW + ROW / 2
