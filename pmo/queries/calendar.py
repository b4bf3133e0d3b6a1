"""The working calendar of a city, from the table of days (DOMAIN 1.3)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pmo.db.models.calendar import CalendarDayRecord, CalendarYearRecord
from pmo.db.models.catalogue import CityRecord
from pmo.domain.calendar import WorkingCalendar


def working_calendar(session: Session, city_id: str) -> WorkingCalendar:
    """The city's calendar: its country's days and its own. The version is a digest of the days."""
    statement = (
        select(CalendarDayRecord.day, CalendarDayRecord.kind, CalendarDayRecord.city_id)
        .join(CityRecord, CityRecord.calendar == CalendarDayRecord.calendar)
        .where(
            CityRecord.id == city_id,
            or_(CalendarDayRecord.city_id.is_(None), CalendarDayRecord.city_id == city_id),
        )
        .order_by(CalendarDayRecord.day, CalendarDayRecord.city_id.is_not(None))
    )
    # A city's own day comes after the country's and so has the last word.
    days = {row.day: row.kind for row in session.execute(statement)}
    return _calendar(tuple(sorted(days.items())))


def estimated_years(session: Session, calendar: str) -> list[int]:
    """Loaded years that no Government list has confirmed: their moving feasts may still shift."""
    statement = select(CalendarYearRecord.year).where(
        CalendarYearRecord.calendar == calendar, CalendarYearRecord.is_confirmed.is_(False)
    )
    return sorted(session.scalars(statement))


@lru_cache(maxsize=16)
def _calendar(days: tuple[tuple[date, str], ...]) -> WorkingCalendar:
    digest = sha256(";".join(f"{day.isoformat()} {kind}" for day, kind in days).encode()).hexdigest()[:12]
    return WorkingCalendar(
        days_off=[day for day, kind in days if kind == "day_off"],
        working_weekends=[day for day, kind in days if kind == "working"],
        version=digest,
    )
