"""Reads of the outbox: for ``pmo outbox list`` (PRODUCT 5), the web page, and the watch over undelivered mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select, true
from sqlalchemy.orm import Session, undefer

from pmo.clock import utc_text
from pmo.db.lease_clock import database_now
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Role
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.errors import NotFound
from pmo.mail.drafts import MailDraft, MailKind
from pmo.queries.calendar import working_calendar
from pmo.queries.places import City, city
from pmo.queries.returned_addresses import is_shut

GIVEN_UP = ("failed", "expired", "suppressed")
"""Nobody tries these again but a person."""

PMO_RANKS = (Role.PMO_HEAD, Role.PMO_ANALYST, Role.ADMINISTRATOR)
"""Who looks after the mail of a city, the first before the others."""

_PMO = select(
    PersonRecord.id, PersonRecord.role, PersonRecord.email, is_shut(PersonRecord.email).label("is_shut")
).where(PersonRecord.city_id == bindparam("city"), PersonRecord.role.in_(PMO_RANKS), PersonRecord.is_active.is_(True))

OutboxRow = dict[str, Any]
"""One mail in the form of the contract."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to read, as its reader got it."""

    id: int
    subject: str
    text: str
    html: str
    row: OutboxRow


@dataclass(frozen=True, slots=True)
class CityMail:
    """What all mails of a city share; ``reply_to`` is where an answer goes: its PMO, if there is one."""

    place: City
    calendar: WorkingCalendar
    reply_to: str | None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A mail that has not arrived. ``since`` is the instant of its making, ``answer`` what the server said last."""

    key: str
    recipient_id: str
    subject: str
    state: str
    since: datetime
    answer: str | None

    @property
    def is_given_up(self) -> bool:
        """Whether it will never be tried again by itself."""
        return self.state in GIVEN_UP


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """What the watch looks at: mails by state, those that may have arrived twice, the oldest that should have left."""

    by_state: dict[str, int]
    uncertain: int
    oldest_due_at: datetime | None


def outbox_rows(
    session: Session, cities: Iterable[str] | None = None, states: Iterable[str] | None = None, limit: int | None = None
) -> list[OutboxRow]:
    """Mails in the form of the contract, oldest first; newest first and cut where ``limit`` is given."""
    statement = _mails()
    if cities is not None:
        statement = statement.where(OutgoingMailRecord.city_id.in_(list(cities)))
    if states is not None:
        statement = statement.where(OutgoingMailRecord.state.in_(list(states)))
    if limit is None:
        statement = statement.order_by(OutgoingMailRecord.created_at, OutgoingMailRecord.id)
    else:
        statement = statement.order_by(OutgoingMailRecord.created_at.desc(), OutgoingMailRecord.id.desc()).limit(limit)
    return [_row(mail, code) for mail, code in session.execute(statement)]


def rows_made_after(session: Session, last_id: int) -> list[OutboxRow]:
    """Mails made after the one with this id, in the order of making."""
    statement = _mails().where(OutgoingMailRecord.id > last_id).order_by(OutgoingMailRecord.id)
    return [_row(mail, code) for mail, code in session.execute(statement)]


def rows_due(session: Session, now: datetime, cities: Sequence[str]) -> list[OutboxRow]:
    """Mails that would leave at ``now`` in cities where it is sending time."""
    mail = OutgoingMailRecord
    statement = (
        _mails()
        .where(mail.state == "queued", mail.not_before <= now, mail.expires_at > now, mail.city_id.in_(cities))
        .where(~is_shut(mail.address))
        .order_by(mail.not_before, mail.id)
    )
    return [_row(record, code) for record, code in session.execute(statement)]


def last_mail_id(session: Session) -> int:
    """The id of the newest mail, 0 where there is none."""
    return session.scalar(select(func.max(OutgoingMailRecord.id))) or 0


def mail(session: Session, mail_id: int) -> Mail:
    """One mail with its text. Raises NotFound."""
    statement = _mails().where(OutgoingMailRecord.id == mail_id).options(undefer("*"))
    found = session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    record, code = found
    return Mail(record.id, record.subject, record.body_text, record.body_html, _row(record, code))


def mail_id_of(session: Session, dedupe_key: str) -> int | None:
    """The id of the mail with a key."""
    return session.scalar(select(OutgoingMailRecord.id).where(OutgoingMailRecord.dedupe_key == dedupe_key))


def first_mail_about(session: Session, draft: MailDraft) -> str | None:
    """The Message-ID of the first mail that told this reader directly of this item: escalations answer to it.

    That mail may have told of other items besides.
    """
    if draft.item is None:
        return None
    record, alert = OutgoingMailRecord, AlertRecord
    kinds = (MailKind.ALERT.value, MailKind.ALERT_BUNDLE.value)
    told = select(alert.mail_id).where(
        alert.city_id == draft.city, alert.item == draft.item, alert.recipient_id == draft.recipient
    )
    return session.scalar(
        select(record.message_id)
        .where(
            record.recipient_id == draft.recipient,
            record.city_id == draft.city,
            record.kind.in_(kinds),
            or_(record.item == draft.item, record.id.in_(told)),
            record.dedupe_key != draft.dedupe_key,
        )
        .order_by(record.id)
        .limit(1)
    )


def alert_moments(session: Session, recipient: str, since: datetime) -> list[datetime]:
    """When mails with alerts leave for a reader, or left, from ``since`` on; those given up do not count."""
    record = OutgoingMailRecord
    kinds = [kind.value for kind in MailKind if kind.tells_alerts]
    return list(
        session.scalars(
            select(record.not_before)
            .where(
                record.recipient_id == recipient,
                record.kind.in_(kinds),
                record.state.in_(("queued", "sending", "sent")),
                record.not_before >= since,
            )
            .order_by(record.not_before)
        )
    )


def bundles_made(session: Session, recipient: str, period: str) -> int:
    """How many mails with several alerts a reader was made on a day."""
    record = OutgoingMailRecord
    statement = select(func.count()).where(
        record.recipient_id == recipient, record.kind == MailKind.ALERT_BUNDLE.value, record.period == period
    )
    return session.scalar(statement) or 0


def pmo_post(session: Session, city_id: str) -> str | None:
    """The post that looks after the mail of a city: the head of its PMO, else an analyst, else an administrator.

    A post whose own address sends mail back is passed over, unless there is no other.
    """
    post = _pmo(session, city_id)
    return post.id if post else None


def city_mail(session: Session, city_id: str) -> CityMail:
    """What the mails of a city share, as this transaction sees it. Raises NotFound for an unknown city."""
    post = _pmo(session, city_id)
    return CityMail(city(session, city_id), working_calendar(session, city_id), post.email if post else None)


def _pmo(session: Session, city_id: str) -> Any:
    posts = sorted(
        session.execute(_PMO, {"city": city_id}), key=lambda post: (post.is_shut, PMO_RANKS.index(post.role), post.id)
    )
    return posts[0] if posts else None


def undelivered(session: Session, city_id: str, since: datetime, made_before: datetime) -> list[Undelivered]:
    """Mails of a city, made after ``since``, that were given up, or that wait since before ``made_before``."""
    record = OutgoingMailRecord
    given_up = record.state.in_(GIVEN_UP)
    waiting = record.state.in_(("queued", "sending")) & (record.created_at <= made_before)
    statement = (
        select(record)
        .where(
            record.city_id == city_id,
            record.created_at > since,
            or_(given_up, waiting),
            record.kind != MailKind.DELIVERY_NOTICE.value,
        )
        .order_by(record.id)
    )
    return [
        Undelivered(row.dedupe_key, row.recipient_id, row.subject, row.state, row.created_at, row.last_text)
        for row in session.scalars(statement)
    ]


def outbox_health(session: Session, now: datetime, made_after: datetime | None = None) -> OutboxHealth:
    """The figures of the watch (RELIABILITY 2.2), of all mails or of those made after an instant.

    ``uncertain``: transmissions whose reply was lost.
    """
    record = OutgoingMailRecord
    meant = record.created_at > made_after if made_after else true()
    counted = session.execute(select(record.state, func.count().label("mails")).where(meant).group_by(record.state))
    by_state = {row.state: row.mails for row in counted}
    doubted = or_(
        (record.state == "sent") & (record.data_started > 1),
        record.state.in_(("queued", "failed", "expired")) & (record.data_started > 0),
        (record.state == "sending") & (record.data_started > 0) & (record.lease_until < database_now()),
    )
    uncertain = session.scalar(select(func.count()).select_from(record).where(doubted, meant)) or 0
    is_due = record.state.in_(("queued", "sending")) & (record.not_before <= now)
    oldest = session.scalar(select(func.min(record.not_before)).where(is_due, meant))
    return OutboxHealth(by_state, uncertain, oldest)


def _mails() -> Select[OutgoingMailRecord, str]:
    return select(OutgoingMailRecord, ProjectRecord.code).outerjoin(
        ProjectRecord, ProjectRecord.id == OutgoingMailRecord.project_id
    )


def _row(record: OutgoingMailRecord, project_code: str | None) -> OutboxRow:
    row: OutboxRow = {
        "key": record.dedupe_key,
        "message_id": record.message_id,
        "kind": record.kind,
        "city": record.city_id,
        "project": project_code,
        "item": record.item,
        "rung": record.rung,
        "period": record.period,
        "recipient": record.recipient_id,
        "recipient_role": record.recipient_role,
        "language": record.language,
        "subject": record.subject,
        "state": record.state,
        "created_at": _utc(record.created_at),
        "not_before": _utc(record.not_before),
        "sent_at": _utc(record.sent_at),
        "attempts": record.attempts,
    }
    if record.item is None:
        row["items"] = list(record.items)
    return row


def _utc(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment else None
