"""Driver projects."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Named, UtcDateTime


class ProjectRecord(Named, Base):
    """A project as it is now. ``version`` rises with each edit, so that two people cannot overwrite each other.

    ``budget_mln`` is in millions of the city's currency. ``provenance`` names the fields that are published facts
    (``from_seed``) and their sources; everything else is assumed for demonstration.
    """

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("city_id", "code"),
        CheckConstraint("end_on >= start_on", name="order"),
        CheckConstraint("weight > 0", name="weight"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"))
    code: Mapped[str] = mapped_column(String(30))
    sector_id: Mapped[str] = mapped_column(ForeignKey("sectors.id"))
    priority_id: Mapped[str] = mapped_column(ForeignKey("priorities.id"))
    department_id: Mapped[str] = mapped_column(ForeignKey("departments.id"), index=True)
    area_id: Mapped[str] = mapped_column(ForeignKey("curator_areas.id"), index=True)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    manager_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    curator_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    start_on: Mapped[date]
    end_on: Mapped[date]
    budget_mln: Mapped[float | None] = mapped_column(Float)
    weight: Mapped[float] = mapped_column(Float, default=1.0)
    flagship: Mapped[bool] = mapped_column(default=False)
    tracked_since: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    provenance: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer, default=1)


class ProjectDistrictRecord(Base):
    """In which districts a project is built."""

    __tablename__ = "project_districts"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    district_id: Mapped[str] = mapped_column(ForeignKey("districts.id"), primary_key=True)
