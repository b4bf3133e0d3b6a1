"""The heartbeat: it beats, survives errors, and the watchdog wakes it."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest

from pmo.jobs.heartbeat import Beat, Heartbeat
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
    assert heart.ages()["work"] < SOON


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
