"""The clock of an MS Project plan: its dates turned into offsets in working days.

With it come the scales of what is counted otherwise: elapsed days, and a task's own calendar.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime

from pmo.domain.activity import Edge, Scale
from pmo.exchange.mspdi_calendar import DAY, Calendar, read_calendars
from pmo.exchange.mspdi_document import FIRST_YEAR, LAST_YEAR, Node, Reading

_FIRST_DAY = date(FIRST_YEAR - 20, 1, 1).toordinal()
_LAST_DAY = date(LAST_YEAR + 50, 12, 31).toordinal()


class NoWorkingTime(ValueError):
    """The calendar ends before the time asked for: it has too few working days, or none."""


class WorkingTime:
    """Counts the working minutes of a calendar from an origin; before it they are negative."""

    def __init__(self, rules: Calendar, origin: datetime) -> None:
        self._rules = rules
        self._origin = _minutes(origin)
        self._first_day = origin.toordinal()
        self._after = [0.0]  # worked from the start of the first day to the start of that many days later
        self._before = [0.0]  # and backwards, negative
        self._base = 0.0
        self._base = self.worked_at(origin)

    def worked_at(self, moment: datetime) -> float:
        return self._worked(_minutes(moment))

    def elapsed_later(self, worked: float, minutes: float, edge: Edge) -> float:
        """Working minutes at the moment that lies so many clock minutes after the one where `worked` are over."""
        return self._worked(self._moment(worked, edge) + minutes)

    def same_moment(self, worked: float, edge: Edge, other: WorkingTime) -> float:
        """Working minutes of the other calendar at the moment where `worked` are over in this one."""
        return other._worked(self._moment(worked, edge))

    def _worked(self, moment: float) -> float:
        ordinal, minute = divmod(moment, DAY)
        day = int(ordinal) - self._first_day
        earlier = self._worked_before(day)
        shifts = self._rules.shifts_on(date.fromordinal(int(ordinal)))
        today = sum(min(minute, end) - begin for begin, end in shifts if minute > begin)
        return round(earlier + today - self._base, 6)

    def _worked_before(self, day: int) -> float:
        if day >= 0:
            self._reach_day(day)
            return self._after[day]
        while len(self._before) <= -day:
            self._before.append(self._before[-1] - self._length(-len(self._before)))
        return self._before[-day]

    def _moment(self, worked: float, edge: Edge) -> float:
        """The first moment (for a finish) or the last (for a start) at which so many minutes have been worked."""
        target = round(worked + self._base, 6)
        if edge is Edge.FINISH and worked == 0:
            return self._origin  # a milestone at the very start has not happened the evening before
        day = self._day_reaching(target, edge)
        left = round(target - self._worked_before(day), 6)
        shifts = self._rules.shifts_on(date.fromordinal(self._first_day + day))
        for begin, end in shifts:
            length = end - begin
            if left < length or (edge is Edge.FINISH and left <= length):
                return (self._first_day + day) * DAY + begin + left
            left -= length
        return (self._first_day + day) * DAY + shifts[-1][1]

    def _day_reaching(self, target: float, edge: Edge) -> int:
        """The day by whose end the target is reached (finish) or passed (start)."""
        reached = bisect_left if edge is Edge.FINISH else bisect_right
        if target > 0 or (target == 0 and edge is Edge.START):
            while self._after[-1] < target or (edge is Edge.START and self._after[-1] == target):
                self._reach_day(len(self._after))
            return reached(self._after, target) - 1
        day = -1
        while self._worked_before(day) > target or (edge is Edge.FINISH and self._worked_before(day) == target):
            day -= 1
        return day

    def _reach_day(self, day: int) -> None:
        while len(self._after) <= day:
            self._after.append(self._after[-1] + self._length(len(self._after) - 1))

    def _length(self, day: int) -> float:
        ordinal = self._first_day + day
        if not _FIRST_DAY <= ordinal <= _LAST_DAY:
            raise NoWorkingTime
        return sum(end - begin for begin, end in self._rules.shifts_on(date.fromordinal(ordinal)))


@dataclass(frozen=True, slots=True)
class ElapsedDays:
    """Scale of calendar days, 24 hours each, nights and holidays included."""

    plan: WorkingTime
    minutes_per_day: float

    def later(self, offset: float, amount: float, edge: Edge) -> float:
        return self.plan.elapsed_later(offset * self.minutes_per_day, amount * DAY, edge) / self.minutes_per_day


@dataclass(frozen=True, slots=True)
class OwnCalendarDays:
    """Scale of working days in the calendar of one task."""

    plan: WorkingTime
    own: WorkingTime
    minutes_per_day: float

    def later(self, offset: float, amount: float, edge: Edge) -> float:
        worked = self.plan.same_moment(offset * self.minutes_per_day, edge, self.own)
        reached = Edge.FINISH if amount > 0 else Edge.START
        worked = round(worked + amount * self.minutes_per_day, 6)
        return self.own.same_moment(worked, reached, self.plan) / self.minutes_per_day


class PlanClock:
    """Turns what a plan says of time into offsets in working days since its start.

    `minutes_per_day` is the plan's working minutes of one day. The offsets count from `StartDate`, or from the
    first work that began before it, so that none is negative. A plan without any date has no clock to read: a
    fault is left with the reading when one is asked for.
    """

    def __init__(self, project: Node, reading: Reading) -> None:
        self._project = project
        self._reading = reading
        self.minutes_per_day = float(self._read_minutes_per_day())
        self._calendars = read_calendars(project, reading)
        self._uid = self._read_calendar_uid()
        self._planned_start = reading.moment(project, "StartDate") or self._earliest("Start")
        self._start = self._planned_start and min(
            self._planned_start, self._earliest("ActualStart") or self._planned_start
        )
        rules = self._calendars.get(self._uid, Calendar()) if self._uid is not None else Calendar()
        self._plan = None if self._start is None else WorkingTime(rules, self._start)

    def planned_start(self) -> float:
        """The offset of `StartDate`, before which no new work starts."""
        return (self.offset(self._planned_start) or 0.0) if self._start != self._planned_start else 0.0

    def offset(self, moment: datetime | None) -> float | None:
        """Working days from the start of the plan to the moment; None for no moment, or with a fault left."""
        if moment is None or (plan := self._needed()) is None:
            return None
        return plan.worked_at(moment) / self.minutes_per_day

    def elapsed_days(self) -> Scale | None:
        plan = self._needed()
        return None if plan is None else ElapsedDays(plan, self.minutes_per_day)

    def days_of(self, task: Node) -> Scale | None:
        """The scale of a task that works by another calendar than the plan."""
        uid = self._reading.integer(task, "CalendarUID")
        if uid is None or uid < 0 or uid == self._uid:
            return None
        if uid not in self._calendars:
            self._reading.fault("unknown_calendar", task, "CalendarUID", str(uid))
            return None
        plan = self._needed()
        if plan is None or self._start is None:
            return None
        return OwnCalendarDays(plan, WorkingTime(self._calendars[uid], self._start), self.minutes_per_day)

    def _needed(self) -> WorkingTime | None:
        if self._plan is None:
            self._reading.fault("missing", self._project, "StartDate", expected="the date the plan starts")
        return self._plan

    def _read_minutes_per_day(self) -> int:
        minutes = self._reading.integer(self._project, "MinutesPerDay")
        if minutes is not None and not 0 < minutes <= DAY:
            self._reading.fault("not_a_number", self._project, "MinutesPerDay", str(minutes), "1 to 1440")
            return 480
        return 480 if minutes is None else minutes

    def _read_calendar_uid(self) -> int | None:
        uid = self._reading.integer(self._project, "CalendarUID")
        if uid in self._calendars:
            return uid
        if uid is not None and uid > 0:
            self._reading.fault("unknown_calendar", self._project, "CalendarUID", str(uid))
        return next(iter(self._calendars), None)

    def _earliest(self, field: str) -> datetime | None:
        """The first such moment of the plan's own tasks; one that cannot be read is told when its task is read."""
        silent = Reading()
        moments = [
            silent.moment(task, field)
            for task in self._project.all("Tasks", "Task")
            if not silent.is_set(task, "ExternalTask") and not silent.is_cleared(task, "Active")
        ]
        return min((moment for moment in moments if moment is not None), default=None)


def _minutes(moment: datetime) -> float:
    """Minutes since the first day of the calendar, day 0 counted."""
    clock = moment.hour * 60 + moment.minute + moment.second / 60 + moment.microsecond / 60e6
    return moment.toordinal() * DAY + clock
