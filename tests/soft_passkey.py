"""A passkey made of software: what a security key would answer, for tests without one."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url


@dataclass
class SoftPasskey:
    """One key pair for one site. ``count`` goes up with each signature, as that of a stick does."""

    origin: str = "http://localhost"
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    owner: bytes | None = None
    """Whom it was made for; told with each signature, as a discoverable key does."""
    flags: int = 0x05
    """Somebody was there, and unlocked it; 0x01: was there only."""

    def made_for(self, options: str) -> str:
        """The answer to ``navigator.credentials.create``."""
        asked = json.loads(options)
        self.owner = base64url_to_bytes(asked["user"]["id"])
        data = self._client_data("webauthn.create", asked["challenge"])
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(self._cose())
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._authenticator_data(0x41) + credential}
        return self._credential(clientDataJSON=data, attestationObject=cbor2.dumps(attestation))

    def signed(self, options: str) -> str:
        """The answer to ``navigator.credentials.get``."""
        asked = json.loads(options)
        self.count += 1
        data = self._client_data("webauthn.get", asked["challenge"])
        authenticator = self._authenticator_data(self.flags)
        signature = self.key.sign(authenticator + hashlib.sha256(data).digest(), ec.ECDSA(SHA256()))
        owner = {} if self.owner is None else {"userHandle": self.owner}
        return self._credential(clientDataJSON=data, authenticatorData=authenticator, signature=signature, **owner)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        host = self.origin.partition("://")[2].partition(":")[0]
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _cose(self) -> dict[int, object]:
        numbers = self.key.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}

    def _credential(self, **response: bytes) -> str:
        written = {name: bytes_to_base64url(value) for name, value in response.items()}
        own = bytes_to_base64url(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": written})
