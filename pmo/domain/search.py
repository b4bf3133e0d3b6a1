"""How a search compares texts: without case, and with any keyboard that people here have.

Kazakh letters that a Russian keyboard lacks are found by the letters people type instead of them, and ё by е.
"""

from __future__ import annotations

from unicodedata import normalize

_ALIKE = str.maketrans("ёәғқңөұүһіў", "еагкноуухиу")


def folded(text: str) -> str:
    """The text as it is compared: one case, one spelling of letters that look alike."""
    return normalize("NFKC", text).casefold().translate(_ALIKE)


def matches(wanted: str, *texts: str | None) -> bool:
    """Whether every word that is wanted stands in one of the texts. Nothing wanted matches everything."""
    found = [folded(text) for text in texts if text]
    return all(any(word in text for text in found) for word in folded(wanted).split())
