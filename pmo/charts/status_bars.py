"""How many projects were red, amber, green or without a colour, week by week: the small picture of a weekly digest.

It has no words, so one picture serves every language; its numbers stand beside it in the mail. Bands
keep their order from below, red first, and carry their count where it fits, so that colour is never alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from pmo.charts import palette
from pmo.charts.canvas import painted

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.path import Path

Point = tuple[int, int, int, int]
"""Counts of one day: red, amber, green, without a colour."""

SCALE = 2
"""Pixels of the picture to a pixel of the mail, for sharp screens."""
WIDTH, HEIGHT = 560, 130
"""In pixels of the mail."""
MARGIN, BASE, GAP = 8, 12, 1
SLOTS = 8
"""Weeks the picture has room for; fewer leave the left side empty, so that a week is always as wide."""
BAR = 0.74
"""Width of a bar as a share of its slot."""
DIGITS = 13
BANDS = (palette.RED, palette.AMBER, palette.GREEN, palette.BAND)
DIGITS_ON = {palette.BAND: palette.ON_PAPER[palette.INK]}


@lru_cache(maxsize=256)
def status_bars(points: tuple[Point, ...]) -> bytes:
    """The PNG of the last ``SLOTS`` points, oldest first, ``SCALE * WIDTH`` by ``SCALE * HEIGHT`` pixels."""
    shown = points[-SLOTS:]
    return painted(SCALE * WIDTH, SCALE * HEIGHT, palette.ON_PAPER[palette.PAPER], lambda figure: _paint(figure, shown))


def _paint(figure: Figure, points: Sequence[Point]) -> None:
    from matplotlib.collections import PathCollection, PolyCollection
    from matplotlib.transforms import Affine2D

    scaled = Affine2D().scale(SCALE)
    slot = (WIDTH - 2 * MARGIN) / SLOTS
    tallest = max((sum(point) for point in points), default=0) or 1
    unit = (HEIGHT - MARGIN - BASE) / tallest
    boxes, colours, digits, digit_colours = [], [], [], []
    for place, point in enumerate(points, start=SLOTS - len(points)):
        left = MARGIN + place * slot + slot * (1 - BAR) / 2
        foot = float(BASE)
        for band, count in zip(BANDS, point, strict=True):
            top = foot + count * unit
            if count:
                boxes.append(_box(left, foot, left + slot * BAR, max(top - GAP, foot + 1)))
                colours.append(palette.ON_PAPER[band])
            if count * unit >= DIGITS + 2 * GAP:
                digits.append(_written(str(count), left + slot * BAR / 2, (foot + top - GAP) / 2))
                digit_colours.append(DIGITS_ON.get(band, palette.ON_PAPER[palette.PAPER]))
            foot = top
    # The line under the bars; thick under the last one, which is now.
    boxes.append(_box(MARGIN, BASE - 4, WIDTH - MARGIN, BASE - 3))
    boxes.append(_box(WIDTH - MARGIN - slot * (1 + BAR) / 2, BASE - 7, WIDTH - MARGIN - slot * (1 - BAR) / 2, BASE - 3))
    colours += [palette.ON_PAPER[palette.MUTED], palette.ON_PAPER[palette.INK]]
    figure.add_artist(PolyCollection(boxes, facecolors=colours, edgecolors="none", transform=scaled))
    figure.add_artist(PathCollection(digits, facecolors=digit_colours, edgecolors="none", transform=scaled))


def _box(left: float, bottom: float, right: float, top: float) -> list[tuple[float, float]]:
    """Edges lie between pixels: sharper, and a third of the bytes."""
    left, bottom, right, top = round(left), round(bottom), round(right), round(top)
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _written(number: str, x: float, y: float) -> Path:
    """Digits as outlines around a point: a text of the library measures its font anew each time."""
    from matplotlib.transforms import Affine2D

    return _outlines(number).transformed(Affine2D().translate(x, y))


@lru_cache(maxsize=256)
def _outlines(number: str) -> Path:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    path: Path = TextPath((0, 0), number, size=DIGITS, prop=FontProperties(family="Golos Text", weight=600))
    extent = path.get_extents()
    middle = Affine2D().translate(-(extent.x0 + extent.x1) / 2, -(extent.y0 + extent.y1) / 2)
    return middle.transform_path(path)
