"""The small picture of a weekly digest: right in its proportions, light in bytes, always the same."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from config import ROOT
from pmo.charts.palette import AMBER, BAND, CLASSES, GREEN, ON_PAPER, RED
from pmo.charts.status_bars import HEIGHT, SCALE, SLOTS, WIDTH, Point, status_bars

WEEKS: tuple[Point, ...] = tuple((8 + week, 9, 28 - week, 5) for week in range(SLOTS))
LAST_BAR = SCALE * (WIDTH - WIDTH // SLOTS // 2)
"""A column of pixels through the last bar, in its left part, where no digit stands."""


def opened(points: tuple[Point, ...]) -> Image.Image:
    return Image.open(BytesIO(status_bars(points))).convert("RGB")


def rgb(colour: str) -> tuple[int, int, int]:
    paper = ON_PAPER[colour]
    return int(paper[1:3], 16), int(paper[3:5], 16), int(paper[5:7], 16)


def is_near(pixel: object, colour: str) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(shown - wanted) <= 4 for shown, wanted in zip(pixel, rgb(colour), strict=True))


def heights(picture: Image.Image, column: int) -> dict[str, int]:
    """Pixels of each colour in a column."""
    pixels = [picture.getpixel((column, row)) for row in range(picture.height)]
    return {name: sum(is_near(pixel, name) for pixel in pixels) for name in (RED, AMBER, GREEN, BAND)}


def test_it_is_drawn_for_sharp_screens_and_weighs_little() -> None:
    content = status_bars(WEEKS)

    assert Image.open(BytesIO(content)).size == (SCALE * WIDTH, SCALE * HEIGHT) == (1120, 260)
    assert content.startswith(b"\x89PNG")
    assert len(content) < 12_000


def test_the_same_numbers_give_the_same_bytes_and_others_do_not() -> None:
    content = status_bars(WEEKS)
    status_bars.cache_clear()

    assert status_bars(WEEKS) == content
    assert status_bars((*WEEKS[:-1], (16, 9, 20, 5))) != content


def test_the_height_of_a_band_is_its_count() -> None:
    found = heights(opened(((10, 20, 40, 10),)), LAST_BAR - 40)

    assert found[AMBER] / found[RED] == pytest.approx(2, rel=0.1)
    assert found[GREEN] / found[RED] == pytest.approx(4, rel=0.1)
    assert found[BAND] / found[RED] == pytest.approx(1, rel=0.15)


def test_bands_keep_their_order_with_red_at_the_foot() -> None:
    picture = opened(((10, 10, 10, 10),))
    rows = {
        name: [row for row in range(picture.height) if is_near(picture.getpixel((LAST_BAR - 40, row)), name)]
        for name in (BAND, GREEN, AMBER, RED)
    }

    assert max(rows[BAND]) < min(rows[GREEN])
    assert max(rows[GREEN]) < min(rows[AMBER])
    assert max(rows[AMBER]) < min(rows[RED])


def test_one_of_fifty_is_still_seen() -> None:
    assert heights(opened(((1, 0, 49, 0),)), LAST_BAR - 40)[RED] >= 2


def test_only_the_last_weeks_have_room_and_fewer_stand_at_the_right() -> None:
    assert status_bars(((50, 0, 0, 0), *WEEKS)) == status_bars(WEEKS)
    left = heights(opened(WEEKS[-1:]), SCALE * WIDTH // SLOTS // 2)
    assert left == dict.fromkeys((RED, AMBER, GREEN, BAND), 0)


def test_without_projects_there_is_only_the_line() -> None:
    assert heights(opened(((0, 0, 0, 0),)), LAST_BAR)[RED] == 0


def test_colours_on_paper_are_those_of_the_light_theme() -> None:
    style = (ROOT / "static" / "css" / "app.css").read_text("utf-8")
    for sentinel, name in CLASSES.items():
        assert f"--{name.replace('c-', 'chart-')}: {ON_PAPER[sentinel]};" in style
