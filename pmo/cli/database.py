"""``pmo db``, ``pmo backup``, ``pmo restore``."""

from __future__ import annotations

from pathlib import Path

import click

from pmo.cli.frame import bare_runtime, refuse, runtime_for_facts, say
from pmo.db import copies, migrate
from pmo.db.copy_folder import path_of_copy, thin_out
from pmo.db.session import DatabaseError, Engines
from pmo.queries.audit import check_record
from pmo.runtime import Runtime
from pmo.services.written_rows import take_over


@click.group()
def db() -> None:
    """The database's tables."""


@db.command()
def upgrade() -> None:
    """Runs the migrations that are missing."""
    runtime = bare_runtime()
    before = None
    try:
        before = migrate.current_revision(runtime.engines)
        migrate.upgrade(runtime.engines)
        take_over_rows(runtime)
    except DatabaseError as error:
        refuse(f"The database could not be upgraded: {error}")
    after = migrate.current_revision(runtime.engines)
    say(
        f"The database is at migration {after}."
        if before == after
        else f"Migrated from {before or 'nothing'} to {after}."
    )


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def backup(path: Path) -> None:
    """Writes a copy of the whole database to PATH, while it is in use.

    The copy is checked before it takes its place: its form, its links, and the record in it. Where PATH is a
    folder, the copy is named by its moment (UTC), and of the copies there the last of each of 7 days, 4 weeks and 12
    months stay.
    """
    runtime = runtime_for_facts()
    is_folder = path.is_dir()
    target = path_of_copy(path, runtime.clock_on_the_wall.now()) if is_folder else path
    try:
        size = copies.back_up(runtime.engines, target, _faults_of_record)
        gone = thin_out(path) if is_folder else []
    except (copies.CopyRefused, DatabaseError, OSError) as error:
        refuse(f"No copy was made: {error}")
    say(f"Wrote {target} ({size:,} bytes).")
    for old in gone:
        say(f"Removed {old}.")


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(path: Path) -> None:
    """Replaces everything in the database with the copy in PATH. A copy whose record is broken is refused."""
    runtime = bare_runtime()
    try:
        copies.restore(runtime.engines, path, _faults_of_record)
    except (copies.CopyRefused, DatabaseError) as error:
        refuse(f"Nothing was restored: {error}")
    try:
        take_over_rows(runtime)
    except DatabaseError as error:
        refuse(
            f"Everything was restored, but the record does not answer for its rows yet. Run `pmo db upgrade`. {error}"
        )
    say(f"Restored from {path}; the database is at migration {migrate.current_revision(runtime.engines)}.")
    if broken := _faults_of_record(runtime.engines):
        refuse("\n".join(broken))
    say("The record is unbroken.")


def take_over_rows(runtime: Runtime) -> None:
    """The record begins to answer for rows of tables that are new to it, or whose form has changed."""
    with runtime.writing() as session:
        taken_over = take_over(session, runtime.clock_on_the_wall.now())
    if taken_over:
        say(f"The record answers for the rows of {len(taken_over)} tables from now on.")


def _faults_of_record(engines: Engines) -> list[str]:
    """The first broken places of the record in a database, in words for the terminal."""
    return [
        f"The record is broken at {found.place.value} {found.at}: {found.flaw.value}."
        for found in check_record(engines)
    ]
