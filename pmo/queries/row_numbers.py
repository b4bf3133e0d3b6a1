"""Numbers of rows as addresses and hidden fields name them.

Asked for a number beyond its columns, PostgreSQL answers with an error, and SQLite does beyond 64 bits; no row has one.
"""

from __future__ import annotations

LARGEST_NUMBER = 2**31 - 1
"""The largest number of a row: PostgreSQL's ``integer``."""


def row_number(text: str) -> int:
    """The number that a text names. Raises ValueError for everything that is no number of a row."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))):
        raise ValueError(f"no number of a row: {text[:20]!r}")
    number = int(text)
    if number > LARGEST_NUMBER:
        raise ValueError(f"no number of a row: {number}")
    return number


def row_number_or_zero(text: str) -> int:
    """The same where nought stands for none: no row has it."""
    try:
        return row_number(text)
    except ValueError:
        return 0
