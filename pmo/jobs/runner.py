"""Runs jobs: claim, effects and the done mark in one transaction, or nothing (RELIABILITY 1.4).

Any number of processes may run; the row of a period decides who does it, the fence that nobody does it twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import structlog

from pmo.clock import SystemClock
from pmo.db.session import DatabaseAway, Session
from pmo.domain.calendar import ONE_DAY, WorkingCalendar
from pmo.jobs.context import JobContext
from pmo.jobs.leases import kept_alive
from pmo.jobs.outcome import RunOutcome, RunState, merged
from pmo.jobs.schedule import LOOK_BACK, ScheduledJob
from pmo.queries.calendar import working_calendar
from pmo.queries.job_runs import database_time, finished_periods, is_done, last_finished_period, newest_finish
from pmo.queries.outbox import last_mail_id, rows_made_after
from pmo.queries.places import City, cities
from pmo.runtime import Runtime
from pmo.services import job_runs
from pmo.services.job_runs import Claim, ClaimLost, RunKey
from pmo.services.settlement import settle

CLOCKS_MAY_DIFFER = timedelta(seconds=60)
OWNER = secrets.token_hex(8)
"""This process: random, because two machines may bear one name."""

Claiming = Callable[[Session, RunKey, str], Claim | None]

log = structlog.get_logger(__name__)


def run_once(runtime: Runtime, job: ScheduledJob, city: str, period: str, at: datetime) -> RunOutcome:
    """One period of one job, by hand: also one that waits for its next attempt or was given up.

    ``period`` is the local date (ISO), ``at`` its nominal moment.
    """
    return _run(runtime, job, RunKey(job.name, city, period), at, job_runs.claim_run_by_hand)


def run_job(runtime: Runtime, job: ScheduledJob, city: str | None = None) -> RunOutcome:
    """A job as if at the installation's moment, in one city or in all: today's period, where it is due."""
    outcomes = []
    for place, calendar in _places(runtime, city):
        period = job.current_period(runtime.now(), calendar, place.zone)
        if period is None:
            today = runtime.today(place.timezone).isoformat()
            outcomes.append(RunOutcome(job.name, place.id, today, RunState.NOTHING_DUE))
        else:
            outcomes.append(run_once(runtime, job, place.id, period.isoformat(), job.moment_of(period, place.zone)))
    return merged(outcomes) if outcomes else RunOutcome(job.name, "*", "", RunState.NOTHING_DUE)


def preview(runtime: Runtime, job: ScheduledJob, city: str | None = None) -> RunOutcome:
    """What ``run_job`` would do, with the mails it would make; the database stays as it is."""
    outcomes = []
    for place, calendar in _places(runtime, city):
        period = job.current_period(runtime.now(), calendar, place.zone)
        if period is None:
            today = runtime.today(place.timezone).isoformat()
            outcomes.append(RunOutcome(job.name, place.id, today, RunState.NOTHING_DUE))
            continue
        key = RunKey(job.name, place.id, period.isoformat())
        outcomes.append(_tried(runtime, job, key, job.moment_of(period, place.zone)))
    return merged(outcomes) if outcomes else RunOutcome(job.name, "*", "", RunState.NOTHING_DUE)


def tick(runtime: Runtime, timetable: Sequence[ScheduledJob]) -> list[RunOutcome]:
    """Everything that is due now and that no other process is at; what was done, oldest period first."""
    trouble = clock_trouble(runtime)
    if trouble:
        log.error("jobs refused", reason=trouble)
        return []
    with runtime.writing() as session:
        job_runs.give_up_dead_runs(session)
    outcomes = []
    for place, calendar in _places(runtime, None):
        for job in timetable:
            outcomes.extend(_run_due(runtime, job, place, calendar))
    return outcomes


def clock_trouble(runtime: Runtime) -> str | None:
    """Why jobs must not run by this machine's clock; None where all is well, or where the time is simulated."""
    if not isinstance(runtime.clock, SystemClock):
        return None
    with runtime.reading() as session:
        theirs, newest = database_time(session), newest_finish(session)
    difference = abs(runtime.now() - theirs)
    if difference > CLOCKS_MAY_DIFFER:
        return f"this machine's clock and the database's differ by {difference.total_seconds():.0f} s"
    if newest is not None and newest > theirs + CLOCKS_MAY_DIFFER:
        return "the database's clock is before the end of a run that it remembers"
    return None


def _run_due(runtime: Runtime, job: ScheduledJob, place: City, calendar: WorkingCalendar) -> list[RunOutcome]:
    now = runtime.now()
    since = (now - 2 * LOOK_BACK).date().isoformat()
    with runtime.reading() as session:
        newest = last_finished_period(session, job.name, place.id)
        before = finished_periods(session, job.after, place.id, since) if job.after else None
    last = date.fromisoformat(newest) if newest else None
    if last is not None and runtime.today(place.timezone) - last > LOOK_BACK + ONE_DAY:
        log.warning("periods too old to catch up", job=job.name, city=place.id, since=last.isoformat())
    outcomes = []
    for period in job.due_periods(now, last, calendar, place.zone):
        if before is not None and period.isoformat() not in before:
            break
        key = RunKey(job.name, place.id, period.isoformat())
        outcome = _run(runtime, job, key, job.moment_of(period, place.zone), job_runs.claim_due_run)
        if outcome.state is not RunState.DONE:
            break  # in order: a later period waits until the earlier one is done or given up
        outcomes.append(outcome)
    return outcomes


def _run(runtime: Runtime, job: ScheduledJob, key: RunKey, at: datetime, claiming: Claiming) -> RunOutcome:
    with runtime.writing() as session:
        claim = claiming(session, key, OWNER)
    if claim is None:
        return _not_ours(runtime, key)
    try:
        with _lease(runtime, claim), runtime.writing() as session:
            counts = job.run(JobContext(runtime, session, key.city, key.period, at))
            settle(session, at, runtime.rules)
            job_runs.finish_run(session, claim, counts)
    except ClaimLost:
        log.warning("run taken over", job=key.job, city=key.city, period=key.period)
        return RunOutcome(key.job, key.city, key.period, RunState.FAILED, error="another process took the run over")
    except DatabaseAway as problem:
        # Not the run's fault: whoever sees the lease run out takes it up, as after a death.
        log.warning("run interrupted", job=key.job, city=key.city, period=key.period, error=str(problem))
        return RunOutcome(key.job, key.city, key.period, RunState.FAILED, error="the database was away")
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
        log.exception("run failed", job=key.job, city=key.city, period=key.period, attempt=claim.attempt)
        with runtime.writing() as session:
            job_runs.give_back_run(session, claim, error)
        return RunOutcome(key.job, key.city, key.period, RunState.FAILED, error=error)
    log.info("run done", job=key.job, city=key.city, period=key.period, **counts)
    return RunOutcome(key.job, key.city, key.period, RunState.DONE, counts)


def _not_ours(runtime: Runtime, key: RunKey) -> RunOutcome:
    with runtime.reading() as session:
        done = is_done(session, key.job, key.city, key.period)
    if done:
        return RunOutcome(key.job, key.city, key.period, RunState.ALREADY_DONE)
    return RunOutcome(key.job, key.city, key.period, RunState.FAILED, error="another process is at it, or it waits")


def _tried(runtime: Runtime, job: ScheduledJob, key: RunKey, at: datetime) -> RunOutcome:
    with runtime.reading() as session:
        if is_done(session, key.job, key.city, key.period):
            return RunOutcome(key.job, key.city, key.period, RunState.ALREADY_DONE)
    try:
        with runtime.writing() as session:
            newest = last_mail_id(session)
            counts = job.run(JobContext(runtime, session, key.city, key.period, at))
            session.flush()
            raise _Seen(
                RunOutcome(key.job, key.city, key.period, RunState.DONE, counts, rows_made_after(session, newest))
            )
    except _Seen as seen:
        return seen.outcome


class _Seen(Exception):
    """Leaves a dry run, so that nothing of it stays."""

    def __init__(self, outcome: RunOutcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def _lease(runtime: Runtime, claim: Claim) -> AbstractContextManager[None]:
    """Renews the claim while the work goes on. On SQLite the write lock of the work itself keeps all others out."""

    def renew() -> bool:
        if runtime.engines.dialect == "sqlite":
            return False
        with runtime.writing() as session:
            return job_runs.renew_claim(session, claim)

    return kept_alive(renew, job_runs.RENEWAL)


def _places(runtime: Runtime, city: str | None) -> list[tuple[City, WorkingCalendar]]:
    with runtime.reading() as session:
        return [
            (place, working_calendar(session, place.id))
            for place in cities(session)
            if city is None or place.id == city
        ]
