"""Tokens of other systems: the one a request brings, those of a post, those of a city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.access_tokens import AccessTokenRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.access_tokens import AccessToken, TokenScope
from pmo.queries.names import Name

_TOKEN = AccessTokenRecord


@dataclass(frozen=True, slots=True)
class TokenOfPost:
    """A token and the title of the post that it speaks for."""

    token: AccessToken
    post: Name


def token_of_hash(session: Session, token_hash: str) -> AccessToken | None:
    """The token with this hash, alive or not; None for one that was never given out."""
    record = session.scalar(select(_TOKEN).where(_TOKEN.token_hash == token_hash))
    return _token(record) if record else None


def tokens_of(session: Session, person: str, now: datetime) -> list[AccessToken]:
    """The tokens of a post that are alive, the newest first."""
    statement = select(_TOKEN).where(_TOKEN.person_id == person, _TOKEN.revoked_at.is_(None), _TOKEN.expires_at > now)
    return [_token(record) for record in session.scalars(statement.order_by(_TOKEN.id.desc()))]


def tokens_of_city(session: Session, city: str, now: datetime) -> list[TokenOfPost]:
    """The tokens of all posts of a city that are alive, by post, the newest first."""
    post = PersonRecord
    statement = (
        select(_TOKEN, post.title_ru, post.title_kk, post.title_en)
        .join(post, post.id == _TOKEN.person_id)
        .where(post.city_id == city, _TOKEN.revoked_at.is_(None), _TOKEN.expires_at > now)
        .order_by(_TOKEN.person_id, _TOKEN.id.desc())
    )
    return [TokenOfPost(_token(record), Name(*title)) for record, *title in session.execute(statement)]


def _token(record: AccessTokenRecord) -> AccessToken:
    return AccessToken(
        id=record.id,
        person=record.person_id,
        name=record.name,
        scope=TokenScope(record.scope),
        created_at=record.created_at,
        expires_at=record.expires_at,
        used_at=record.used_at,
        used_from=record.used_from,
        revoked_at=record.revoked_at,
    )
