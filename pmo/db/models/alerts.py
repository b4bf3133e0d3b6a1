"""Alerts: one row for each rung and recipient, kept for ever (DOMAIN 3.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime

STATES = (
    "scheduled",
    "sent",
    "lapsed",
    "acknowledged",
    "snoozed",
    "resolved",
    "superseded",
    "suspended",
    "closed",
    "failed",
)


class AlertRecord(Base):
    """One person told of one rung of one item.

    ``item`` is the code of a milestone, indicator or project; ``baseline_version`` and ``ladder_run`` tell which climb;
    ``rung`` is R-14 … O+14, weekly, at_risk, off_track, report_missing or evidence_waiting; ``period`` the ISO week for
    ``weekly``, the report's period end or the day a status began for the other kinds, else empty. ``recipient_id`` is
    who gets it, ``stands_for_id`` the absent or vacant post it was meant for, ``role`` in which capacity, ``channel``
    direct, list or digest, ``note`` a code such as ``role_vacant``. ``facts`` are the numbers the mail is made of.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("city_id", "item", "baseline_version", "ladder_run", "rung", "period", "recipient_id"),
        CheckConstraint("channel in ('direct', 'list', 'digest')", name="channel"),
        Index("ix_alerts_item", "city_id", "item"),
        Index("ix_alerts_raised_on", "city_id", "raised_on"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    item: Mapped[str] = mapped_column(String(60))
    baseline_version: Mapped[int] = mapped_column(Integer, default=0)
    ladder_run: Mapped[int] = mapped_column(Integer, default=0)
    rung: Mapped[str] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(20), default="")
    recipient_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    stands_for_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    raised_on: Mapped[date]
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_mails.id"), index=True)
    facts: Mapped[dict[str, Any]]
    rule_set: Mapped[str] = mapped_column(String(20))
