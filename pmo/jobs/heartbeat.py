"""The heartbeat of ``pmo scheduler``: APScheduler only knocks, the data decides what is due (RELIABILITY 1.4).

It stops when the wall clock goes back, so a watchdog on the monotonic clock wakes it up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Lock, Thread

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from pmo.clock import SystemClock, monotonic
from pmo.jobs.deliver import deliver_due
from pmo.jobs.runner import tick
from pmo.jobs.timetable import TIMETABLE
from pmo.runtime import Runtime

TICK = timedelta(seconds=5)
DELIVERY = timedelta(minutes=1)
MISSED_BEFORE_ALARM = 3

log = structlog.get_logger(__name__)


class Beat:
    """Something done at intervals, and when it was last begun; an error in it is logged and stops nothing."""

    def __init__(self, name: str, every: timedelta, do: Callable[[], object]) -> None:
        self.name = name
        self.every = every
        self._do = do
        self._lock = Lock()
        self._begun_at = monotonic()
        self.is_running = False

    def __call__(self) -> None:
        """One beat."""
        with self._lock:
            self._begun_at, self.is_running = monotonic(), True
        try:
            self._do()
        except Exception:
            log.exception("beat failed", beat=self.name)
        finally:
            self.is_running = False

    @property
    def age(self) -> timedelta:
        """How long ago the last beat began, by the monotonic clock."""
        return timedelta(seconds=monotonic() - self._begun_at)

    @property
    def is_overdue(self) -> bool:
        """Whether several beats were missed though none is going on."""
        return not self.is_running and self.age > MISSED_BEFORE_ALARM * self.every


class Heartbeat:
    """Runs due jobs and delivers mail, in threads of this process, until it is stopped.

    Any number of processes may each have one. ``beats`` replaces what is done at which interval (for tests).
    """

    def __init__(self, runtime: Runtime, beats: tuple[Beat, ...] | None = None) -> None:
        self.beats = beats or (
            Beat("jobs", TICK, lambda: tick(runtime, TIMETABLE)),
            Beat("deliver", DELIVERY, lambda: deliver_due(runtime)),
        )
        self._stopped = Event()
        # In memory only: a shared job store runs jobs twice and loses those of a crash.
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(len(self.beats))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._watchdog = Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begins to beat at once."""
        for beat in self.beats:
            self._scheduler.add_job(
                beat,
                "interval",
                seconds=beat.every.total_seconds(),
                id=beat.name,
                next_run_time=SystemClock().now(),
            )
        self._scheduler.start()
        self._watchdog.start()
        log.info("scheduler started", beats={beat.name: beat.every.total_seconds() for beat in self.beats})

    def stop(self) -> None:
        """Waits for what is going on, then ends."""
        self._stopped.set()
        self._scheduler.shutdown(wait=True)
        self._watchdog.join()

    def run_until(self, asked_to_stop: Event) -> None:
        """Beats until somebody sets the event: the body of ``pmo scheduler``."""
        self.start()
        try:
            asked_to_stop.wait()
        finally:
            self.stop()

    def ages(self) -> dict[str, float]:
        """Seconds since each beat last began, for the health page."""
        return {beat.name: round(beat.age.total_seconds(), 1) for beat in self.beats}

    def wake(self, beat: Beat) -> None:
        """Makes the scheduler run a beat now, whatever it believes the time to be."""
        self._scheduler.modify_job(beat.name, next_run_time=SystemClock().now())
        self._scheduler.wakeup()

    def _watch(self) -> None:
        shortest = min(beat.every for beat in self.beats)
        while not self._stopped.wait(shortest.total_seconds()):
            for beat in self.beats:
                if beat.is_overdue:
                    log.warning("beat is late, waking it", beat=beat.name, age=beat.age.total_seconds())
                    self.wake(beat)
