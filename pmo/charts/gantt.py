"""The milestones of a project along time: plan, forecast and fact, what each waits for, and the critical path.

A bar is the work before a milestone, from the day its predecessor ends (DOMAIN 2.1, implicit activities); below it
lies the same work as the current plan has it. Each row leads to its milestone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from pmo.charts import palette
from pmo.charts.canvas import draw_link, drawn_on_sheet, shortened
from pmo.charts.themed_svg import Region, themed
from pmo.charts.timescale import TimeScale, draw_day_of_page, draw_months
from pmo.i18n import current_language, formats

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class GanttRow:
    """One milestone. ``begins`` and ``planned_begin`` are where the work before it begins, in fact and by plan.

    ``ends`` is the completion, or the expected finish while it is open; ``slip_wd`` against the current plan.
    ``original`` is the date of version 0. ``severity`` is None outside the colours. ``waits_for`` are rows by number.
    """

    code: str
    name: str
    region: Region
    begins: date
    ends: date | None
    planned_begin: date
    planned: date | None
    original: date | None
    is_done: bool
    is_off: bool
    is_on_path: bool
    slip_wd: int | None
    severity: int | None
    waits_for: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GanttChart:
    """What is drawn. ``rests`` are long holidays, ``pauses`` those of the project, ends included."""

    key: str
    title: str
    description: str
    today: date
    first: date
    last: date
    rows: tuple[GanttRow, ...]
    rests: tuple[tuple[date, date], ...] = ()
    pauses: tuple[tuple[date, date], ...] = ()
    headings: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie on a sheet. The name stands before the track, or above it where ``lifts_name``."""

    width: int
    row: int
    track_left: float
    track_right: float
    name_room: float
    date_right: float
    slip_right: float
    lifts_name: bool

    def track_at(self, number: int) -> float:
        """Middle of a row's bar."""
        return TOP + number * self.row + (self.row - 14 if self.lifts_name else self.row / 2)

    def words_at(self, number: int) -> float:
        """Middle of a row's text."""
        return TOP + number * self.row + (14 if self.lifts_name else self.row / 2)


TOP, BOTTOM = 40.0, 26.0
TEXT = 13
WIDE = Layout(1100, 34, 352, 896, 334, 974, 1100, lifts_name=False)
NARROW = Layout(360, 54, 6, 354, 226, 306, 360, lifts_name=True)


def gantt_svg(chart: GanttChart, layout: Layout = WIDE) -> str:
    """The chart as an ``<svg>`` element for a page, in the reader's language."""
    return _drawn(chart, layout, current_language())


@lru_cache(maxsize=512)
def _drawn(chart: GanttChart, layout: Layout, _language: str) -> str:
    height = round(TOP + layout.row * len(chart.rows) + BOTTOM)
    raw = drawn_on_sheet(layout.width, height, lambda axes: _draw(axes, chart, layout))
    return themed(raw, chart.key, chart.title, chart.description, [row.region for row in chart.rows])


def _draw(axes: Axes, chart: GanttChart, layout: Layout) -> None:
    scale = TimeScale(chart.first, chart.last, layout.track_left, layout.track_right)
    bottom = TOP + layout.row * len(chart.rows)
    for first, last in chart.rests:
        _block(axes, scale.x(first), scale.x(last), TOP, bottom, palette.BAND)
    for first, last in chart.pauses:
        _block(axes, scale.x(first), scale.x(last), TOP, bottom, "none", hatch="///")
    draw_months(axes, scale, TOP, bottom)
    _draw_headings(axes, chart, layout)
    for number in range(len(chart.rows)):
        _draw_links(axes, chart, number, scale, layout)
    for number, row in enumerate(chart.rows):
        _draw_row(axes, row, scale, layout, number)
    draw_day_of_page(axes, scale, chart.today, TOP, bottom)
    for number, row in enumerate(chart.rows):
        draw_link(axes, row.region.address, 0, TOP + number * layout.row, layout.width, layout.row)


def _draw_headings(axes: Axes, chart: GanttChart, layout: Layout) -> None:
    for right, text in zip((layout.date_right, layout.slip_right), chart.headings, strict=True):
        axes.text(right, 8, text, ha="right", va="top", size=12, color=palette.MUTED)


def _draw_links(axes: Axes, chart: GanttChart, number: int, scale: TimeScale, layout: Layout) -> None:
    """From the end of each predecessor down to the beginning of the work."""
    row, y = chart.rows[number], layout.track_at(number)
    for before in row.waits_for:
        other = chart.rows[before]
        if other.ends is None or row.ends is None:
            continue
        on_path = row.is_on_path and other.is_on_path
        x, begin = scale.x(other.ends), scale.x(min(row.begins, row.ends))
        axes.plot(
            [x, x, begin],
            [layout.track_at(before), y, y],
            color=palette.INK if on_path else palette.MUTED,
            linewidth=2 if on_path else 1,
            solid_joinstyle="miter",
            zorder=3,
        )


def _draw_row(axes: Axes, row: GanttRow, scale: TimeScale, layout: Layout, number: int) -> None:
    y = layout.track_at(number)
    if row.planned and not row.is_off:
        _bar(axes, scale.x(min(row.planned_begin, row.planned)), scale.x(row.planned), y + 9, 2.5, palette.PLAN)
    if row.original and row.original != row.planned:
        axes.plot(scale.x(row.original), y + 9, "D", markersize=5, color="none", markeredgecolor=palette.PLAN, zorder=5)
    if row.planned:
        axes.plot(scale.x(row.planned), y + 9, "D", markersize=5, color=palette.PLAN, zorder=5)
    if row.ends:
        _draw_work(axes, row, scale, y)
    weight = 600 if row.is_on_path else 400
    text = f"{row.code}  {row.name}"
    middle = layout.words_at(number)
    if layout.lifts_name:  # what crosses the words goes behind them
        _block(axes, 0, layout.width, middle - 10, middle + 10, palette.PAPER, edge="none", zorder=5)
    shown = shortened(text, TEXT, layout.name_room, weight)
    ink = palette.MUTED if row.is_off or row.is_done else palette.INK
    axes.text(0, middle, shown, ha="left", va="center", size=TEXT, color=ink, fontweight=weight, zorder=7)
    shown_date = formats.day_narrow(row.ends if row.ends and not row.is_off else row.planned)
    axes.text(layout.date_right, middle, shown_date, ha="right", va="center", size=TEXT, color=ink, zorder=7)
    if row.slip_wd:
        colour = palette.BY_SEVERITY.get(row.severity or 0, palette.INK) if row.slip_wd > 0 else palette.GREEN
        colour = palette.MUTED if row.is_done or row.is_off or (row.slip_wd > 0 and not row.severity) else colour
        axes.text(
            layout.slip_right,
            middle,
            formats.signed(row.slip_wd),
            ha="right",
            va="center",
            size=TEXT,
            color=colour,
            fontweight=600,
            zorder=7,
        )


def _draw_work(axes: Axes, row: GanttRow, scale: TimeScale, y: float) -> None:
    assert row.ends is not None
    begin, end = scale.x(min(row.begins, row.ends)), scale.x(row.ends)
    height = 11.0 if row.is_on_path else 7.0
    colour = palette.PLAN if row.is_done or row.is_off else palette.FACT
    late_from = scale.x(max(row.planned, min(row.begins, row.ends))) if row.planned else end
    if row.slip_wd and row.slip_wd > 0 and not row.is_off and late_from < end:
        _bar(axes, begin, late_from, y, height, colour)
        late = palette.PLAN if row.is_done else palette.BY_SEVERITY.get(row.severity or 0, palette.AMBER)
        late = palette.AMBER if late == palette.GREEN else late
        _bar(axes, late_from, end, y, height, "none", edge=late, hatch="/////")
        colour = late
    else:
        _bar(axes, begin, end, y, height, colour)
    mark = "o" if row.is_done else "D"
    axes.plot(end, y, mark, markersize=11, color=palette.PAPER, zorder=5.5)
    axes.plot(end, y, mark, markersize=8, color=colour, zorder=6)


def _bar(
    axes: Axes, left: float, right: float, y: float, height: float, colour: str, edge: str = "none", hatch: str = ""
) -> None:
    _block(axes, left, right, y - height / 2, y + height / 2, colour, edge, hatch, zorder=4)


def _block(
    axes: Axes,
    left: float,
    right: float,
    top: float,
    bottom: float,
    colour: str,
    edge: str = palette.BAND,
    hatch: str = "",
    zorder: float = 0.5,
) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            (left, top),
            max(0.0, right - left),
            bottom - top,
            facecolor=colour,
            edgecolor=edge,
            linewidth=0.8 if hatch else 0,
            hatch=hatch or None,
            zorder=zorder,
        )
    )
