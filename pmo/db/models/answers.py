"""Answers to alerts, and the confirmation of a new forecast by the next level (DOMAIN 3.2). Nothing is ever changed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Entered


class AnswerRecord(Entered, Base):
    """What somebody who was told of a milestone answered.

    ``person_id`` is who was told: the author of the entry, or the post that the author stands in for.
    ``baseline_version``, ``ladder_run`` and ``rung`` tell what was answered, ``role`` in which capacity. ``until`` is
    the last day on which the answer spares the person repeats; None is as long as this climb lasts.
    """

    __tablename__ = "alert_answers"
    __table_args__ = (
        CheckConstraint("kind in ('acknowledged', 'snoozed', 'muted', 'help_wanted')", name="kind"),
        CheckConstraint("until is not null or kind = 'muted'", name="until"),
    )
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(20))
    baseline_version: Mapped[int] = mapped_column(Integer)
    ladder_run: Mapped[int] = mapped_column(Integer)
    rung: Mapped[str] = mapped_column(String(20))
    until: Mapped[date | None]
    text: Mapped[str | None] = mapped_column(Text)


class ForecastConfirmationRecord(Entered, Base):
    """The next level accepts a new forecast: ``rung`` waits up to ``until``, once for each version of the date."""

    __tablename__ = "forecast_confirmations"
    __table_args__ = (UniqueConstraint("milestone_id", "baseline_version"),)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecasts.id"))
    baseline_version: Mapped[int] = mapped_column(Integer)
    rung: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(30))
    until: Mapped[date]
    text: Mapped[str | None] = mapped_column(Text)


class ReplyRecord(Entered, Base):
    """What somebody replied to an alert about a project or an indicator; the item is the entry's.

    ``person_id`` is who was told, ``role`` in which capacity; ``rung`` and ``period`` tell which alert it was.
    """

    __tablename__ = "alert_replies"
    __table_args__ = (CheckConstraint("kind in ('alert_acknowledged', 'recovery_plan')", name="kind"),)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(20))
    rung: Mapped[str] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
