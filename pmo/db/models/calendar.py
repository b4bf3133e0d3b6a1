"""Days off and working weekends, loaded from the holidays package or entered by an administrator (DOMAIN 1.3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime


class CalendarDayRecord(Base):
    """One exception to the five-day week. ``city_id`` is empty for the country's calendar, set for a city's own day.

    A city's own day names its ``reason`` (the decree); one taken back keeps its row with ``withdrawn_at``, so that the
    count of rows, their newest id and the count of those taken back together tell one state of the table from another.
    """

    __tablename__ = "calendar_days"
    __table_args__ = (
        Index(
            "uq_calendar_days_standing",
            "calendar",
            "city_id",
            "day",
            unique=True,
            sqlite_where=text("withdrawn_at is null"),
            postgresql_where=text("withdrawn_at is null"),
        ),
        CheckConstraint("kind in ('day_off', 'working')", name="kind"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    calendar: Mapped[str] = mapped_column(String(20))
    city_id: Mapped[str | None] = mapped_column(ForeignKey("cities.id"))
    day: Mapped[date] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(String(300))
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CalendarYearRecord(Base):
    """A loaded year: from which source, and whether the Government's list confirmed it."""

    __tablename__ = "calendar_years"
    calendar: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(60))
    is_confirmed: Mapped[bool] = mapped_column(default=False)
