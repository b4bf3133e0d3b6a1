"""The link by which somebody shows that a new address is theirs: a row, signed, good for nothing else.

As with passwords, what the outbox keeps has a link that opens nothing; the true one is in the bytes that leave.
"""

from __future__ import annotations

from pmo.domain.secret_keys import SecretKeys
from pmo.mail.drafts import MailKind
from pmo.mail.row_links import RowLink

SALT = "pmo.address-link"
PATH = "/me/address/"
HIDDEN = "hidden"
KIND = MailKind.ADDRESS_CONFIRMATION


def with_true_link(text: str, kind: MailKind, base_url: str, keys: SecretKeys, written: str) -> str:
    """A mail's words as they leave: the hidden link of a confirmation becomes the one that works."""
    link = RowLink.read(written)
    if kind is not KIND or not keys or link is None:
        return text
    return text.replace(f"{base_url}{PATH}{HIDDEN}", f"{base_url}{PATH}{link.token(keys, SALT)}")


def change_of_token(token: str, keys: SecretKeys) -> RowLink | None:
    """The row; None for a token that this installation did not sign."""
    return RowLink.of_token(token, keys, SALT)
