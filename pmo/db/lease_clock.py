"""The database's own clock, as SQL: leases of several machines are measured by one clock (RELIABILITY 1.4).

Compares with ``UtcDateTime`` columns on both databases. Never a value from Python, never the demonstration's time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pmo.db.base import UtcDateTime


class DatabaseMoment(FunctionElement[datetime]):
    """The database's present instant plus seconds, its one argument."""

    type = UtcDateTime()
    inherit_cache = True


def database_now() -> DatabaseMoment:
    """The present instant of the database, not of the transaction."""
    return database_in(0)


def database_in(seconds: float) -> DatabaseMoment:
    """The instant so many seconds from now."""
    return DatabaseMoment(literal(float(seconds), Float()))


@compiles(DatabaseMoment, "postgresql")
def _on_postgresql(element: DatabaseMoment, compiler: SQLCompiler, **options: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)}))"


@compiles(DatabaseMoment, "sqlite")
def _on_sqlite(element: DatabaseMoment, compiler: SQLCompiler, **options: Any) -> str:
    # Six digits of a second, as UtcDateTime stores them, so that texts compare as instants.
    seconds = compiler.process(element.clauses, **options)
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', {seconds} || ' seconds') || '000')"
