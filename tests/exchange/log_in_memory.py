"""An audit log as the database keeps it, with everything in it that somebody on the server could reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pmo.domain.checkpoint import sign_checkpoint
from pmo.domain.signed_note import NoteSigner, NoteVerifier
from pmo.domain.transparency import frontier_of, leaf_hash
from pmo.exchange.audit_check import Finding, StoredHead, check_log
from pmo.exchange.canonical_json import canonical_json

Row = tuple[int, str, str]


@dataclass(frozen=True)
class StoredLog:
    """The rows of the three tables; ``checkpoints`` are notes by the size of the log they are about."""

    rows: tuple[Row, ...]
    head: StoredHead
    checkpoints: dict[int, str]

    def findings(self, verifiers: Sequence[NoteVerifier], outside: Iterable[str] = ()) -> list[Finding]:
        return check_log(self.rows, self.head, self.checkpoints.values(), outside, verifiers)

    def with_row(self, at: int, row: Row) -> StoredLog:
        """One row overwritten, the rest left alone."""
        return replace(self, rows=(*self.rows[:at], row, *self.rows[at + 1 :]))

    def with_rows(self, rows: Sequence[Row]) -> StoredLog:
        """Other rows, and a head to match: what everybody can do who may write to the database."""
        return replace(self, rows=tuple(rows), head=head_for(rows))

    def without_checkpoints_after(self, size: int) -> StoredLog:
        kept = {at: note for at, note in self.checkpoints.items() if at <= size}
        return replace(self, checkpoints=kept)

    def signed_again(self, signer: NoteSigner) -> StoredLog:
        """Every checkpoint made anew for the rows as they are now."""
        return replace(self, checkpoints=checkpoints_for(self.rows, self.checkpoints, signer))


def row_for(seq: int, **changes: object) -> Row:
    """The row of a made-up event, or of the same event with something else in it."""
    event: dict[str, object] = {
        "seq": seq,
        "at": f"2026-03-{1 + seq // 24 % 28:02d}T{seq % 24:02d}:00:00Z",
        "actor": f"owner-{seq % 7}",
        "action": "forecast.moved",
        "object": f"milestone/{seq % 40}",
        "before": {"due_on": "2026-05-01"},
        "after": {"due_on": "2026-06-15", "reason": "Перенос по решению"},
    }
    return row_of(seq, canonical_json(event | changes).decode())


def row_of(seq: int, text: str) -> Row:
    """A row whose leaf is right for its text."""
    return seq, text, leaf_hash(text.encode()).hex()


def head_for(rows: Sequence[Row]) -> StoredHead:
    frontier = frontier_of(bytes.fromhex(leaf) for _, _, leaf in rows)
    return StoredHead(frontier.size, frontier.to_hex())


def checkpoints_for(rows: Sequence[Row], sizes: Iterable[int], signer: NoteSigner) -> dict[int, str]:
    leaves = [bytes.fromhex(leaf) for _, _, leaf in rows]
    return {size: sign_checkpoint(frontier_of(leaves[:size]), signer) for size in sizes}


def honest_log(events: int, checkpoint_every: int, signer: NoteSigner) -> StoredLog:
    """A log nobody has touched."""
    rows = tuple(row_for(seq) for seq in range(events))
    sizes = range(checkpoint_every, events + 1, checkpoint_every)
    return StoredLog(rows, head_for(rows), checkpoints_for(rows, sizes, signer))
