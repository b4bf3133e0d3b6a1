"""How fast programs may call and people may change things, counted exactly across processes (ASVS 2.4.1).

Every call of a token is counted, and every change that a post sends; pages that are only read never are, for a count is
a write. What is over the limit is refused before anything is looked up; a count that cannot be written refuses nobody.
"""

from __future__ import annotations

from math import ceil

import structlog
from flask import g, request
from werkzeug.exceptions import TooManyRequests

from pmo.db.session import DatabaseAway
from pmo.domain.sign_in import Limit
from pmo.domain.working_rate import A_MINUTE, Counted
from pmo.services.throttle import count_use
from pmo.web.context import runtime, visitor, wall_now

ALWAYS_OPEN = frozenset({"sign_in.leave", "own_sign_in.end_others", "confirmation.show", "passwords.change"})
"""Whoever wants to go may go, however much was sent; and whoever holds a post may throw out somebody with a stolen
session, who could else use up its changes minute by minute. Tries of the password have a count of their own."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
log = structlog.get_logger(__name__)


class TooFast(TooManyRequests):
    """The limit of this minute is used up; ``retry_after`` in seconds."""


def count_call(token: int) -> None:
    """A program calls with a good token. Raises TooFast."""
    _count(Counted.CALLS, str(token), runtime().settings.calls_per_minute)


def count_change() -> None:
    """Before each request, after its guard: somebody signed in sends a change. Raises TooFast."""
    found = visitor()
    if found is not None and request.method not in READING and request.endpoint not in ALWAYS_OPEN:
        _count(Counted.CHANGES, found.person.id, runtime().settings.changes_per_minute)


def _count(what: Counted, subject: str, most: int | None) -> None:
    if most is None:
        return
    try:
        with runtime().writing() as session:
            wait = count_use(session, what, subject, Limit(most, A_MINUTE), wall_now())
    except DatabaseAway:
        log.warning("a use was not counted", what=what.value)
        return
    if wait is not None:
        g.refusal = f"too many {what.value}"
        raise TooFast(retry_after=max(1, ceil(wait.total_seconds())))
