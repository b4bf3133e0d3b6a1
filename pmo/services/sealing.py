"""Secrets that must be read back, sealed with a key made from ``PMO_SECRET_KEY``: a copy of the database opens none."""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


def seal(secret_key: str, purpose: str, owner: str, plain: bytes) -> str:
    """AES-256-GCM under a key of its own for each purpose; bound to its owner, so that it opens for nobody else."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key(secret_key, purpose)).encrypt(nonce, plain, owner.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(secret_key: str, purpose: str, owner: str, sealed: str) -> bytes | None:
    """What was sealed; None where the key is another one or the text was altered."""
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(_key(secret_key, purpose)).decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode())
    except InvalidTag:
        return None


def _key(secret_key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"pmo {purpose}".encode()).derive(secret_key.encode())
