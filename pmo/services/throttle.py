"""How often one may try to get in, or do things, counted exactly across processes on either database (RELIABILITY 4.1).

A try is counted before anything is looked up, by one statement that adds to the count or gives nothing back; so of any
number of tries at once exactly as many as the limit go on. A try that succeeded is given back: a whole administration
behind one address must not shut itself out by signing in. Known and unknown accounts are counted alike; the table
holds hashes only. ``now`` is the wall clock's.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import cast

import structlog
from sqlalchemy import Table, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pmo.db.models.sign_in import SignInAttemptRecord
from pmo.domain.errors import RuleBroken
from pmo.domain.sign_in import BY_ACCOUNT, BY_NETWORK, Door, Limit
from pmo.domain.working_rate import Counted

FORGOTTEN_AFTER = timedelta(days=1)
WITH_PORT = re.compile(r"\[(?P<six>[^]]+)\](?::\d+)?|(?P<four>[\d.]+):\d+")
log = structlog.get_logger(__name__)
_attempts = cast(Table, SignInAttemptRecord.__table__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at a door: the account as they name it, known or not, and the network they come from."""

    door: Door
    account: str
    network: str


def count_attempt(session: Session, attempt: Attempt, now: datetime) -> None:
    """Counts a try. Raises RuleBroken ``too_many_attempts`` with ``minutes`` to wait; the count stays as it is then.

    Commit before looking further, whatever comes of the try.
    """
    session.execute(delete(_attempts).where(_attempts.c.began_at < now - FORGOTTEN_AFTER))
    for key, limit in _keys(attempt):
        if (wait := _count(session, key, limit, now)) is not None:
            minutes = max(1, -(-int(wait.total_seconds()) // 60))
            log.warning("too many attempts", door=attempt.door.value, minutes=minutes, of=key[:12])
            raise RuleBroken("too_many_attempts", None, minutes=minutes)


def give_back(session: Session, attempt: Attempt) -> None:
    """The try was a good one: the account begins anew, and the network has one try more."""
    (account, _), (network, _) = _keys(attempt)
    session.execute(delete(_attempts).where(_attempts.c.key == account))
    counted = (_attempts.c.key == network) & (_attempts.c.count > 0)
    session.execute(update(_attempts).where(counted).values(count=_attempts.c.count - 1))


def count_use(session: Session, what: Counted, subject: str, limit: Limit, now: datetime) -> timedelta | None:
    """Counts one use by a token or a post: None lets it go on, else how long to wait; the count stays as it is then."""
    return _count(session, _hash(what, subject), limit, now)


def is_first_use(session: Session, once: str, now: datetime) -> bool:
    """Whether something that is good once was not used yet; remembered for a day. Commit before looking further."""
    return _count(session, _hash("once", once), Limit(1, FORGOTTEN_AFTER), now) is None


def network_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 of an IPv6 one, which is one household or one phone.

    A proxy that listens for both writes an IPv4 address as ``::ffff:10.1.2.3``: the /64 of those is everybody.
    """
    try:
        found = ip_address(without_port(address))
    except ValueError:
        return "unknown"
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def without_port(address: str) -> str:
    """The address alone where a proxy wrote ``10.1.2.3:50123`` or ``[2001:db8::1]:50123``."""
    found = WITH_PORT.fullmatch(address)
    return (found["six"] or found["four"]) if found else address


def _count(session: Session, key: str, limit: Limit, now: datetime) -> timedelta | None:
    """Adds a try, or says how long to wait. A window that is over begins again with this try."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    is_over = _attempts.c.began_at <= now - limit.window
    counted = (
        insert(_attempts)
        .values(key=key, began_at=now, count=1)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "began_at": case((is_over, now), else_=_attempts.c.began_at),
                "count": case((is_over, 1), else_=_attempts.c.count + 1),
            },
            where=or_(is_over, _attempts.c.count < limit.most),
        )
        .returning(_attempts.c.count)
    )
    if session.execute(counted).one_or_none() is not None:
        return None
    began = session.execute(select(_attempts.c.began_at).where(_attempts.c.key == key)).scalar_one_or_none()
    return limit.window if began is None else max(timedelta(0), began + limit.window - now)


def _keys(attempt: Attempt) -> tuple[tuple[str, Limit], tuple[str, Limit]]:
    account, network = attempt.account.strip().lower(), network_of(attempt.network)
    # Codes are short: whoever guesses them must not get new tries by changing the network.
    place = "" if attempt.door is Door.SECOND_FACTOR else network
    return (
        (_hash(attempt.door, "account", account, place), BY_ACCOUNT[attempt.door]),
        (_hash(attempt.door, "network", network), BY_NETWORK[attempt.door]),
    )


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
