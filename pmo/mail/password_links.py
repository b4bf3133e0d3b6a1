"""The link by which somebody sets a password: the number of a row, signed; the row knows how long and whether still.

What the outbox keeps and shows has a link that opens nothing: the true one is written into the bytes that leave, so
that whoever may look at outgoing mail cannot take over an account.
"""

from __future__ import annotations

from itsdangerous import BadSignature

from pmo.domain.secret_keys import SecretKeys
from pmo.mail.drafts import MailKind
from pmo.mail.signing import signer_of_links

SALT = "pmo.password-link"
PATH = "/password/"
HIDDEN = "hidden"
KINDS = frozenset({MailKind.PASSWORD_INVITATION, MailKind.PASSWORD_RESET})


def with_true_link(text: str, kind: MailKind, base_url: str, keys: SecretKeys, link: str) -> str:
    """A mail's words as they leave: the hidden link of a mail of these kinds becomes the one that works."""
    if kind not in KINDS or not keys or not link.isdigit():
        return text
    token = signer_of_links(keys, SALT).dumps(int(link))
    return text.replace(f"{base_url}{PATH}{HIDDEN}", f"{base_url}{PATH}{token}")


def link_of_token(token: str, keys: SecretKeys) -> int | None:
    """The number of the row; None for a token that this installation did not sign."""
    if not keys:
        return None
    try:
        number = signer_of_links(keys, SALT).loads(token)
    except BadSignature:
        return None
    return number if isinstance(number, int) else None
