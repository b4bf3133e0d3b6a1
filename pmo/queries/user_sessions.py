"""Open sessions: the one a browser names, and those of a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, select
from sqlalchemy.orm import Session

from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import AuthenticatorAppRecord, PasskeyRecord, UserSessionRecord
from pmo.domain.sign_in import Factor, Method, OpenSession

_SESSION = UserSessionRecord
_HAS_APP = exists().where(
    AuthenticatorAppRecord.person_id == _SESSION.person_id, AuthenticatorAppRecord.secret.is_not(None)
)
_HAS_PASSKEY = exists().where(PasskeyRecord.person_id == _SESSION.person_id)
_ALL: Any = select(
    _SESSION.id,
    _SESSION.person_id,
    _SESSION.stamp,
    _SESSION.method,
    _SESSION.factor,
    _SESSION.created_at,
    _SESSION.seen_at,
    _SESSION.expires_at,
    _SESSION.proved_at,
    _SESSION.ended_at,
    _SESSION.agent,
    _SESSION.network,
    (_HAS_APP | _HAS_PASSKEY).label("has_factor"),
)
_BY_TOKEN = _ALL.where(_SESSION.token_hash == bindparam("token_hash"))


def session_of_token(session: Session, token_hash: str) -> OpenSession | None:
    """The session whose token has this hash, ended or not; None for one that was never given out."""
    row = session.execute(_BY_TOKEN, {"token_hash": token_hash}).one_or_none()
    return _open_session(row) if row else None


def open_sessions_of(session: Session, person: str, idle: timedelta, now: datetime) -> list[OpenSession]:
    """Where a person is signed in now, the latest use first."""
    statement = _ALL.where(_SESSION.person_id == person, *_alive(idle, now)).order_by(
        _SESSION.seen_at.desc(), _SESSION.id.desc()
    )
    return [_open_session(row) for row in session.execute(statement)]


def open_session_counts(session: Session, city: str, idle: timedelta, now: datetime) -> dict[str, int]:
    """How many sessions each post of a city has open; posts without one are left out."""
    statement = (
        select(_SESSION.person_id, func.count().label("open"))
        .join(PersonRecord, PersonRecord.id == _SESSION.person_id)
        .where(PersonRecord.city_id == city, *_alive(idle, now))
        .group_by(_SESSION.person_id)
    )
    return {row.person_id: row.open for row in session.execute(statement)}


def _alive(idle: timedelta, now: datetime) -> tuple[Any, ...]:
    return (_SESSION.ended_at.is_(None), _SESSION.expires_at > now, _SESSION.seen_at > now - idle)


def _open_session(row: Row[Any]) -> OpenSession:
    return OpenSession(
        id=row.id,
        person=row.person_id,
        stamp=row.stamp,
        method=Method(row.method),
        factor=Factor(row.factor) if row.factor else None,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        proved_at=row.proved_at,
        ended_at=row.ended_at,
        agent=row.agent,
        network=row.network,
        has_factor=bool(row.has_factor),
    )
