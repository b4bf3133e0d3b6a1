"""Letters that nobody sees and that make a text read as something else: they have no business in what people enter.

Overrides of the writing direction turn ``gpj.exe`` round, a space without width makes two codes look alike, a control
character ends a line where no line ends. Joiners stay: scripts and emoji need them.
"""

from __future__ import annotations

import re

UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
"""Controls but tab and line feed, separators of lines, spaces without width, embeddings, overrides and isolates."""


def without_unseen(text: str) -> str:
    """The text as it looks."""
    return UNSEEN.sub("", text)
