"""What a simulated stretch of time has brought: alerts by rung, digests, and when the next mail is due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.mail.drafts import MailKind

DIGESTS = [kind.value for kind in MailKind if kind.is_digest]


def last_alert_id(session: Session) -> int:
    """The id of the newest alert, 0 where there is none."""
    return session.scalar(select(func.max(AlertRecord.id))) or 0


def alerts_by_rung_after(session: Session, last_id: int) -> dict[str, int]:
    """Alerts raised after the one with this id, by rung; one alert is one rung told to one person. Lapsed ones not."""
    statement = (
        select(AlertRecord.rung, func.count().label("alerts"))
        .where(AlertRecord.id > last_id, AlertRecord.state != "lapsed")
        .group_by(AlertRecord.rung)
        .order_by(AlertRecord.rung)
    )
    return {row.rung: row.alerts for row in session.execute(statement)}


def digests_made_after(session: Session, last_id: int) -> int:
    """How many digests were made after the mail with this id."""
    statement = select(func.count()).where(OutgoingMailRecord.id > last_id, OutgoingMailRecord.kind.in_(DIGESTS))
    return session.scalar(statement) or 0


def next_mail_due(session: Session) -> datetime | None:
    """When the next waiting mail may leave, or None where nothing waits."""
    return session.scalar(select(func.min(OutgoingMailRecord.not_before)).where(OutgoingMailRecord.state == "queued"))
