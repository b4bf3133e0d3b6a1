"""Which periods of a job are due: counted in dates, never by a trigger (RELIABILITY 1.1, 1.4).

A list of dates cannot lose or double a day when the clocks change; days off are a filter on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pmo.clock import local_day, local_moment
from pmo.domain.calendar import ONE_DAY, WorkingCalendar
from pmo.jobs.context import Counts, JobContext

LOOK_BACK = timedelta(days=14)


class CatchUp(StrEnum):
    """What is done about periods missed while the system was down."""

    EVERY = "every"
    """Each missed date, oldest first, as of that date."""
    LATEST = "latest"
    """Only today's. What was missed on earlier days is told by today's run, one rung a working day (DOMAIN 3.2);
    yesterday's, run late, would put two rungs into one morning."""


class Days(StrEnum):
    """On which days a job runs."""

    ALL = "all"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A line of the timetable: ``at`` is city time; ``after`` names a job whose same period must be finished."""

    name: str
    at: time
    days: Days
    catch_up: CatchUp
    run: Callable[[JobContext], Counts]
    after: str | None = None

    def moment_of(self, period: date, zone: ZoneInfo) -> datetime:
        """The nominal moment of a period: the first real instant where the clocks jump over it."""
        return local_moment(period, self.at, zone)

    def due_periods(
        self, now: datetime, last_finished: date | None, calendar: WorkingCalendar, zone: ZoneInfo
    ) -> list[date]:
        """Dates whose moment has come and that are not finished, oldest first; a job that never ran begins today.

        ``last_finished`` is the latest date that is done or given up.
        """
        today = local_day(now, zone)
        day = today if last_finished is None else max(last_finished + ONE_DAY, today - LOOK_BACK)
        due = []
        while day <= today:
            if self.runs_on(day, calendar) and self.moment_of(day, zone) <= now:
                due.append(day)
            day += ONE_DAY
        return due if self.catch_up is CatchUp.EVERY else [day for day in due if day == today]

    def current_period(self, now: datetime, calendar: WorkingCalendar, zone: ZoneInfo) -> date | None:
        """Today, where the job runs today and its moment has come."""
        due = self.due_periods(now, None, calendar, zone)
        return due[-1] if due else None

    def next_moment(self, now: datetime, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
        """When the job runs next, for the page of jobs."""
        day = local_day(now, zone)
        while not self.runs_on(day, calendar) or self.moment_of(day, zone) <= now:
            day += ONE_DAY
        return self.moment_of(day, zone)

    def runs_on(self, day: date, calendar: WorkingCalendar) -> bool:
        """Whether a date is one of the job's."""
        return self.days is Days.ALL or calendar.is_working(day)
