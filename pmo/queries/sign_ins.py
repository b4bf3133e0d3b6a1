"""How the posts of a city sign in: what is set up, when they came last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import AuthenticatorAppRecord, PasskeyRecord, SingleSignOnRecord, UserSessionRecord
from pmo.queries.people import Person, people_of_city
from pmo.queries.user_sessions import open_session_counts


@dataclass(frozen=True, slots=True)
class SignIn:
    """One post. ``last_seen_at`` is the last use of any of its sessions of the last month."""

    person: Person
    has_password: bool
    has_factor: bool
    has_single_sign_on: bool
    open_sessions: int
    last_seen_at: datetime | None


def sign_ins(session: Session, city: str, idle: timedelta, now: datetime) -> list[SignIn]:
    """Every active post of a city; ``now`` is the wall clock's."""
    has_app = exists().where(
        AuthenticatorAppRecord.person_id == PersonRecord.id, AuthenticatorAppRecord.secret.is_not(None)
    )
    has_key = exists().where(PasskeyRecord.person_id == PersonRecord.id)
    is_bound = exists().where(SingleSignOnRecord.person_id == PersonRecord.id)
    seen = (
        select(func.max(UserSessionRecord.seen_at))
        .where(UserSessionRecord.person_id == PersonRecord.id)
        .scalar_subquery()
    )
    statement = select(
        PersonRecord.id,
        PersonRecord.password_hash.is_not(None).label("has_password"),
        (has_app | has_key).label("has_factor"),
        is_bound.label("has_single_sign_on"),
        seen.label("last_seen_at"),
    ).where(PersonRecord.city_id == city)
    rows = {row.id: row for row in session.execute(statement)}
    counts = open_session_counts(session, city, idle, now)
    return [
        SignIn(
            person,
            bool(rows[person.id].has_password),
            bool(rows[person.id].has_factor),
            bool(rows[person.id].has_single_sign_on),
            counts.get(person.id, 0),
            rows[person.id].last_seen_at,
        )
        for person in people_of_city(session, city)
    ]
