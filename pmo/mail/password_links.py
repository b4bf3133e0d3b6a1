"""The link by which somebody sets a password: the number of a row, signed; the row knows how long and whether still.

What the outbox keeps and shows has a link that opens nothing: the true one is written into the bytes that leave, so
that whoever may look at outgoing mail cannot take over an account.
"""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from pmo.mail.drafts import MailKind

SALT = "pmo.password-link"
PATH = "/password/"
HIDDEN = "hidden"
KINDS = frozenset({MailKind.PASSWORD_INVITATION, MailKind.PASSWORD_RESET})


def with_true_link(text: str, kind: MailKind, base_url: str, secret: str | None, link: str) -> str:
    """A mail's words as they leave: the hidden link of a mail of these kinds becomes the one that works."""
    if kind not in KINDS or not secret or not link.isdigit():
        return text
    token = URLSafeSerializer(secret, salt=SALT).dumps(int(link))
    return text.replace(f"{base_url}{PATH}{HIDDEN}", f"{base_url}{PATH}{token}")


def link_of_token(token: str, secret: str) -> int | None:
    """The number of the row; None for a token that this installation did not sign."""
    try:
        number = URLSafeSerializer(secret, salt=SALT).loads(token)
    except BadSignature:
        return None
    return number if isinstance(number, int) else None
