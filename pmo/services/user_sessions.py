"""Sessions on the server: opened, noticed, ended (RELIABILITY 4.2, ASVS 7.2 to 7.4).

The browser gets a random token of 256 bits, the database its hash: whoever reads the table opens nothing with it. A
session that is not in the table, or has ended, is nobody's, whatever a cookie says. ``now`` is the wall clock's.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from pmo.db.models.sign_in import UserSessionRecord
from pmo.domain.errors import NotFound
from pmo.domain.sign_in import LONGEST_SESSION, Factor, Method
from pmo.queries.people import Credentials, credentials_of
from pmo.services import audit

LONGEST_AGENT = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Browser:
    """What is noted of the place somebody signs in from: the program's name and the network address."""

    agent: str
    network: str


def open_session(
    session: Session, person: str, method: Method, factor: Factor | None, browser: Browser, now: datetime
) -> str:
    """Makes a session for somebody who has just proved who they are; returns its token, which is kept nowhere else.

    Raises NotFound for a post that is unknown or closed.
    """
    credentials = credentials_of(session, person)
    if credentials is None or not credentials.is_active:
        raise NotFound
    token = secrets.token_urlsafe(32)
    session.add(
        UserSessionRecord(
            token_hash=hash_of(token),
            person_id=person,
            stamp=stamp_of(credentials),
            method=method.value,
            factor=factor.value if factor else None,
            created_at=now,
            seen_at=now,
            expires_at=now + LONGEST_SESSION,
            proved_at=now,
            agent=browser.agent[:LONGEST_AGENT],
            network=browser.network,
        )
    )
    session.flush()
    log.info("session opened", whose=person, method=method.value, factor=factor.value if factor else None)
    return token


def notice_session(session: Session, session_id: int, now: datetime) -> None:
    """Writes down that a session is in use."""
    row = UserSessionRecord
    session.execute(update(row).where(row.id == session_id, row.seen_at < now).values(seen_at=now))


def show_factor(session: Session, session_id: int, factor: Factor | None) -> None:
    """A second factor was set up in this session, and thereby shown; or the last one was taken away."""
    session.get_one(UserSessionRecord, session_id).factor = factor.value if factor else None


def end_session(session: Session, session_id: int, now: datetime) -> None:
    """Ends a session for good."""
    row = UserSessionRecord
    session.execute(update(row).where(row.id == session_id, row.ended_at.is_(None)).values(ended_at=now))
    log.info("session ended", session=session_id)


def end_own_session(session: Session, person: str, session_id: int, now: datetime) -> None:
    """Ends one session of one's own. Raises NotFound for somebody else's."""
    record = session.get(UserSessionRecord, session_id)
    if record is None or record.person_id != person:
        raise NotFound
    end_session(session, session_id, now)
    _note(session, person, person, 1, now)


def end_sessions(session: Session, person: str, by: str | None, now: datetime, but: int | None = None) -> int:
    """Ends every session of a person, at once; ``but`` one. Returns how many were open."""
    row = UserSessionRecord
    statement = update(row).where(row.person_id == person, row.ended_at.is_(None), row.expires_at > now)
    if but is not None:
        statement = statement.where(row.id != but)
    ended = len(session.execute(statement.values(ended_at=now).returning(row.id)).all())
    if ended:
        _note(session, person, by, ended, now)
    return ended


def hash_of(token: str) -> str:
    """What the database keeps of a token. It is random enough to need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def stamp_of(credentials: Credentials) -> str:
    """Ties a session to the password it was opened with: a new password ends every old session, however it came."""
    return hashlib.sha256(f"{credentials.person}:{credentials.password_hash}".encode()).hexdigest()[:16]


def _note(session: Session, person: str, by: str | None, ended: int, now: datetime) -> None:
    log.info("sessions ended", whose=person, by=by, count=ended)
    audit.note(session, at=now, actor=by, action="sessions_ended", item=person, after={"count": ended})
