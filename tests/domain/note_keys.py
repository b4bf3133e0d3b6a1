"""A key for the tests of the pure part: it follows the protocol and needs no cryptography."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class HashKey:
    """Signs by hashing with a secret; signer and verifier in one."""

    name: str
    secret: bytes = b"secret"

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + self.secret).digest()[:4]

    def sign(self, message: bytes) -> bytes:
        return sha256(self.secret + message).digest()

    def verify(self, message: bytes, signature: bytes) -> bool:
        return self.sign(message) == signature
