"""How the posts of a city sign in: what is set up, when they came last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import AuthenticatorAppRecord, PasskeyRecord, SingleSignOnRecord, UserSessionRecord
from pmo.domain.search import matches
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


class SignInState(StrEnum):
    """What whoever looks after sign-ins asks for."""

    ALL = ""
    NO_PASSWORD = "no_password"
    NO_FACTOR = "no_factor"
    IN_NOW = "in_now"


@dataclass(frozen=True, slots=True)
class WantedSignIns:
    """A part of the list: words of a title or address, and a state."""

    search: str = ""
    state: SignInState = SignInState.ALL

    def has(self, one: SignIn) -> bool:
        """Whether a post is one of those."""
        post = one.person
        is_in_state = {
            SignInState.ALL: True,
            SignInState.NO_PASSWORD: not one.has_password,
            SignInState.NO_FACTOR: not one.has_factor,
            SignInState.IN_NOW: one.open_sessions > 0,
        }[self.state]
        return is_in_state and matches(self.search, post.id, post.email, post.title_ru, post.title_kk, post.title_en)


def sign_ins(session: Session, city: str, idle: timedelta, now: datetime, wanted: WantedSignIns) -> list[SignIn]:
    """The wanted ones of the active posts of a city; ``now`` is the wall clock's."""
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
    found = [
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
    return [one for one in found if wanted.has(one)]
