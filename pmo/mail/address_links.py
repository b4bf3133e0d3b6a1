"""The link by which somebody shows that a new address is theirs: the number of a row, signed, good for nothing else.

As with passwords, what the outbox keeps has a link that opens nothing; the true one is in the bytes that leave.
"""

from __future__ import annotations

from itsdangerous import BadSignature

from pmo.domain.secret_keys import SecretKeys
from pmo.mail.drafts import MailKind
from pmo.mail.signing import signer_of_links

SALT = "pmo.address-link"
PATH = "/me/address/"
HIDDEN = "hidden"
KIND = MailKind.ADDRESS_CONFIRMATION


def with_true_link(text: str, kind: MailKind, base_url: str, keys: SecretKeys, change: str) -> str:
    """A mail's words as they leave: the hidden link of a confirmation becomes the one that works."""
    if kind is not KIND or not keys or not change.isdigit():
        return text
    return text.replace(f"{base_url}{PATH}{HIDDEN}", f"{base_url}{PATH}{token_of(int(change), keys)}")


def token_of(change: int, keys: SecretKeys) -> str:
    """The signed number."""
    return str(signer_of_links(keys, SALT).dumps(change))


def change_of_token(token: str, keys: SecretKeys) -> int | None:
    """The number of the row; None for a token that this installation did not sign."""
    if not keys:
        return None
    try:
        number = signer_of_links(keys, SALT).loads(token)
    except BadSignature:
        return None
    return number if isinstance(number, int) else None
