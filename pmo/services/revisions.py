"""What an edit changed: the last revision of a project, milestone or indicator beside the one that is being written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import RevisionRecord

_LAST = (
    select(RevisionRecord.fields)
    .where(RevisionRecord.item_kind == bindparam("kind"), RevisionRecord.item_id == bindparam("item"))
    .order_by(RevisionRecord.entry_id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of fields to their values, as they were and as they are now: what the record says of an edit."""

    before: Mapping[str, object]
    after: Mapping[str, object]


def changes_since_last(session: Session, kind: str, item_id: int, fields: Mapping[str, object]) -> Changes:
    """Where ``fields``, as a revision keeps them, differ from the last revision of the item; empty where nowhere."""
    last: Mapping[str, object] = session.scalar(_LAST, {"kind": kind, "item": item_id}) or {}
    differing = [name for name in {**last, **fields} if last.get(name) != fields.get(name)]
    return Changes({name: last.get(name) for name in differing}, {name: fields.get(name) for name in differing})
