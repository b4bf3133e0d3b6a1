"""Events and checkpoints of the record are only ever added: triggers refuse everything else (RELIABILITY 3.4).

They stop a mistake, a command typed into the wrong window, a fault of ours. Whoever owns the database can drop them:
what is done then is for the tree to find (RELIABILITY 3.1, 3.2). Migration 0016 makes them by these functions: whatever
changes here later needs a migration of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

TABLES = ("audit_checkpoints", "audit_events")
CHANGES = ("update", "delete")
_FUNCTION = """create or replace function refuse_change_of_record() returns trigger language plpgsql as
$$ begin raise exception 'rows of the record are only added' using errcode = 'restrict_violation'; end $$"""


def close(connection: Connection) -> None:
    """From now on rows of the record are only added."""
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.exec_driver_sql(_FUNCTION)
    refuse = (
        "begin select raise(abort, 'rows of the record are only added'); end"
        if is_sqlite
        else "execute function refuse_change_of_record()"
    )
    for name, table, change in _triggers():
        connection.exec_driver_sql(f"create trigger {name} before {change} on {table} for each row {refuse}")


def reopen(connection: Connection) -> None:
    """Takes the triggers away, where they are."""
    is_sqlite = connection.dialect.name == "sqlite"
    for name, table, _ in _triggers():
        connection.exec_driver_sql(f"drop trigger if exists {name}" + ("" if is_sqlite else f" on {table}"))
    if not is_sqlite:
        connection.exec_driver_sql("drop function if exists refuse_change_of_record()")


@contextmanager
def opened(connection: Connection) -> Iterator[None]:
    """For putting another record in the place of this one, within the transaction of the connection.

    PostgreSQL would let nobody read a table whose trigger was dropped until the transaction ends, so there they rest.
    """
    if connection.dialect.name == "sqlite":
        reopen(connection)
        yield
        close(connection)
        return
    for table in TABLES:
        connection.exec_driver_sql(f"alter table {table} disable trigger user")
    yield
    for table in TABLES:
        connection.exec_driver_sql(f"alter table {table} enable trigger user")


def _triggers() -> Iterator[tuple[str, str, str]]:
    for table in TABLES:
        for change in CHANGES:
            yield f"{table}_refuse_{change}", table, change
