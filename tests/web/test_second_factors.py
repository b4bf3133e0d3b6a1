"""The second step of signing in: app, recovery codes, passkeys; who must have one; what is good once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select, update

from pmo.app import create_app
from pmo.db.models.sign_in import AuthenticatorAppRecord, UserSessionRecord
from pmo.domain.errors import RuleBroken
from pmo.domain.one_time_codes import code_of, counter_at
from pmo.domain.secret_keys import SecretKeys
from pmo.runtime import Runtime
from pmo.services.sealing import Unsealed, seal, unseal
from pmo.services.second_factors import PURPOSE, begin_app, confirm_app, new_recovery_codes, pending_secret, take_code
from pmo.web.context import EXTENSION, TOKEN
from tests.soft_passkey import SoftPasskey
from tests.web.conftest import PASSWORD, strict
from tests.web.pages import Page, Pages

PagesOf = Callable[[str], Pages]
WRONG = "Код неверен или уже использован. Дождитесь следующего и попробуйте снова."
KEY = SecretKeys(("a secret for tests only, long enough",))


def with_app(runtime: Runtime, person: str = "manager.alm") -> bytes:
    """Sets an app up a minute ago, so that the code of now is unspent; returns its secret."""
    then = runtime.clock_on_the_wall.now() - timedelta(minutes=2)
    with runtime.writing() as session:
        begin_app(session, person, KEY)
        session.flush()
        secret = pending_secret(session, person, KEY)
        assert secret is not None
        confirm_app(session, person, code_of(secret, counter_at(then)), then, KEY)
    return secret


def code_now(runtime: Runtime, secret: bytes, ahead: int = 0) -> str:
    return code_of(secret, counter_at(runtime.clock_on_the_wall.now()) + ahead)


def password(pages: Pages, person: str = "manager.alm", there: str = "/me") -> Page:
    """The first step."""
    asked = pages.get(f"/sign-in?next={there}")
    return pages.submit(asked, "/sign-in", email=f"{person}@city.example", password=PASSWORD)


def test_the_password_alone_opens_nothing_where_an_app_is_set_up(pages: Pages, small_city: Runtime) -> None:
    with_app(small_city)
    assert password(pages).path == "/sign-in/second-factor"
    for path in ("/me", "/projects/1", "/me/sign-in"):
        assert pages.client.get(path, base_url=pages.base_url).status_code == 302
        assert pages.get(path).path == "/sign-in/second-factor"
    assert pages.post("/me/sessions/end-others").status_code == 303


def test_password_and_code_let_in_and_give_another_token(pages: Pages, small_city: Runtime) -> None:
    secret = with_app(small_city)
    asked = password(pages, there="/me?x=1")
    with pages.client.session_transaction(base_url=pages.base_url) as cookie:
        half = cookie[TOKEN]
    code = code_now(small_city, secret)
    page = pages.submit(asked, "/sign-in/second-factor", code=f"{code[:3]} {code[3:]}")
    assert page.response.request.full_path == "/me?x=1"
    with pages.client.session_transaction(base_url=pages.base_url) as cookie:
        assert cookie[TOKEN] != half


def test_a_code_is_good_once(app: Flask, small_city: Runtime) -> None:
    secret = with_app(small_city)
    code = code_now(small_city, secret)
    first, second = Pages(app), Pages(app)
    assert first.submit(password(first), "/sign-in/second-factor", code=code).path == "/me"
    page = second.submit(password(second), "/sign-in/second-factor", status=422, code=code)
    assert page.errors == [WRONG]


def test_of_many_requests_with_one_code_at_once_one_gets_in(small_city: Runtime) -> None:
    secret = with_app(small_city)
    now = small_city.clock_on_the_wall.now()
    code, taken = code_of(secret, counter_at(now)), []

    def attempt() -> None:
        try:
            with small_city.writing() as session:
                taken.append(take_code(session, "manager.alm", code, now, KEY))
        except RuleBroken:
            pass

    threads = [Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1


def test_a_code_older_than_the_last_one_taken_is_refused(small_city: Runtime) -> None:
    secret = with_app(small_city)
    now = small_city.clock_on_the_wall.now()
    with small_city.writing() as session:
        take_code(session, "manager.alm", code_of(secret, counter_at(now)), now, KEY)
    with small_city.writing() as session, pytest.raises(RuleBroken, match="code_wrong"):
        take_code(session, "manager.alm", code_of(secret, counter_at(now) - 1), now, KEY)


def test_a_recovery_code_is_good_once(app: Flask, small_city: Runtime) -> None:
    with_app(small_city)
    with small_city.writing() as session:
        codes = new_recovery_codes(session, "manager.alm", small_city.clock_on_the_wall.now())
    assert len(set(codes)) == 10
    first, second = Pages(app), Pages(app)
    assert first.submit(password(first), "/sign-in/second-factor", code=codes[0].upper()).path == "/me"
    page = second.submit(password(second), "/sign-in/second-factor", status=422, code=codes[0])
    assert page.errors == [WRONG]
    assert second.submit(page, "/sign-in/second-factor", code=codes[1].replace("-", " ")).path == "/me"


def test_codes_cannot_be_guessed_without_end(pages: Pages, small_city: Runtime) -> None:
    secret = with_app(small_city)
    page = password(pages)
    for _ in range(5):
        page = pages.submit(page, "/sign-in/second-factor", status=422, code="000000")
    page = pages.submit(page, "/sign-in/second-factor", status=422, code=code_now(small_city, secret))
    assert page.errors == ["Слишком много попыток. Попробуйте снова через 15 мин."]


def test_a_password_waits_ten_minutes_for_the_second_step(pages: Pages, small_city: Runtime) -> None:
    with_app(small_city)
    password(pages)
    with small_city.writing() as session:
        then = small_city.clock_on_the_wall.now() - timedelta(minutes=11)
        session.execute(update(UserSessionRecord).values(created_at=then))
    assert pages.get("/me").path == "/sign-in"


def test_setting_up_an_app_shows_the_key_and_brings_recovery_codes_once(pages: Pages, small_city: Runtime) -> None:
    password(pages)
    page = pages.submit(pages.get("/me/sign-in"), "/me/authenticator/new")
    assert page.tree.one("img", class_="qr-code")["src"].startswith("data:image/svg+xml;base64,")
    with small_city.reading() as session:
        secret = pending_secret(session, "manager.alm", KEY)
    assert secret is not None
    page = pages.submit(page, "/me/authenticator", status=422, code="000000")
    page = pages.submit(page, "/me/authenticator", code=code_now(small_city, secret))
    assert page.heading == "Резервные коды"
    assert len(page.tree.one("ol", class_="recovery-codes").all("li")) == 10
    assert "10 неиспользованных" in pages.get("/me/sign-in").text
    assert pages.get("/me/authenticator").path == "/me/sign-in", "the secret is shown no more"


def test_other_sessions_are_asked_for_the_factor_that_was_set_up_meanwhile(app: Flask, small_city: Runtime) -> None:
    old = Pages(app)
    password(old)
    with_app(small_city)
    assert old.get("/me").path == "/sign-in/second-factor"


def test_the_secret_in_the_database_opens_only_with_the_key_and_for_its_owner(small_city: Runtime) -> None:
    secret = with_app(small_city)
    with small_city.reading() as session:
        kept = session.scalars(select(AuthenticatorAppRecord.secret)).one()
    assert kept is not None
    assert unseal(KEY, PURPOSE, "manager.alm", kept) == Unsealed(secret, is_of_today=True)
    assert unseal(KEY, PURPOSE, "akim.alm", kept) is None
    assert unseal(SecretKeys(("another secret key of this test.",)), PURPOSE, "manager.alm", kept) is None
    assert seal(KEY, PURPOSE, "manager.alm", secret) != kept


def test_changing_how_one_signs_in_asks_for_the_password_after_a_quarter_of_an_hour(
    pages: Pages, small_city: Runtime
) -> None:
    password(pages)
    with small_city.writing() as session:
        then = small_city.clock_on_the_wall.now() - timedelta(minutes=16)
        session.execute(update(UserSessionRecord).values(proved_at=then))
    page = pages.submit(pages.get("/me/sign-in"), "/me/authenticator/new")
    assert page.path == "/me/confirmation"
    page = pages.submit(page, "/me/confirmation", status=422, password="wrong")
    assert page.errors == ["Неверный пароль."]
    page = pages.submit(page, "/me/confirmation", password=PASSWORD)
    assert page.path == "/me/sign-in"
    assert pages.submit(page, "/me/authenticator/new").path == "/me/authenticator"


@pytest.fixture
def strict_city(small_city: Runtime) -> Pages:
    """A browser where administrators must have a second factor."""
    settings = replace(small_city.settings, second_factor_roles=frozenset({"administrator"}))
    return Pages(strict(create_app(Runtime(settings, small_city.engines, small_city.clock, small_city.transport))))


def test_a_post_that_must_have_a_factor_sets_one_up_before_anything_else(
    strict_city: Pages, small_city: Runtime
) -> None:
    page = password(strict_city, "admin.alm")
    assert page.path == "/me/sign-in"
    assert "My post and rights" not in page.tree.one("main").text, "it would lead back here"
    for path in ("/me", "/accounts", "/jobs"):
        assert strict_city.get(path).path == "/me/sign-in"
    assert strict_city.post("/accounts/akim.alm/sessions/end").headers["Location"] == "/me/sign-in"
    page = strict_city.submit(page, "/me/authenticator/new")
    with small_city.reading() as session:
        secret = pending_secret(session, "admin.alm", KEY)
    assert secret is not None
    strict_city.submit(page, "/me/authenticator", code=code_now(small_city, secret))
    assert strict_city.get("/accounts").path == "/accounts"
    strict_city.submit(strict_city.get("/me/sign-in"), "/me/authenticator/remove")
    assert strict_city.get("/accounts").path == "/me/sign-in"


def test_a_post_that_need_not_is_not_asked(strict_city: Pages) -> None:
    assert password(strict_city, "manager.alm").path == "/me"


def test_an_administrator_takes_a_lost_factor_away_and_ends_the_sessions(
    app: Flask, pages_of: PagesOf, small_city: Runtime
) -> None:
    with_app(small_city)
    victim = pages_of("manager.alm")
    office = pages_of("admin.alm")
    office.submit(office.get("/accounts"), "/accounts/manager.alm/second-factors/remove")
    assert victim.get("/me").path == "/sign-in"
    assert password(Pages(app)).path == "/me"


def test_the_factor_of_an_administrator_is_taken_away_by_administrators_only_and_never_by_oneself(
    pages_of: PagesOf, small_city: Runtime
) -> None:
    with_app(small_city, "admin.alm")
    for person in ("pmo-head.alm", "admin.alm"):
        assert pages_of(person).post("/accounts/admin.alm/second-factors/remove").status_code == 403
    with small_city.reading() as session:
        assert session.get(AuthenticatorAppRecord, "admin.alm") is not None


def with_passkey(pages: Pages, person: str = "manager.alm") -> SoftPasskey:
    """Signs in and sets a passkey up, as the script would."""
    password(pages, person)
    key = SoftPasskey()
    options = pages.post("/me/passkeys/options").text
    page = pages.submit(pages.get("/me/passkeys"), "/me/passkeys", name="work laptop", answer=key.made_for(options))
    assert page.heading == "Резервные коды"
    return key


def options_for(pages: Pages) -> str:
    """What the second step asks to sign."""
    token = pages.get("/sign-in/second-factor").tree.all("input", name="csrf_token")[0]["value"]
    headers = {"X-CSRFToken": token}
    return pages.client.post("/sign-in/passkey/options", base_url=pages.base_url, headers=headers).text


def test_a_passkey_opens_the_second_step(app: Flask) -> None:
    key, pages = with_passkey(Pages(app)), Pages(app)
    page = password(pages)
    page = pages.submit(page, "/sign-in/passkey", answer=key.signed(options_for(pages)))
    assert page.path == "/me"
    assert "work laptop" in pages.get("/me/sign-in").text


def test_an_answer_of_a_passkey_is_good_once(app: Flask) -> None:
    key, first = with_passkey(Pages(app)), Pages(app)
    page = password(first)
    answer = key.signed(options_for(first))
    first.submit(page, "/sign-in/passkey", answer=answer)
    second = Pages(app)
    page = password(second)
    assert second.submit(page, "/sign-in/passkey", status=422, answer=answer).errors, "nothing was asked"
    options_for(second)
    assert second.submit(page, "/sign-in/passkey", status=422, answer=answer).errors, "something else was asked"
    assert second.get("/me").path == "/sign-in/second-factor"


def test_a_wrong_answer_spends_the_question(app: Flask) -> None:
    key, pages = with_passkey(Pages(app)), Pages(app)
    page = password(pages)
    asked = options_for(pages)
    pages.submit(page, "/sign-in/passkey", status=422, answer="{}")
    assert pages.submit(page, "/sign-in/passkey", status=422, answer=key.signed(asked)).errors


@pytest.mark.parametrize("nonsense", ["", "null", "[" * 9_000, '{"id": ' * 1_500])
def test_nonsense_is_no_answer_of_a_passkey(app: Flask, nonsense: str) -> None:
    with_passkey(Pages(app))
    pages = Pages(app)
    page = password(pages)
    options_for(pages)
    assert pages.submit(page, "/sign-in/passkey", status=422, answer=nonsense).errors
    other = Pages(app)
    password(other, "akim.alm")
    other.post("/me/passkeys/options")
    assert other.submit(other.get("/me/passkeys"), "/me/passkeys", status=422, name="laptop", answer=nonsense).errors


def test_a_key_with_an_id_longer_than_the_standard_allows_is_not_kept(app: Flask) -> None:
    """WebAuthn Level 2, 4: a credential id has 1023 bytes at most."""
    pages = Pages(app)
    password(pages)
    for size, status in ((2000, 422), (1024, 422), (1023, 200)):
        options = pages.post("/me/passkeys/options").text
        key = SoftPasskey(id=bytes(size))
        sent = {"name": "laptop", "answer": key.made_for(options)}
        pages.submit(pages.get("/me/passkeys"), "/me/passkeys", status=status, **sent)


def test_keys_of_another_site_of_another_person_and_copied_ones_are_refused(app: Flask) -> None:
    key, other = with_passkey(Pages(app)), with_passkey(Pages(app), "akim.alm")
    pages = Pages(app)
    page = password(pages)
    elsewhere = SoftPasskey("http://evil.example", key.count, key.id, key.key)
    for wrong in (other, elsewhere, SoftPasskey()):
        answer = wrong.signed(options_for(pages))
        assert pages.submit(page, "/sign-in/passkey", status=422, answer=answer).errors
    key.count = 7
    pages.submit(page, "/sign-in/passkey", answer=key.signed(options_for(pages)))
    copy, again = SoftPasskey(key.origin, 3, key.id, key.key), Pages(app)
    page = password(again)
    assert again.submit(page, "/sign-in/passkey", status=422, answer=copy.signed(options_for(again))).errors


def test_a_passkey_can_be_removed_and_then_the_password_is_enough(app: Flask) -> None:
    pages = Pages(app)
    with_passkey(pages)
    pages.submit(pages.get("/me/sign-in"), "/me/passkeys/remove")
    assert password(Pages(app)).path == "/me"


def test_passkeys_are_not_offered_where_the_address_is_a_number(small_city: Runtime) -> None:
    settings = replace(small_city.settings, base_url="http://127.0.0.1:8000")
    pages = Pages(strict(create_app(Runtime(settings, small_city.engines, small_city.clock, small_city.transport))))
    password(pages)
    assert "Ключи доступа" not in pages.get("/me/sign-in").text
    assert pages.app.extensions[EXTENSION].settings.base_url == "http://127.0.0.1:8000"
