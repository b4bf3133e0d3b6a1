"""The heartbeat: it beats, survives errors, and the watchdog wakes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Event

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from pmo.jobs.heartbeat import Beat, Heartbeat, Steadily
from pmo.runtime import Runtime

SOON = 10.0
"""Seconds within which a thing must have happened; it takes a few hundredths."""


def test_beats_go_on_after_an_error(runtime: Runtime) -> None:
    beats: list[int] = []
    enough = Event()

    def work() -> None:
        beats.append(len(beats))
        if len(beats) >= 3:
            enough.set()
        raise RuntimeError("each beat fails")

    heart = Heartbeat(runtime, (Beat("work", timedelta(seconds=0.05), work),))
    heart.start()
    assert enough.wait(SOON)
    heart.stop()
    assert heart.beats[0].age < timedelta(seconds=SOON)


def test_the_watchdog_wakes_a_heart_that_the_wall_clock_put_to_sleep(runtime: Runtime) -> None:
    beaten, again = Event(), Event()

    def work() -> None:
        (again if beaten.is_set() else beaten).set()

    beat = Beat("work", timedelta(seconds=0.1), work)
    heart = Heartbeat(runtime, (beat,))
    heart.start()
    assert beaten.wait(SOON)
    # What APScheduler believes after the clock went back an hour: the next beat is an hour away.
    job = heart._scheduler.get_job("work")
    job.modify(next_run_time=job.next_run_time + timedelta(hours=1))
    again.clear()
    assert again.wait(SOON), "nobody woke it"
    heart.stop()


def test_without_the_watchdog_it_would_sleep(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative twin."""
    beaten, again = Event(), Event()

    def work() -> None:
        (again if beaten.is_set() else beaten).set()

    heart = Heartbeat(runtime, (Beat("work", timedelta(seconds=0.1), work),))
    monkeypatch.setattr(heart, "wake", lambda beat: None)
    heart.start()
    assert beaten.wait(SOON)
    job = heart._scheduler.get_job("work")
    job.modify(next_run_time=job.next_run_time + timedelta(hours=1))
    again.clear()
    assert not again.wait(1.0)
    heart.stop()


def test_a_long_beat_is_not_taken_for_a_dead_one() -> None:
    beat = Beat("work", timedelta(seconds=0.0), lambda: seen.append(beat.is_overdue))
    seen: list[bool] = []
    beat()
    assert seen == [False]
    assert beat.is_overdue


def test_it_beats_until_it_is_asked_to_stop(runtime: Runtime) -> None:
    stop = Event()
    heart = Heartbeat(runtime, (Beat("work", timedelta(seconds=0.05), stop.set),))
    heart.run_until(stop)
    assert heart.beats[0].age < timedelta(seconds=SOON)


NOW = datetime(2020, 1, 14, 3, 0, tzinfo=UTC)
FIVE = timedelta(seconds=5)


def beats_to_catch_up(trigger: Steadily | IntervalTrigger, since: datetime, most: int) -> int:
    """How many beats APScheduler would list before it goes on."""
    listed, beat = 0, since
    while beat <= NOW and listed < most:
        listed, beat = listed + 1, trigger.get_next_fire_time(beat, NOW)
    return listed


def test_a_clock_that_jumped_a_year_ahead_costs_one_beat() -> None:
    assert beats_to_catch_up(Steadily(FIVE), NOW - timedelta(days=366), most=10_000) == 1


def test_the_librarys_interval_would_list_every_beat_of_that_year() -> None:
    """The negative twin: six million of them."""
    trigger = IntervalTrigger(seconds=5, timezone="UTC")
    assert beats_to_catch_up(trigger, NOW - timedelta(days=366), most=10_000) == 10_000


def test_beats_keep_step_and_begin_at_once() -> None:
    trigger = Steadily(FIVE)
    assert trigger.get_next_fire_time(None, NOW) == NOW
    beats = [NOW]
    for late in (0.0, 0.3, 4.9, 0.1):  # seconds that a beat begins behind its time
        beats.append(trigger.get_next_fire_time(beats[-1], beats[-1] + timedelta(seconds=late)))
    assert {later - earlier for earlier, later in pairwise(beats)} == {FIVE}


def test_a_beat_that_the_clock_left_far_ahead_is_not_waited_for() -> None:
    assert Steadily(FIVE).get_next_fire_time(NOW + timedelta(hours=1), NOW) == NOW + FIVE
