"""Appends to the record nobody can forge: canonical JSON in a Merkle tree (RELIABILITY 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.clock import utc_text
from pmo.db.models.audit import AuditEventRecord, AuditHeadRecord, AuditSaltRecord
from pmo.domain.transparency import Frontier, leaf_hash
from pmo.exchange.canonical_json import canonical_json

NOTES = "audit notes"
RECORDED = "audit events of this transaction"
HEAD = 1
log = structlog.get_logger(__name__)


@dataclass
class _Note:
    """An event to be: its body without a number, and the salts of the rows that it answers for."""

    body: dict[str, object]
    salts: Mapping[str, bytes] = field(default_factory=dict)


def note(
    session: Session,
    *,
    at: datetime,
    actor: str | None,
    action: str,
    item: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Remembers a change; it is appended when the transaction is settled, as its last step."""
    body: dict[str, object] = {
        "at": _plain(at),
        "actor": actor,
        "action": action,
        "object": item,
        "before": _plain(before),
        "after": _plain(after),
    }
    session.info.setdefault(NOTES, []).append(_Note(body))


def note_rows(
    session: Session,
    *,
    at: datetime,
    action: str,
    rows: Mapping[str, Mapping[str, str | None]],
    salts: Mapping[str, bytes],
) -> None:
    """Adds what became of rows (table to key to digest) to the transaction's last event, or to an event of its own."""
    notes = session.info.setdefault(NOTES, [])
    if not notes or "rows" in notes[-1].body:
        note(session, at=at, actor=None, action=action, item="rows")
    notes[-1].body["rows"] = rows
    notes[-1].salts = salts


def append_notes(session: Session) -> int:
    """Appends what was noted, under the lock of the head row; returns how many events that were.

    The lock is always the last one taken, so two writers can wait for each other but never block each other for good.
    """
    notes: list[_Note] = session.info.pop(NOTES, [])
    if not notes:
        return 0
    session.flush()
    head = session.scalar(select(AuditHeadRecord).where(AuditHeadRecord.id == HEAD).with_for_update())
    if head is None:
        head = AuditHeadRecord(id=HEAD, size=0, frontier=[])
        session.add(head)
    frontier = Frontier.from_hex(head.size, head.frontier)
    rows, salts = [], []
    for one in notes:
        text = canonical_json({"seq": frontier.size, **one.body})
        leaf = leaf_hash(text)
        salts += [{"seq": frontier.size, "name": name, "salt": salt.hex()} for name, salt in one.salts.items()]
        rows.append({"seq": frontier.size, "body": text.decode(), "leaf": leaf.hex()})
        frontier = frontier.append(leaf)
    session.bulk_insert_mappings(AuditEventRecord.__mapper__, rows)
    if salts:
        session.bulk_insert_mappings(AuditSaltRecord.__mapper__, salts)
    numbered = [(row["seq"], one.body) for row, one in zip(rows, notes, strict=True)]
    session.info.setdefault(RECORDED, []).extend(numbered)
    head.size = frontier.size
    head.frontier = frontier.to_hex()
    session.flush()
    return len(rows)


def tell_recorded(session: Session) -> None:
    """After the commit: a line of the log for every event of somebody, so that a copy of the log names what was done.

    What stood before and after is in the record alone, for it may name people.
    """
    for number, body in session.info.pop(RECORDED, []):
        if body["actor"] is not None:
            log.info("recorded", event_number=number, action=body["action"], by=body["actor"], object=body["object"])


def _plain(value: object) -> object:
    """Only what canonical JSON can say: texts, whole numbers, lists and mappings; fractions as text."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    return str(value)
