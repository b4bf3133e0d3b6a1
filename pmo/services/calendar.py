"""Fills the table of days from the holidays package (DOMAIN 1.3)."""

from __future__ import annotations

from importlib.metadata import version

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.calendar import CalendarDayRecord, CalendarYearRecord

FIRST_YEAR, LAST_YEAR = 2015, 2040
CONFIRMED = range(2018, 2022)
"""Years held against the official work-time balance, month by month (tests/domain/test_calendar.py)."""


def load_calendar(session: Session, calendar: str) -> int:
    """Loads the years that are missing for a country's calendar; returns how many days that were.

    Years beyond the confirmed ones are estimates: Kurban Ait follows the moon, and the Government moves days late.
    """
    known = set(session.scalars(select(CalendarYearRecord.year).where(CalendarYearRecord.calendar == calendar)))
    missing = [year for year in range(FIRST_YEAR, LAST_YEAR + 1) if year not in known]
    if not missing:
        return 0
    source = f"holidays {version('holidays')}"
    days = holidays.country_holidays(calendar, years=missing)
    wanted = set(missing)
    rows = [
        CalendarDayRecord(calendar=calendar, day=day, kind="day_off", source=source)
        for day in sorted(days)
        if day.year in wanted
    ]
    rows += [
        CalendarDayRecord(calendar=calendar, day=day, kind="working", source=source)
        for day in sorted(days.weekend_workdays)
        if day.year in wanted
    ]
    session.add_all(rows)
    session.add_all(
        CalendarYearRecord(calendar=calendar, year=year, source=source, is_confirmed=year in CONFIRMED)
        for year in missing
    )
    session.flush()
    return len(rows)
