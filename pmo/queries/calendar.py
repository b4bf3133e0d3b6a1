"""The working calendar of a city, from the table of days (DOMAIN 1.3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from pmo.db.base import UtcDateTime
from pmo.db.models.calendar import CalendarDayRecord
from pmo.db.models.catalogue import CityRecord
from pmo.domain.calendar import WorkingCalendar

_CITY: BindParameter[str] = bindparam("city")
_AT: BindParameter[datetime] = bindparam("at", type_=UtcDateTime())
EVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Everything that was ever entered is known by then."""


def _of_city(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.join(CityRecord, CityRecord.calendar == CalendarDayRecord.calendar).where(
        CityRecord.id == _CITY,
        or_(CalendarDayRecord.city_id.is_(None), CalendarDayRecord.city_id == _CITY),
        or_(CalendarDayRecord.entered_at.is_(None), CalendarDayRecord.entered_at <= _AT),
    )


_STANDS = or_(CalendarDayRecord.withdrawn_at.is_(None), CalendarDayRecord.withdrawn_at > _AT)
_DAYS = (
    _of_city(select(CalendarDayRecord.day, CalendarDayRecord.kind))
    .where(_STANDS)
    .order_by(CalendarDayRecord.day, CalendarDayRecord.city_id.is_not(None))
)
_STATE = _of_city(
    select(
        func.count(CalendarDayRecord.id).label("days"),
        func.max(CalendarDayRecord.id).label("newest"),
        func.count(case((_STANDS, 1))).label("standing"),
    )
)
_KEPT: dict[tuple[str, str, int, int | None, int], WorkingCalendar] = {}
_LOCK = Lock()


def working_calendar(session: Session, city_id: str, at: datetime = EVER) -> WorkingCalendar:
    """The city's calendar as it was known at an instant: its country's days and its own. The version is a digest.

    Kept as long as the table of days is the same: days are added and withdrawn, never changed in place or removed.
    """
    known = {"city": city_id, "at": at}
    state = session.execute(_STATE, known).one()
    key = (str(session.get_bind().engine.url), city_id, state.days, state.newest, state.standing)
    with _LOCK:
        if key not in _KEPT:
            # A city's own day comes after the country's and so has the last word.
            days = {row.day: row.kind for row in session.execute(_DAYS, known)}
            _KEPT[key] = _calendar(tuple(sorted(days.items())))
        return _KEPT[key]


@lru_cache(maxsize=16)
def _calendar(days: tuple[tuple[date, str], ...]) -> WorkingCalendar:
    digest = sha256(";".join(f"{day.isoformat()} {kind}" for day, kind in days).encode()).hexdigest()[:12]
    return WorkingCalendar(
        days_off=[day for day, kind in days if kind == "day_off"],
        working_weekends=[day for day, kind in days if kind == "working"],
        version=digest,
    )
