"""Moves the clock day by day: enters the events of each day, then runs every job at its hour (PRODUCT 5).

What was entered after the simulated moment does not exist for it. Days that were simulated before are left alone:
their events are known and their jobs are done, so a second run changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from pmo.clock import local_moment
from pmo.db.session import Session
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.sending_hours import CLOSES_AT, OPENS_AT
from pmo.jobs.deliver import deliver_due
from pmo.jobs.runner import run_once
from pmo.jobs.timetable import TIMETABLE
from pmo.queries.calendar import working_calendar
from pmo.queries.outbox import last_mail_id
from pmo.queries.places import City, cities
from pmo.queries.simulation import alerts_by_rung_after, digests_made_after, last_alert_id, next_mail_due
from pmo.runtime import Runtime
from pmo.services.imports import EnterResult, EventLog, LogEvent, enter_events

MINUTE = timedelta(minutes=1)

MIDNIGHT = time()

Enter = Callable[[Session, Sequence[LogEvent], datetime], EnterResult]
"""Puts events into the database: strictly (``enter_events``), or around what visitors did (``enter_what_fits``)."""


class JobFailed(Exception):
    """A job failed in the simulation; days after it were not simulated."""


@dataclass
class Simulated:
    """What came of it, in the words of the contract."""

    events_entered: int = 0
    events_skipped: int = 0
    alerts_by_rung: dict[str, int] = field(default_factory=dict)
    digests: int = 0
    mails: int = 0
    refused: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """The object that ``--format json`` prints."""
        return {
            "events_entered": self.events_entered,
            "events_skipped": self.events_skipped,
            "alerts_by_rung": self.alerts_by_rung,
            "digests": self.digests,
            "mails": self.mails,
            "created": self.events_entered,
            "changed": 0,
            "unchanged": self.events_skipped,
        }


def simulate(
    runtime: Runtime, first: date, last: date, log: EventLog | None = None, enter: Enter = enter_events
) -> Simulated:
    """Simulates the days from ``first`` to ``last``, both included, in every city.

    Raises JobFailed; EventRefused from ``enter`` where the log contradicts what is known.
    """
    found = Simulated()
    with runtime.reading() as session:
        places = cities(session)
        calendars = {place.id: working_calendar(session, place.id) for place in places}
        newest_alert, newest_mail = last_alert_id(session), last_mail_id(session)
    day = first
    while day <= last:
        if log is not None:
            _enter(runtime, places, log.on(day), day, enter, found)
        _run_jobs(runtime, places, calendars, day)
        found.mails += deliver_of_day(runtime, day)
        day += timedelta(days=1)
    with runtime.reading() as session:
        found.alerts_by_rung = alerts_by_rung_after(session, newest_alert)
        found.digests = digests_made_after(session, newest_mail)
    return found


def _enter(
    runtime: Runtime, places: list[City], events: Sequence[LogEvent], day: date, enter: Enter, found: Simulated
) -> None:
    """The events of a day enter before every job of it, as of 00:00 in the city."""
    if not events:
        return
    midnight = min(local_moment(day, MIDNIGHT, place.zone) for place in places)
    with runtime.at(midnight).writing() as session:
        entered = enter(session, events, runtime.clock_on_the_wall.now())
    found.events_entered += entered.entered
    found.events_skipped += entered.skipped
    found.refused += [refused.why for refused in entered.refused]


def _run_jobs(runtime: Runtime, places: list[City], calendars: Mapping[str, WorkingCalendar], day: date) -> None:
    for job in TIMETABLE:
        for place in places:
            if not job.runs_on(day, calendars[place.id]):
                continue
            at = job.moment_of(day, place.zone)
            outcome = run_once(runtime.at(at), job, place.id, day.isoformat(), at)
            if outcome.error:
                raise JobFailed(f"{job.name} in {place.id} on {day.isoformat()}: {outcome.error}")


def deliver_of_day(runtime: Runtime, day: date) -> int:
    """Sends from the first minute of the sending hours until nothing more is due on this day; returns how many."""
    counts: Counter[str] = Counter()
    with runtime.reading() as session:
        places = cities(session)
    opening = min(local_moment(day, OPENS_AT, place.zone) for place in places)
    closing = max(local_moment(day, CLOSES_AT, place.zone) for place in places)
    moment = opening - MINUTE
    while True:
        with runtime.reading() as session:
            due = next_mail_due(session)
        if due is None or due >= closing:
            return counts["sent"]
        moment = max(due, moment + MINUTE)
        if moment >= closing:
            return counts["sent"]
        counts.update(deliver_due(runtime.at(moment)).counts)
