"""Money reports and issues: the data of the components C and R."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Entered


class CostReportRecord(Entered, Base):
    """Money on a date, in millions of the city's currency."""

    __tablename__ = "cost_reports"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    reported_on: Mapped[date]
    budget: Mapped[float] = mapped_column(Float)
    estimate: Mapped[float | None] = mapped_column(Float)
    planned: Mapped[float | None] = mapped_column(Float)
    spent: Mapped[float | None] = mapped_column(Float)


class IssueRecord(Entered, Base):
    """A problem with the day by which it must be solved."""

    __tablename__ = "issues"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    critical: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date]


class IssueClosingRecord(Entered, Base):
    """An issue was solved."""

    __tablename__ = "issue_closings"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issues.id"), unique=True)
    closed_on: Mapped[date]
