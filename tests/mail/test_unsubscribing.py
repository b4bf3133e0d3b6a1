"""The link that ends a digest: signed, for one reader and one digest, and for nothing else."""

from __future__ import annotations

import pytest
from itsdangerous import URLSafeSerializer

from pmo.domain.secret_keys import SecretKeys
from pmo.mail.drafts import MailKind
from pmo.mail.unsubscribing import SALT, Subscription, subscription_of, unsubscribe_url

SECRET = SecretKeys(("a secret for tests only, long enough",))
NONE = SecretKeys(())
WEEKLY = Subscription("manager-biz-1.alm", MailKind.DIGEST_WEEKLY)


def token(subscription: Subscription, secret: SecretKeys = SECRET) -> str:
    url = unsubscribe_url("https://pmo.example.kz/", secret, subscription)
    assert url is not None
    assert url.startswith("https://pmo.example.kz/unsubscribe/")
    return url.rpartition("/")[2]


def test_a_link_names_its_reader_and_its_digest() -> None:
    assert subscription_of(token(WEEKLY), SECRET) == WEEKLY


@pytest.mark.parametrize("kind", [kind for kind in MailKind if not kind.is_digest])
def test_obligatory_mail_has_no_link_and_none_can_be_forged_for_it(kind: MailKind) -> None:
    assert unsubscribe_url("https://pmo.example.kz", SECRET, Subscription("manager", kind)) is None
    signed = URLSafeSerializer(SECRET[0], salt=SALT).dumps(["manager", kind.value])
    assert subscription_of(signed, SECRET) is None


@pytest.mark.parametrize(("address", "secret"), [(None, SECRET), ("https://pmo.example.kz", NONE)])
def test_without_an_address_or_a_secret_there_is_no_link(address: str | None, secret: str | None) -> None:
    assert unsubscribe_url(address, secret, WEEKLY) is None


def test_a_changed_link_names_nobody() -> None:
    good = token(WEEKLY)
    for place in range(len(good)):
        swapped = "A" if good[place] != "A" else "B"
        found = subscription_of(good[:place] + swapped + good[place + 1 :], SECRET)
        assert found in (None, WEEKLY)  # the last letter of a signature has spare bits
    assert subscription_of(token(WEEKLY, SecretKeys(("another secret, just as long as that",))), SECRET) is None
    assert (
        subscription_of(URLSafeSerializer(SECRET[0], salt="cookie-session").dumps(["x", "digest_weekly"]), SECRET)
        is None
    )
    assert subscription_of(URLSafeSerializer(SECRET[0], salt=SALT).dumps("digest_weekly"), SECRET) is None
    assert subscription_of("", SECRET) is None
