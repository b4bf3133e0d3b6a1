"""Dates along a sheet: where a day lies, and which months are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pmo.charts import palette
from pmo.charts.canvas import width_of
from pmo.i18n import formats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_SIZE = 12


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Days from ``first`` to ``last`` between two edges of a sheet, in pixels."""

    first: date
    last: date
    left: float
    right: float

    def x(self, on: date) -> float:
        """The pixel of a day."""
        length = max(1, (self.last - self.first).days)
        return self.left + (on - self.first).days * (self.right - self.left) / length


def months_between(first: date, last: date, at_most: int) -> list[date]:
    """First days of months, a few of them, evenly spaced."""
    length = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next(step for step in (1, 2, 3, 4, 6, 12, 24, 60, 120, 600) if length / step <= at_most)
    found = []
    for number in range(0, length + 1, step):
        month = first.month - 1 + number
        found.append(date(first.year + month // 12, month % 12 + 1, 1))
    return [month for month in found if first - timedelta(days=16) <= month <= last]


def draw_months(axes: Axes, scale: TimeScale, top: float, bottom: float) -> None:
    """Month lines from ``top`` to ``bottom`` with their names below, as many as there is room for."""
    room = max(2, int((scale.right - scale.left) / 88))
    for month in months_between(scale.first, scale.last, room):
        x = scale.x(max(month, scale.first))
        axes.plot([x, x], [top, bottom], color=palette.BAND, linewidth=1, zorder=1)
        words = formats.month_short(month)
        half = width_of(words, LABEL_SIZE) / 2
        middle = min(max(x, scale.left + half), scale.right - half)
        axes.text(middle, bottom + 6, words, ha="center", va="top", size=LABEL_SIZE, color=palette.MUTED)


def draw_day_of_page(axes: Axes, scale: TimeScale, today: date, top: float, bottom: float) -> None:
    """The line of the day that the page is about, with its date above."""
    x = scale.x(today)
    axes.plot([x, x], [top, bottom], color=palette.INK, linewidth=1, linestyle=(0, (2, 2)), zorder=2)
    text = formats.day(today)
    side = "center" if scale.left + 36 < x < scale.right - 36 else "left" if x <= scale.left + 36 else "right"
    axes.text(x, top - 4, text, ha=side, va="bottom", size=LABEL_SIZE, color=palette.INK)
