"""Names of pictures: they hold their numbers, and nobody's text can bring one in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from pmo.mail.pictures import MOST, Point, picture_name, picture_names, points_of

COUNTS = st.integers(min_value=0, max_value=MOST)
POINTS = st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=8)


@given(points=POINTS)
def test_a_name_gives_its_numbers_back(points: list[Point]) -> None:
    name = picture_name(points)

    assert points_of(name) == tuple(points)
    assert picture_names(f'<p><img width="1" src="cid:{name}"></p>') == [name]
    assert len(f"Content-ID: <{name}>") <= 78, "a header line"


def test_more_than_two_digits_hold_are_the_most_they_hold() -> None:
    assert points_of(picture_name([(MOST + 1, 0, 0, 10**6)])) == ((MOST, 0, 0, MOST),)


def test_a_picture_shown_twice_is_one_picture() -> None:
    image = f'<img src="cid:{picture_name([(1, 2, 3, 4)])}">'

    assert len(picture_names(image + image)) == 1


def test_text_cannot_bring_a_picture_in() -> None:
    image = f'<img src="cid:{picture_name([(1, 2, 3, 4)])}">'

    assert picture_names(f"<p>{escape(image)}</p>") == []
    assert picture_names(image.replace("@pmo", "@elsewhere")) == []
