"""Ed25519 keys for signed notes, in the text form of Go's ``sumdb/note`` (C2SP signed-note; RELIABILITY 3.1).

A verifier key ``name+id+base64`` is public and belongs in the hands of everybody who keeps checkpoints. A
signing key ``PRIVATE+KEY+name+id+base64`` lies in a file of its own, outside the database, readable by one
account.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pmo.domain.errors import Refusal
from pmo.domain.signed_note import (
    ED25519,
    MalformedNote,
    decode_base64,
    encode_base64,
    is_key_name,
    key_id,
)

_PRIVATE = "PRIVATE+KEY+"
_KEY_BYTES = 32


class MalformedKey(ValueError):
    """The text is not an Ed25519 note key. The message never repeats the text."""


class KeyFileRefused(Refusal):
    """A key file cannot be used; ``code`` is ``key_missing``, ``key_exposed`` or ``key_malformed``."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(code, path)
        self.code = code
        self.path = path

    def __str__(self) -> str:
        return f"{self.code}: {self.path}"


class Ed25519Verifier:
    """A public key with its name; checks signatures (a ``NoteVerifier``)."""

    def __init__(self, name: str, public_key: bytes) -> None:
        if not is_key_name(name) or len(public_key) != _KEY_BYTES:
            raise MalformedKey("a name without spaces and plus, and a key of 32 bytes")
        self.name = name
        self.key_id = key_id(name, public_key)
        self._public_key = public_key

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` (64 bytes) is this key's over ``message``."""
        try:
            Ed25519PublicKey.from_public_bytes(self._public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def __str__(self) -> str:
        """The verifier key as text, to be published."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(ED25519 + self._public_key)}"


class Ed25519Signer:
    """A private key with its name; signs (a ``NoteSigner``). Printing it shows the public half only."""

    def __init__(self, name: str, seed: bytes) -> None:
        if len(seed) != _KEY_BYTES:
            raise MalformedKey("a private key of 32 bytes")
        self._seed = seed
        self._private_key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Ed25519Verifier(name, self._private_key.public_key().public_bytes_raw())
        self.name = name
        self.key_id = self.verifier.key_id

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature; the same every time (RFC 8032)."""
        return self._private_key.sign(message)

    def secret_text(self) -> str:
        """The private key as the one line of its file; for ``write_signing_key`` and nobody else."""
        return f"{_PRIVATE}{self.name}+{self.key_id.hex()}+{encode_base64(ED25519 + self._seed)}"

    def __repr__(self) -> str:
        return f"<Ed25519Signer {self.verifier}>"


def parse_verifier_key(text: str) -> Ed25519Verifier:
    """The key of ``name+id+base64``; raises ``MalformedKey``, also when the id is of another key."""
    name, claimed_id, public_key = _parse_key(text)
    verifier = Ed25519Verifier(name, public_key)
    if verifier.key_id.hex() != claimed_id:
        raise MalformedKey("the id is of another key or name")
    return verifier


def parse_signing_key(text: str) -> Ed25519Signer:
    """The key of ``PRIVATE+KEY+name+id+base64``; raises ``MalformedKey``."""
    if not text.startswith(_PRIVATE):
        raise MalformedKey("not a private key")
    name, claimed_id, seed = _parse_key(text.removeprefix(_PRIVATE))
    signer = Ed25519Signer(name, seed)
    if signer.key_id.hex() != claimed_id:
        raise MalformedKey("the id is of another key or name")
    return signer


def generate_signing_key(name: str) -> Ed25519Signer:
    """A new key from the system's randomness; ``name`` is the origin of the log, ``audit.city.example``."""
    return Ed25519Signer(name, Ed25519PrivateKey.generate().private_bytes_raw())


def write_signing_key(path: Path, signer: Ed25519Signer) -> None:
    """Write the key into a new file that only this account can read; ``FileExistsError`` if there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{signer.secret_text()}\n")


def read_signing_key(path: Path) -> Ed25519Signer:
    """The signing key in a file; raises ``KeyFileRefused``.

    The file must be closed to everybody but its owner and group, and its group may not write (RELIABILITY
    4.5).
    """
    text = _read_private_file(path)
    try:
        return parse_signing_key(text.removesuffix("\n"))
    except MalformedKey as error:
        raise KeyFileRefused("key_malformed", path) from error


def read_verifier_keys(path: Path) -> list[Ed25519Verifier]:
    """The trusted keys in a file, one a line, at least one; empty lines and lines with # are passed over.

    Several, because a log that changed its key keeps the checkpoints of the old one. Raises
    ``KeyFileRefused``.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        verifiers = [parse_verifier_key(line) for line in lines if line and not line.startswith("#")]
    except OSError as error:
        raise KeyFileRefused("key_missing", path) from error
    except ValueError as error:
        raise KeyFileRefused("key_malformed", path) from error
    if not verifiers:
        raise KeyFileRefused("key_malformed", path)
    return verifiers


def note_of_file(content: bytes) -> str:
    """The note or receipt in a saved attachment; raises ``MalformedNote`` when it is not UTF-8.

    Mail programs and Windows editors turn line ends into CR LF, put a byte order mark in front, and add or
    drop empty lines at the end. None of it can hide a change: a note has no CR, and the signature covers the
    text.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedNote("not UTF-8") from error
    return text.replace("\r\n", "\n").rstrip("\n") + "\n"


def _parse_key(text: str) -> tuple[str, str, bytes]:
    """Name, id in hex, and the 32 bytes of the key; base64 itself may contain a plus."""
    name, _, rest = text.partition("+")
    claimed_id, _, encoded = rest.partition("+")
    try:
        raw = decode_base64(encoded)
    except MalformedNote as error:
        raise MalformedKey("not base64") from error
    if raw[:1] != ED25519 or len(raw) != 1 + _KEY_BYTES:
        raise MalformedKey("not an Ed25519 key")
    return name, claimed_id, raw[1:]


def _read_private_file(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            # The rights of what was opened, not of what the name points to a moment later.
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IRWXO | stat.S_IWGRP):
                raise KeyFileRefused("key_exposed", path)
            return file.read()
    except OSError as error:
        raise KeyFileRefused("key_missing", path) from error
    except UnicodeDecodeError as error:
        raise KeyFileRefused("key_malformed", path) from error
