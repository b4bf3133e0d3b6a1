"""The one door to matplotlib: imported at the first drawing, one drawing at a time, never pyplot (ARCHITECTURE 10).

Importing it costs a second and 55 MB; its settings are global and not safe between threads, so they are set once here
and every figure is drawn under one lock.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import StringIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts" / "ttf"
POINTS = 72
"""An SVG of matplotlib has this many units to the inch, whatever the dpi."""

_drawing = Lock()


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
