"""The curve of an indicator: plan, readings, target, band, what was expected, and where the trend leads.

The numbers come from the domain; here they only get a shape. Each chart on a page is followed by its table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from pmo.charts import palette
from pmo.charts.canvas import drawn
from pmo.charts.themed_svg import themed
from pmo.charts.timescale import months_between
from pmo.i18n import current_language, formats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point = tuple[date, float]

ALONE = (600, 250)
ONE_OF_SEVERAL = (430, 200)
ON_A_PHONE = (360, 220)
"""Width and height in pixels."""


@dataclass(frozen=True, slots=True)
class TrajectoryChart:
    """What is drawn; equal charts are drawn once a language.

    ``plan`` are the points of the expected value in date order, straight lines between them or steps. ``readings`` are
    in the order of their periods. ``expected`` is the plan's value at the judged reading, ``projected`` where the trend
    leads on the target date. ``key`` is unique in a page; ``title`` and ``description`` are the chart in words.
    ``between`` are the first and the last day shown, where several charts share one time axis.
    """

    key: str
    title: str
    description: str
    today: date
    plan: tuple[Point, ...]
    is_step: bool
    readings: tuple[Point, ...]
    target: Point | None = None
    band: tuple[float, float] | None = None
    expected: Point | None = None
    projected: Point | None = None
    severity: int | None = None
    size: tuple[int, int] = ALONE
    between: tuple[date, date] | None = None


def trajectory_svg(chart: TrajectoryChart) -> str:
    """The chart as an ``<svg>`` element for a page, in the reader's language."""
    return _drawn(chart, current_language())


@lru_cache(maxsize=512)
def _drawn(chart: TrajectoryChart, _language: str) -> str:
    raw = drawn(*chart.size, lambda axes: _draw(axes, chart))
    return themed(raw, chart.key, chart.title, chart.description)


def _draw(axes: Axes, chart: TrajectoryChart) -> None:
    first, last = chart.between or span_of(chart)
    if chart.band:
        axes.axhspan(*chart.band, facecolor=palette.BAND, edgecolor="none", linewidth=0, zorder=0)
    axes.axvline(_x(chart.today), color=palette.MUTED, linewidth=1, zorder=1)
    if chart.plan:
        axes.plot(
            [_x(on) for on, _ in chart.plan],
            [value for _, value in chart.plan],
            color=palette.PLAN,
            linewidth=1.6,
            linestyle=(0, (5, 3)),
            drawstyle="steps-post" if chart.is_step else "default",
            zorder=2,
        )
    if chart.target:
        axes.plot(_x(chart.target[0]), chart.target[1], "D", color=palette.PLAN, markersize=6, zorder=3)
    if chart.readings:
        _draw_readings(axes, chart)
    _frame(axes, chart, first, last)


def _draw_readings(axes: Axes, chart: TrajectoryChart) -> None:
    days, values = [_x(on) for on, _ in chart.readings], [value for _, value in chart.readings]
    judged = chart.readings[-1]
    if chart.projected:
        axes.plot(
            [_x(judged[0]), _x(chart.projected[0])],
            [judged[1], chart.projected[1]],
            color=palette.FACT,
            linewidth=1.4,
            linestyle=(0, (1, 2.5)),
            zorder=3,
        )
    axes.plot(days, values, color=palette.FACT, linewidth=2, marker="o", markersize=4.5, zorder=4)
    if chart.expected and chart.severity is not None:
        colour = palette.BY_SEVERITY[chart.severity]
        gap = sorted((chart.expected[1], judged[1]))
        axes.plot([_x(chart.expected[0])] * 2, gap, color=colour, linewidth=2.4, zorder=3, solid_capstyle="butt")
        axes.plot(_x(judged[0]), judged[1], "o", color=colour, markersize=7, zorder=5)
    above = chart.expected is None or judged[1] >= chart.expected[1]
    axes.annotate(
        formats.number(judged[1]),
        (_x(judged[0]), judged[1]),
        xytext=(0, 8 if above else -9),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        color=palette.INK,
        fontweight=600,
        zorder=6,
    )


def _frame(axes: Axes, chart: TrajectoryChart, first: date, last: date) -> None:
    margin = max(8, (last - first).days // 25)
    axes.set_xlim(_x(first) - margin, _x(last) + margin)
    axes.margins(y=0.16)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(palette.MUTED)
    axes.grid(axis="y", color=palette.BAND, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(colors=palette.MUTED, length=0, labelsize=12)
    axes.tick_params(axis="x", length=4, color=palette.MUTED)
    months = months_between(first, last, chart.size[0] // 100)
    axes.set_xticks([_x(month) for month in months], [formats.month_short(month) for month in months])
    axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _position: formats.number(round(value, 6)))


def span_of(chart: TrajectoryChart) -> tuple[date, date]:
    """The first and the last day that the chart has anything to show of."""
    days = [chart.today, *(on for on, _ in (*chart.plan, *chart.readings))]
    days += [chart.target[0]] if chart.target else []
    return min(days), max(days)


def _x(on: date) -> int:
    return on.toordinal()
