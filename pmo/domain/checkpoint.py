"""A checkpoint: what the log was at one size, signed (C2SP tlog-checkpoint; RELIABILITY 3.1).

Copies of checkpoints lie where the server cannot reach them, in mailboxes above all. Whoever holds one can
later ask whether the log still contains what it contained then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pmo.domain.signed_note import (
    MalformedNote,
    NoteSigner,
    NoteVerifier,
    UntrustedNote,
    decode_base64,
    decode_decimal,
    encode_base64,
    open_note,
    sign_note,
)
from pmo.domain.transparency import HASH_BYTES, Frontier


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``origin`` names the log, ``size`` counts its events, ``root`` (32 bytes) is the root of their tree.

    ``extensions`` are further lines that other implementations may write; they are kept and have no meaning
    here.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed: a line each for origin, size and root."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, encode_base64(self.root), *self.extensions))

    @property
    def fingerprint(self) -> str:
        """The first 8 bytes of the root for a person to compare by eye: ``718f a036 9d74 7509``."""
        return self.root[:8].hex(" ", 2)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in the text of a note (its signatures taken off); raises ``MalformedNote``."""
    lines = text.split("\n")
    if lines.pop() or len(lines) < 3 or not all(lines):
        raise MalformedNote("a checkpoint is at least three lines, none of them empty")
    origin, size, root, *extensions = lines
    checkpoint = Checkpoint(origin, decode_decimal(size), decode_base64(root), tuple(extensions))
    if len(checkpoint.root) != HASH_BYTES:
        raise MalformedNote("the root is not a SHA-256 hash")
    return checkpoint


def sign_checkpoint(log: Frontier, signer: NoteSigner) -> str:
    """The signed note for the log as it stands; the name of the key is the log's origin."""
    return sign_note(Checkpoint(signer.name, log.size, log.root).text, signer)


def open_checkpoint(note: str, verifiers: Sequence[NoteVerifier]) -> Checkpoint:
    """The checkpoint in a note, once a known key named as its origin has signed it.

    Raises ``MalformedNote`` or ``UntrustedNote``. The name must be the origin's, so that a key trusted for
    one log cannot speak for another.
    """
    opened = open_note(note, verifiers)
    checkpoint = parse_checkpoint(opened.text)
    if checkpoint.origin not in {signature.name for signature in opened.signatures}:
        raise UntrustedNote(f"not signed by the key of {checkpoint.origin}")
    return checkpoint
