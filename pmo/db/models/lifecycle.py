"""Pauses, resumes, cancellations and overrides. ``milestone_id`` is empty where the whole project is meant."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Entered


class PauseRecord(Entered, Base):
    """Work is stopped from a date."""

    __tablename__ = "pauses"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    starts_on: Mapped[date]
    reason_id: Mapped[str] = mapped_column(ForeignKey("reason_codes.id"))
    text: Mapped[str | None] = mapped_column(Text)


class ResumeRecord(Entered, Base):
    """Work goes on from a date; a pause is resumed once."""

    __tablename__ = "resumes"
    pause_id: Mapped[int] = mapped_column(ForeignKey("pauses.id"), unique=True)
    resumed_on: Mapped[date]


class CancellationRecord(Entered, Base):
    """Dropped with effect from a date, with the reason that must always be shown."""

    __tablename__ = "cancellations"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"), unique=True)
    effective_on: Mapped[date]
    reason_id: Mapped[str] = mapped_column(ForeignKey("reason_codes.id"))
    text: Mapped[str | None] = mapped_column(Text)


class OverrideRecord(Entered, Base):
    """A worse colour set by the PMO until a date."""

    __tablename__ = "overrides"
    __table_args__ = (
        CheckConstraint("severity in (1, 2)", name="severity"),
        CheckConstraint("ends_on >= starts_on", name="order"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    severity: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
