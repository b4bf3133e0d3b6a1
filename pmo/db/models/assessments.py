"""The stored results of the rules, each with its best-before date, and every change of a status (ARCHITECTURE 4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime


class ProjectAssessmentRecord(Base):
    """The latest result for a project.

    It holds while no fact was entered after ``known_until`` and the day is not past ``fresh_until``; a page that finds
    it out of date computes that project in memory.
    """

    __tablename__ = "project_assessments"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    assessed_on: Mapped[date]
    known_until: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(30), index=True)
    severity: Mapped[int | None] = mapped_column(Integer)
    components: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]
    slip_days: Mapped[int | None] = mapped_column(Integer)
    original_slip_days: Mapped[int | None] = mapped_column(Integer)
    moved_times: Mapped[int] = mapped_column(Integer, default=0)
    moved_days: Mapped[int] = mapped_column(Integer, default=0)
    changes_on: Mapped[date | None]
    fresh_until: Mapped[date | None] = mapped_column(index=True)
    rule_set: Mapped[str] = mapped_column(String(20))
    calendar: Mapped[str] = mapped_column(String(80))


class MilestoneAssessmentRecord(Base):
    """The latest result for a milestone; the fields of ``pmo.domain.milestone.MilestoneAssessment``."""

    __tablename__ = "milestone_assessments"
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), index=True)
    severity: Mapped[int | None] = mapped_column(Integer)
    rule: Mapped[str] = mapped_column(String(10))
    version: Mapped[int | None] = mapped_column(Integer)
    due_on: Mapped[date | None]
    effective_due_on: Mapped[date | None] = mapped_column(index=True)
    original_due_on: Mapped[date | None]
    expected_on: Mapped[date | None]
    driver: Mapped[str | None] = mapped_column(String(80))
    completed_on: Mapped[date | None]
    lateness_wd: Mapped[int] = mapped_column(Integer, default=0)
    overdue_from: Mapped[date | None]
    days_overdue: Mapped[int] = mapped_column(Integer, default=0)
    slip_wd: Mapped[int | None] = mapped_column(Integer)
    claim_submitted_on: Mapped[date | None]
    out_of_sequence: Mapped[bool] = mapped_column(default=False)


class IndicatorAssessmentRecord(Base):
    """The latest result for an indicator; the fields of ``pmo.domain.indicator.IndicatorAssessment``."""

    __tablename__ = "indicator_assessments"
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), index=True)
    severity: Mapped[int | None] = mapped_column(Integer)
    rule: Mapped[str] = mapped_column(String(10))
    actual: Mapped[float | None] = mapped_column(Float)
    expected: Mapped[float | None] = mapped_column(Float)
    ratio: Mapped[float | None] = mapped_column(Float)
    progress: Mapped[float | None] = mapped_column(Float)
    deviation: Mapped[float | None] = mapped_column(Float)
    observed_on: Mapped[date | None]
    is_final: Mapped[bool] = mapped_column(default=False)
    missed_reports: Mapped[int] = mapped_column(Integer, default=0)
    missed_after_target: Mapped[int] = mapped_column(Integer, default=0)
    next_report_due_on: Mapped[date | None] = mapped_column(index=True)
    baseline_assumed: Mapped[bool] = mapped_column(default=False)
    projected: Mapped[float | None] = mapped_column(Float)
    trend_below_target: Mapped[bool] = mapped_column(default=False)


class StatusChangeRecord(Base):
    """A status that became another on a day; the queue of alerts and the news of digests.

    ``item_kind`` is project, milestone or indicator; ``noticed_at`` is set once the alerts job has looked at it.
    """

    __tablename__ = "status_changes"
    __table_args__ = (Index("ix_status_changes_project_id_changed_on", "project_id", "changed_on"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    item_kind: Mapped[str] = mapped_column(String(10))
    item: Mapped[str] = mapped_column(String(60))
    changed_on: Mapped[date] = mapped_column(index=True)
    old_status: Mapped[str | None] = mapped_column(String(30))
    new_status: Mapped[str] = mapped_column(String(30))
    old_severity: Mapped[int | None] = mapped_column(Integer)
    new_severity: Mapped[int | None] = mapped_column(Integer)
    reasons: Mapped[list[Any]]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    noticed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
