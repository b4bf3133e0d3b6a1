"""Working days of a city: the holidays are given, the arithmetic is here (DOMAIN 1.2 and 1.3).

All functions take and return plain dates. A deadline includes the whole of its day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2060, 12, 31)

ONE_DAY = timedelta(days=1)


class DateOutOfRange(ValueError):
    """A date the calendar does not cover; a date of a plan outside 2000-2060 is a slip of the pen."""


class WorkingCalendar:
    """Which days are worked, and counting in them.

    ``days_off`` are non-working days beyond Saturday and Sunday, ``working_weekends`` the Saturdays and Sundays that
    the Government made working days; a day in both is off. ``version`` names the data it was built from.
    """

    def __init__(
        self, days_off: Iterable[date] = (), working_weekends: Iterable[date] = (), version: str = "plain"
    ) -> None:
        self.version = version
        self.days_off = frozenset(days_off)
        self.working_weekends = frozenset(working_weekends)
        self._working = [
            ordinal
            for ordinal in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1)
            if self._is_worked(date.fromordinal(ordinal))
        ]

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        return self._is_worked(_covered(day))

    def roll(self, day: date) -> date:
        """First working day on or after ``day``."""
        return self._nth(bisect_left(self._working, _covered(day).toordinal()))

    def rollback(self, day: date) -> date:
        """Last working day on or before ``day``."""
        return self._nth(bisect_right(self._working, _covered(day).toordinal()) - 1)

    def wd(self, start: date, end: date) -> int:
        """Number of working days x with ``start`` < x <= ``end``; negative of ``wd(end, start)`` when end < start."""
        before = bisect_right(self._working, _covered(start).toordinal())
        until = bisect_right(self._working, _covered(end).toordinal())
        return until - before

    def addwd(self, day: date, days: int) -> date:
        """The ``days``-th working day after ``day``, before it for a negative number, the day itself for 0."""
        ordinal = _covered(day).toordinal()
        if days > 0:
            return self._nth(bisect_right(self._working, ordinal) + days - 1)
        if days < 0:
            return self._nth(bisect_left(self._working, ordinal) + days)
        return day

    def month_total(self, year: int, month: int) -> int:
        """Working days of a month, as the official work-time balance prints them."""
        first = date(year, month, 1)
        following = date(year + month // 12, month % 12 + 1, 1)
        return bisect_left(self._working, following.toordinal()) - bisect_left(self._working, first.toordinal())

    def _is_worked(self, day: date) -> bool:
        if day in self.days_off:
            return False
        return day.weekday() < 5 or day in self.working_weekends

    def _nth(self, position: int) -> date:
        if not 0 <= position < len(self._working):
            raise DateOutOfRange("beyond the calendar")
        return date.fromordinal(self._working[position])


def iso_week(day: date) -> str:
    """The ISO week as text, ``2020-W05``; the period of weekly mails."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def is_first_working_day_of_week(calendar: WorkingCalendar, day: date) -> bool:
    """Whether ``day`` is the first working day of its ISO week (the day of the weekly digest, DOMAIN 3.2)."""
    return calendar.is_working(day) and calendar.roll(day - timedelta(days=day.weekday())) == day


def ends_of_weeks(first: date, last: date) -> list[date]:
    """The Sundays from ``first`` to before ``last``, and ``last`` itself: the reporting days of a history."""
    sunday = first + timedelta(days=6 - first.weekday())
    weeks = range(max(0, (last - sunday).days + 6) // 7)
    return [*(sunday + timedelta(weeks=week) for week in weeks), last]


def rests(calendar: WorkingCalendar, first: date, last: date, at_least: int) -> list[tuple[date, date]]:
    """Stretches of at least so many days off running, both ends included, between two days: the long holidays."""
    found: list[tuple[date, date]] = []
    day = first
    while day <= last:
        following = min(calendar.roll(day), last + ONE_DAY)
        if (following - day).days >= at_least:
            found.append((day, following - ONE_DAY))
        day = max(following, day) + ONE_DAY
    return found


def _covered(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DateOutOfRange(f"{day.isoformat()} is outside {FIRST_DAY.year}-{LAST_DAY.year}")
    return day
