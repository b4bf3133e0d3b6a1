"""The name of a picture in a mail holds its numbers, so a picture can be drawn when the mail leaves, or not at all.

A mail is a row of words long before it is bytes. The HTML points to ``cid:sAgAk…@pmo``: whoever builds the bytes reads
the numbers back from the name, draws, and encloses the picture under the same name. Equal numbers are one picture.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

Point = tuple[int, int, int, int]
"""Projects by colour on one day: red, amber, green, without a colour."""

BITS, BYTES = 10, 5
"""Of a count, and of the four counts of a point."""
MOST = 2**BITS - 1
"""More projects of one colour than this are drawn as so many."""
_POINTER = re.compile(r'<img\b[^>]*\bsrc="cid:(s[\w-]{7,54}@pmo)"', re.ASCII)


def picture_name(points: Sequence[Point]) -> str:
    """The content id of the picture of at most eight points, without angle brackets; it fits into a header line."""
    packed = b"".join(_packed(point).to_bytes(BYTES, "big") for point in points)
    return f"s{urlsafe_b64encode(packed).decode('ascii').rstrip('=')}@pmo"


def points_of(name: str) -> tuple[Point, ...]:
    """The points of a name that ``picture_name`` made."""
    letters = name.removeprefix("s").removesuffix("@pmo")
    packed = urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
    return tuple(
        _unpacked(int.from_bytes(packed[place : place + BYTES], "big")) for place in range(0, len(packed), BYTES)
    )


def picture_names(html: str) -> list[str]:
    """The pictures that a mail shows, each once. Text cannot bring one in: it has no ``<`` left."""
    return list(dict.fromkeys(_POINTER.findall(html)))


def _packed(point: Point) -> int:
    number = 0
    for count in point:
        number = number << BITS | min(count, MOST)
    return number


def _unpacked(number: int) -> Point:
    red, amber, green, none = (number >> BITS * place & MOST for place in (3, 2, 1, 0))
    return red, amber, green, none
