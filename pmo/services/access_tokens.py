"""Tokens by which another system speaks for a post: made, noticed, revoked.

The system gets 256 random bits, the database their hash: whoever reads the table opens nothing with it. ``now`` is the
wall clock's.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pmo.db.models.access_tokens import AccessTokenRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.access import Action, Actor, may_in_city
from pmo.domain.access_tokens import LIFETIMES, MARK, MOST_TOKENS, TokenScope
from pmo.domain.errors import NotFound, RuleBroken
from pmo.services import audit
from pmo.services.user_sessions import hash_of

log = structlog.get_logger(__name__)
_TOKEN = AccessTokenRecord


def make_token(session: Session, person: str, name: str, scope: TokenScope, days: int, now: datetime) -> str:
    """A new token of a post; returns it, and it is kept nowhere else.

    Raises NotFound for a post that is unknown or closed; RuleBroken ``unknown_choice``, ``tokens_full``.
    """
    if days not in LIFETIMES:
        raise RuleBroken("unknown_choice", "days")
    holder = session.scalar(
        select(PersonRecord).where(PersonRecord.id == person, PersonRecord.is_active).with_for_update(key_share=True)
    )
    if holder is None:
        raise NotFound
    alive = _TOKEN.person_id == person, _TOKEN.revoked_at.is_(None), _TOKEN.expires_at > now
    if (session.scalar(select(func.count()).select_from(_TOKEN).where(*alive)) or 0) >= MOST_TOKENS:
        raise RuleBroken("tokens_full", None, most=MOST_TOKENS)
    token = MARK + secrets.token_urlsafe(32)
    record = AccessTokenRecord(
        token_hash=hash_of(token),
        person_id=person,
        name=name,
        scope=scope.value,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(record)
    session.flush()
    log.info("token made", person=person, token_id=record.id, scope=scope.value)
    said = {"token": record.id, "name": name, "scope": scope.value, "expires_at": record.expires_at}
    audit.note(session, at=now, actor=person, action="token_made", item=person, after=said)
    return token


def notice_token(session: Session, token_id: int, network: str, now: datetime) -> None:
    """Writes down that a token is in use, and from where."""
    unseen = _TOKEN.used_at.is_(None) | (_TOKEN.used_at < now)
    session.execute(update(_TOKEN).where(_TOKEN.id == token_id, unseen).values(used_at=now, used_from=network))


def revoke_token(session: Session, actor: Actor, token_id: int, now: datetime) -> None:
    """Ends a token: one's own, or as administrator one of the city's. Twice is once. Raises NotFound for any other."""
    found = session.execute(
        select(_TOKEN, PersonRecord.city_id)
        .join(PersonRecord, PersonRecord.id == _TOKEN.person_id)
        .where(_TOKEN.id == token_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    record, city = found
    if record.person_id != actor.person and not may_in_city(actor, Action.MANAGE_SIGN_IN, city):
        raise NotFound
    _revoke(session, record.person_id, actor.person, now, token_id)


def revoke_tokens(session: Session, person: str, by: str | None, now: datetime) -> int:
    """Ends every token of a post; returns how many there were. ``by`` is None for a new password."""
    return _revoke(session, person, by, now)


def _revoke(session: Session, person: str, by: str | None, now: datetime, token_id: int | None = None) -> int:
    statement = update(_TOKEN).where(_TOKEN.person_id == person, _TOKEN.revoked_at.is_(None))
    if token_id is not None:
        statement = statement.where(_TOKEN.id == token_id)
    ended = session.scalars(statement.values(revoked_at=now, revoked_by=by).returning(_TOKEN.id)).all()
    if ended:
        log.info("tokens revoked", person=person, by=by, count=len(ended))
        after = {"tokens": sorted(ended)}
        audit.note(session, at=now, actor=by, action="tokens_revoked", item=person, after=after)
    return len(ended)
