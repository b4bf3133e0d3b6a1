"""Secrets that must be read back, sealed with a key made from ``PMO_SECRET_KEY``: a copy of the database opens none."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pmo.domain.secret_keys import SecretKeys

_NONCE = 12


@dataclass(frozen=True, slots=True)
class Unsealed:
    """``is_of_today``: it was sealed with the present secret, and need not be sealed anew."""

    plain: bytes
    is_of_today: bool


def seal(keys: SecretKeys, purpose: str, owner: str, plain: bytes) -> str:
    """AES-256-GCM under a key of its own for each purpose, made from the present secret; bound to its owner, so that it
    opens for nobody else."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key(keys[0], purpose)).encrypt(nonce, plain, owner.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(keys: SecretKeys, purpose: str, owner: str, sealed: str) -> Unsealed | None:
    """What was sealed with any of the secrets; None where it was another one, or the text was altered."""
    raw = base64.b64decode(sealed)
    for key in keys:
        try:
            plain = AESGCM(_key(key, purpose)).decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode())
        except InvalidTag:
            continue
        return Unsealed(plain, is_of_today=key == keys[0])
    return None


def _key(secret_key: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"pmo {purpose}".encode()).derive(secret_key.encode())
