"""Removes what has been kept long enough. Facts, alerts, events and the keys of mails are never among it.

Each run takes a bounded number of rows of each kind, so that nobody waits for it; what is left over is the next run's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from pmo.db.models.access_tokens import AccessTokenRecord
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.catalogue import CityRecord
from pmo.db.models.jobs import JobRunRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.saved_views import SavedViewRecord
from pmo.db.models.sign_in import (
    AddressChangeRecord,
    AuthenticatorAppRecord,
    PasskeyRecord,
    PasswordLinkRecord,
    PasswordRequestRecord,
    RecoveryCodeRecord,
    SignInAttemptRecord,
    SingleSignOnRecord,
    UserSessionRecord,
)
from pmo.domain.retention import TRIES, Terms
from pmo.queries.job_runs import EVERYWHERE
from pmo.services import audit
from pmo.services.written_rows import erase_salts

MOST_AT_ONCE = 1000
"""Rows of one kind in one transaction."""
OF_A_PERSON = (
    UserSessionRecord,
    PasswordLinkRecord,
    RecoveryCodeRecord,
    AuthenticatorAppRecord,
    PasskeyRecord,
    SingleSignOnRecord,
    AddressChangeRecord,
    AccessTokenRecord,
    SavedViewRecord,
)
"""What is kept of the person at a post, and goes when the post is closed. The post, its title and its mailbox stay."""

Found = Mapping[str, int]
"""Kind to number of rows."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """In which city, by which terms, and when: ``now`` is the installation's clock, ``wall`` the one on the wall."""

    city: str
    terms: Terms
    now: datetime
    wall: datetime

    def before(self, days: int) -> datetime:
        """The moment on the wall so many days ago."""
        return self.wall - timedelta(days=days)


def due(session: Session, occasion: Occasion) -> Found:
    """What has been kept long enough, by kind; nothing is changed."""
    found = {
        name: session.scalar(select(func.count()).select_from(record).where(condition)) or 0
        for name, record, condition in _kinds(session, occasion)
    }
    return {name: count for name, count in found.items() if count}


def carry_out(session: Session, occasion: Occasion, most: int = MOST_AT_ONCE) -> Found:
    """Removes at most ``most`` rows of each kind, and notes in the record how many of which."""
    removed: dict[str, int] = {}
    for name, record, condition in _kinds(session, occasion):
        if count := EFFECTS.get(name, _remove)(session, record, condition, most, occasion):
            removed[name] = count
    if removed:
        audit.note(
            session, at=occasion.wall, actor=None, action="retention", item=f"{occasion.city}/kept", after=removed
        )
    return removed


def _kinds(session: Session, occasion: Occasion) -> Iterator[tuple[str, Any, ColumnElement[bool]]]:
    """Each kind: its name, its table, and which rows have been kept long enough. No row is of two kinds or cities."""
    gone = _left(session, occasion)
    here = select(PersonRecord.id).where(PersonRecord.city_id == occasion.city, PersonRecord.id.not_in(gone))
    speaks_for_all = session.scalar(select(func.min(CityRecord.id))) == occasion.city
    signed_in, tries = occasion.before(occasion.terms.sign_ins), occasion.wall - TRIES
    one = UserSessionRecord
    ended = or_(one.ended_at < signed_in, one.expires_at < signed_in)
    yield "sessions", one, one.person_id.in_(here) & ended
    link = PasswordLinkRecord
    yield "password_links", link, link.person_id.in_(here) & (link.expires_at < signed_in)
    change = AddressChangeRecord
    yield "address_changes", change, change.person_id.in_(here) & (change.expires_at < signed_in) & ~_newest_change()
    token = AccessTokenRecord
    dead = or_(token.expires_at < signed_in, token.revoked_at < signed_in)
    yield "access_tokens", token, token.person_id.in_(here) & dead
    code = RecoveryCodeRecord
    yield "spent_recovery_codes", code, code.person_id.in_(here) & (code.used_at < signed_in)
    if speaks_for_all:
        yield "sign_in_attempts", SignInAttemptRecord, SignInAttemptRecord.began_at < tries
        yield "password_requests", PasswordRequestRecord, PasswordRequestRecord.asked_at < tries
    mail = OutgoingMailRecord
    sent = (mail.state == "sent") & (mail.sent_at < occasion.now - timedelta(days=occasion.terms.mail_bytes))
    yield "mail_bytes", mail, (mail.city_id == occasion.city) & mail.content.is_not(None) & sent
    places = (occasion.city, EVERYWHERE) if speaks_for_all else (occasion.city,)
    yield "job_runs", JobRunRecord, JobRunRecord.city_id.in_(places) & _old_runs(occasion)
    for record in OF_A_PERSON:
        yield f"of_those_who_left/{record.__tablename__}", record, record.person_id.in_(gone)
    person = PersonRecord
    yield "of_those_who_left/passwords", person, person.id.in_(gone) & person.password_hash.is_not(None)


def _newest_change() -> ColumnElement[bool]:
    """The newest change of a post that was done: by it an import knows that the address is not its to set back."""
    change, later = AddressChangeRecord, aliased(AddressChangeRecord)
    has_later = select(later.id).where(
        later.person_id == change.person_id, later.done_at.is_not(None), later.id > change.id
    )
    return change.done_at.is_not(None) & ~has_later.exists()


def _old_runs(occasion: Occasion) -> ColumnElement[bool]:
    """Never the newest of a job: it tells from which day on the job has to catch up."""
    run, later = JobRunRecord, aliased(JobRunRecord)
    has_later = (
        select(later.period)
        .where(later.job == run.job, later.city_id == run.city_id, later.period > run.period)
        .where(later.state.in_(("done", "failed")))
        .exists()
    )
    over = run.state.in_(("done", "failed")) & (
        func.coalesce(run.finished_at, run.started_at) < occasion.before(occasion.terms.job_runs)
    )
    return over & has_later


def _left(session: Session, occasion: Occasion) -> list[str]:
    """Posts that were closed long enough ago; the record tells when. One that was never opened counts from its row."""
    closed = session.execute(
        select(PersonRecord.id, PersonRecord.created_at).where(
            PersonRecord.city_id == occasion.city, PersonRecord.is_active.is_(False)
        )
    ).all()
    if not closed:
        return []
    moments = {row.id: row.created_at for row in closed}
    said = select(AuditEventRecord.body).where(
        AuditEventRecord.body.startswith('{"action":"post_closed"', autoescape=True)
    )
    for body in session.scalars(said.order_by(AuditEventRecord.seq)):
        event = json.loads(body)
        post = str(event["object"]).rpartition("/")[2]
        if post in moments:
            moments[post] = datetime.fromisoformat(event["at"])
    limit = occasion.before(occasion.terms.left)
    return sorted(post for post, moment in moments.items() if moment < limit)


def _chosen(session: Session, record: Any, condition: ColumnElement[bool], most: int) -> tuple[Table, list[Any]]:
    table: Table = record.__table__
    primary = list(table.primary_key.columns)
    statement = select(*primary).where(condition).order_by(*primary).limit(most)
    return table, [tuple(key) for key in session.execute(statement)]


def _among(table: Table, keys: Sequence[Any]) -> ColumnElement[bool]:
    primary = list(table.primary_key.columns)
    return primary[0].in_([key[0] for key in keys]) if len(primary) == 1 else tuple_(*primary).in_(keys)


def _remove(session: Session, record: Any, condition: ColumnElement[bool], most: int, _: Occasion) -> int:
    table, keys = _chosen(session, record, condition, most)
    if keys:
        session.execute(delete(table).where(_among(table, keys)))
    return len(keys)


def _empty_mails(session: Session, record: Any, condition: ColumnElement[bool], most: int, _: Occasion) -> int:
    """The bytes go; the row with its key and its words stays, or a mail could go out again."""
    table, keys = _chosen(session, record, condition, most)
    if keys:
        session.execute(update(table).where(_among(table, keys)).values(content=None))
    return len(keys)


def _take_passwords(
    session: Session, record: Any, condition: ColumnElement[bool], most: int, occasion: Occasion
) -> int:
    """The hash goes, and with it what the record's digests of it could be guessed with."""
    posts = list(session.scalars(select(PersonRecord).where(condition).order_by(PersonRecord.id).limit(most)))
    for post in posts:
        post.password_hash = None
    if posts:
        erase_salts(session, PersonRecord.__tablename__, [post.id for post in posts], occasion.wall, None)
    return len(posts)


Effect = Callable[[Session, Any, ColumnElement[bool], int, Occasion], int]
EFFECTS: Mapping[str, Effect] = {"mail_bytes": _empty_mails, "of_those_who_left/passwords": _take_passwords}
"""Kinds whose rows stay, and lose something."""
