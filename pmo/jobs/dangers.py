"""What must not be true when a process starts that talks to people (RELIABILITY 4.5); settings are judged in config."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pmo.db import migrate
from pmo.db.file_places import network_place
from pmo.db.session import pragma_faults
from pmo.jobs.runner import clock_trouble
from pmo.runtime import Runtime

MOUNTS = Path("/proc/mounts")
AFTER_THE_CHANGE = datetime(2024, 3, 2, tzinfo=UTC)
"""Almaty moved from +06 to +05 on 1 March 2024; older zone data does not know it."""


def dangers_of(runtime: Runtime) -> list[str]:
    """A sentence for each danger, naming the setting and what to do; empty where it may start.

    Raises DatabaseError where the database cannot be reached.
    """
    found = [_zone_data(), _place(runtime), _migration(runtime)]
    if not any(found):
        found += [_journal(runtime), _clock(runtime)]
    return [danger for danger in found if danger]


def _zone_data() -> str | None:
    try:
        offset = AFTER_THE_CHANGE.astimezone(ZoneInfo("Asia/Almaty")).utcoffset()
    except ZoneInfoNotFoundError:
        offset = None
    if offset == timedelta(hours=5):
        return None
    return "The zone data is too old: Asia/Almaty is not +05. Install tzdata 2024a or newer, and unset PYTHONTZPATH."


def _place(runtime: Runtime) -> str | None:
    database = runtime.engines.writing.url.database
    if runtime.engines.dialect != "sqlite" or not database or not MOUNTS.exists():
        return None
    kind = network_place(Path(database).absolute(), MOUNTS.read_text("utf-8", "replace"))
    if kind is None:
        return None
    return (
        f"PMO_DATABASE_URL names an SQLite file on a network file system ({kind}), where its locks do not hold: "
        "move it to a local disk, or use PostgreSQL."
    )


def _migration(runtime: Runtime) -> str | None:
    if migrate.current_revision(runtime.engines) == migrate.newest_revision():
        return None
    return "The database of PMO_DATABASE_URL is not at the newest migration: run `pmo db upgrade` first."


def _journal(runtime: Runtime) -> str | None:
    faults = pragma_faults(runtime.engines)
    if not faults:
        return None
    return (
        f"The SQLite of PMO_DATABASE_URL is set dangerously: {'; '.join(faults)}. Stop every process, run "
        "`PRAGMA journal_mode=DELETE` on the file, or install SQLite 3.51.3 or newer."
    )


def _clock(runtime: Runtime) -> str | None:
    trouble = clock_trouble(runtime)
    if trouble is None:
        return None
    return f"The clock: {trouble}. Set both by NTP before starting; PMO_DATABASE_URL names the database."
