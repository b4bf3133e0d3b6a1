"""How many projects stood how, week by week: stacked columns, the worst at the bottom.

Colour is not alone: the order never changes, each ground has its own pattern, and the last column is labelled in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from pmo.charts import palette
from pmo.charts.canvas import draw_link, drawn_on_sheet, width_of
from pmo.charts.spacing import spread
from pmo.charts.themed_svg import Region, themed
from pmo.charts.timescale import LABEL_SIZE
from pmo.i18n import current_language, formats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {
    "off_track": (palette.RED, 1.0, ""),
    "at_risk": (palette.AMBER, 0.0, "////"),
    "no_data": (palette.AMBER, 0.0, "||||"),
    "on_track": (palette.GREEN, 0.3, ""),
    "closing": (palette.FACT, 0.0, "\\\\\\\\"),
    "apart": (palette.MUTED, 0.0, "----"),
}
"""Colour, how full the ground is, and pattern of each group: what needs an answer weighs most."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One group of projects over all weeks: ``code`` is a key of ``LOOKS``, ``counts`` one a column."""

    code: str
    word: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StatusChart:
    """What is drawn: a column a reporting day, layers from the bottom up, and where each column leads."""

    key: str
    title: str
    description: str
    days: tuple[date, ...]
    layers: tuple[Layer, ...]
    regions: tuple[Region, ...]


WIDE_SIZE = (1100, 330)
NARROW_SIZE = (360, 320)
TOP, BOTTOM, LEFT = 22.0, 28.0, 34.0


def status_svg(chart: StatusChart, size: tuple[int, int] = WIDE_SIZE) -> str:
    """The chart as an ``<svg>`` element for a page, in the reader's language."""
    return _drawn(chart, size, current_language())


@lru_cache(maxsize=64)
def _drawn(chart: StatusChart, size: tuple[int, int], _language: str) -> str:
    raw = drawn_on_sheet(*size, lambda axes: _draw(axes, chart, *size))
    return themed(raw, chart.key, chart.title, chart.description, chart.regions)


def _draw(axes: Axes, chart: StatusChart, width: int, height: int) -> None:
    words = _words_of_last_column(chart, width)
    room = max((width_of(word, LABEL_SIZE + 1) for word in words), default=0) + 22
    right, bottom = width - room, height - BOTTOM
    most = max(sum(layer.counts[place] for layer in chart.layers) for place in range(len(chart.days)))
    unit = (bottom - TOP) / max(1, most)
    step = (right - LEFT) / len(chart.days)
    for value in _round_values(most):
        y = bottom - value * unit
        axes.plot([LEFT, right], [y, y], color=palette.BAND, linewidth=1, zorder=1)
        text = formats.number(value)
        axes.text(LEFT - 8, y, text, ha="right", va="center", size=LABEL_SIZE, color=palette.MUTED)
    for place in range(len(chart.days)):
        _draw_column(axes, chart, place, LEFT + place * step, step, bottom, unit)
    _draw_days(axes, chart, step, bottom)
    _draw_words(axes, chart, words, right, bottom, unit)
    for place, region in enumerate(chart.regions):
        draw_link(axes, region.address, LEFT + place * step, TOP - 8, step, bottom - TOP + 8)


def _round_values(most: int) -> list[int]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10**9) if most / step <= 5)
    return list(range(0, most + 1, step))


def _draw_column(
    axes: Axes, chart: StatusChart, place: int, left: float, step: float, bottom: float, unit: float
) -> None:
    from matplotlib.patches import Rectangle

    gap = min(4.0, step * 0.2)
    y = bottom
    for layer in chart.layers:
        height = layer.counts[place] * unit
        if not height:
            continue
        colour, fullness, pattern = LOOKS[layer.code]
        box = (left + gap / 2, y - height + 0.4), step - gap, max(0.6, height - 0.8)
        if fullness:
            axes.add_patch(Rectangle(*box, facecolor=colour, edgecolor="none", lw=0, alpha=fullness, zorder=2))
        if fullness < 1:
            axes.add_patch(Rectangle(*box, facecolor="none", edgecolor=colour, lw=0.8, hatch=pattern or None, zorder=3))
        y -= height


def _draw_days(axes: Axes, chart: StatusChart, step: float, bottom: float) -> None:
    """The dates of as many columns as there is room for, the last one always."""
    last = len(chart.days) - 1
    every = max(1, ceil(72 / step))
    for place in range(last, -1, -every):
        x = LEFT + (place + 0.5) * step
        words = formats.day_narrow(chart.days[place])
        half = width_of(words, LABEL_SIZE) / 2
        if x < half:
            break
        axes.text(
            x,
            bottom + 6,
            words,
            ha="center",
            va="top",
            size=LABEL_SIZE,
            color=palette.INK if place == last else palette.MUTED,
        )


def _words_of_last_column(chart: StatusChart, width: int) -> list[str]:
    """What its layers are, from the bottom up; the numbers alone where the words would take more than a third."""
    numbers = [(formats.number(layer.counts[-1]), layer.word) for layer in chart.layers if layer.counts[-1]]
    words = [f"{number} {word}" for number, word in numbers]
    if any(width_of(word, LABEL_SIZE + 1) > width / 3 for word in words):
        return [number for number, _ in numbers]
    return words


def _draw_words(axes: Axes, chart: StatusChart, words: Sequence[str], right: float, bottom: float, unit: float) -> None:
    """What the last column holds, at its side."""
    middles, colours = [], []
    y = bottom
    for layer in chart.layers:
        height = layer.counts[-1] * unit
        if height:
            middles.append(y - height / 2)
            colours.append(LOOKS[layer.code][0])
        y -= height
    places = spread(middles, 18, TOP, bottom - 6)
    for text, colour, want, place in zip(words, colours, middles, places, strict=True):
        axes.plot([right + 1, right + 12], [want, place], color=colour, linewidth=1.2, zorder=3)
        axes.text(right + 16, place, text, ha="left", va="center", size=LABEL_SIZE + 1, color=palette.INK)
