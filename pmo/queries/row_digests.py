"""The digest of a row: SHA-256 over a salt and the row's one spelling (RELIABILITY 3.1).

A column without a value is left out of the spelling, so that a new column which nobody has filled changes no digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, RowMapping, Table, select, tuple_
from sqlalchemy.orm import Session

import pmo.db.models  # noqa: F401 - completes the metadata
from pmo.db.base import Base
from pmo.db.replayed_tables import NOT_COVERED_COLUMNS, PERSONAL, REPLAYED
from pmo.exchange.canonical_json import canonical_json

Key = tuple[Any, ...]
"""The primary key of a row."""

AT_ONCE = 300
"""Rows asked for in one statement."""

TABLES: Mapping[str, Table] = {name: Base.metadata.tables[name] for name in sorted(REPLAYED)}


def covered_columns(table: Table) -> list[Column[Any]]:
    """The columns that a digest is made of, by name."""
    free = NOT_COVERED_COLUMNS.get(table.name, frozenset())
    return sorted((column for column in table.columns if column.name not in free), key=lambda column: column.name)


def form_of(table: Table) -> str:
    """Which columns a digest of the table is made of, in eight letters."""
    names = ",".join(column.name for column in covered_columns(table))
    return hashlib.sha256(names.encode()).hexdigest()[:8]


def key_text(key: Sequence[Any]) -> str:
    """A key as an event names it."""
    return "|".join(str(part) for part in key)


def salt_name(table: str, key: str) -> str:
    """Which salt of an event a row was digested with: its own, or the shared one (empty)."""
    return f"{table}/{key}" if table in PERSONAL else ""


def digest_of(salt: bytes, table: Table, row: RowMapping) -> str:
    """SHA-256 in hexadecimal over salt and content; ``row`` is what the database gave, by column names."""
    names = (column.name for column in covered_columns(table))
    said = {name: _plain(row[name]) for name in names if row[name] is not None}
    return hashlib.sha256(salt + canonical_json({"table": table.name, "row": said})).hexdigest()


def digests_of(
    session: Session, table: Table, keys: Sequence[Key], salt_for: Callable[[str], bytes]
) -> dict[str, str | None]:
    """Key to digest, or None where there is no such row; the rows stay locked until the transaction ends.

    They were written in this transaction. A row that was only touched in an undone part of it might be another's by
    now: the lock lets it finish first.
    """
    found: dict[str, str | None] = {key_text(key): None for key in keys}
    primary = list(table.primary_key.columns)
    for start in range(0, len(keys), AT_ONCE):
        chunk = keys[start : start + AT_ONCE]
        condition = primary[0].in_([key[0] for key in chunk]) if len(primary) == 1 else tuple_(*primary).in_(chunk)
        for row in session.execute(select(table).where(condition).with_for_update()).mappings():
            key = key_text([row[column.name] for column in primary])
            found[key] = digest_of(salt_for(salt_name(table.name, key)), table, row)
    return found


def rows_of(session: Session, table: Table) -> Iterator[tuple[str, RowMapping]]:
    """Every row with its key, without holding them all."""
    primary = list(table.primary_key.columns)
    statement = select(table).order_by(*primary).execution_options(yield_per=50)
    for row in session.execute(statement).mappings():
        yield key_text([row[column.name] for column in primary]), row


def _plain(value: Any) -> Any:
    """One spelling on both databases. Numbers with a fraction become text; bytes their own digest."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    raise TypeError(f"a {type(value).__name__} has no spelling yet")
