"""The one spelling of a JSON object (RFC 8785): the same event always has the same hash (RELIABILITY 3.1).

Write money and percentages as strings: a number here is a double, so 1.0 becomes 1, and integers end at 2^53
- 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import rfc8785

_LARGEST_EXACT = 2**53 - 1


class NotCanonical(ValueError):
    """The value has no canonical JSON, or the text is not the canonical one of any object."""


def canonical_json(body: Mapping[str, object]) -> bytes:
    """``body`` as canonical JSON in UTF-8.

    Values are str, int, float, bool, None, and lists, tuples and dicts of them; raises ``NotCanonical`` for
    anything else (dates, decimals, NaN, integers beyond 2^53 - 1, half of a surrogate pair).
    """
    try:
        return rfc8785.dumps(cast("Any", dict(body)))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise NotCanonical(str(error)) from error


def read_canonical(text: str) -> dict[str, Any]:
    """The object whose canonical JSON is exactly ``text``; raises ``NotCanonical`` for every other text."""
    try:
        body = json.loads(text, parse_int=_number)
        raw = text.encode()
    except (ValueError, RecursionError) as error:
        raise NotCanonical("not JSON") from error
    if not isinstance(body, dict):
        raise NotCanonical("not an object")
    if canonical_json(body) != raw:
        raise NotCanonical("spelt in another way")
    return body


def _number(digits: str) -> int | float:
    """A large double is written without a point (up to 1e21), and must come back as the double it was."""
    number = float(digits)
    return int(digits) if abs(number) <= _LARGEST_EXACT else number
