"""Departments that merge and split, and the areas of the deputy akims."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Named


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
