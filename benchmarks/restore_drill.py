"""The restore drill (RELIABILITY 6, test 17): back up while people write, lose everything, restore, compare, verify.

    python -m benchmarks.restore_drill --dialect sqlite|postgresql [--megabytes 200] [--writers 4] [--without-snapshot]

The database holds the demonstration portfolio, and as many mails, files, comments and events as asked for. Writers say
comments through the services and remember what was acknowledged; ``pmo backup`` runs as a process of its own while they
do. Then the file is deleted, or the schema dropped, and ``pmo restore`` and ``pmo audit verify --replay`` run, against
a checkpoint as an old mail carries it. Compared by digest and count: every table with the copy, the tables that nobody
but the writers touched with the database that was lost, cut where the copy was made. Nothing acknowledged before the
backup began may be missing. Ends with status 1 otherwise.

``--without-snapshot`` is the twin: the file is copied in two halves, or the tables are read one after the other, with
changes in between; it must fail.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock, Thread

from sqlalchemy import Connection, Engine, Table, select, text
from sqlalchemy.engine import make_url

from benchmarks.faults.ground import Ground, database, wait_until
from benchmarks.filled_city import NOW, analyst, fill, settle_portfolio
from config import Settings
from pmo.app import create_app
from pmo.clock import FixedClock, monotonic
from pmo.db import copies, migrate
from pmo.db.base import Base
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.comments import CommentRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.session import DatabaseAway, create_engines
from pmo.exchange.signed_notes import generate_signing_key, write_signing_key
from pmo.runtime import Runtime
from pmo.services.checkpoints import current_checkpoint
from pmo.services.comments import write_comment
from pmo.services.written_rows import take_over

MOST_COMMENTS = 400
"""Of one writer: the drill ends even where the backup does not."""
HEAD_START = 5
"""Comments of each writer that are acknowledged before the backup begins."""
THINKING = 0.02
"""Seconds between two comments of a writer: SQLite serves whoever asks first, not whoever waits longest."""
WRITTEN = frozenset({"audit_events", "audit_head", "audit_salts", "comments", "entries"})
DERIVED = frozenset({"project_assessments", "milestone_assessments", "indicator_assessments"})


@dataclass
class Writer:
    """Somebody who comments. ``acknowledged`` are the words whose transaction was committed, in order."""

    runtime: Runtime
    number: int
    project: int
    acknowledged: list[str] = field(default_factory=list)
    slowest: float = 0.0
    refused: int = 0

    def write(self, words: str) -> None:
        """One comment; words that the database had no time for are tried again with the next call."""
        began = monotonic()
        try:
            with self.runtime.writing() as session:
                write_comment(session, analyst(session, self.runtime), self.project, words)
        except DatabaseAway:
            self.refused += 1
            return
        finally:
            self.slowest = max(self.slowest, monotonic() - began)
        self.acknowledged.append(words)


class Office:
    """Writers at work, each in a thread with connections of its own."""

    def __init__(self, runtime: Runtime, projects: list[int]) -> None:
        self.writers = [Writer(runtime, number, project) for number, project in enumerate(projects)]
        self._closed = Event()
        self.broken: list[Exception] = []
        self._lock = Lock()
        self._threads = [Thread(target=self._work, args=(writer,)) for writer in self.writers]

    def open(self) -> None:
        """Everybody begins; returns when each has had a head start."""
        for thread in self._threads:
            thread.start()
        self.wait_for_more(HEAD_START)

    def wait_for_more(self, comments: int = 1) -> None:
        """Until each writer was acknowledged so many more. Raises RuntimeError where nothing comes any more."""
        wanted = {writer.number: len(writer.acknowledged) + comments for writer in self.writers}

        def have_come() -> bool:
            return bool(self.broken) or all(
                len(writer.acknowledged) >= min(wanted[writer.number], MOST_COMMENTS) for writer in self.writers
            )

        if not wait_until(have_come, 120) or self.broken:
            raise RuntimeError(f"the writers stand still: {self.broken}")

    def close(self) -> None:
        """Everybody finishes the comment at hand."""
        self._closed.set()
        for thread in self._threads:
            thread.join()

    def acknowledged(self) -> set[str]:
        """What the writers know to be kept."""
        return {words for writer in self.writers for words in list(writer.acknowledged)}

    def _work(self, writer: Writer) -> None:
        try:
            while len(writer.acknowledged) < MOST_COMMENTS and not self._closed.wait(THINKING):
                writer.write(f"comment {len(writer.acknowledged)} of writer {writer.number}")
        except Exception as problem:
            with self._lock:
                self.broken.append(problem)


@dataclass
class Drill:
    """What came of it. ``faults`` are sentences; empty where the drill succeeded. Times in seconds, sizes in bytes."""

    dialect: str
    size: int = 0
    before: int = 0
    acknowledged: int = 0
    refused: int = 0
    tables: int = 0
    rows: int = 0
    backup: float = 0.0
    restore: float = 0.0
    verify: float = 0.0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether everything that had to be there was there."""
        return not self.faults

    def __str__(self) -> str:
        told = (
            f"{self.dialect}: {self.size / 1e6:.0f} MB, backup {self.backup:.1f} s, restore {self.restore:.1f} s, "
            f"verify {self.verify:.1f} s; {self.tables} tables, {self.rows} rows compared; {self.acknowledged} "
            f"comments acknowledged, {self.before} before the backup began; slowest writer {self.slowest:.2f} s, "
            f"{self.refused} writes refused for the time being"
        )
        return "\n".join([told, *(f"  {fault}" for fault in self.faults)])


def drill(ground: Ground, writers: int, snapshot: str = "taken") -> Drill:
    """One drill over a database with projects. ``snapshot``: ``taken``, or ``none`` for the twin."""
    runtime = _installation(ground)
    settings, found = runtime.settings, Drill(ground.dialect)
    with runtime.writing() as session:
        take_over(session, NOW)  # as `pmo db upgrade` does in an installation
    with runtime.reading() as session:
        projects = list(session.scalars(select(ProjectRecord.id).order_by(ProjectRecord.id)))
    keys, mail = _old_mail(runtime, ground.folder)
    office = Office(runtime, projects[:writers])
    copy = ground.folder / "pmo.backup"
    try:
        office.open()
        before = office.acknowledged()
        for writer in office.writers:
            writer.slowest = 0.0
        began = monotonic()
        if snapshot == "taken":
            _pmo(found, settings, "backup", str(copy))
        else:
            _copy_without_snapshot(runtime, office, copy)
        found.backup = monotonic() - began
        found.slowest = max(writer.slowest for writer in office.writers)
    finally:
        office.close()
    found.faults += [f"a writer broke off: {problem!r}" for problem in office.broken]
    found.before, found.acknowledged = len(before), len(office.acknowledged())
    found.refused = sum(writer.refused for writer in office.writers)
    if not copy.exists():
        return found
    found.size = copy.stat().st_size
    kept = _Copy(copy)
    lost = kept.cut(runtime.engines.reading)
    _wipe(runtime)
    began = monotonic()
    _pmo(found, settings, "restore", str(copy))
    found.restore = monotonic() - began
    if found.faults:
        return found
    began = monotonic()
    _pmo(found, settings, "audit", "verify", "--replay", f"--keys={keys}", f"--checkpoint={mail}")
    found.verify = monotonic() - began
    _compare(found, runtime, kept, lost)
    _missing(found, runtime, before, office)
    _opens(found, settings)
    runtime.engines.dispose()
    return found


def _installation(ground: Ground) -> Runtime:
    settings = Settings(
        database_url=ground.url, secret_key="a secret of a drill, long enough", base_url="http://localhost"
    )
    return Runtime(settings, clock=FixedClock(NOW))


def _old_mail(runtime: Runtime, folder: Path) -> tuple[Path, Path]:
    """The public key, and the checkpoint that a mail of this moment carries."""
    signer = generate_signing_key("audit.drill.example")
    write_signing_key(folder / "audit.key", signer)
    keys, mail = folder / "keys", folder / "checkpoint.txt"
    keys.write_text(f"{signer.verifier}\n", "utf-8")
    with runtime.writing() as session:
        mail.write_text(current_checkpoint(session, signer, NOW), "utf-8")
    return keys, mail


def _pmo(found: Drill, settings: Settings, *words: str) -> None:
    """The command as an administrator gives it, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PMO_")}
    environment["PMO_DATABASE_URL"] = settings.database_url
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-c", "from pmo.cli import main; main()", *words]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        found.faults.append(f"pmo {words[0]} ended with {answer.returncode}: {answer.stdout}{answer.stderr}".strip())


def _wipe(runtime: Runtime) -> None:
    """Everything is lost."""
    if runtime.engines.dialect == "postgresql":
        with runtime.engines.writing.begin() as connection:
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public"))
        runtime.engines.dispose()
        return
    runtime.engines.dispose()
    name = str(make_url(runtime.settings.database_url).database)
    for suffix in ("", "-journal", "-wal", "-shm"):
        Path(f"{name}{suffix}").unlink(missing_ok=True)


Digest = tuple[int, str]
"""How many rows, and SHA-256 over them in the order of their keys."""


class _Copy:
    """The copy, read by itself, and how far it goes."""

    def __init__(self, path: Path) -> None:
        self.engine = create_engines(f"sqlite:///{path}").reading
        with self.engine.connect() as connection:
            self._comments = set(connection.scalars(select(CommentRecord.id)))
            self._entries = set(connection.scalars(select(EntryRecord.id)))
            self._events = set(connection.scalars(select(AuditEventRecord.seq)))

    def cut(self, engine: Engine) -> dict[str, Digest]:
        """Digests of a database without what was written after the copy; of the derived tables none."""
        later = {
            "comments": self._comments,
            "entries": self._entries,
            "audit_events": self._events,
            "audit_salts": self._events,
        }
        with engine.connect() as connection:
            return {
                table.name: _digest(connection, table, later.get(table.name))
                for table in Base.metadata.sorted_tables
                if table.name not in DERIVED | {"audit_head"}
            }


def _digest(connection: Connection, table: Table, only: set[int] | None = None) -> Digest:
    digest, rows = sha256(), 0
    statement = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=50)
    (key, *_) = (column.name for column in table.primary_key.columns)
    for row in connection.execute(statement):
        if only is None or row._mapping[key] in only:
            digest.update(repr(tuple(row)).encode())
            rows += 1
    return rows, digest.hexdigest()


def _compare(found: Drill, runtime: Runtime, kept: _Copy, lost: dict[str, Digest]) -> None:
    with kept.engine.connect() as copied, runtime.engines.reading.connect() as restored:
        for table in Base.metadata.sorted_tables:
            now = _digest(restored, table)
            found.tables += 1
            found.rows += now[0]
            if now != _digest(copied, table):
                found.faults.append(f"{table.name} is not as in the copy")
            if table.name in lost and now != lost[table.name]:
                found.faults.append(f"{table.name} is not as it was at the moment of the copy")


def _missing(found: Drill, runtime: Runtime, before: set[str], office: Office) -> None:
    """Acknowledged and gone; or a later one there and an earlier one not; or half a transaction."""
    with runtime.reading() as session:
        there = set(session.scalars(select(CommentRecord.text)))
        entered = len(session.scalars(select(EntryRecord.id).where(EntryRecord.kind == "comment")).all())
        spoken = len(session.scalars(select(CommentRecord.id)).all())
        noted = AuditEventRecord.body.startswith('{"action":"comment"', autoescape=True)
        events = len(session.scalars(select(AuditEventRecord.seq).where(noted)).all())
    if gone := before - there:
        found.faults.append(f"{len(gone)} acknowledged comments are lost, such as {min(gone)!r}")
    for writer in office.writers:
        is_there = [words in there for words in writer.acknowledged]
        if is_there != sorted(is_there, reverse=True):
            found.faults.append(f"writer {writer.number} finds a later comment and misses an earlier one")
    if not spoken == entered == events:
        found.faults.append(f"{spoken} comments, {entered} entries, {events} events: half a transaction")


def _opens(found: Drill, settings: Settings) -> None:
    runtime = Runtime(settings, clock=FixedClock(NOW))
    answer = create_app(runtime).test_client().get("/record")
    if answer.status_code != 200:
        found.faults.append(f"the page of the record answers {answer.status_code}")
    runtime.engines.dispose()


def _copy_without_snapshot(runtime: Runtime, office: Office, copy: Path) -> None:
    """What a copy is that is taken while people write, and is not of one moment."""
    if runtime.engines.dialect == "sqlite":
        source = Path(str(make_url(runtime.settings.database_url).database))
        with source.open("rb") as file, copy.open("wb") as target:
            target.write(file.read(source.stat().st_size // 2))
            office.wait_for_more(3)
            target.write(file.read())
        return
    copied = create_engines(f"sqlite:///{copy}", synchronous="OFF")
    migrate.upgrade(copied)
    with runtime.engines.reading.connect() as source_rows, copied.migrating.begin() as target_rows:
        for table in reversed(Base.metadata.sorted_tables):
            target_rows.execute(table.delete())
        for table in Base.metadata.sorted_tables:
            copies.pour_table(source_rows, target_rows, table)
            if table.name in WRITTEN:
                office.wait_for_more()
    copied.dispose()


def main(arguments: list[str] | None = None) -> int:
    """Status 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dialect", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--without-snapshot", action="store_const", const="none", default="taken", dest="snapshot")
    chosen = parser.parse_args(arguments)
    with database(chosen.dialect) as ground:
        runtime = _installation(ground)
        settle_portfolio(runtime)
        fill(runtime, chosen.megabytes)
        runtime.engines.dispose()
        found = drill(ground, chosen.writers, chosen.snapshot)
    print(found)
    return 0 if found.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
