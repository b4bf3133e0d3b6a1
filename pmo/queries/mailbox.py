"""The demonstration's mailbox: every mail that was sent, by reader; the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.queries.names import Name

PAGE = 50


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who got mail, and how many."""

    id: str
    title: Name
    role: str
    mails: int


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail in a list. ``items`` are codes of what it tells, with their rungs."""

    id: int
    kind: str
    subject: str
    recipient_id: str
    recipient: Name
    role: str
    language: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    attempts: int


def readers(session: Session, city_id: str) -> list[Reader]:
    """Everybody of a city who got a mail, who got most first."""
    mails = func.count(OutgoingMailRecord.id).label("mails")
    statement = (
        select(
            PersonRecord.id,
            PersonRecord.title_ru,
            PersonRecord.title_kk,
            PersonRecord.title_en,
            PersonRecord.role,
            mails,
        )
        .join(OutgoingMailRecord, OutgoingMailRecord.recipient_id == PersonRecord.id)
        .where(PersonRecord.city_id == city_id, OutgoingMailRecord.state == "sent")
        .group_by(PersonRecord.id)
        .order_by(mails.desc(), PersonRecord.id)
    )
    return [
        Reader(row.id, Name(row.title_ru, row.title_kk, row.title_en), row.role, row.mails)
        for row in session.execute(statement)
    ]


def mail_lines(
    session: Session,
    city_id: str,
    before: int | None = None,
    recipient: str | None = None,
    state: str | None = None,
    kind: str | None = None,
) -> tuple[list[MailLine], int | None]:
    """One page of the mails of a city, newest first, and the key of the next page. ``before`` is a mail's id."""
    mail = OutgoingMailRecord
    statement = (
        select(
            mail.id,
            mail.kind,
            mail.subject,
            mail.recipient_id,
            mail.recipient_role,
            mail.language,
            mail.state,
            mail.created_at,
            mail.sent_at,
            mail.attempts,
            PersonRecord.title_ru,
            PersonRecord.title_kk,
            PersonRecord.title_en,
        )
        .join(PersonRecord, PersonRecord.id == mail.recipient_id)
        .where(mail.city_id == city_id)
        .order_by(mail.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        statement = statement.where(mail.id < before)
    for column, value in ((mail.recipient_id, recipient), (mail.state, state), (mail.kind, kind)):
        if value:
            statement = statement.where(column == value)
    rows = session.execute(statement).all()
    lines = [
        MailLine(
            id=row.id,
            kind=row.kind,
            subject=row.subject,
            recipient_id=row.recipient_id,
            recipient=Name(row.title_ru, row.title_kk, row.title_en),
            role=row.recipient_role,
            language=row.language,
            state=row.state,
            created_at=row.created_at,
            sent_at=row.sent_at,
            attempts=row.attempts,
        )
        for row in rows[:PAGE]
    ]
    return lines, lines[-1].id if len(rows) > PAGE else None


def mails_by_state(session: Session, city_id: str, kind: str | None = None) -> dict[str, int]:
    """How many mails of a city, of one kind where it is given, are in which state."""
    statement = (
        select(OutgoingMailRecord.state, func.count().label("mails"))
        .where(OutgoingMailRecord.city_id == city_id)
        .group_by(OutgoingMailRecord.state)
        .order_by(OutgoingMailRecord.state)
    )
    if kind is not None:
        statement = statement.where(OutgoingMailRecord.kind == kind)
    return {row.state: row.mails for row in session.execute(statement)}
