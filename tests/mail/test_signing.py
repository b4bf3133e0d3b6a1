"""Links of mails are signed with HMAC-SHA-256; what left signed with SHA-1 is still good (ASVS 11.4.1)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from itsdangerous import URLSafeSerializer

from pmo.domain.secret_keys import SecretKeys
from pmo.mail import address_links, password_links, unsubscribing
from pmo.mail.drafts import MailKind
from pmo.mail.row_links import RowLink
from pmo.mail.unsubscribing import Subscription

BEFORE, NOW = "a former secret of tests, long enough", "the present secret of tests, long enough"
KEYS = SecretKeys((NOW, BEFORE))
WEEKLY = Subscription("manager-biz-1.alm", MailKind.DIGEST_WEEKLY)


@dataclass(frozen=True)
class Link:
    """A kind of link: its salt, what is signed, its token as it leaves now, and what a token opens."""

    salt: str
    content: object
    made: Callable[[SecretKeys], str]
    opened: Callable[[str, SecretKeys], object]
    opens: object


ROW = RowLink(17, 1_580_428_800)


def password_token(keys: SecretKeys) -> str:
    path = f"{password_links.PATH}{password_links.HIDDEN}"
    link = password_links.with_true_link(path, MailKind.PASSWORD_RESET, "", keys, str(ROW))
    return link.removeprefix(password_links.PATH)


def unsubscribing_token(keys: SecretKeys) -> str:
    return str(unsubscribing.unsubscribe_url("http://localhost", keys, WEEKLY)).rpartition("/")[2]


LINKS = [
    Link(password_links.SALT, str(ROW), password_token, password_links.link_of_token, ROW),
    Link(
        address_links.SALT,
        str(ROW),
        lambda keys: ROW.token(keys, address_links.SALT),
        address_links.change_of_token,
        ROW,
    ),
    Link(
        unsubscribing.SALT,
        [WEEKLY.person, WEEKLY.kind.value],
        unsubscribing_token,
        unsubscribing.subscription_of,
        WEEKLY,
    ),
]
each_link = pytest.mark.parametrize("link", LINKS, ids=lambda link: link.salt)


@each_link
def test_a_link_that_leaves_now_has_a_signature_of_256_bits_and_opens(link: Link) -> None:
    token = link.made(KEYS)
    assert len(base64.urlsafe_b64decode(token.rpartition(".")[2] + "=")) == 32
    assert link.opened(token, KEYS) == link.opens
    assert link.opened(token, SecretKeys((NOW,))) == link.opens


@each_link
@pytest.mark.parametrize("secret", [BEFORE, NOW])
def test_a_link_that_left_with_sha_1_still_opens_while_its_secret_is_known(link: Link, secret: str) -> None:
    token = URLSafeSerializer(secret, salt=link.salt).dumps(link.content)
    assert len(base64.urlsafe_b64decode(token.rpartition(".")[2] + "=")) == 20
    assert link.opened(token, KEYS) == link.opens
    assert link.opened(token, SecretKeys(("another secret, just as long as that",))) is None


@each_link
def test_a_signature_of_another_kind_or_that_was_altered_opens_nothing(link: Link) -> None:
    payload, _, signature = link.made(KEYS).rpartition(".")
    assert link.opened(f"{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}", KEYS) is None
    assert link.opened(f"{payload}.{signature[:27]}", KEYS) is None
    assert link.opened(URLSafeSerializer(NOW, salt="another kind").dumps(link.content), KEYS) is None
