"""Calendars of an MS Project plan (MSPDI): which minutes of which days are worked.

Facts of the format: `DayType` 1 is Sunday … 7 Saturday, 0 an exception in the style of Project 2003; `DaysOfWeek`
is a sum of 1 for Sunday … 64 for Saturday; `Month` counts from 0; `MonthItem` 0 is a day, 1 a weekday, 2 a
weekend day, 3 Sunday … 9 Saturday; `MonthPosition` 0 is the first … 3 the fourth, 4 the last. A time of 00:00
that ends a shift is midnight at the end of the day.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from pmo.exchange.mspdi_document import Node, Reading

Shifts = tuple[tuple[float, float], ...]
"""Worked stretches of one day, in minutes after midnight, in order and apart."""

Week = dict[int, Shifts]
"""By weekday, Monday 0 … Sunday 6; a missing day says nothing."""

DAY = 1440.0
MAX_CALENDARS = 2_000
MAX_EXCEPTIONS = 1_000
"""Of one calendar. Far beyond any plan, and near enough to keep a hostile one from stopping the clock."""

STANDARD_DAY: Shifts = ((480.0, 720.0), (780.0, 1020.0))
STANDARD_WEEK: Week = {weekday: STANDARD_DAY if weekday < 5 else () for weekday in range(7)}


@dataclass(slots=True)
class Calendar:
    """The rules of one calendar; what it does not say is said by its base calendar, at last by the standard week."""

    base: Calendar | None = None
    week: Week = field(default_factory=dict)
    exceptions: list[tuple[Callable[[date], bool], Shifts]] = field(default_factory=list)
    other_weeks: list[tuple[date, date, Week]] = field(default_factory=list)

    def shifts_on(self, day: date) -> Shifts:
        exception = self._exception_on(day)
        return self._weekday_shifts(day) if exception is None else exception

    def _exception_on(self, day: date) -> Shifts | None:
        for rules in self.and_its_bases():
            for applies, shifts in rules.exceptions:
                if applies(day):
                    return shifts
        return None

    def _weekday_shifts(self, day: date) -> Shifts:
        weekday = day.weekday()
        for rules in self.and_its_bases():
            for first, last, week in rules.other_weeks:
                if first <= day <= last and weekday in week:
                    return week[weekday]
            if weekday in rules.week:
                return rules.week[weekday]
        return STANDARD_WEEK[weekday]

    def and_its_bases(self) -> Iterator[Calendar]:
        rules: Calendar | None = self
        while rules is not None:
            yield rules
            rules = rules.base


def read_calendars(project: Node, reading: Reading) -> Mapping[int, Calendar]:
    """The calendars of the plan by UID; faults are left with `reading`."""
    calendars: dict[int, Calendar] = {}
    bases: list[tuple[Node, Calendar, int]] = []
    for node in project.all("Calendars", "Calendar"):
        uid = reading.integer(node, "UID")
        if uid is None:
            reading.fault("missing", node, "UID", expected="the calendar's number")
            continue
        if uid in calendars:
            reading.fault("duplicate_calendar", node, "UID", str(uid))
            continue
        if len(calendars) == MAX_CALENDARS:
            reading.fault("too_large", node, "Calendar", expected=f"at most {MAX_CALENDARS} calendars")
            break
        calendars[uid] = _read_calendar(node, reading)
        base = reading.integer(node, "BaseCalendarUID")
        # −1 and 0 are MS Project's "none"
        if base is not None and base > 0 and base != uid:
            bases.append((node, calendars[uid], base))
    for node, derived, base in bases:
        if base not in calendars:
            reading.fault("unknown_calendar", node, "BaseCalendarUID", str(base))
        elif _leads_to(calendars[base], derived):
            reading.fault("cycle", node, "BaseCalendarUID", str(base))
        else:
            derived.base = calendars[base]
    return calendars


def _leads_to(start: Calendar, wanted: Calendar) -> bool:
    return any(rules is wanted for rules in start.and_its_bases())


def _read_calendar(node: Node, reading: Reading) -> Calendar:
    rules = Calendar(week=_read_week(node, reading))
    for exception in node.all("Exceptions", "Exception"):
        _add_exception(rules, exception, reading)
    if not rules.exceptions:  # Project 2003 keeps them among the week days; later versions write both
        for day in node.all("WeekDays", "WeekDay"):
            if reading.integer(day, "DayType") == 0:
                _add_exception(rules, day, reading)
    for week in node.all("WorkWeeks", "WorkWeek"):
        if (period := _read_period(week, reading)) is not None:
            rules.other_weeks.append((*period, _read_week(week, reading)))
    return rules


def _read_week(node: Node, reading: Reading) -> Week:
    week: Week = {}
    for day in node.all("WeekDays", "WeekDay"):
        kind = reading.integer(day, "DayType")
        if kind is None or not 0 <= kind <= 7:
            reading.fault("unknown_code", day, "DayType", None if kind is None else str(kind), "0 to 7")
        elif kind > 0:
            week[(kind + 5) % 7] = _read_shifts(day, reading)
    return week


def _read_shifts(day: Node, reading: Reading) -> Shifts:
    if not reading.is_set(day, "DayWorking"):
        return ()
    shifts: list[tuple[float, float]] = []
    for stretch in day.all("WorkingTimes", "WorkingTime"):
        begin, end = _read_time(stretch, "FromTime", reading), _read_time(stretch, "ToTime", reading)
        if begin is None or end is None:
            continue
        end = end or DAY
        if end <= begin:
            reading.fault("not_a_time", stretch, "ToTime", reading.text(stretch, "ToTime"), "after FromTime")
        else:
            shifts.append((begin, end))
    return _apart(shifts) if shifts else STANDARD_DAY


def _apart(shifts: list[tuple[float, float]]) -> Shifts:
    """In order, and overlapping ones joined: no minute is worked twice."""
    joined: list[tuple[float, float]] = []
    for begin, end in sorted(shifts):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)


def _read_time(node: Node, name: str, reading: Reading) -> float | None:
    text = reading.text(node, name)
    if text is None:
        return None
    try:
        at = time.fromisoformat(text.rpartition("T")[2])
    except ValueError:
        reading.fault("not_a_time", node, name, text[:50], "hh:mm:ss")
        return None
    return at.hour * 60.0 + at.minute


def _read_period(node: Node, reading: Reading) -> tuple[date, date] | None:
    period = node.child("TimePeriod")
    if period is None:
        return None
    first, last = reading.moment(period, "FromDate"), reading.moment(period, "ToDate")
    return None if first is None or last is None else (first.date(), last.date())


def _add_exception(rules: Calendar, node: Node, reading: Reading) -> None:
    period = _read_period(node, reading)
    if period is None:
        return
    if len(rules.exceptions) == MAX_EXCEPTIONS:
        reading.fault("too_large", node, "Exception", expected=f"at most {MAX_EXCEPTIONS} exceptions")
        return
    first, last = period
    pattern = _read_pattern(node, first, reading)
    rules.exceptions.append((lambda day: first <= day <= last and pattern(day), _read_shifts(node, reading)))


def _read_pattern(node: Node, first: date, reading: Reading) -> Callable[[date], bool]:
    """The days of a recurring exception. `ToDate` already stands at its last occurrence, so none are counted."""

    def number(name: str, default: int) -> int:
        value = reading.integer(node, name)
        return default if value is None else value

    kind = number("Type", 1)
    period = max(1, number("Period", 1))
    month, month_day = number("Month", 0) + 1, number("MonthDay", 1)
    item, position = number("MonthItem", 0), number("MonthPosition", 0)
    days_of_week = number("DaysOfWeek", 127)
    first_sunday = first - timedelta(days=first.isoweekday() % 7)

    def in_month(day: date) -> bool:
        return ((day.year - first.year) * 12 + day.month - first.month) % period == 0

    patterns: dict[int, Callable[[date], bool]] = {
        2: lambda day: day.month == month and _is_month_day(day, month_day),
        3: lambda day: day.month == month and _is_positioned(day, item, position),
        4: lambda day: in_month(day) and _is_month_day(day, month_day),
        5: lambda day: in_month(day) and _is_positioned(day, item, position),
        6: lambda day: days_of_week >> (day.isoweekday() % 7) & 1 == 1 and (day - first_sunday).days // 7 % period == 0,
        7: lambda day: (day - first).days % period == 0,
        8: lambda day: day.weekday() < 5,
    }
    return patterns.get(kind, lambda day: True)


def _is_month_day(day: date, month_day: int) -> bool:
    return day.day == min(month_day, calendar.monthrange(day.year, day.month)[1])


def _is_positioned(day: date, item: int, position: int) -> bool:
    """Whether it is, say, the third Thursday of its month (`position` 2, `item` 7)."""
    wanted = {0: range(7), 1: range(5), 2: range(5, 7)}.get(item, range((item + 3) % 7, (item + 3) % 7 + 1))
    length = calendar.monthrange(day.year, day.month)[1]
    matching = [n for n in range(1, length + 1) if day.replace(day=n).weekday() in wanted]
    return day.day == (matching[-1] if position > 3 else matching[min(max(position, 0), len(matching) - 1)])
