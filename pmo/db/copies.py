"""Backups: the whole database as one SQLite file, taken while it is in use, put back into either database.

One form for both means that a copy can be opened with any SQLite tool, checked before it is trusted, and moved from
a small office's SQLite to PostgreSQL.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Table, func, insert, select, text

import pmo.db.models  # noqa: F401 - completes the metadata
from pmo.db import migrate
from pmo.db.base import Base
from pmo.db.session import DatabaseError, Engines, create_engines

BATCH = 1000
SQLITE_MAGIC = b"SQLite format 3\x00"


class CopyRefused(Exception):
    """The copy could not be made, or is not what it should be; nothing was changed."""


def back_up(engines: Engines, path: Path) -> int:
    """Writes a consistent copy to ``path``, where an older one stays until it is whole. Returns its size in bytes."""
    if not path.parent.is_dir():
        raise CopyRefused(f"There is no folder {path.parent}.")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        copy = Path(folder) / "copy.db"
        copied = create_engines(f"sqlite:///{copy}")
        migrate.upgrade(copied)
        with _snapshot(engines.reading) as source, copied.migrating.begin() as target:
            _empty(target)
            _pour(source, target)
            counts = _counts(source)
            if _counts(target) != counts:
                raise CopyRefused("The copy does not hold what the database holds.")
        _check_whole(copied.reading)
        copied.dispose()
        with copy.open("rb") as finished:
            os.fsync(finished.fileno())
        os.replace(copy, path)
    return path.stat().st_size


def restore(engines: Engines, path: Path) -> None:
    """Replaces everything in the database with the copy: in one transaction, so readers see the old or the new.

    A copy from an older version is migrated first, beside the original. Raises CopyRefused.
    """
    if path.read_bytes()[: len(SQLITE_MAGIC)] != SQLITE_MAGIC:
        raise CopyRefused(f"{path.name} is no backup of this program.")
    with tempfile.TemporaryDirectory() as folder:
        working = Path(folder) / "restore.db"
        shutil.copyfile(path, working)
        copied = create_engines(f"sqlite:///{working}")
        try:
            _check_whole(copied.reading)
            if migrate.current_revision(copied) is None:
                raise CopyRefused(f"{path.name} is no backup of this program.")
            migrate.upgrade(copied)
        except DatabaseError as error:
            raise CopyRefused(f"{path.name} is damaged, or no backup of this program.") from error
        migrate.upgrade(engines)
        with copied.reading.connect() as source, engines.migrating.begin() as target:
            _empty(target)
            _pour(source, target)
            if _counts(source) != _counts(target):
                raise CopyRefused("The database does not hold what the copy holds.")
        copied.dispose()


def _snapshot(engine: Engine) -> Connection:
    """A connection that sees one moment however long it reads."""
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ")
    return engine.connect()


def _pour(source: Connection, target: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        rows = source.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        while batch := [dict(row) for row in rows.fetchmany(BATCH)]:
            target.execute(insert(table), batch)
        if target.dialect.name == "postgresql":
            _continue_numbers(target, table)


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
