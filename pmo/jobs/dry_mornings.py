"""What a morning would send, to whom and why, without leaving a trace (PRODUCT 5, dry run).

A morning that was is read from the outbox. One that is to come is run by the same jobs in a transaction that is undone;
the mornings before it are run first, as if every mail arrived and nobody answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pmo.clock import local_moment
from pmo.db.session import Session
from pmo.domain.calendar import ONE_DAY, WorkingCalendar
from pmo.domain.sending_hours import OPENS_AT
from pmo.domain.why import Explanation
from pmo.jobs.context import JobContext
from pmo.jobs.timetable import TIMETABLE
from pmo.queries.calendar import working_calendar
from pmo.queries.job_runs import is_done
from pmo.queries.places import City
from pmo.queries.planned_mails import PlannedMail, mails_made_between, reasons_of
from pmo.runtime import Runtime
from pmo.services import job_runs
from pmo.services.job_runs import RunKey
from pmo.services.outbox import assume_delivered

MORNING = tuple(job for job in TIMETABLE if job.name in ("alerts", "digests"))
FURTHEST = 10
"""Working days ahead: every one of them is run, which takes about half a second for fifty projects."""


@dataclass(frozen=True, slots=True)
class DryMorning:
    """A day's mails. ``was_run`` says that they were really made; ``reasons`` are by mail id, then item and rung."""

    on: date
    is_working: bool
    was_run: bool
    mails: Sequence[PlannedMail] = ()
    reasons: Mapping[int, Sequence[tuple[str, Explanation]]] | None = None


class TooFarAhead(Exception):
    """More mornings lie between than may be run; ``last`` is the latest day that can be looked at."""

    def __init__(self, last: date) -> None:
        super().__init__(last)
        self.last = last


class _Undone(Exception):
    """Leaves the transaction, so that nothing of it stays."""

    def __init__(self, found: DryMorning) -> None:
        super().__init__(found)
        self.found = found


def dry_morning(runtime: Runtime, place: City, on: date) -> DryMorning:
    """The mails of a day. Raises TooFarAhead."""
    with runtime.reading() as session:
        calendar = working_calendar(session, place.id)
        if not calendar.is_working(on):
            return DryMorning(on, is_working=False, was_run=False)
        today = runtime.today(place.timezone)
        if on < today or _was_run(session, place, on):
            return _found(session, place, on, was_run=True)
    days = _days_to_run(calendar, today, on)
    if len(days) > FURTHEST + 1:
        raise TooFarAhead(days[FURTHEST])
    try:
        with runtime.writing() as session:
            for day in days:
                if not _was_run(session, place, day):
                    _run(runtime, session, place, day)
                if day != on:
                    assume_delivered(session, place.id, local_moment(day, OPENS_AT, place.zone))
            session.flush()
            raise _Undone(_found(session, place, on, was_run=False))
    except _Undone as undone:
        return undone.found


def _days_to_run(calendar: WorkingCalendar, today: date, on: date) -> list[date]:
    days, day = [], today
    while day <= on:
        if calendar.is_working(day):
            days.append(day)
        day += ONE_DAY
    return days


def _was_run(session: Session, place: City, on: date) -> bool:
    return all(is_done(session, job.name, place.id, on.isoformat()) for job in MORNING)


def _run(runtime: Runtime, session: Session, place: City, on: date) -> None:
    """The jobs of one morning; those that were done are left alone. Their marks are undone with the rest."""
    for job in MORNING:
        key = RunKey(job.name, place.id, on.isoformat())
        claim = job_runs.claim_run_by_hand(session, key, "preview")
        if claim is not None:
            at = job.moment_of(on, place.zone)
            counts = job.run(JobContext(runtime.at(at), session, place.id, key.period, at))
            job_runs.finish_run(session, claim, counts)


def _found(session: Session, place: City, on: date, *, was_run: bool) -> DryMorning:
    first, last = _bounds(on, place)
    mails = mails_made_between(session, place.id, first, last)
    return DryMorning(on, True, was_run, mails, reasons_of(session, [mail.id for mail in mails]))


def _bounds(on: date, place: City) -> tuple[datetime, datetime]:
    moments = [job.moment_of(on, place.zone) for job in MORNING]
    return min(moments), max(moments)
