"""Days off and working weekends, loaded from the holidays package or entered by an administrator (DOMAIN 1.3)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base


class CalendarDayRecord(Base):
    """One exception to the five-day week. ``city_id`` is empty for the country's calendar, set for a city's own day."""

    __tablename__ = "calendar_days"
    __table_args__ = (
        UniqueConstraint("calendar", "city_id", "day"),
        CheckConstraint("kind in ('day_off', 'working')", name="kind"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    calendar: Mapped[str] = mapped_column(String(20))
    city_id: Mapped[str | None] = mapped_column(ForeignKey("cities.id"))
    day: Mapped[date] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(60))


class CalendarYearRecord(Base):
    """A loaded year: from which source, and whether the Government's list confirmed it."""

    __tablename__ = "calendar_years"
    calendar: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(60))
    is_confirmed: Mapped[bool] = mapped_column(default=False)
