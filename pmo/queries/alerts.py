"""Alerts of the past, as the ladder and the digests want them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.jobs import JobRunRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.domain.alerts import AlertState, PastAlert
from pmo.domain.answers import ANSWERED_AS_LADDER
from pmo.domain.ladder import Delivery, Rung
from pmo.domain.recipients import Channel, Role

ENDED = (AlertState.RESOLVED.value, AlertState.SUPERSEDED.value, AlertState.CLOSED.value)

_EVERY = (
    select(
        AlertRecord.id,
        AlertRecord.project_id,
        AlertRecord.item,
        AlertRecord.rung,
        AlertRecord.baseline_version,
        AlertRecord.ladder_run,
        AlertRecord.period,
        AlertRecord.recipient_id,
        AlertRecord.stands_for_id,
        AlertRecord.role,
        AlertRecord.channel,
        AlertRecord.raised_on,
        AlertRecord.state,
        AlertRecord.sent_at,
        AlertRecord.ended_at,
    )
    .where(
        AlertRecord.city_id == bindparam("city"),
        AlertRecord.raised_at <= bindparam("moment"),
    )
    .order_by(AlertRecord.id)
)
_PAST = _EVERY.where(
    # What was resolved or closed cannot come back, and what was superseded only matters on its own day.
    or_(
        AlertRecord.state.not_in(ENDED),
        AlertRecord.ended_at > bindparam("moment"),
        AlertRecord.raised_on >= bindparam("day"),
    ),
)


def past_alerts(
    session: Session, city: str, on: date, at: datetime, item: str | None = None, rung: Rung | None = None
) -> dict[int, list[PastAlert]]:
    """Alerts raised by ``at`` that bear on what is to be told on ``on``, by project id, in the order of raising.

    With ``item`` only those about one milestone, indicator or project, with ``rung`` only those of one kind.
    """
    found: dict[int, list[PastAlert]] = defaultdict(list)
    statement = _PAST if item is None else _PAST.where(AlertRecord.item == item)
    if rung is not None:
        statement = statement.where(AlertRecord.rung == rung.value)
    for row in session.execute(statement, {"city": city, "day": on, "moment": at}):
        found[row.project_id].append(_past(row, at))
    return found


def history_of(session: Session, city: str, item: str, at: datetime) -> list[PastAlert]:
    """Everything ever told of an item by a moment, what ended long ago too, in the order of raising."""
    statement = _EVERY.where(AlertRecord.item == item)
    return [_past(row, at) for row in session.execute(statement, {"city": city, "moment": at})]


@dataclass(frozen=True, slots=True)
class MailOfAlert:
    """The mail by which somebody was told on a day; ``id`` is None while the alert waits for its list or digest."""

    id: int | None
    kind: str | None
    state: str | None
    sent_at: datetime | None


def mails_of_alert(session: Session, city: str, item: str, person: str, on: date) -> list[MailOfAlert]:
    """How the alerts about an item that were raised for somebody on a day reached them."""
    mail = OutgoingMailRecord
    statement = (
        select(mail.id, mail.kind, mail.state, mail.sent_at)
        .select_from(AlertRecord)
        .outerjoin(mail, mail.id == AlertRecord.mail_id)
        .where(
            AlertRecord.city_id == city,
            AlertRecord.item == item,
            AlertRecord.recipient_id == person,
            AlertRecord.raised_on == on,
            AlertRecord.state != AlertState.LAPSED.value,
        )
        .order_by(AlertRecord.id)
    )
    return [MailOfAlert(*row) for row in session.execute(statement)]


def was_told(session: Session, city: str, item: str, people: Sequence[str]) -> bool:
    """Whether one of these people was ever told anything of an item."""
    told = (AlertRecord.city_id == city) & (AlertRecord.item == item) & AlertRecord.recipient_id.in_(people)
    found = session.scalar(select(AlertRecord.id).where(told, AlertRecord.state != AlertState.LAPSED.value).limit(1))
    return found is not None


def open_items_told(session: Session, city: str, people: Sequence[str], at: datetime) -> set[str]:
    """Codes of milestones of which one of these people was told on the ladder and which are still open."""
    alert = AlertRecord
    statement = select(alert.item).where(
        alert.city_id == city,
        alert.recipient_id.in_(people),
        alert.rung.in_([rung.value for rung in ANSWERED_AS_LADDER]),
        alert.raised_at <= at,
        alert.ended_at.is_(None) | (alert.ended_at > at),
        alert.state != AlertState.LAPSED.value,
    )
    return set(session.scalars(statement.distinct()))


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An alert that is to stand in the recipient's next list or digest. ``facts`` is a ``LineFacts``."""

    id: int
    recipient: str
    role: Role
    rung: Rung
    channel: Channel
    facts: dict[str, Any]


_WAITING = (
    select(
        AlertRecord.id,
        AlertRecord.recipient_id,
        AlertRecord.role,
        AlertRecord.rung,
        AlertRecord.channel,
        AlertRecord.facts,
    )
    .where(
        AlertRecord.city_id == bindparam("city"),
        AlertRecord.raised_at <= bindparam("moment"),
        AlertRecord.mail_id.is_(None),
        AlertRecord.state == AlertState.SCHEDULED.value,
    )
    .order_by(AlertRecord.id)
)
_REMINDED = (
    select(
        AlertRecord.id,
        AlertRecord.recipient_id,
        AlertRecord.role,
        AlertRecord.rung,
        AlertRecord.channel,
        AlertRecord.facts,
    )
    .where(
        AlertRecord.city_id == bindparam("city"),
        AlertRecord.raised_on == bindparam("day"),
        AlertRecord.raised_at <= bindparam("moment"),
        AlertRecord.rung == Rung.R_1.value,
        AlertRecord.channel == Channel.DIRECT.value,
        AlertRecord.state != AlertState.LAPSED.value,
    )
    .order_by(AlertRecord.id)
)


def waiting_lines(session: Session, city: str, at: datetime) -> list[WaitingLine]:
    """Alerts without a mail yet: those meant for a list or a digest."""
    return [_line(row) for row in session.execute(_WAITING, {"city": city, "moment": at})]


def last_reminders(session: Session, city: str, on: date, at: datetime) -> list[WaitingLine]:
    """The R-1 of a day: told directly, they stand in the digest besides."""
    return [_line(row) for row in session.execute(_REMINDED, {"city": city, "day": on, "moment": at})]


_LAST_RUN = select(func.max(JobRunRecord.period)).where(
    JobRunRecord.job == bindparam("job"),
    JobRunRecord.city_id == bindparam("city"),
    JobRunRecord.state == "done",
    JobRunRecord.period < bindparam("period"),
)


def last_run_before(session: Session, job: str, city: str, on: date) -> date | None:
    """The day of the last finished run of a daily job before a day, or None."""
    found = session.scalar(_LAST_RUN, {"job": job, "city": city, "period": on.isoformat()})
    return date.fromisoformat(found) if found else None


def _past(row: Any, at: datetime) -> PastAlert:
    return PastAlert(
        id=row.id,
        item=row.item,
        rung=Rung(row.rung),
        version=row.baseline_version,
        run=row.ladder_run,
        period=row.period,
        recipient=row.recipient_id,
        role=Role(row.role),
        channel=Channel(row.channel),
        raised_on=row.raised_on,
        delivery=_delivery(row.state, row.sent_at, at),
        is_open=row.ended_at is None or row.ended_at > at,
        stands_for=row.stands_for_id,
    )


def _delivery(state: str, sent_at: datetime | None, at: datetime) -> Delivery:
    if state == AlertState.LAPSED.value:
        return Delivery.LAPSED
    if sent_at is not None and sent_at <= at:
        return Delivery.SENT
    return Delivery.FAILED if state == AlertState.FAILED.value else Delivery.QUEUED


def _line(row: Any) -> WaitingLine:
    return WaitingLine(row.id, row.recipient_id, Role(row.role), Rung(row.rung), Channel(row.channel), dict(row.facts))
