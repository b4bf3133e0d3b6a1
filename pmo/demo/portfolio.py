"""Builds the demonstration: the real portfolio, its log replayed up to a day with all jobs run (PRODUCT 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from pmo.clock import FixedClock, local_day, local_moment, start_of_day
from pmo.db import migrate
from pmo.demo.words import OFFICE, Word, enter_words, read_words
from pmo.domain.calendar import ONE_DAY
from pmo.jobs.simulation import Simulated, simulate
from pmo.mail.transport import RecordingTransport, Transport
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.accounts import give_everybody
from pmo.services.acts import Act
from pmo.services.demo_clock import demo_start, set_demo_clock
from pmo.services.imports import apply_import, enter_what_fits, plan_import, read_log
from pmo.services.templates import add_examples
from pmo.services.written_rows import take_over

DATA = Path(__file__).parent / "data"
PORTFOLIO, LOG = DATA / "portfolio.yaml", DATA / "demo_log.yaml"
FIRST_DAY, LAST_DAY = date(2019, 9, 16), date(2021, 1, 6)
DEFAULT_DAY = date(2020, 1, 31)
ZONE = ZoneInfo("Asia/Almaty")
EVENING = wall_time(18, 0)
PASSWORD = "demo-portfolio-2020"

Report = Callable[[str], None]


class OutsideTheLog(ValueError):
    """The demonstration's log begins and ends on a day."""


def started_as_of(runtime: Runtime) -> date | None:
    """The day for which a demonstration was built in this database, or None.

    A demonstration of an older program is migrated and goes on; one that this program cannot read counts as none.
    """
    revision = migrate.current_revision(runtime.engines)
    if revision is None or not migrate.knows(revision):
        return None
    if revision != migrate.newest_revision():
        migrate.upgrade(runtime.engines)
        with runtime.writing() as session:
            take_over(session, runtime.clock_on_the_wall.now())
    with runtime.reading() as session:
        return demo_start(session)


def build(runtime: Runtime, as_of: date, report: Report) -> None:
    """Fills an empty database: portfolio, example templates, passwords, and the log replayed day by day with jobs."""
    check_day(as_of)
    migrate.upgrade(runtime.engines)
    beginning = Runtime(runtime.settings, runtime.engines, FixedClock(_evening(FIRST_DAY - timedelta(days=1))))
    recorded_at = runtime.clock_on_the_wall.now()
    with beginning.writing() as session:
        take_over(session, recorded_at)
        plan = plan_import(session, PORTFOLIO)
        if plan.faults:
            raise ValueError(f"the demonstration's own portfolio is broken: {plan.faults[0]}")
        apply_import(session, plan, recorded_at)
        give_everybody(session, PASSWORD)
        analyst = actor_for(session, OFFICE, FIRST_DAY)
        assert analyst is not None  # a post of the portfolio
        add_examples(session, Act(analyst, beginning.now(), FIRST_DAY - ONE_DAY, recorded_at, source="import"))
    report("The portfolio is loaded; replaying its history …")
    found = _replay(runtime, FIRST_DAY, as_of, RecordingTransport())
    with runtime.writing() as session:
        set_demo_clock(session, _evening(as_of), as_of)
    report(f"Replayed {found.events_entered} events; {found.mails} mails went out.")


def move_clock(runtime: Runtime, days: int) -> Simulated:
    """Moves the demonstration's clock forward: enters the log's events of those days and runs the jobs at their hours.

    Raises OutsideTheLog where the log has no more days.
    """
    today = local_day(runtime.now(), ZONE)
    target = min(today + timedelta(days=days), LAST_DAY)
    if target <= today:
        raise OutsideTheLog(f"the log ends on {LAST_DAY.isoformat()}")
    found = _replay(runtime, today + timedelta(days=1), target, runtime.transport)
    with runtime.writing() as session:
        set_demo_clock(session, _evening(target), None)
    return found


def check_day(day: date) -> None:
    """Raises OutsideTheLog for a day on which the demonstration cannot start."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise OutsideTheLog(f"AS_OF must lie between {FIRST_DAY.isoformat()} and {LAST_DAY.isoformat()}")


def _replay(runtime: Runtime, first: date, last: date, transport: Transport) -> Simulated:
    """The days from ``first`` to ``last``: what people say enters at the beginning of its day, before its events."""
    words: dict[date, list[Word]] = {}
    for word in read_words():
        if first <= word["day"] <= last:
            words.setdefault(word["day"], []).append(word)
    sending, log, found = runtime.sending_through(transport), read_log(LOG), Simulated()
    for begin, after in pairwise(sorted({first, *words, last + ONE_DAY})):
        enter_words(sending.at(start_of_day(begin, ZONE)), words.get(begin, ()), ZONE)
        part = simulate(sending, begin, after - ONE_DAY, log, enter_what_fits)
        found.events_entered += part.events_entered
        found.events_skipped += part.events_skipped
        found.mails += part.mails
        found.refused += part.refused
    return found


def _evening(day: date) -> datetime:
    return local_moment(day, EVENING, ZONE)
