"""The one door to matplotlib: imported at the first drawing, one drawing at a time, never pyplot (ARCHITECTURE 10).

Importing it costs a second and 55 MB; its settings are global and not safe between threads, so they are set once here
and every figure is drawn under one lock.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from io import BytesIO, StringIO
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts" / "ttf"
POINTS = 72
"""An SVG of matplotlib has this many units to the inch, whatever the dpi."""

PNG_COLOURS = 32
"""Enough for a few flat colours with their soft edges; a third of the bytes of a PNG that keeps every shade."""

_drawing = Lock()
_measuring = RLock()


def drawn(width: int, height: int, draw: Callable[[Axes], None]) -> str:
    """Matplotlib's SVG of a figure of so many pixels. The same calls give the same bytes."""
    with _drawing:
        _prepare()
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width / POINTS, height / POINTS), dpi=POINTS, layout="constrained")
        figure.patch.set_visible(False)
        axes = figure.add_subplot()
        axes.patch.set_visible(False)
        draw(axes)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()


def painted(width: int, height: int, background: str, paint: Callable[[Figure], None]) -> bytes:
    """A PNG of so many pixels, a unit of the figure's own transform a pixel. The same calls give the same bytes.

    For artists put straight on the figure: axes with their ticks cost five times as much.
    """
    with _drawing:
        _prepare()
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from PIL import Image

        figure = Figure(figsize=(width / POINTS, height / POINTS), dpi=POINTS, facecolor=background)
        canvas = FigureCanvasAgg(figure)
        paint(figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        pixels = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
        drawing = Image.frombuffer("RGBA", (width, height), pixels, "raw", "RGBA", 0, 1).convert("RGB")
        out = BytesIO()
        flat = drawing.quantize(PNG_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        flat.save(out, format="png", compress_level=6)
        return out.getvalue()


def drawn_on_sheet(width: int, height: int, draw: Callable[[Axes], None]) -> str:
    """Matplotlib's SVG of a sheet measured in pixels from its upper left corner: for charts that set each label."""
    with _drawing:
        _prepare()
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width / POINTS, height / POINTS), dpi=POINTS)
        figure.patch.set_visible(False)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        draw(axes)
        out = StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()


def draw_link(
    axes: Axes, address: str, left: float, top: float, width: float, height: float, *, zorder: float = 10
) -> None:
    """A part of a sheet that leads somewhere; nothing is painted. What is drawn above ``zorder`` is met first."""
    from matplotlib.patches import Rectangle

    area = Rectangle((left, top), width, height, facecolor="none", edgecolor="none", linewidth=0, zorder=zorder)
    area.set_url(address)
    axes.add_patch(area)


def width_of(text: str, size: float, weight: int = 400) -> float:
    """Pixels that a line of text takes."""
    with _measuring:
        return _measured(text, size, weight)


def shortened(text: str, size: float, room: float, weight: int = 400) -> str:
    """The text, cut with an ellipsis where it would take more pixels than there is room."""
    if width_of(text, size, weight) <= room:
        return text
    words = text
    while words and width_of(f"{words.rstrip(' ,;:«(')}…", size, weight) > room:
        words = words[:-1]
    return f"{words.rstrip(' ,;:«(')}…"


@lru_cache(maxsize=4096)
def _measured(text: str, size: float, weight: int) -> float:
    _prepare()
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="Golos Text", size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def warm_up() -> None:
    """Imports matplotlib ahead of the first reader."""
    with _drawing:
        _prepare()


@cache
def _prepare() -> None:
    import matplotlib as mpl
    from matplotlib import font_manager

    for font in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(font)
    mpl.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "pmo",
            "text.parse_math": False,
            "font.family": "Golos Text",
            "font.size": 12,
            "axes.unicode_minus": True,
            "path.simplify": False,
        }
    )
