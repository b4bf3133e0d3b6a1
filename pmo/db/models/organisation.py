"""Departments that merge and split, and the areas of the deputy akims."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Named, UtcDateTime


class DepartmentRecord(Named, Base):
    """A department while it exists: ``valid_until`` is its last day, empty while it lives."""

    __tablename__ = "departments"
    __table_args__ = (CheckConstraint("valid_until is null or valid_until >= valid_from", name="order"),)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"), index=True)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class DepartmentSuccessionRecord(Base):
    """Who took over: a merger has several predecessors, a split several successors."""

    __tablename__ = "department_successions"
    predecessor_id: Mapped[str] = mapped_column(ForeignKey("departments.id"), primary_key=True)
    successor_id: Mapped[str] = mapped_column(ForeignKey("departments.id"), primary_key=True)
    effective_on: Mapped[date]


class DepartmentHeadRecord(Base):
    """The post that heads a department, from a day on."""

    __tablename__ = "department_heads"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("departments.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class CuratorAreaRecord(Named, Base):
    """The area of a deputy akim or of the chief of staff; a vacant area has no holder."""

    __tablename__ = "curator_areas"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"), index=True)
    holder_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))


class PlannedChangeRecord(Base):
    """A change of the organisation with its day: carried out at once, or by the night job of that day.

    ``kind`` is ``reform`` (a ``pmo.domain.reform.Reform``) or ``area`` (an area and its next holder), ``plan`` what is
    to be done. ``done_at`` is empty until it is, ``withdrawn_at`` unless it was taken back before.
    """

    __tablename__ = "planned_changes"
    __table_args__ = (CheckConstraint("kind in ('reform', 'area')", name="kind"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    effective_on: Mapped[date]
    plan: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(300))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
