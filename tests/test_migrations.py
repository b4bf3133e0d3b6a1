"""The numbered migrations make exactly the tables that the code declares, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

import pmo.db.models  # noqa: F401
from pmo.db import migrate
from pmo.db.base import Base
from pmo.runtime import Runtime
from tests.conftest import Databases, runtime_on


def test_the_migrated_database_is_what_the_models_say(runtime: Runtime) -> None:
    with runtime.engines.reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_go_up_and_down_and_up_again(databases: Databases) -> None:
    runtime = runtime_on(databases.empty())
    migrate.upgrade(runtime.engines)
    assert migrate.current_revision(runtime.engines) == migrate.newest_revision()
    migrate.downgrade(runtime.engines, "base")
    with runtime.engines.reading.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(runtime.engines)
    assert migrate.current_revision(runtime.engines) == migrate.newest_revision()
    runtime.engines.dispose()


def test_upgrading_twice_changes_nothing(runtime: Runtime) -> None:
    before = migrate.current_revision(runtime.engines)
    migrate.upgrade(runtime.engines)
    assert migrate.current_revision(runtime.engines) == before
