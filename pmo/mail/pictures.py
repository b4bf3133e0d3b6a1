"""The name of a picture in a mail holds its numbers, so a picture can be drawn when the mail leaves, or not at all.

A mail is a row of words long before it is bytes. The HTML points to ``cid:s0805…@pmo``: whoever builds the bytes reads
the numbers back from the name, draws, and encloses the picture under the same name. Equal numbers are one picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Point = tuple[int, int, int, int]
"""Projects by colour on one day: red, amber, green, without a colour."""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MOST = len(DIGITS) ** 2 - 1
"""A count has two digits of base 36; more projects of one colour than this are drawn as so many."""
_POINTER = re.compile(r'<img\b[^>]*\bsrc="cid:(s(?:[0-9a-z]{8})+@pmo)"')


def picture_name(points: Sequence[Point]) -> str:
    """The content id of the picture of these points, without angle brackets."""
    return f"s{''.join(_pair(count) for point in points for count in point)}@pmo"


def points_of(name: str) -> tuple[Point, ...]:
    """The points of a name that ``picture_name`` made."""
    pairs = name.removeprefix("s").removesuffix("@pmo")
    counts = [int(pairs[place : place + 2], len(DIGITS)) for place in range(0, len(pairs), 2)]
    return tuple((red, amber, green, none) for red, amber, green, none in zip(*[iter(counts)] * 4, strict=True))


def picture_names(html: str) -> list[str]:
    """The pictures that a mail shows, each once. Text cannot bring one in: it has no ``<`` left."""
    return list(dict.fromkeys(_POINTER.findall(html)))


def _pair(count: int) -> str:
    high, low = divmod(min(count, MOST), len(DIGITS))
    return DIGITS[high] + DIGITS[low]
