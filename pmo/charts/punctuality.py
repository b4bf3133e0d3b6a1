"""Punctuality by department: how many milestones were due, how many of them done in time.

The bars are counts, so a department with two milestones does not look like one with twenty; a share is written only
where the rules allow one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pmo.charts import palette
from pmo.charts.canvas import draw_link, drawn_on_sheet, shortened
from pmo.charts.themed_svg import Region, themed
from pmo.i18n import current_language

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class PunctualityRow:
    """One department. ``figures`` are what is written at its right, one under each heading."""

    name: str
    region: Region
    due: int
    on_time: int
    figures: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class PunctualityChart:
    """What is drawn; ``headings`` stand over the figures."""

    key: str
    title: str
    description: str
    headings: tuple[str, str, str]
    rows: tuple[PunctualityRow, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie on a sheet. ``columns`` are the right edges of the figures; the name may stand above the bar."""

    width: int
    row: int
    bar_left: float
    bar_right: float
    name_room: float
    columns: tuple[float, float, float]
    lifts_name: bool


TEXT = 13
TOP = 28.0
WIDE = Layout(1100, 30, 392, 800, 376, (900, 1000, 1100), lifts_name=False)
NARROW = Layout(360, 50, 0, 156, 360, (208, 258, 360), lifts_name=True)
THINNEST_BLOCK = 5.0


def punctuality_svg(chart: PunctualityChart, layout: Layout = WIDE) -> str:
    """The chart as an ``<svg>`` element for a page, in the reader's language."""
    return _drawn(chart, layout, current_language())


@lru_cache(maxsize=64)
def _drawn(chart: PunctualityChart, layout: Layout, _language: str) -> str:
    height = round(TOP + layout.row * len(chart.rows) + 6)
    raw = drawn_on_sheet(layout.width, height, lambda axes: _draw(axes, chart, layout))
    return themed(raw, chart.key, chart.title, chart.description, [row.region for row in chart.rows])


def _draw(axes: Axes, chart: PunctualityChart, layout: Layout) -> None:
    for right, text in zip(layout.columns, chart.headings, strict=True):
        axes.text(right, 8, text, ha="right", va="top", size=12, color=palette.MUTED)
    most = max(row.due for row in chart.rows)
    unit = (layout.bar_right - layout.bar_left) / most
    for number, row in enumerate(chart.rows):
        top = TOP + number * layout.row
        bar = top + (33 if layout.lifts_name else layout.row / 2)
        words = top + (13 if layout.lifts_name else layout.row / 2)
        name = shortened(row.name, TEXT, layout.name_room)
        axes.text(0, words, name, ha="left", va="center", size=TEXT, color=palette.INK)
        _bars(axes, layout.bar_left, bar, row, unit)
        for right, text in zip(layout.columns, row.figures, strict=True):
            axes.text(right, bar, text, ha="right", va="center", size=TEXT, color=palette.INK)
        draw_link(axes, row.region.address, 0, top, layout.width, layout.row)


def _bars(axes: Axes, left: float, middle: float, row: PunctualityRow, unit: float) -> None:
    """One block a milestone, so that each can be counted, or one bar where they would be too thin for that.

    Full ones are in time, hatched ones not.
    """
    from matplotlib.patches import Rectangle

    blocks = [(place, 1, place < row.on_time) for place in range(row.due)]
    if unit < THINNEST_BLOCK:
        blocks = [(0, row.on_time, True), (row.on_time, row.due - row.on_time, False)]
    gap = min(3.0, unit * 0.25)
    for place, length, is_on_time in blocks:
        if not length:
            continue
        axes.add_patch(
            Rectangle(
                (left + place * unit, middle - 7),
                length * unit - gap,
                14,
                facecolor=palette.FACT if is_on_time else "none",
                edgecolor=palette.FACT if is_on_time else palette.AMBER,
                linewidth=0 if is_on_time else 0.9,
                hatch=None if is_on_time else "////",
                zorder=3,
            )
        )
