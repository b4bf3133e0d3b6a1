"""Three ``pmo scheduler`` over one database, and what became of the periods they had to do."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.engine import make_url

from benchmarks.faults import scheduler_worker
from benchmarks.faults.ground import Birth, FileClock, Ground, Pack, first_seen, integrity, runtime_at, wait_until
from benchmarks.faults.scheduler_worker import EFFECTS
from pmo.clock import monotonic
from pmo.db.models.jobs import JobRunRecord
from pmo.db.session import DatabaseError, Session
from pmo.runtime import Runtime
from tests.post_office import settle_city

FIRST = date(2020, 1, 13)
LEASE = 0.8
WATCHER = "watcher"
"""The name under which the experiment itself is known to PostgreSQL: it is no victim."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Found:
    """What became of the periods. ``in_order`` by the order of the effects."""

    dialect: str
    seed: int
    kills: int
    kills_of_owner: int
    freezes: int
    periods: int
    missing: int
    doubled: int
    in_order: bool
    takeovers: int
    integrity: str
    seconds: float

    @property
    def is_well(self) -> bool:
        """Whether every period took effect once, in order."""
        return not self.missing and not self.doubled and self.in_order and self.integrity == "ok"


class Trial:
    """A city, a clock, and a pack of schedulers over one database."""

    def __init__(self, ground: Ground, birth: Birth, *options: str, size: int = 3, lease: float = LEASE) -> None:
        self.ground = ground
        self.clock = FileClock(ground.folder / "clock")
        self.show(0)
        self.runtime: Runtime = runtime_at(_as_watcher(ground.url), self.clock)
        settle_city(self.runtime, timezone="UTC")
        with self.runtime.engines.migrating.begin() as connection:
            EFFECTS.create(connection)
        self.lease = lease
        arguments = [ground.url_of_workers, str(self.clock.path), str(lease), *options]
        self._of_pack = (scheduler_worker.main, arguments, size, ground.folder, birth)
        self.pack = Pack(*self._of_pack)

    def end(self) -> None:
        """Nobody is left and nothing is open."""
        self.pack.end()
        self.runtime.engines.dispose()

    def restart(self) -> None:
        """A new pack after the end of the old one."""
        self.pack = Pack(*self._of_pack)

    def show(self, day: int, hour: int = 9) -> None:
        """Sets the clock to an hour of the day with this number."""
        self.clock.set(datetime.combine(FIRST + timedelta(days=day), datetime.min.time(), UTC).replace(hour=hour))

    def owner(self) -> int | None:
        """The process at work now."""
        run = JobRunRecord
        statement = select(run.owner).where(run.state == "running", run.owner != "").limit(1)
        owner = self.ask(lambda session: session.scalar(statement))
        return int(owner) if owner else None

    def at_work(self) -> BaseProcess | None:
        """The member of the pack that holds a run; None also where its holder is dead and the lease not yet over."""
        return self.pack.by_pid(self.owner() or 0)

    def seen_at_work(self, seconds: float) -> BaseProcess | None:
        """The living process at work, once there is one."""
        return first_seen(self.at_work, seconds)

    def effects(self, job: str = "every") -> list[str]:
        """Periods in the order of their effects."""
        statement = select(EFFECTS.c.period).where(EFFECTS.c.job == job).order_by(EFFECTS.c.id)
        return self.ask(lambda session: [str(period) for period in session.scalars(statement)])

    def done(self) -> set[str]:
        """Periods marked done."""
        run = JobRunRecord
        statement = select(run.period).where(run.state == "done", run.job == "every")
        return self.ask(lambda session: set(session.scalars(statement)))

    def takeovers(self) -> int:
        """How often a run changed hands."""
        return self.ask(lambda session: sum(fence - 1 for fence in session.scalars(select(JobRunRecord.fence))))

    def ask(self, question: Callable[[Session], Answer]) -> Answer:
        """An answer of the database, also of one that is just starting again."""
        patience = monotonic() + 30
        while True:
            try:
                with self.runtime.reading() as session:
                    return question(session)
            except DatabaseError:
                if monotonic() > patience:
                    raise
                time.sleep(0.05)

    def fence_and_state(self) -> tuple[int, str]:
        """Of the newest period of the job under fire; (0, "") before there is one."""
        run = JobRunRecord
        newest = select(run.fence, run.state).where(run.job == "every").order_by(run.period.desc()).limit(1)
        row = self.ask(lambda session: session.execute(newest).one_or_none())
        return (row.fence, row.state) if row else (0, "")

    def wait_for(self, days: int, seconds: float) -> bool:
        """Until so many periods are done."""
        return wait_until(lambda: len(self.done()) >= days, seconds, 0.05)


def what_became(
    trial: Trial, seed: int, days: int, begun: float, kills: int = 0, of_owner: int = 0, freezes: int = 0
) -> Found:
    effects = trial.effects()
    expected = [(FIRST + timedelta(days=number)).isoformat() for number in range(days)]
    counted = Counter(effects)
    return Found(
        dialect=trial.ground.dialect,
        seed=seed,
        kills=kills,
        kills_of_owner=of_owner,
        freezes=freezes,
        periods=days,
        missing=sum(period not in counted for period in expected),
        doubled=sum(number - 1 for number in counted.values()),
        in_order=effects == sorted(effects),
        takeovers=trial.takeovers(),
        integrity=integrity(trial.runtime),
        seconds=round(monotonic() - begun, 1),
    )


def _as_watcher(url: str) -> str:
    if make_url(url).get_backend_name() == "sqlite":
        return url
    named = make_url(url).update_query_dict({"application_name": WATCHER})
    return named.render_as_string(hide_password=False)
