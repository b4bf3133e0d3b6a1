"""The working calendar of a city, from the table of days (DOMAIN 1.3)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.calendar import CalendarDayRecord, CalendarYearRecord
from pmo.db.models.catalogue import CityRecord
from pmo.domain.calendar import WorkingCalendar

_CITY: BindParameter[str] = bindparam("city")


def _of_city(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.join(CityRecord, CityRecord.calendar == CalendarDayRecord.calendar).where(
        CityRecord.id == _CITY, or_(CalendarDayRecord.city_id.is_(None), CalendarDayRecord.city_id == _CITY)
    )


_DAYS = _of_city(select(CalendarDayRecord.day, CalendarDayRecord.kind)).order_by(
    CalendarDayRecord.day, CalendarDayRecord.city_id.is_not(None)
)
_STATE = _of_city(
    select(func.count(CalendarDayRecord.id).label("days"), func.max(CalendarDayRecord.id).label("newest"))
)
_KEPT: dict[tuple[str, str, int, int | None], WorkingCalendar] = {}
_LOCK = Lock()


def working_calendar(session: Session, city_id: str) -> WorkingCalendar:
    """The city's calendar: its country's days and its own. The version is a digest of the days.

    Kept as long as the table of days is the same: days are added and removed, never changed in place.
    """
    state = session.execute(_STATE, {"city": city_id}).one()
    key = (str(session.get_bind().engine.url), city_id, state.days, state.newest)
    with _LOCK:
        if key not in _KEPT:
            # A city's own day comes after the country's and so has the last word.
            days = {row.day: row.kind for row in session.execute(_DAYS, {"city": city_id})}
            _KEPT[key] = _calendar(tuple(sorted(days.items())))
        return _KEPT[key]


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
