"""Backups: the whole database as one SQLite file, taken while it is in use, put back into either database.

One form for both means that a copy can be opened with any SQLite tool, checked before it is trusted, and moved from
a small office's SQLite to PostgreSQL. Which copies of a folder stay is ``copy_folder``'s.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Integer, LargeBinary, Table, func, insert, select, text

import pmo.db.models  # noqa: F401 - completes the metadata
from pmo.db import append_only, migrate
from pmo.db.base import Base
from pmo.db.session import DatabaseError, Engines, create_engines

BATCH, BATCH_OF_FILES = 1000, 20
"""Rows held in memory at once; fewer where a row holds a file or a mail."""
SQLITE_MAGIC = b"SQLite format 3\x00"

Check = Callable[[Engines], Sequence[str]]
"""Further questions to a finished copy: what is wrong with it."""


class CopyRefused(Exception):
    """The copy could not be made, or is not what it should be; nothing was changed."""


def back_up(engines: Engines, path: Path, check: Check = lambda copied: ()) -> int:
    """Writes a consistent copy to ``path``, where an older one stays until it is whole. Returns its size in bytes.

    Raises CopyRefused, also for what ``check`` finds.
    """
    if not path.parent.is_dir():
        raise CopyRefused(f"There is no folder {path.parent}.")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".pmo-backup-") as folder:
        copy = Path(folder) / "copy.db"
        if engines.dialect == "sqlite":
            _vacuum_into(engines.reading, copy)
        copied = create_engines(f"sqlite:///{copy}", synchronous="OFF")  # synced below, once
        try:
            if engines.dialect != "sqlite":
                _pour_snapshot(engines, copied)
            _check_whole(copied.reading)
            if faults := check(copied):
                raise CopyRefused("\n".join(faults))
        finally:
            copied.dispose()
        _sync(copy)
        os.replace(copy, path)
        _sync(path.parent)
    return path.stat().st_size


def restore(engines: Engines, path: Path, check: Check = lambda copied: ()) -> None:
    """Replaces everything in the database with the copy: in one transaction, so readers see the old or the new.

    A copy from an older version is migrated first, beside the original. Raises CopyRefused, also for what ``check``
    finds in the copy; the database is then as it was.
    """
    with path.open("rb") as file:
        if file.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
            raise CopyRefused(f"{path.name} is no backup of this program.")
    with tempfile.TemporaryDirectory() as folder:
        working = Path(folder) / "restore.db"
        shutil.copyfile(path, working)
        copied = create_engines(f"sqlite:///{working}", synchronous="OFF")
        try:
            _check_whole(copied.reading)
            revision = migrate.current_revision(copied)
            if revision is None:
                raise CopyRefused(f"{path.name} is no backup of this program.")
            if not migrate.knows(revision):
                raise CopyRefused(f"{path.name} was made by a newer program (migration {revision}).")
            migrate.upgrade(copied)
            if faults := check(copied):
                raise CopyRefused("\n".join(faults))
        except DatabaseError as error:
            raise CopyRefused(f"{path.name} is damaged, or no backup of this program.") from error
        migrate.upgrade(engines)
        with copied.reading.connect() as source, engines.migrating.begin() as target:
            _wait_for_no_clock(target)
            _empty(target)
            _pour(source, target)
            if _counts(source) != _counts(target):
                raise CopyRefused("The database does not hold what the copy holds.")
        copied.dispose()


def pour_table(source: Connection, target: Connection, table: Table) -> None:
    """Every row of one table, without holding them all."""
    holds_files = any(isinstance(column.type, LargeBinary) for column in table.columns)
    batch_size = BATCH_OF_FILES if holds_files else BATCH
    statement = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=batch_size)
    with closing(source.execute(statement)) as result:
        while batch := [dict(row) for row in result.mappings().fetchmany(batch_size)]:
            target.execute(insert(table), batch)
    if target.dialect.name == "postgresql":
        _continue_numbers(target, table)


def _vacuum_into(engine: Engine, copy: Path) -> None:
    """SQLite's own copy of one moment; the writers wait only as long as its pages are read (RELIABILITY 5.1)."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM INTO ?", (str(copy),))  # refused within a transaction; ours begins none
        cursor.close()
    finally:
        connection.close()


def _pour_snapshot(engines: Engines, copied: Engines) -> None:
    """PostgreSQL: every table as of one moment, however long it takes, into the tables of this program."""
    migrate.upgrade(copied)
    with _snapshot(engines.reading) as source, copied.migrating.begin() as target:
        _empty(target)
        _pour(source, target)
        if _counts(target) != _counts(source):
            raise CopyRefused("The copy does not hold what the database holds.")


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection to PostgreSQL that sees one moment."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        _wait_for_no_clock(connection)
        yield connection


def _wait_for_no_clock(connection: Connection) -> None:
    """The limits that the role sets for pages (RELIABILITY 5.2) are not for a whole database."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"set local {limit} = 0"))


def _sync(path: Path) -> None:
    """A file, or the names in a folder, on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pour(source: Connection, target: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        pour_table(source, target, table)


def _continue_numbers(target: Connection, table: Table) -> None:
    """New rows get numbers behind the restored ones."""
    key = list(table.primary_key.columns)
    if len(key) != 1 or not isinstance(key[0].type, Integer) or key[0].autoincrement is False:
        return
    highest = target.scalar(select(func.max(key[0])))
    if highest is None:
        return
    sequence = target.scalar(
        text("select pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": key[0].name}
    )
    if sequence:
        target.execute(
            text("select setval(cast(:sequence as regclass), :value)"), {"sequence": sequence, "value": highest}
        )


def _empty(target: Connection) -> None:
    with append_only.opened(target):
        for table in reversed(Base.metadata.sorted_tables):
            target.execute(table.delete())


def _counts(connection: Connection) -> dict[str, Any]:
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    }


def _check_whole(engine: Engine) -> None:
    with engine.connect() as connection:
        verdict = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        if verdict != "ok":
            raise CopyRefused(f"The copy is damaged: {verdict}")
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if orphans:
            raise CopyRefused(f"The copy holds rows without their parents: {orphans[:3]}")
