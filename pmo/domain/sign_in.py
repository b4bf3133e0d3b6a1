"""How long a session lives, who needs a second factor, how often one may try (RELIABILITY 4.1, 4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pmo.domain.access import Role

LONGEST_SESSION = timedelta(hours=12)
IDLE_SESSION = timedelta(minutes=30)
WAITING_FOR_FACTOR = timedelta(minutes=10)
"""How long a password that was right waits for the second factor."""
FRESH_FOR = timedelta(minutes=15)
"""How long after the last proof of the password somebody may change how they sign in."""
NOTICED_EVERY = timedelta(minutes=1)
"""The last use of a session is written down at most this often, so that reading pages stays harmless."""

SECOND_FACTOR_ROLES = frozenset({Role.ADMINISTRATOR, Role.PMO_HEAD, Role.PMO_ANALYST, Role.DEPUTY_AKIM})
"""Posts for whom the second factor is obligatory unless the settings say otherwise (issue: administrators, PMO,
deputies)."""


class Method(StrEnum):
    """How a session was opened."""

    PASSWORD = "password"
    DEMO = "demo"
    SSO = "sso"
    PASSKEY = "passkey"
    """A passkey alone, unlocked by its owner: both factors."""


class Factor(StrEnum):
    """How a second factor was shown; ``idp`` where the identity provider vouches for one."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"
    IDP = "idp"
    DEMO = "demo"


class Standing(StrEnum):
    """What a session is good for."""

    ENDED = "ended"
    WAITING = "waiting"
    ENROLLING = "enrolling"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as the database knows it. ``has_factor``: its person has a second factor set up."""

    id: int
    person: str
    stamp: str
    method: Method
    factor: Factor | None
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    proved_at: datetime
    ended_at: datetime | None
    agent: str
    network: str
    has_factor: bool

    def standing(self, needs_factor: bool, idle: timedelta, now: datetime) -> Standing:
        """What it is good for now. ``needs_factor``: the post must have a second factor."""
        if self.ended_at is not None or now >= self.expires_at or now - self.seen_at >= idle:
            return Standing.ENDED
        if self.factor is not None:
            return Standing.SIGNED_IN
        if self.has_factor:
            return Standing.WAITING if now - self.created_at < WAITING_FOR_FACTOR else Standing.ENDED
        return Standing.ENROLLING if needs_factor else Standing.SIGNED_IN

    def is_fresh(self, now: datetime) -> bool:
        """Whether the password was proved lately enough to change how one signs in."""
        return now - self.proved_at < FRESH_FOR

    def is_due_to_be_noticed(self, now: datetime) -> bool:
        """Whether its last use is to be written down again."""
        return now - self.seen_at >= NOTICED_EVERY


class Door(StrEnum):
    """Where somebody may try and try again."""

    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    CONFIRMATION = "confirmation"
    RESET = "reset"
    TOKEN = "token"
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so long a time, counted from the first one."""

    most: int
    window: timedelta


BY_ACCOUNT: dict[Door, Limit] = {
    Door.SIGN_IN: Limit(10, timedelta(minutes=15)),
    Door.SECOND_FACTOR: Limit(5, timedelta(minutes=15)),
    Door.CONFIRMATION: Limit(10, timedelta(minutes=15)),
    Door.RESET: Limit(3, timedelta(minutes=60)),
    Door.TOKEN: Limit(20, timedelta(minutes=15)),
    Door.PASSKEY: Limit(10, timedelta(minutes=15)),
}
"""For one account from one network; of the second factor for the account from anywhere, for its codes are short."""
BY_NETWORK: dict[Door, Limit] = {
    Door.SIGN_IN: Limit(100, timedelta(minutes=15)),
    Door.SECOND_FACTOR: Limit(50, timedelta(minutes=15)),
    Door.CONFIRMATION: Limit(100, timedelta(minutes=15)),
    Door.RESET: Limit(20, timedelta(minutes=60)),
    Door.TOKEN: Limit(100, timedelta(minutes=15)),
    Door.PASSKEY: Limit(100, timedelta(minutes=15)),
}
"""For everybody of one network together: a whole administration may stand behind one address."""
