"""The link by which a mail program ends a digest at one press (RFC 8058, RELIABILITY 2.3).

The link is signed and names one reader and one digest. It can switch that digest off and nothing else: it shows no
portfolio, opens no session, and has no power over alerts.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature

from pmo.domain.secret_keys import SecretKeys
from pmo.mail.drafts import MailKind
from pmo.mail.signing import signer_of_links

SALT = "pmo.unsubscribe"
PATH = "/unsubscribe/"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One digest of one reader."""

    person: str
    kind: MailKind


def unsubscribe_url(base_url: str | None, keys: SecretKeys, subscription: Subscription) -> str | None:
    """The address for ``List-Unsubscribe``; None where the installation has no address or nothing to sign with."""
    if not base_url or not keys or not subscription.kind.is_digest:
        return None
    token = signer_of_links(keys, SALT).dumps([subscription.person, subscription.kind.value])
    return f"{base_url.rstrip('/')}{PATH}{token}"


def subscription_of(token: str, keys: SecretKeys) -> Subscription | None:
    """What a link names; None for one that this installation did not sign, or that names no digest."""
    if not keys:
        return None
    try:
        person, kind = signer_of_links(keys, SALT).loads(token)
        named = Subscription(str(person), MailKind(kind))
    except (BadSignature, ValueError, TypeError):
        return None
    return named if named.kind.is_digest else None
