"""The link by which somebody sets a password: a row, signed; the row knows how long and whether still.

What the outbox keeps and shows has a link that opens nothing: the true one is written into the bytes that leave, so
that whoever may look at outgoing mail cannot take over an account.
"""

from __future__ import annotations

from pmo.domain.secret_keys import SecretKeys
from pmo.mail.drafts import MailKind
from pmo.mail.row_links import RowLink

SALT = "pmo.password-link"
PATH = "/password/"
HIDDEN = "hidden"
KINDS = frozenset({MailKind.PASSWORD_INVITATION, MailKind.PASSWORD_RESET})


def with_true_link(text: str, kind: MailKind, base_url: str, keys: SecretKeys, written: str) -> str:
    """A mail's words as they leave: the hidden link of a mail of these kinds becomes the one that works."""
    link = RowLink.read(written)
    if kind not in KINDS or not keys or link is None:
        return text
    return text.replace(f"{base_url}{PATH}{HIDDEN}", f"{base_url}{PATH}{link.token(keys, SALT)}")


def link_of_token(token: str, keys: SecretKeys) -> RowLink | None:
    """The row; None for a token that this installation did not sign."""
    return RowLink.of_token(token, keys, SALT)
