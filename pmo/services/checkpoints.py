"""Checkpoints of the record: made hourly and for each mail, kept, and handed out with what proves an alert
(RELIABILITY 3.1). The key lies outside the database; without one (only the demonstration runs so) nothing is made.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config import Settings
from pmo.db.models.audit import AuditCheckpointRecord, AuditEventRecord, AuditHeadRecord
from pmo.domain.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from pmo.domain.inclusion_receipt import InclusionReceipt, issue_receipt
from pmo.domain.ladder import Rung
from pmo.domain.signed_note import NoteSigner, parse_note
from pmo.domain.transparency import Frontier
from pmo.exchange.signed_notes import Ed25519Signer, read_signing_key
from pmo.queries.audit import leaves

ESCALATIONS = frozenset(
    {Rung.O_3, Rung.O_7, Rung.O_14, Rung.WEEKLY, Rung.OFF_TRACK, Rung.PLAN_MISSING, Rung.CHANGE_WAITING}
)
"""What reaches a level above those who do the work: its reader may have to show it later, without the system."""
MOST_LOOKED_AT = 50
"""Events of one item that are looked through for the alert."""

LEAVES = "leaves of the record"

_checkpoints: Table = AuditCheckpointRecord.__table__  # type: ignore[assignment]


def signer_of(settings: Settings) -> NoteSigner | None:
    """The key of this installation, or None without one. Raises KeyFileRefused."""
    return _signer(settings.audit_key_file) if settings.audit_key_file else None


def current_checkpoint(session: Session, signer: NoteSigner, now: datetime) -> str:
    """The signed note over the record as this transaction sees it; kept, once for each size."""
    head = session.scalar(select(AuditHeadRecord))
    log = Frontier.from_hex(head.size, head.frontier) if head else Frontier()
    note = sign_checkpoint(log, signer)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"size": log.size, "note": note, "made_at": now}
    session.execute(insert(_checkpoints).values(row).on_conflict_do_nothing(index_elements=["size"]))
    return note


def said_by(note: str) -> Checkpoint:
    """What a note of our own says; nothing of it is verified."""
    return parse_checkpoint(parse_note(note).text)


def receipt_of_alert(
    session: Session, note: str, city: str, item: str, rung: str, recipient: str
) -> InclusionReceipt | None:
    """Proof that this alert stands in the record under a checkpoint; None where it is newer, or was never noted."""
    event = AuditEventRecord
    statement = (
        select(event.seq, event.body)
        .where(
            event.seq < said_by(note).size,
            event.body.startswith('{"action":"alert_raised"', autoescape=True),
            event.body.contains(f'"object":"{city}/{item}"', autoescape=True),
        )
        .order_by(event.seq.desc())
        .limit(MOST_LOOKED_AT)
    )
    for number, body in session.execute(statement):
        after = json.loads(body)["after"]
        if after.get("rung") == rung and recipient in after.get("alerts", ()):
            return issue_receipt(_leaves(session, said_by(note).size), number, note, body.encode())
    return None


def _leaves(session: Session, size: int) -> list[bytes]:
    """The leaves under a checkpoint, read once for all mails of a transaction."""
    known: tuple[int, list[bytes]] = session.info.get(LEAVES, (-1, []))
    if known[0] != size:
        known = (size, leaves(session)[:size])
        session.info[LEAVES] = known
    return known[1]


@lru_cache(maxsize=4)
def _signer(path: Path) -> Ed25519Signer:
    return read_signing_key(path)
