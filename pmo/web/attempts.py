"""Tries at a door, as the pages make them: counted and committed before anything is looked up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from pmo.domain.errors import RuleBroken
from pmo.domain.sign_in import Door
from pmo.services.throttle import Attempt, count_attempt, give_back
from pmo.web.context import browser, runtime, wall_now
from pmo.web.security_log import masked

log = structlog.get_logger(__name__)


@contextmanager
def attempt(door: Door, account: str) -> Iterator[None]:
    """A try: the block does it, and raises when it fails. Raises RuleBroken ``too_many_attempts`` before the block."""
    tried = Attempt(door, account, browser().network)
    who = {"door": door.value, "account": masked(account)}
    with runtime().writing() as session:
        count_attempt(session, tried, wall_now())
    try:
        yield
    except RuleBroken as refusal:
        log.warning("attempt failed", reason=refusal.code, **who)
        raise
    log.info("attempt succeeded", **who)
    with runtime().writing() as session:
        give_back(session, tried)


def count_only(door: Door, account: str) -> None:
    """A try that counts whatever comes of it. Raises RuleBroken ``too_many_attempts``."""
    with runtime().writing() as session:
        count_attempt(session, Attempt(door, account, browser().network), wall_now())
