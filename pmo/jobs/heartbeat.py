"""The heartbeat of ``pmo scheduler``: APScheduler only knocks, the data decides what is due (RELIABILITY 1.4).

It stops when the wall clock goes back, so a watchdog on the monotonic clock wakes it up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from pmo.clock import SystemClock, monotonic
from pmo.jobs.checkpoints import make_checkpoint
from pmo.jobs.deliver import deliver_due
from pmo.jobs.runner import tick
from pmo.jobs.timetable import EVERY_JOB
from pmo.runtime import Runtime

TICK = timedelta(seconds=5)
DELIVERY = timedelta(minutes=1)
CHECKPOINT = timedelta(hours=1)
MISSED_BEFORE_ALARM = 3
MISSED_BEFORE_WAKING = 2
"""The watchdog looks once in an interval: a heart that stopped beats again within three."""

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
        return self.has_missed(MISSED_BEFORE_ALARM)

    def has_missed(self, beats: int) -> bool:
        """Whether so many intervals went by since the last beat, and none is going on."""
        return not self.is_running and self.age > beats * self.every


class Steadily(BaseTrigger):  # type: ignore[misc]
    """Every so often, and once after any pause: APScheduler's own interval lists each beat of a year that the clock
    jumped over before it goes on, which takes minutes."""

    def __init__(self, every: timedelta) -> None:
        self._every = every

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """In step with the last one, unless that is not within the next interval."""
        if previous_fire_time is None:
            return now
        in_step = previous_fire_time + self._every
        return in_step if now < in_step <= now + self._every else now + self._every


class Heartbeat:
    """Runs due jobs and delivers mail, in threads of this process, until it is stopped.

    Any number of processes may each have one. ``beats`` replaces what is done at which interval (for tests).
    """

    def __init__(self, runtime: Runtime, beats: tuple[Beat, ...] | None = None) -> None:
        self.beats = beats or (
            Beat("jobs", TICK, lambda: tick(runtime, EVERY_JOB)),
            Beat("deliver", DELIVERY, lambda: deliver_due(runtime)),
            Beat("checkpoint", CHECKPOINT, lambda: make_checkpoint(runtime)),
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
                Steadily(beat.every),
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

    def wake(self, beat: Beat) -> None:
        """Makes the scheduler run a beat now, whatever it believes the time to be."""
        self._scheduler.modify_job(beat.name, next_run_time=SystemClock().now())
        self._scheduler.wakeup()

    def _watch(self) -> None:
        shortest = min(beat.every for beat in self.beats)
        while not self._stopped.wait(shortest.total_seconds()):
            for beat in self.beats:
                if beat.has_missed(MISSED_BEFORE_WAKING):
                    log.warning("beat is late, waking it", beat=beat.name, age=beat.age.total_seconds())
                    self.wake(beat)
