"""The record answers for rows: which ones a transaction wrote, and their digests in its last event.

SQLAlchemy tells of every row that the unit of work writes, and of every statement that a session executes; so a service
need not remember anything. Raw SQL past the session is what ``pmo audit verify --replay`` finds.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Delete, Insert, Table, Update, delete, event, select, tuple_
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from pmo.db.models.audit import AuditEventRecord, AuditSaltRecord
from pmo.db.replayed_tables import NOT_COVERED_COLUMNS
from pmo.queries.audit_replay import ERASED, TAKEN_OVER
from pmo.queries.row_digests import TABLES, Key, digests_of, form_of, key_text, salt_name
from pmo.services import audit

WRITTEN = "written rows"
ROWS_IN_AN_EVENT = 500
SALT_BYTES = 16
WROTE = "rows_written"
ACCEPTED = "rows_accepted"


def mark_written(session: Session, table: str, key: Key) -> None:
    """A row was written in a way that the session does not see: an ``insert`` that gives its key back."""
    session.info.setdefault(WRITTEN, defaultdict(set))[table].add(key)


def note_rows(session: Session, at: datetime) -> int:
    """Puts the digests of all rows that this transaction wrote into its last event; returns how many rows.

    A transaction that noted nothing gets an event of its own, one that wrote very many gets further ones.
    """
    session.flush()
    written: dict[str, set[Key]] = session.info.pop(WRITTEN, {})
    keys = [(name, key) for name in sorted(written) for key in sorted(written[name], key=key_text)]
    for start in range(0, len(keys), ROWS_IN_AN_EVENT):
        chunk: dict[str, list[Key]] = defaultdict(list)
        for name, key in keys[start : start + ROWS_IN_AN_EVENT]:
            chunk[name].append(key)
        salts: dict[str, bytes] = {}

        def salt_for(name: str, made: dict[str, bytes] = salts) -> bytes:
            return made.setdefault(name, secrets.token_bytes(SALT_BYTES))

        rows = {name: digests_of(session, TABLES[name], wanted, salt_for) for name, wanted in chunk.items()}
        audit.note_rows(session, at=at, action=WROTE, rows=rows, salts=salts)
    return len(keys)


def take_over(session: Session, at: datetime) -> list[str]:
    """Digests of everything that stands in tables whose form the record does not know; returns their names.

    For the first migration with digests, and for each that changes what a digest is made of. What was done to these
    rows before is not seen by a replay.
    """
    forms = known_forms(session)
    unknown = [name for name, table in TABLES.items() if forms.get(name) != form_of(table)]
    if not unknown:
        return []
    for name in unknown:
        primary = list(TABLES[name].primary_key.columns)
        for key in session.execute(select(*primary)):
            mark_written(session, name, tuple(key))
    taken = {name: form_of(TABLES[name]) for name in unknown}
    audit.note(session, at=at, actor=None, action=TAKEN_OVER, item="tables", after={"forms": taken})
    return unknown


def accept_rows(session: Session, table: str, keys: Sequence[str], reason: str, at: datetime) -> None:
    """Rows that were repaired by hand are from now on as they stand, and an event says why: nothing becomes unseen.

    Keys are spelt as a replay names them. Raises ValueError for a table that is not replayed or a key of another form.
    """
    if table not in TABLES:
        raise ValueError(f"{table} is no table that the record answers for")
    for key in keys:
        mark_written(session, table, _key_of(TABLES[table], key))
    said = {"keys": sorted(keys), "reason": reason}
    audit.note(session, at=at, actor=None, action=ACCEPTED, item=table, after=said)


def _key_of(table: Table, key: str) -> Key:
    primary, parts = list(table.primary_key.columns), key.split("|")
    if len(parts) != len(primary):
        raise ValueError(f"{key!r} is no key of {table.name}")
    return tuple(
        date.fromisoformat(part) if (kind := column.type.python_type) is date else kind(part)
        for column, part in zip(primary, parts, strict=True)
    )


def known_forms(session: Session) -> dict[str, str]:
    """Table to the form that the record last took over."""
    said = session.scalars(
        select(AuditEventRecord.body)
        .where(AuditEventRecord.body.startswith(f'{{"action":"{TAKEN_OVER}"', autoescape=True))
        .order_by(AuditEventRecord.seq)
    )
    forms: dict[str, str] = {}
    for body in said:
        forms.update(json.loads(body)["after"]["forms"])
    return forms


def erase_salts(session: Session, table: str, keys: Iterable[str], at: datetime, actor: str | None) -> int:
    """Makes all former digests of these rows worthless, and says so in the record. Returns how many.

    A row that is written in the same transaction, or later, is digested with a new salt.
    """
    names = sorted(salt_name(table, key) for key in keys)
    erased: int = session.execute(delete(AuditSaltRecord).where(AuditSaltRecord.name.in_(names))).rowcount  # type: ignore[attr-defined]
    if erased:
        audit.note(session, at=at, actor=actor, action=ERASED, item=table, after={"names": names, "count": erased})
    return erased


@event.listens_for(Session, "after_flush")
def _see_objects(session: Session, _: UOWTransaction) -> None:
    for one in session.new:
        _see(session, one)
    for one in session.dirty:
        if session.is_modified(one):
            _see(session, one)
    for one in session.deleted:
        _see(session, one)


def _see(session: Session, one: Any) -> None:
    table = one.__table__
    if table.name in TABLES:
        mapper = one.__mapper__
        mark_written(session, table.name, tuple(mapper.primary_key_from_instance(one)))


@event.listens_for(Session, "do_orm_execute")
def _see_statement(state: ORMExecuteState) -> None:
    """Statements that change many rows: their keys are locked first, and the statement is held to them."""
    statement = state.statement
    if not isinstance(statement, Update | Delete | Insert):
        return
    table = statement.table
    if not isinstance(table, Table) or table.name not in TABLES:
        return
    if isinstance(statement, Insert):
        if not state.execution_options.get("keys_are_marked"):
            raise RuntimeError(f"rows of {table.name} are inserted past the record: mark them, see mark_written")
        return
    if isinstance(statement, Update) and _touches_free_columns_only(statement, table):
        return
    primary = list(table.primary_key.columns)
    wanted = select(*primary).with_for_update()
    if statement.whereclause is not None:
        wanted = wanted.where(statement.whereclause)
    keys = [tuple(key) for key in state.session.execute(wanted, state.parameters or {})]
    for key in keys:
        mark_written(state.session, table.name, key)
    held = primary[0].in_([key[0] for key in keys]) if len(primary) == 1 else tuple_(*primary).in_(keys)
    state.statement = statement.where(held)


def _touches_free_columns_only(statement: Update, table: Table) -> bool:
    named = {getattr(column, "key", column) for column in statement._values or {}}
    return bool(named) and named <= NOT_COVERED_COLUMNS.get(table.name, frozenset())
