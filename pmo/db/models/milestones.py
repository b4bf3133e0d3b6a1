"""Milestones, their links, and the facts about them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Entered, Named, UtcDateTime


class MilestoneRecord(Named, Base):
    """A milestone as it is now; its dates are facts of their own."""

    __tablename__ = "milestones"
    __table_args__ = (UniqueConstraint("project_id", "code"), CheckConstraint("weight > 0", name="weight"))
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    code: Mapped[str] = mapped_column(String(40), index=True)
    type_id: Mapped[str] = mapped_column(ForeignKey("milestone_types.id"))
    evidence_type_id: Mapped[str | None] = mapped_column(ForeignKey("evidence_types.id"))
    performer_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    weight: Mapped[float] = mapped_column(Float, default=1.0)
    critical: Mapped[bool] = mapped_column(default=False)
    min_duration_wd: Mapped[int | None] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer, default=0)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    provenance: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer, default=1)


class DependencyRecord(Base):
    """A link between two milestones of one project."""

    __tablename__ = "dependencies"
    __table_args__ = (
        CheckConstraint("type in ('FS', 'SS', 'FF', 'SF')", name="type"),
        CheckConstraint("milestone_id <> predecessor_id", name="not_itself"),
    )
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), primary_key=True)
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), primary_key=True, index=True)
    type: Mapped[str] = mapped_column(String(2), default="FS")
    lag_wd: Mapped[int] = mapped_column(Integer, default=0)


class BaselineDateRecord(Entered, Base):
    """The date of a milestone in a version of the plan; ``change_id`` names the change request that made it."""

    __tablename__ = "baseline_dates"
    __table_args__ = (UniqueConstraint("milestone_id", "version"),)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    version: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    approved_on: Mapped[date]
    change_id: Mapped[int | None] = mapped_column(ForeignKey("change_requests.id"))


class ForecastRecord(Entered, Base):
    """A manager's own expectation of the finish."""

    __tablename__ = "forecasts"
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    expected_on: Mapped[date]
    reason_id: Mapped[str] = mapped_column(ForeignKey("reason_codes.id"))
    text: Mapped[str | None] = mapped_column(Text)


class ClaimRecord(Entered, Base):
    """A manager's word that a milestone is done, with the document that proves it."""

    __tablename__ = "claims"
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    completed_on: Mapped[date]
    submitted_on: Mapped[date]
    evidence_type_id: Mapped[str | None] = mapped_column(ForeignKey("evidence_types.id"))
    document_number: Mapped[str | None] = mapped_column(String(100))
    document_date: Mapped[date | None]
    link: Mapped[str | None] = mapped_column(String(1000))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    text: Mapped[str | None] = mapped_column(Text)


class EvidenceDecisionRecord(Entered, Base):
    """What the PMO said of a claim; said once."""

    __tablename__ = "evidence_decisions"
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), unique=True)
    accepted: Mapped[bool]
    reason_id: Mapped[str | None] = mapped_column(ForeignKey("reason_codes.id"))
    text: Mapped[str | None] = mapped_column(Text)
