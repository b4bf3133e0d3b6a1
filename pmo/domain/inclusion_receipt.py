"""A receipt: proof that an event is in the log, to be checked later without the server (C2SP tlog-proof).

It goes with an escalation, so that whoever got it can show what was raised or promised, and when (RELIABILITY
3.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmo.domain.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from pmo.domain.signed_note import (
    MalformedNote,
    NoteVerifier,
    decode_base64,
    decode_decimal,
    encode_base64,
    parse_note,
)
from pmo.domain.transparency import HASH_BYTES, inclusion_proof, leaf_hash, verify_inclusion

FIRST_LINE = "c2sp.org/tlog-proof@v1"
FILE_EXTENSION = ".tlog-proof"


class NotIncluded(ValueError):
    """The checkpoint is genuine, but the receipt does not lead from this event to it."""


@dataclass(frozen=True, slots=True)
class InclusionReceipt:
    """Event ``index`` (from 0) leads by ``proof`` to the root in ``checkpoint`` (a whole signed note).

    ``extra`` is anything to be carried along, for instance the event itself; nothing vouches for it until it
    has been given to ``open_receipt`` as the event.
    """

    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {encode_base64(self.extra)}"] if self.extra else []
        hashes = [encode_base64(node) for node in self.proof]
        return "\n".join([FIRST_LINE, *extra, f"index {self.index}", *hashes, "", self.checkpoint])


def issue_receipt(leaves: Sequence[bytes], index: int, checkpoint: str, extra: bytes = b"") -> InclusionReceipt:
    """The receipt for event ``index`` against a signed checkpoint of the same log.

    ``leaves`` are the log's leaf hashes, at least as many as the checkpoint's size. Raises ``IndexError``
    when the event is newer than the checkpoint or the log is shorter than it, ``NotIncluded`` when the
    checkpoint is of another log.
    """
    claimed = parse_checkpoint(parse_note(checkpoint).text)
    if claimed.size > len(leaves):
        raise IndexError(f"a log of {len(leaves)} has no checkpoint of size {claimed.size}")
    proof = inclusion_proof(leaves[: claimed.size], index)
    if not verify_inclusion(leaves[index], index, claimed.size, proof, claimed.root):
        raise NotIncluded("the checkpoint is of another log")
    return InclusionReceipt(index, tuple(proof), checkpoint, extra)


def parse_receipt(text: str) -> InclusionReceipt:
    """The parts of a receipt, nothing of it verified; raises ``MalformedNote``."""
    head, separator, checkpoint = text.partition("\n\n")
    first_line, *lines = head.split("\n")
    if first_line != FIRST_LINE or not separator:
        raise MalformedNote("not a receipt")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
        if not extra:
            raise MalformedNote("nothing extra is said by leaving the line out")
    if not lines or not lines[0].startswith("index "):
        raise MalformedNote("a receipt says which event it is for")
    index = decode_decimal(lines[0].removeprefix("index "))
    proof = tuple(decode_base64(line) for line in lines[1:])
    if any(len(node) != HASH_BYTES for node in proof):
        raise MalformedNote("a line of the proof is not a SHA-256 hash")
    parse_checkpoint(parse_note(checkpoint).text)
    return InclusionReceipt(index, proof, checkpoint, extra)


def open_receipt(receipt: InclusionReceipt, event: bytes, verifiers: Sequence[NoteVerifier]) -> Checkpoint:
    """The checkpoint under which ``event`` (its canonical JSON) is proved to be number ``receipt.index``.

    Raises ``MalformedNote`` or ``UntrustedNote`` for the checkpoint, ``NotIncluded`` when the proof does not
    hold.
    """
    checkpoint = open_checkpoint(receipt.checkpoint, verifiers)
    if not verify_inclusion(leaf_hash(event), receipt.index, checkpoint.size, receipt.proof, checkpoint.root):
        raise NotIncluded(f"not event {receipt.index} of {checkpoint.origin}")
    return checkpoint
