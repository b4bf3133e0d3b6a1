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
from pmo.charts.canvas import draw_link, drawn_on_sheet, shortened, width_of
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


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand, in pixels. With ``lifts_name`` the name of a project stands above its track, not beside."""

    width: int
    row: int
    left: float
    right: float
    name_room: float
    lifts_name: bool

    def name_at(self, number: int) -> float:
        """Middle of a project's name."""
        return TOP + number * self.row + (11 if self.lifts_name else self.row / 2)

    def track_at(self, number: int) -> float:
        """Middle of a project's marks."""
        return TOP + number * self.row + (29 if self.lifts_name else self.row / 2)


TOP, BOTTOM = 40.0, 26.0
WIDE = Layout(1100, 26, 322, 1090, 300, lifts_name=False)
NARROW = Layout(360, 40, 8, 352, 360, lifts_name=True)
TEXT = 13
LONG = 15
"""More rows than this do not fit on a screen."""
AREAS = {"o": 34.0, "D": 34.0, "^": 58.0, "s": 50.0}
"""Sizes of the marks in square points: the worse, the larger."""


def timeline_svg(timeline: PortfolioTimeline, layout: Layout = WIDE) -> str:
    """The timeline as an ``<svg>`` element for a page, in the reader's language."""
    return _drawn(timeline, layout, current_language())


@lru_cache(maxsize=32)
def _drawn(timeline: PortfolioTimeline, layout: Layout, _language: str) -> str:
    height = round(TOP + layout.row * len(timeline.rows) + BOTTOM)
    raw = drawn_on_sheet(layout.width, height, lambda axes: _draw(axes, timeline, layout))
    regions = [region for row in timeline.rows for region in (row.region, *(mark.region for mark in row.marks))]
    return themed(raw, timeline.key, timeline.title, timeline.description, regions)


def _draw(axes: Axes, timeline: PortfolioTimeline, layout: Layout) -> None:
    scale = TimeScale(timeline.first, timeline.last, layout.left, layout.right)
    bottom = TOP + layout.row * len(timeline.rows)
    draw_months(axes, scale, TOP, bottom)
    if len(timeline.rows) > LONG:
        draw_months(axes, scale, 0, 0)  # above as well: the names below are out of sight
    draw_day_of_page(axes, scale, timeline.today, TOP, bottom)
    for number, row in enumerate(timeline.rows):
        middle = layout.name_at(number)
        words = shortened(row.words, TEXT, layout.name_room)
        _draw_name(axes, words, middle, layout)
        height = 22 if layout.lifts_name else layout.row
        draw_link(axes, row.region.address, 0, middle - height / 2, layout.name_room + 6, height)
    lines = [(layout.left, layout.right, TOP + layout.row * (n + 1)) for n in range(len(timeline.rows))]
    _draw_lines(axes, lines, palette.BAND, 0.6)
    for look in Look:
        _draw_marks(axes, look, timeline.rows, scale, layout)


def _draw_name(axes: Axes, words: str, middle: float, layout: Layout) -> None:
    """The name of a project; where it stands on the months it hides their lines behind it."""
    if layout.lifts_name:
        from matplotlib.patches import Rectangle

        ground = Rectangle((0, middle - 9), width_of(words, TEXT) + 4, 18, facecolor=palette.PAPER, edgecolor="none")
        axes.add_patch(ground).set_zorder(3)
    axes.text(0, middle, words, ha="left", va="center", size=TEXT, color=palette.INK, zorder=4)


def _draw_marks(axes: Axes, look: Look, rows: Sequence[TimelineRow], scale: TimeScale, layout: Layout) -> None:
    """All marks of one look in one collection: a shape is written once, each mark only refers to it."""
    found = [(number, mark) for number, row in enumerate(rows) for mark in row.marks if mark.look is look]
    marks = [(_x(scale, mark.on), layout.track_at(number), mark) for number, mark in found]
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
