"""Lines of the plain-text part of a mail."""

from __future__ import annotations

import re

TEXT_WIDTH = 76
_BREAKS = re.compile(r"[ \t\r\n]+")


def wrapped(text: str, first: str = "", following: str = "") -> str:
    """Lines of a text mail: not wider than a screen, broken at plain spaces alone: no address and no number is cut."""
    lines, line = [], first
    is_begun = False
    for word in filter(None, _BREAKS.split(text)):
        if is_begun and len(line) + 1 + len(word) > TEXT_WIDTH:
            lines.append(line)
            line, is_begun = following, False
        line += f" {word}" if is_begun else word
        is_begun = True
    return "\n".join([*lines, line])
