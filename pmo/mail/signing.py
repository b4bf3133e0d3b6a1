"""How the links of mails are signed: HMAC-SHA-256, by the present secret, and checked by every secret (ASVS 11.4.1)."""

from __future__ import annotations

from hashlib import sha1, sha256

from itsdangerous import URLSafeSerializer

from pmo.domain.secret_keys import SecretKeys, oldest_first

SIGNED_NOW = {"digest_method": sha256}
SIGNED_BEFORE = {"digest_method": sha1}
"""Mails that left earlier carry it. Nothing is signed so any more; what such a link opens ends by its own row."""


def signer_of_links(keys: SecretKeys, salt: str) -> URLSafeSerializer:
    """Signs and checks the links of one kind; ``salt`` keeps kinds apart. ``keys`` are not empty."""
    return URLSafeSerializer(oldest_first(keys), salt=salt, signer_kwargs=SIGNED_NOW, fallback_signers=[SIGNED_BEFORE])
