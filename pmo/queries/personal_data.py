"""Everything that is kept of one person, for that person: rows that name the post, and what the record says it did."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Table, or_, select
from sqlalchemy.orm import Session

import pmo.db.models  # noqa: F401 - completes the metadata
from pmo.db.base import Base
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.errors import NotFound

LEFT_OUT = ("password", "secret", "hash", "token", "totp", "passkey", "recovery", "content")
"""Parts of names of columns that would only help somebody else: what proves who one is; and the bytes of files and
mails, whose rows name them."""


def personal_data(session: Session, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Table to rows that name the person, as they are stored; ``audit_events`` are those the person caused.

    Raises NotFound for an unknown post.
    """
    if session.get(PersonRecord, person_id) is None:
        raise NotFound
    found = {}
    for table in Base.metadata.sorted_tables:
        naming = [column for column in table.columns if _names_a_person(table, column.name)]
        if naming:
            rows = _rows(session, table, or_(*(column == person_id for column in naming)))
            if rows:
                found[table.name] = rows
    events = session.scalars(select(AuditEventRecord.body).order_by(AuditEventRecord.seq))
    found["audit_events"] = [event for body in events if (event := json.loads(body))["actor"] == person_id]
    return found


def _names_a_person(table: Table, name: str) -> bool:
    people = PersonRecord.__tablename__
    is_the_post = table.name == people and name == "id"
    return is_the_post or any(key.column.table.name == people for key in table.columns[name].foreign_keys)


def _rows(session: Session, table: Table, condition: Any) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if not any(part in column.name for part in LEFT_OUT)]
    rows = session.execute(select(*columns).where(condition).order_by(*table.primary_key.columns))
    return [dict(row) for row in rows.mappings()]
