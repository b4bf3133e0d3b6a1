"""Brings a database to the newest migration (RELIABILITY 5.3)."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from config import ROOT
from pmo.db.session import Engines

MIGRATION_LOCK = 7050_1


def upgrade(engines: Engines, revision: str = "head") -> None:
    """Runs the migrations that are missing. One migrator at a time, and whole or not at all."""
    with engines.migrating.begin() as connection:
        if engines.dialect == "postgresql":
            connection.execute(text("set local lock_timeout = '5s'"))
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        command.upgrade(_config(connection), revision)
        _refuse_orphans(engines, connection)


def downgrade(engines: Engines, revision: str) -> None:
    """Goes back; for tests, and for a release that has to be withdrawn."""
    with engines.migrating.begin() as connection:
        command.downgrade(_config(connection), revision)
        _refuse_orphans(engines, connection)


def _refuse_orphans(engines: Engines, connection: Connection) -> None:
    """SQLite checks no foreign key while a migration rebuilds tables, so all are checked before the commit."""
    if engines.dialect == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration would leave rows without their parents: {broken[:3]}")


def current_revision(engines: Engines) -> str | None:
    """The migration the database is at, or None where it is empty."""
    with engines.reading.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The migration this code needs."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def knows(revision: str) -> bool:
    """Whether this code has a migration; a database from a newer program, or from a draft, is at one it has not."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions())


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config
