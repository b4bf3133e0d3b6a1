"""Reads the record: events, leaves, head and checkpoints, as the checker wants them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.audit import AuditCheckpointRecord, AuditEventRecord, AuditHeadRecord
from pmo.db.session import Engines, reading
from pmo.domain.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from pmo.domain.signed_note import NoteSigner, parse_note
from pmo.domain.transparency import frontier_of
from pmo.exchange.audit_check import Finding, StoredHead, check_log


def events(session: Session) -> Iterator[tuple[int, str, str]]:
    """Number, text and stored leaf of every event, in order, without holding them all."""
    statement = select(AuditEventRecord.seq, AuditEventRecord.body, AuditEventRecord.leaf).order_by(
        AuditEventRecord.seq
    )
    for row in session.execute(statement.execution_options(yield_per=2000)):
        yield row.seq, row.body, row.leaf


def event_text(session: Session, number: int) -> str | None:
    """The text of one event."""
    return session.scalar(select(AuditEventRecord.body).where(AuditEventRecord.seq == number))


def leaves(session: Session) -> list[bytes]:
    """All stored leaves in order."""
    return [
        bytes.fromhex(leaf) for leaf in session.scalars(select(AuditEventRecord.leaf).order_by(AuditEventRecord.seq))
    ]


def stored_head(session: Session) -> StoredHead:
    """The head row, or an empty head where there is none."""
    head = session.scalar(select(AuditHeadRecord))
    return StoredHead(head.size, list(head.frontier)) if head else StoredHead(0, ())


def stored_checkpoints(session: Session) -> list[str]:
    """The checkpoints that were handed out, oldest first."""
    return list(session.scalars(select(AuditCheckpointRecord.note).order_by(AuditCheckpointRecord.size)))


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint that was handed out: the signed note, what it says, and when it was made."""

    note: str
    said: Checkpoint
    made_at: datetime


def newest_checkpoint(session: Session) -> KeptCheckpoint | None:
    """The last one that was made, or None."""
    row = session.scalar(select(AuditCheckpointRecord).order_by(AuditCheckpointRecord.size.desc()).limit(1))
    return KeptCheckpoint(row.note, parse_checkpoint(parse_note(row.note).text), row.made_at) if row else None


def signed_checkpoint(known_leaves: Sequence[bytes], signer: NoteSigner) -> str:
    """A checkpoint over these leaves, signed now."""
    return sign_checkpoint(frontier_of(known_leaves), signer)


def check_record(engines: Engines) -> list[Finding]:
    """The first broken places of the record in a database, by itself: no checkpoints, no keys."""
    with reading(engines) as session:
        return check_log(events(session), stored_head(session), [], [], [])
