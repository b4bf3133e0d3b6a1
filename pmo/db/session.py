"""Engines and sessions, and the one commit of the house (RELIABILITY 5.1).

SQLite gets two engines over one file: readers open a plain transaction, writers ``BEGIN IMMEDIATE``, because a
transaction that starts reading and then writes loses updates or fails at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session as Session
from sqlalchemy.pool import ConnectionPoolEntry

DatabaseError = SQLAlchemyError
"""What a database says when it cannot be reached or refuses; also an unusable URL."""

DatabaseAway = OperationalError
"""A connection that broke, a server that restarts, a file that is locked or full: nothing the statement did wrong."""

KAZAKH_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
WAL_IS_SOUND_FROM = (3, 51, 3)


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines for reading, for writing, and for migrations; the same object where the database allows it."""

    reading: Engine
    writing: Engine
    migrating: Engine

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.writing.dialect.name

    def dispose(self) -> None:
        """Closes every pooled connection."""
        for engine in (self.reading, self.writing, self.migrating):
            engine.dispose()


def create_engines(url: str, synchronous: str = "FULL") -> Engines:
    """Engines for a SQLAlchemy URL, with everything a connection needs set on it.

    ``synchronous`` is SQLite's: ``FULL`` survives a power cut; ``OFF`` only suits a file that is thrown away if its
    making is interrupted.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return Engines(
            reading=_sqlite_engine(url, "BEGIN", "ON", synchronous),
            writing=_sqlite_engine(url, "BEGIN IMMEDIATE", "ON", synchronous),
            # A table that a migration rebuilds must not take its children with it (RELIABILITY 5.3).
            migrating=_sqlite_engine(url, "BEGIN IMMEDIATE", "OFF", synchronous),
        )
    # Prepared statements belong to a connection; behind a pooler the next transaction has another one.
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"prepare_threshold": None},
        hide_parameters=True,  # an error that is logged must not tell whose row it was
    )
    return Engines(engine, engine, engine)


@contextmanager
def reading(engines: Engines) -> Iterator[Session]:
    """A session for reading; what is changed in it is thrown away."""
    with Session(engines.reading, autoflush=False, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engines: Engines) -> Iterator[Session]:
    """A session for one change: leaving the block commits, an exception undoes everything.

    A commit that fails (a reader kept SQLite's file too long, the server went away) leaves the transaction open as far
    as the driver is concerned, and SQLAlchemy hands the connection back without a rollback: it would keep its locks
    until somebody happened to get it. So it is closed instead.
    """
    with Session(engines.writing, expire_on_commit=False) as session:
        yield session
        try:
            session.commit()
        except DatabaseError:
            session.invalidate()
            raise


def alphabetical(text: str) -> tuple[int, ...]:
    """Sort key for Kazakh and Russian together: ә after а, қ after к … Use it for small lists in Python."""
    folded = text.casefold()
    return tuple(
        0x10000 + KAZAKH_ALPHABET.index(letter) if letter in KAZAKH_ALPHABET else ord(letter) for letter in folded
    )


def pragma_faults(engines: Engines) -> list[str]:
    """What is wrong with the settings of SQLite's connections; nothing on another database (RELIABILITY 5.1)."""
    if engines.dialect != "sqlite":
        return []
    faults = []
    for engine in (engines.reading, engines.writing):
        with engine.connect() as connection:
            wanted = {"foreign_keys": 1, "synchronous": 2, "busy_timeout": 5000, "trusted_schema": 0}
            for pragma, value in wanted.items():
                found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
                if found != value:
                    faults.append(f"{pragma} is {found}, not {value}")
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            if mode == "wal" and sqlite3.sqlite_version_info < WAL_IS_SOUND_FROM:
                faults.append("journal_mode is wal, which this SQLite can corrupt")
    return sorted(set(faults))


def _sqlite_engine(url: str, begin: str, foreign_keys: str, synchronous: str) -> Engine:
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # our own BEGIN below, not the driver's
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys={foreign_keys}")
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA trusted_schema=OFF")
        if sqlite3.sqlite_version_info >= WAL_IS_SOUND_FROM:
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _lower(value: Any) -> Any:
    """SQLite's own lower() knows ASCII only."""
    return value.lower() if isinstance(value, str) else value
