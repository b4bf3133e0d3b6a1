"""The mails of one morning with the reason of everything in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.domain.ladder import Rung
from pmo.domain.recipients import Role
from pmo.domain.why import Explanation, told_because
from pmo.queries.names import Name, names_of_people


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """One mail of a morning, as its reader would get it. ``items`` are its codes with their rungs, where they have one.

    ``id`` stays valid only where the mail was really made; ``key`` is the same whenever it is made.
    """

    id: int
    key: str
    kind: str
    recipient_id: str
    recipient: Name | None
    role: str
    language: str
    subject: str
    text: str
    html: str
    items: tuple[tuple[str, str | None], ...]


def mails_made_between(session: Session, city: str, first: datetime, last: datetime) -> list[PlannedMail]:
    """Mails made from the first to the last instant, both included, in the order of making."""
    mail = OutgoingMailRecord
    statement = (
        select(mail)
        .where(mail.city_id == city, mail.created_at >= first, mail.created_at <= last)
        .order_by(mail.id)
        .options(undefer("*"))
    )
    records = list(session.scalars(statement))
    people = names_of_people(session, {record.recipient_id for record in records})
    return [
        PlannedMail(
            id=record.id,
            key=record.dedupe_key,
            kind=record.kind,
            recipient_id=record.recipient_id,
            recipient=people.get(record.recipient_id),
            role=record.recipient_role,
            language=record.language,
            subject=record.subject,
            text=record.body_text,
            html=record.body_html,
            items=tuple((told["item"], told["rung"]) for told in record.items),
        )
        for record in records
    ]


def reasons_of(session: Session, mails: Sequence[int]) -> dict[int, list[tuple[str, Explanation]]]:
    """Why each mail tells what it tells: its alerts as (item, explanation), in the order of raising."""
    alert = AlertRecord
    found: dict[int, list[tuple[str, Explanation]]] = defaultdict(list)
    for record in session.scalars(select(alert).where(alert.mail_id.in_(mails)).order_by(alert.id)):
        assert record.mail_id is not None
        found[record.mail_id].append((record.item, _because(record)))
    return found


def _because(record: AlertRecord) -> Explanation:
    facts: dict[str, Any] = record.facts
    return told_because(
        Rung(record.rung),
        Role(record.role),
        facts.get("critical", False),
        {**facts.get("values", {}), "days_overdue": facts.get("days_overdue")},
        channel=record.channel,
        stands_for=record.stands_for_id,
        note=record.note,
    )
