"""Signed notes: a text and the signatures under it (C2SP signed-note; RELIABILITY 3.1).

Here is the format; the cryptography comes in through ``NoteSigner`` and ``NoteVerifier``
(``pmo.exchange.signed_notes`` has Ed25519). A note is for programs and technicians: its text counts only
after ``open_note`` has checked it against keys that were known beforehand.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

ED25519 = b"\x01"
KEY_ID_BYTES = 4
MOST_SIGNATURES = 100

_SIGNATURE_START = "— "


class MalformedNote(ValueError):
    """The text does not have the form it must have; it was not looked at any further."""


class UntrustedNote(ValueError):
    """The form is right, but no known key signed it, or the signature of a known key is wrong."""


class NoteSigner(Protocol):
    """A key that signs: its name (no spaces, no plus), its 4-byte id, and the signature itself."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...


class NoteVerifier(Protocol):
    """A key that checks; ``verify`` answers False for a wrong signature and never raises for one."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> bytes: ...

    def verify(self, message: bytes, signature: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line under a note: who signed (``name`` and ``key_id`` together), and the signature's bytes."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as it stands in the note, with its newline."""
        return f"{_SIGNATURE_START}{self.name} {encode_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text ending in a newline, and at least one signature."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"


def key_id(name: str, public_key: bytes, algorithm: bytes = ED25519) -> bytes:
    """The 4 bytes that, with the name, tell a reader which key signed (C2SP signed-note, Signatures)."""
    return sha256(name.encode() + b"\n" + algorithm + public_key).digest()[:KEY_ID_BYTES]


def is_key_name(name: str) -> bool:
    """Whether a key may have this name: not empty, no plus, no space of any kind, no control character."""
    return bool(name) and "+" not in name and not any(sign.isspace() or sign < " " for sign in name)


def sign_note(text: str, *signers: NoteSigner) -> str:
    """The note of ``text``, signed by each in turn; raises ``MalformedNote`` for a text no note can have."""
    signatures = tuple(NoteSignature(key.name, key.key_id, key.sign(text.encode())) for key in signers)
    note = str(SignedNote(text, signatures))
    # Reading it back is the surest check that others will be able to read it.
    parse_note(note)
    return note


def parse_note(note: str) -> SignedNote:
    """The parts of a note, nothing of it verified; raises ``MalformedNote``."""
    if any(sign < " " and sign != "\n" for sign in note):
        raise MalformedNote("control character")
    # The text may hold empty lines: the last one in the note is what separates it from the signatures.
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise MalformedNote("no signatures after an empty line")
    signature_lines = lines[:-1].split("\n")
    if len(signature_lines) > MOST_SIGNATURES:
        raise MalformedNote("too many signatures")
    return SignedNote(f"{text}\n", tuple(_parse_signature(line) for line in signature_lines))


def open_note(note: str, verifiers: Sequence[NoteVerifier]) -> SignedNote:
    """The note with only those signatures that a known key made; at least one.

    Signatures of unknown keys are passed over. Raises ``MalformedNote``, or ``UntrustedNote`` when no known
    key signed or the signature of a known key is wrong.
    """
    parsed = parse_note(note)
    message = _utf8(parsed.text)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    trusted: list[NoteSignature] = []
    for signature in parsed.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not verifier.verify(message, signature.value):
            raise UntrustedNote(f"wrong signature by {signature.name}")
        trusted.append(signature)
    if not trusted:
        raise UntrustedNote("no signature by a known key")
    return SignedNote(parsed.text, tuple(trusted))


def encode_base64(raw: bytes) -> str:
    """Standard base64 with padding (RFC 4648, section 4)."""
    return b64encode(raw).decode()


def decode_base64(text: str) -> bytes:
    """The inverse of ``encode_base64``; raises ``MalformedNote`` for every other spelling of the bytes."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedNote("not base64") from error
    if encode_base64(raw) != text:
        raise MalformedNote("not the one spelling in base64")
    return raw


def decode_decimal(text: str) -> int:
    """A whole number from 0, without sign or leading zeros, at most 19 digits; raises ``MalformedNote``."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or (text[0] == "0" and text != "0"):
        raise MalformedNote("not a whole number")
    return int(text)


def _parse_signature(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_SIGNATURE_START).partition(" ")
    if not line.startswith(_SIGNATURE_START) or not is_key_name(name):
        raise MalformedNote("a signature line is wrong")
    raw = decode_base64(encoded)
    if len(raw) <= KEY_ID_BYTES:
        raise MalformedNote("a signature is too short")
    return NoteSignature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise MalformedNote("not UTF-8") from error
