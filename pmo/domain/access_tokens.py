"""Tokens by which another system speaks for a post: what they may, and how long they live.

A token of 256 random bits cannot be guessed; what is limited is how long one that was lost is of use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pmo.domain.sign_in import NOTICED_EVERY

MARK = "pmo_"
"""What every token begins with, so that a search for secrets finds one that lies where it should not."""
LIFETIMES = (30, 90, 180, 365)
"""Days among which the maker chooses; none lives longer than a year."""
MOST_TOKENS = 20
"""Of one post at once."""
LONGEST_NAME = 60


class TokenScope(StrEnum):
    """How much of the post's rights a token carries."""

    READ = "read"
    REPORT = "report"
    """Reading, and reporting of values and forecast dates."""

    def covers(self, asked: TokenScope) -> bool:
        """Whether it is enough for what is asked."""
        return asked is TokenScope.READ or self is TokenScope.REPORT


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as the database knows it: everything but itself. Instants are of the clock on the wall."""

    id: int
    person: str
    name: str
    scope: TokenScope
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    used_from: str | None
    revoked_at: datetime | None

    def is_alive(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and now < self.expires_at

    def is_due_to_be_noticed(self, now: datetime) -> bool:
        """Whether its last use is to be written down again."""
        return self.used_at is None or now - self.used_at >= NOTICED_EVERY
