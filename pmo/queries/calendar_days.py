"""The exceptions of a year as its administrator sees them, and what one more would change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pmo.db.models.calendar import CalendarDayRecord, CalendarYearRecord
from pmo.db.models.catalogue import CityRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.calendar_change import ProjectChange, change_of
from pmo.domain.project import known_until
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.rules import CityRules


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One exception. ``own_id`` is the row of a city's own day, None for the country's."""

    day: date
    kind: str
    source: str
    reason: str | None
    own_id: int | None
    is_outweighed: bool = False


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """The exceptions of a year, and whether the Government's list confirmed it."""

    year: int
    is_confirmed: bool
    lines: tuple[CalendarLine, ...]
    working_days: int


def calendar_year(session: Session, city: str, year: int) -> CalendarYear:
    """A year of a city; a day of the country that the city outweighs says so."""
    record = CalendarDayRecord
    name = session.get_one(CityRecord, city).calendar
    statement = select(record).where(
        record.calendar == name,
        or_(record.city_id.is_(None), record.city_id == city),
        record.withdrawn_at.is_(None),
        record.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    rows = list(session.scalars(statement.order_by(record.day, record.city_id.is_not(None))))
    own = {row.day for row in rows if row.city_id is not None}
    lines = tuple(
        CalendarLine(
            row.day,
            row.kind,
            row.source,
            row.reason,
            row.id if row.city_id is not None else None,
            row.city_id is None and row.day in own,
        )
        for row in rows
    )
    loaded = session.get(CalendarYearRecord, (name, year))
    calendar = working_calendar(session, city)
    worked = sum(calendar.month_total(year, month) for month in range(1, 13))
    return CalendarYear(year, loaded is not None and loaded.is_confirmed, lines, worked)


def changes_of_day(
    session: Session, city: str, day: date, kind: str, now: datetime, on: date, rules: CityRules, histories: Histories
) -> list[ProjectChange]:
    """The projects of a city that one more exception would change today, by code."""
    before = working_calendar(session, city)
    off, worked = before.days_off - {day}, before.working_weekends - {day}
    after = (
        WorkingCalendar(off | {day}, worked, "preview")
        if kind == "day_off"
        else WorkingCalendar(off, worked | {day}, "preview")
    )
    in_force = rules.on(session, city, on, now)
    numbers = list(session.scalars(select(ProjectRecord.id).where(ProjectRecord.city_id == city)))
    found = []
    for number, history in histories.load(session, numbers).items():
        known = known_until(history, now)
        change = change_of(known, on, before, after, in_force) if known is not None else None
        if change is not None:
            found.append(replace(change, id=number))
    return sorted(found, key=lambda change: change.code)
