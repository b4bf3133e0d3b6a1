"""The wall clock jumps while jobs run: nothing twice, nothing without bound (RELIABILITY 6, test 9).

The heartbeat itself under a jumping clock: test_heartbeat.py; around the real process: benchmarks/faults/clocks.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from pmo.jobs.context import Counts, JobContext
from pmo.jobs.runner import tick
from pmo.jobs.schedule import LOOK_BACK, CatchUp, Days, ScheduledJob
from pmo.runtime import Runtime
from tests.post_office import settle_city

NOON = datetime(2020, 1, 14, 12, 0, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=366)


class Office:
    """Ticks of a scheduler whose clock somebody plays with."""

    def __init__(self, runtime: Runtime) -> None:
        settle_city(runtime, timezone="UTC")
        self.runtime = runtime
        self.done: list[tuple[str, date]] = []
        self.timetable = [
            ScheduledJob("every", time(0, 30), Days.ALL, CatchUp.EVERY, self._noting("every")),
            ScheduledJob("latest", time(8, 20), Days.ALL, CatchUp.LATEST, self._noting("latest")),
        ]

    def tick_at(self, moment: datetime) -> int:
        """One tick; how many runs it made."""
        before = len(self.done)
        tick(self.runtime.at(moment), self.timetable)
        return len(self.done) - before

    def _noting(self, job: str) -> Callable[[JobContext], Counts]:
        def run(context: JobContext) -> Counts:
            self.done.append((job, date.fromisoformat(context.period)))
            return {}

        return run


@pytest.fixture
def office(runtime: Runtime) -> Office:
    office = Office(runtime)
    assert office.tick_at(NOON) == 2
    return office


@pytest.mark.parametrize("jump", [HOUR, DAY, YEAR])
def test_a_clock_that_goes_ahead_and_back_repeats_nothing(office: Office, jump: timedelta) -> None:
    for moment in (NOON + jump, NOON, NOON + jump, NOON - jump, NOON + jump + HOUR, NOON):
        office.tick_at(moment)
    assert set(Counter(office.done).values()) == {1}


@pytest.mark.parametrize(("jump", "runs"), [(-YEAR, 0), (-DAY, 0), (-HOUR, 0), (HOUR, 0), (DAY, 2)])
def test_a_jump_makes_the_work_of_the_days_it_skips(office: Office, jump: timedelta, runs: int) -> None:
    assert office.tick_at(NOON + jump) == runs


def test_a_year_ahead_is_caught_up_for_a_fortnight_and_no_more(office: Office) -> None:
    assert office.tick_at(NOON + YEAR) == LOOK_BACK.days + 1 + 1
    every = [period for job, period in office.done if job == "every"]
    assert every[1] == (NOON + YEAR - LOOK_BACK).date()
    assert every == sorted(every)


def test_after_a_year_ahead_and_back_the_days_between_wait_for_their_year(office: Office) -> None:
    """The price of a wrong clock: the record says that a later period is done. The clock guard keeps it from happening
    where the machine's clock and the database's differ."""
    office.tick_at(NOON + YEAR)
    assert office.tick_at(NOON + DAY) == 0
