"""Is the installation well? Silence of a job or of the mail is an alarm (RELIABILITY 1.4, 2.2).

Checks are values: the web and the scheduler show the same ones. They name jobs, cities and numbers, never people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pmo.clock import SystemClock, local_day
from pmo.db import migrate
from pmo.db.session import DatabaseError, pragma_faults
from pmo.domain.calendar import ONE_DAY, WorkingCalendar
from pmo.domain.sending_hours import is_sending_time
from pmo.jobs.runner import clock_trouble
from pmo.jobs.schedule import LOOK_BACK, ScheduledJob
from pmo.jobs.timetable import TIMETABLE
from pmo.queries.calendar import working_calendar
from pmo.queries.job_runs import database_time, last_done_at, last_done_periods
from pmo.queries.outbox import outbox_health
from pmo.queries.places import cities
from pmo.runtime import Runtime
from pmo.services import virus_scanner

JOB_MAY_TAKE = timedelta(minutes=30)
MAIL_MAY_WAIT = timedelta(minutes=15)
MAIL_TROUBLE_SHOWS_FOR = timedelta(days=3)
"""How long a mail that failed, or may have arrived twice, keeps the light red; the outbox shows it for ever."""

Figure = str | int | float | None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``labels`` tell two checks of one name apart; ``figures`` are what was found."""

    name: str
    is_well: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The check in the form of ``/health``."""
        return {"check": self.name, "ok": self.is_well, **self.labels, **self.figures}


@dataclass(frozen=True, slots=True)
class Health:
    """Everything looked at, at one moment."""

    checks: tuple[Check, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing is red."""
        return all(check.is_well for check in self.checks)

    def as_json(self) -> dict[str, object]:
        """The form of ``/health``."""
        return {"status": "ok" if self.is_well else "red", "checks": [check.as_json() for check in self.checks]}


def health_of(runtime: Runtime, timetable: Sequence[ScheduledJob] = TIMETABLE) -> Health:
    """Looks at the database, the clocks, the jobs, the mail and the virus scanner. Never raises for what is wrong."""
    scanner = _scanner(runtime)
    try:
        return Health((Check("database", True), *_with_database(runtime, timetable), *scanner))
    except DatabaseError as error:
        return Health((Check("database", False, figures={"reason": type(error).__name__}), *scanner))


def _scanner(runtime: Runtime) -> list[Check]:
    """Without it no file is taken; where none is set up there is nothing to look at."""
    if runtime.settings.clamd is None:
        return []
    trouble = virus_scanner.trouble_of(runtime.settings.clamd)
    return [Check("virus_scanner", trouble is None, figures={"reason": trouble})]


def _with_database(runtime: Runtime, timetable: Sequence[ScheduledJob]) -> list[Check]:
    at, needed = migrate.current_revision(runtime.engines), migrate.newest_revision()
    migration = Check("migration", at == needed, figures={"at": at, "needed": needed})
    faults = pragma_faults(runtime.engines)
    pragmas = Check("pragmas", not faults, figures={"reason": "; ".join(faults) or None})
    if not migration.is_well:
        return [migration, pragmas]  # what the tables hold cannot be asked yet
    trouble = clock_trouble(runtime)
    clocks = Check("clock", trouble is None, figures={"reason": trouble})
    return [migration, pragmas, clocks, *_jobs(runtime, timetable), *_delivery(runtime), *_mail(runtime)]


def _jobs(runtime: Runtime, timetable: Sequence[ScheduledJob]) -> list[Check]:
    now = runtime.now()
    with runtime.reading() as session:
        done = last_done_periods(session)
        places = [(place, working_calendar(session, place.id)) for place in cities(session)]
    return [
        _job(job, place.id, done.get((job.name, place.id)), now, calendar, place.zone)
        for place, calendar in places
        for job in timetable
    ]


def _job(
    job: ScheduledJob, city: str, last_done: date | None, now: datetime, calendar: WorkingCalendar, zone: ZoneInfo
) -> Check:
    missed = missed_periods(job, last_done, now, calendar, zone)
    figures: dict[str, Figure] = {
        "last_done": last_done.isoformat() if last_done else None,
        "missed": len(missed),
        "age_working_days": _working_days(last_done, local_day(now, zone), calendar),
    }
    return Check("job", not missed, {"job": job.name, "city": city}, figures)


def missed_periods(
    job: ScheduledJob, last_done: date | None, now: datetime, calendar: WorkingCalendar, zone: ZoneInfo
) -> list[date]:
    """Days of the job after the last done one that should have been done half an hour ago, oldest first.

    A job that was never done begins today, so it has nothing to miss of earlier days. Looks back two weeks.
    """
    today = local_day(now, zone)
    day = today if last_done is None else max(last_done + ONE_DAY, today - LOOK_BACK)
    missed = []
    while day <= today:
        if job.runs_on(day, calendar) and job.moment_of(day, zone) + JOB_MAY_TAKE <= now:
            missed.append(day)
        day += ONE_DAY
    return missed


def _working_days(last_done: date | None, today: date, calendar: WorkingCalendar) -> int | None:
    """Working days after the last done one, today included; counted up to a quarter back."""
    if last_done is None:
        return None
    first = max(last_done, today - timedelta(days=92)) + ONE_DAY
    return sum(calendar.is_working(first + timedelta(days=n)) for n in range(max((today - first).days + 1, 0)))


def _delivery(runtime: Runtime) -> list[Check]:
    """Somebody looks for mail every minute of the sending hours. Where time is simulated, nobody has to."""
    if not isinstance(runtime.clock, SystemClock):
        return []
    now = runtime.now()
    with runtime.reading() as session:
        last, database_now = last_done_at(session).get("deliver"), database_time(session)
        calendars = [(working_calendar(session, place.id), place.zone) for place in cities(session)]
    is_owed = any(
        is_sending_time(now, calendar, zone) and is_sending_time(now - MAIL_MAY_WAIT, calendar, zone)
        for calendar, zone in calendars
    )
    age = (database_now - last).total_seconds() if last else None
    is_silent = age is None or age > MAIL_MAY_WAIT.total_seconds()
    return [Check("delivery", not (is_owed and is_silent), figures={"age_seconds": age})]


def _mail(runtime: Runtime) -> list[Check]:
    now = runtime.now()
    with runtime.reading() as session:
        ever = outbox_health(session, now)
        lately = outbox_health(session, now, made_after=now - MAIL_TROUBLE_SHOWS_FOR)
    waiting = (now - ever.oldest_due_at).total_seconds() if ever.oldest_due_at else 0.0
    failed = sum(lately.by_state.get(state, 0) for state in ("failed", "expired", "suppressed"))
    queued = sum(ever.by_state.get(state, 0) for state in ("queued", "sending"))
    return [
        Check(
            "outbox_waiting",
            waiting <= MAIL_MAY_WAIT.total_seconds(),
            figures={"oldest_due_seconds": waiting, "queued": queued},
        ),
        Check("outbox_failed", failed == 0, figures={"mails": failed}),
        Check("outbox_uncertain", lately.uncertain == 0, figures={"mails": lately.uncertain}),
    ]
