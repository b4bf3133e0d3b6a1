"""``pmo db``, ``pmo backup``, ``pmo restore``."""

from __future__ import annotations

from pathlib import Path

import click

from pmo.cli.frame import bare_runtime, refuse, runtime_for_facts, say
from pmo.db import copies, migrate
from pmo.db.session import DatabaseError


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
    except DatabaseError as error:
        refuse(f"The database could not be upgraded: {error}")
    after = migrate.current_revision(runtime.engines)
    say(
        f"The database is at migration {after}."
        if before == after
        else f"Migrated from {before or 'nothing'} to {after}."
    )


@click.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def backup(path: Path) -> None:
    """Writes a copy of the whole database to PATH, while it is in use."""
    runtime = runtime_for_facts()
    try:
        size = copies.back_up(runtime.engines, path)
    except copies.CopyRefused as error:
        refuse(str(error))
    say(f"Wrote {path} ({size:,} bytes).")


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(path: Path) -> None:
    """Replaces everything in the database with the copy in PATH."""
    runtime = bare_runtime()
    try:
        copies.restore(runtime.engines, path)
    except copies.CopyRefused as error:
        refuse(str(error))
    say(f"Restored from {path}; the database is at migration {migrate.current_revision(runtime.engines)}.")
