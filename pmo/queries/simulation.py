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
    """How often each rung was reached after the alert with this id, whoever was told. Lapsed ones do not count."""
    alert = AlertRecord
    reached = (
        select(alert.city_id, alert.item, alert.baseline_version, alert.ladder_run, alert.rung, alert.period)
        .where(alert.id > last_id, alert.state != "lapsed")
        .distinct()
        .subquery()
    )
    statement = select(reached.c.rung, func.count().label("alerts")).group_by(reached.c.rung).order_by(reached.c.rung)
    return {row.rung: row.alerts for row in session.execute(statement)}


def digests_made_after(session: Session, last_id: int) -> int:
    """How many digests were made after the mail with this id."""
    statement = select(func.count()).where(OutgoingMailRecord.id > last_id, OutgoingMailRecord.kind.in_(DIGESTS))
    return session.scalar(statement) or 0


def next_mail_due(session: Session) -> datetime | None:
    """When the next waiting mail may leave, or None where nothing waits."""
    return session.scalar(select(func.min(OutgoingMailRecord.not_before)).where(OutgoingMailRecord.state == "queued"))
