"""When mail may leave: 08:30 to 18:30 of a working day, in the city's own time (DOMAIN 3.2, quiet hours).

All moments are aware instants; the calendar is the city's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pmo.domain.calendar import WorkingCalendar

OPENS_AT = time(8, 30)
CLOSES_AT = time(18, 30)
ALERTS_APART = timedelta(minutes=15)
MOST_ALERTS_A_DAY = 10
"""Mails with alerts to one reader (RELIABILITY 2.2, per recipient)."""


def is_sending_time(moment: datetime, calendar: WorkingCalendar, zone: tzinfo) -> bool:
    """Whether mail may leave at ``moment``. 08:30:00 is inside, 18:30:00 is outside."""
    local = moment.astimezone(zone)
    return calendar.is_working(local.date()) and OPENS_AT <= local.time() < CLOSES_AT


def into_sending_hours(moment: datetime, calendar: WorkingCalendar, zone: tzinfo) -> datetime:
    """``moment`` itself when mail may leave then, else the next opening."""
    if is_sending_time(moment, calendar, zone):
        return moment
    local = moment.astimezone(zone)
    day = local.date() if local.time() < OPENS_AT else local.date() + timedelta(days=1)
    return _opening(calendar.roll(day), zone)


def sending_time_between(start: datetime, end: datetime, calendar: WorkingCalendar, zone: tzinfo) -> timedelta:
    """How much of the time from ``start`` to ``end`` mail could have left; nothing when ``end`` is not later."""
    open_for = timedelta()
    day = start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        if calendar.is_working(day):
            opening, closing = _opening(day, zone), _instant(day, CLOSES_AT, zone)
            open_for += max(min(closing, end) - max(opening, start), timedelta())
        day += timedelta(days=1)
    return open_for


def alert_moment(moment: datetime, taken: Collection[datetime], calendar: WorkingCalendar, zone: tzinfo) -> datetime:
    """When a mail with alerts may reach a reader who gets others at ``taken``: ``moment``, or the first later one.

    A quarter of an hour from every other, and at most ten a day of the city; what finds no room waits for the next
    working day, nothing is dropped.
    """
    found = into_sending_hours(moment, calendar, zone)
    while True:
        day = found.astimezone(zone).date()
        if sum(other.astimezone(zone).date() == day for other in taken) >= MOST_ALERTS_A_DAY:
            found = _opening(calendar.roll(day + timedelta(days=1)), zone)
            continue
        near = [other for other in taken if abs(found - other) < ALERTS_APART]
        if not near:
            return found
        found = into_sending_hours(max(near) + ALERTS_APART, calendar, zone)


def _opening(day: date, zone: tzinfo) -> datetime:
    return _instant(day, OPENS_AT, zone)


def _instant(day: date, at: time, zone: tzinfo) -> datetime:
    """In UTC, because two aware moments of one zone are compared by their wall clocks."""
    return datetime.combine(day, at, zone).astimezone(UTC)
