"""A passkey that its owner unlocked signs in alone, and counts as both factors; nothing less does (decision 25)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from pmo.app import create_app
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import PasskeyRecord, UserSessionRecord
from pmo.domain.sign_in import BY_ACCOUNT, Door
from pmo.runtime import Runtime
from pmo.services import passkey_sign_in
from tests.soft_passkey import SoftPasskey
from tests.web.conftest import strict
from tests.web.pages import Page, Pages
from tests.web.test_second_factors import options_for, password, with_passkey

REFUSED = "Ключ доступа не принят. Повторите попытку или войдите по паролю."
ENTER, OPTIONS = "/sign-in/passkey-alone", "/sign-in/passkey-alone/options"


@pytest.fixture
def key(app: Flask) -> SoftPasskey:
    """A passkey of the manager."""
    return with_passkey(Pages(app))


def asked_of(pages: Pages) -> str:
    """What the page of signing in asks to sign."""
    token = pages.get("/sign-in").tree.all("input", name="csrf_token")[0]["value"]
    answer = pages.client.post(OPTIONS, base_url=pages.base_url, headers={"X-CSRFToken": token})
    assert answer.status_code == 200
    return answer.text


def enter(pages: Pages, answer: str, status: int = 200, there: str = "/me") -> Page:
    return pages.submit(pages.get(f"/sign-in?next={there}"), ENTER, status=status, answer=answer)


def refused(pages: Pages, answer: str) -> None:
    assert REFUSED in enter(pages, answer, 422).text
    assert pages.get("/me").path == "/sign-in"


def test_an_unlocked_passkey_signs_in_with_both_factors(app: Flask, key: SoftPasskey, small_city: Runtime) -> None:
    pages = Pages(app)
    assert enter(pages, key.signed(asked_of(pages)), there="/tasks").path == "/tasks"
    with small_city.reading() as session:
        opened = session.scalars(select(UserSessionRecord).order_by(UserSessionRecord.id.desc())).first()
        used = session.scalars(select(PasskeyRecord)).one()
    assert opened is not None
    assert (opened.person_id, opened.method, opened.factor) == ("manager.alm", "passkey", "passkey")
    assert (used.used_at is not None, used.sign_count) == (True, key.count)


def test_a_post_that_must_have_a_factor_has_it_with_the_passkey(small_city: Runtime, key: SoftPasskey) -> None:
    settings = replace(small_city.settings, second_factor_roles=frozenset({"project_manager"}))
    runtime = Runtime(settings, small_city.engines, small_city.clock, small_city.transport)
    pages = Pages(strict(create_app(runtime)))
    assert enter(pages, key.signed(asked_of(pages))).path == "/me"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "впускает без пароля, и новый пароль его не отменяет: удалите ключ устройства"),
        ("kk", "құпиясөзсіз кіргізеді, жаңа құпиясөз оның күшін жоймайды"),
        ("en", "a new password does not end it: remove the passkey of a device"),
    ],
)
def test_whoever_has_a_passkey_is_told_that_a_new_password_does_not_end_it(
    app: Flask, key: SoftPasskey, small_city: Runtime, language: str, words: str
) -> None:
    with small_city.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "manager.alm").values(language=language))
    owner, other = Pages(app), Pages(app)
    enter(owner, key.signed(asked_of(owner)))
    assert words in owner.get("/me/sign-in").text
    password(other, "akim.alm")
    assert words not in other.get("/me/sign-in").text


def test_a_passkey_that_nobody_unlocked_is_a_second_step_only(app: Flask, key: SoftPasskey) -> None:
    key.flags, pages = 0x01, Pages(app)
    refused(pages, key.signed(asked_of(pages)))
    page = password(pages)
    assert pages.submit(page, "/sign-in/passkey", answer=key.signed(options_for(pages))).path == "/me"


def test_an_answer_is_good_once_also_with_a_copied_cookie(app: Flask, key: SoftPasskey) -> None:
    pages, thief = Pages(app), Pages(app)
    answer = key.signed(asked_of(pages))
    cookie = pages.client.get_cookie("pmo", domain="localhost")
    assert cookie is not None
    assert enter(pages, answer).path == "/me"
    thief.client.set_cookie("pmo", cookie.value, domain="localhost")
    refused(thief, answer)
    refused(Pages(app), answer)


def test_of_many_that_bring_one_answer_at_once_one_gets_in(app: Flask, key: SoftPasskey) -> None:
    pages = Pages(app)
    answer = key.signed(asked_of(pages))
    cookie = pages.client.get_cookie("pmo", domain="localhost")
    token = pages.get("/sign-in").tree.all("input", name="csrf_token")[0]["value"]
    assert cookie is not None
    value = cookie.value

    def send(_: int) -> int:
        client = app.test_client()
        client.set_cookie("pmo", value, domain="localhost")
        return client.post(ENTER, base_url=pages.base_url, data={"csrf_token": token, "answer": answer}).status_code

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(send, range(6)))
    assert sorted(found) == [303, *[422] * 5]


def test_a_wrong_answer_spends_the_question(app: Flask, key: SoftPasskey) -> None:
    pages = Pages(app)
    asked = asked_of(pages)
    refused(pages, "{}")
    refused(pages, key.signed(asked))


def test_a_question_is_good_for_five_minutes(app: Flask, key: SoftPasskey, monkeypatch: pytest.MonkeyPatch) -> None:
    assert timedelta(minutes=5) == passkey_sign_in.GOOD_FOR
    pages = Pages(app)
    monkeypatch.setattr(passkey_sign_in, "GOOD_FOR", timedelta(seconds=-2))
    refused(pages, key.signed(asked_of(pages)))


def test_strange_keys_other_sites_false_owners_and_copies_are_refused(app: Flask, key: SoftPasskey) -> None:
    other, pages = with_passkey(Pages(app), "akim.alm"), Pages(app)
    for wrong in (
        SoftPasskey(owner=key.owner),
        SoftPasskey("http://evil.example", key.count, key.id, key.key, key.owner),
        SoftPasskey(key.origin, key.count, key.id, other.key, key.owner),
        SoftPasskey(key.origin, key.count, key.id, key.key, other.owner),
        SoftPasskey(key.origin, key.count, key.id, key.key, None),
    ):
        refused(pages, wrong.signed(asked_of(pages)))
    copy = SoftPasskey(key.origin, key.count, key.id, key.key, key.owner)
    key.count = 7
    assert enter(pages, key.signed(asked_of(pages))).path == "/me"
    again = Pages(app)
    refused(again, copy.signed(asked_of(again)))


@pytest.mark.parametrize(
    "nonsense", ["", "null", "[]", "{}", '{"id": 1}', "x" * 20_000, '{"response": {}}', "[" * 9_000, '{"id": ' * 1_500]
)
def test_nonsense_is_refused_like_a_wrong_key(app: Flask, nonsense: str) -> None:
    pages = Pages(app)
    asked_of(pages)
    refused(pages, nonsense)


def test_a_closed_post_and_a_key_that_was_removed_open_nothing(
    app: Flask, key: SoftPasskey, small_city: Runtime
) -> None:
    pages = Pages(app)
    with small_city.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "manager.alm").values(is_active=False))
    refused(pages, key.signed(asked_of(pages)))
    with small_city.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "manager.alm").values(is_active=True))
    owner = Pages(app)
    assert enter(owner, key.signed(asked_of(owner))).path == "/me"
    owner.submit(owner.get("/me/sign-in"), "/me/passkeys/remove")
    refused(pages, key.signed(asked_of(pages)))


def test_tries_are_counted_and_good_ones_given_back(app: Flask, key: SoftPasskey) -> None:
    answer = key.signed(asked_of(Pages(app)))
    for _ in range(BY_ACCOUNT[Door.PASSKEY].most):
        refused(Pages(app), answer)
    assert "Слишком много попыток" in enter(Pages(app), answer, 422).text
    other, pages = with_passkey(Pages(app), "akim.alm"), Pages(app)
    assert enter(pages, other.signed(asked_of(pages))).path == "/me"


def test_ten_tries_of_a_key_are_counted_together_whatever_was_asked_and_however_it_is_written(
    app: Flask, key: SoftPasskey
) -> None:
    """The keys of phones have ids of 16 or 20 bytes: what was asked stands early in their answers."""
    stranger = SoftPasskey(id=b"sixteen bytes!!!", owner=key.owner)
    for tried in range(BY_ACCOUNT[Door.PASSKEY].most):
        pages = Pages(app)
        answer = json.loads(stranger.signed(asked_of(pages)))
        refused(pages, " " * tried + json.dumps(answer, separators=(",", ":")))
    pages = Pages(app)
    assert "Слишком много попыток" in enter(pages, stranger.signed(asked_of(pages)), 422).text
    assert enter(pages, key.signed(asked_of(pages))).path == "/me"


def test_it_is_not_offered_where_the_address_is_a_number(small_city: Runtime) -> None:
    settings = replace(small_city.settings, base_url="http://127.0.0.1:8000")
    pages = Pages(strict(create_app(Runtime(settings, small_city.engines, small_city.clock, small_city.transport))))
    pages.base_url = "http://127.0.0.1:8000"
    page = pages.get("/sign-in")
    assert not [form for form in page.tree.all("form") if form["action"] == ENTER]
    token = page.tree.all("input", name="csrf_token")[0]["value"]
    for path, status in ((OPTIONS, 404), (ENTER, 302)):
        answer = pages.client.post(path, base_url=pages.base_url, headers={"X-CSRFToken": token})
        assert answer.status_code == status
