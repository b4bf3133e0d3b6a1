"""The link by which somebody shows that a new address is theirs: the number of a row, signed, good for nothing else.

As with passwords, what the outbox keeps has a link that opens nothing; the true one is in the bytes that leave.
"""

from __future__ import annotations

from hashlib import sha256

from itsdangerous import BadSignature, URLSafeSerializer

from pmo.mail.drafts import MailKind

SALT = "pmo.address-link"
PATH = "/me/address/"
HIDDEN = "hidden"
KIND = MailKind.ADDRESS_CONFIRMATION


def with_true_link(text: str, kind: MailKind, base_url: str, secret: str | None, change: str) -> str:
    """A mail's words as they leave: the hidden link of a confirmation becomes the one that works."""
    if kind is not KIND or not secret or not change.isdigit():
        return text
    return text.replace(f"{base_url}{PATH}{HIDDEN}", f"{base_url}{PATH}{token_of(int(change), secret)}")


def token_of(change: int, secret: str) -> str:
    """The signed number."""
    return str(_signer(secret).dumps(change))


def change_of_token(token: str, secret: str) -> int | None:
    """The number of the row; None for a token that this installation did not sign."""
    try:
        number = _signer(secret).loads(token)
    except BadSignature:
        return None
    return number if isinstance(number, int) else None


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT, signer_kwargs={"digest_method": sha256})
