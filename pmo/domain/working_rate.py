"""How much a program or a post may do in a minute: far above what work needs, far below what would hinder others."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

A_MINUTE = timedelta(minutes=1)
CALLS_PER_MINUTE = 300
"""Of one token: the whole of fifty projects, with weeks and readings, in one go."""
CHANGES_PER_MINUTE = 120
"""Of one post: nobody presses a button twice a second for a minute."""
FEWEST, MOST = 10, 100_000
"""Between which a setting may lie."""


class Counted(StrEnum):
    """What is counted; also the reason in the log."""

    CALLS = "calls"
    CHANGES = "changes"
