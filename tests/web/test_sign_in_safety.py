"""Sessions and signing in under attack (RELIABILITY 6, test 22): ids, copied cookies, revocation, tries, links."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha1

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select, update

from pmo.app import create_app
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import UserSessionRecord
from pmo.db.session import DatabaseAway
from pmo.runtime import Runtime
from pmo.services import passwords, user_sessions
from pmo.services.user_sessions import hash_of
from pmo.web.context import TOKEN
from tests.web.conftest import PASSWORD, strict
from tests.web.pages import Pages

PagesOf = Callable[[str], Pages]


def token_of(pages: Pages) -> str | None:
    """What the browser's cookie names."""
    with pages.client.session_transaction(base_url=pages.base_url) as cookie:
        return cookie.get(TOKEN)


def cookie_of(pages: Pages) -> str:
    """The raw cookie, as a thief would copy it."""
    cookie = pages.client.get_cookie("pmo", domain="localhost")
    assert cookie is not None
    return str(cookie.value)


def thief_with(app: Flask, cookie: str) -> Pages:
    """Another browser that presents a copied cookie."""
    pages = Pages(app)
    pages.client.set_cookie("pmo", cookie, domain="localhost")
    return pages


def is_in(pages: Pages) -> bool:
    """Whether the first page of one's own opens."""
    return pages.get("/me").path == "/me"


def enter(pages: Pages, person: str = "manager.alm") -> Pages:
    """Signs in through the form."""
    pages.submit(pages.get("/sign-in"), "/sign-in", email=f"{person}@city.example", password=PASSWORD)
    return pages


def age(runtime: Runtime, **values: object) -> None:
    """Changes every session in the database."""
    with runtime.writing() as session:
        session.execute(update(UserSessionRecord).values(**values))


def sessions_in(runtime: Runtime) -> int:
    with runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(UserSessionRecord)) or 0


def test_nobody_has_a_row_before_signing_in(pages: Pages, small_city: Runtime) -> None:
    pages.post("/language", language="kk")
    assert pages.get("/sign-in").language == "kk"
    assert (token_of(pages), sessions_in(small_city)) == (None, 0)


def test_the_database_keeps_the_hash_of_a_token_of_256_bits(pages: Pages, small_city: Runtime) -> None:
    token = token_of(enter(pages))
    assert token is not None
    assert len(token) == 43
    with small_city.reading() as session:
        kept = session.scalars(select(UserSessionRecord.token_hash)).one()
    assert kept == hash_of(token)
    assert token not in kept


def test_the_token_is_another_one_after_each_sign_in_and_the_old_one_is_dead(app: Flask, pages: Pages) -> None:
    first = token_of(enter(pages))
    old_cookie = cookie_of(pages)
    token = pages.get("/me").tree.all("input", name="csrf_token")[0]["value"]
    pages.client.post(
        "/sign-in",
        base_url=pages.base_url,
        data={"csrf_token": token, "email": "akim.alm@city.example", "password": PASSWORD},
    )
    assert token_of(pages) not in (None, first)
    assert is_in(pages)
    assert not is_in(thief_with(app, old_cookie))


def test_an_id_that_was_planted_before_the_sign_in_is_not_adopted(app: Flask, pages: Pages) -> None:
    with pages.client.session_transaction(base_url=pages.base_url) as cookie:
        cookie[TOKEN] = "planted-by-somebody-else"
    planted = cookie_of(pages)
    assert token_of(enter(pages)) != "planted-by-somebody-else"
    assert not is_in(thief_with(app, planted))


def test_a_cookie_of_before_the_sign_in_stays_nobodys(app: Flask, pages: Pages) -> None:
    pages.get("/sign-in")
    before = cookie_of(pages)
    enter(pages)
    assert not is_in(thief_with(app, before))


def test_signing_in_forgets_no_session_of_before(pages: Pages, small_city: Runtime) -> None:
    """How long they stay is for whoever runs the installation to say: ``PMO_KEEP_SIGN_INS_DAYS``, up to 400."""
    enter(pages)
    age(small_city, expires_at=small_city.clock_on_the_wall.now() - timedelta(days=100))
    enter(Pages(pages.app))
    assert sessions_in(small_city) == 2


def test_a_copied_cookie_is_dead_after_sign_out(app: Flask, pages: Pages) -> None:
    enter(pages)
    copied = cookie_of(pages)
    assert is_in(thief_with(app, copied))
    pages.submit(pages.get("/me"), "/sign-out")
    assert not is_in(thief_with(app, copied))


def test_the_cookie_is_signed_with_sha_256(app: Flask) -> None:
    payload, _, signature = cookie_of(enter(Pages(app))).rpartition(".")
    assert payload
    assert len(base64.urlsafe_b64decode(signature + "=")) == 32


def test_form_tokens_are_signed_with_sha_256_and_one_of_sha_1_is_refused_kindly(app: Flask, pages: Pages) -> None:
    enter(pages)
    token = pages.get("/me").tree.all("input", name="csrf_token")[0]["value"]
    assert len(base64.urlsafe_b64decode(token.rpartition(".")[2] + "=")) == 32
    with pages.client.session_transaction(base_url=pages.base_url) as cookie:
        number = cookie["csrf_token"]
    old = URLSafeTimedSerializer(
        app.config["WTF_CSRF_SECRET_KEY"], salt="wtf-csrf-token", signer_kwargs={"digest_method": sha1}
    ).dumps(number)  # as forms that were open during the upgrade have it
    for shown, status in ((token, 302), (old, 400)):
        sent = {"csrf_token": shown, "language": "en", "next": "/me"}
        answer = pages.client.post("/language", base_url=pages.base_url, data=sent)
        assert answer.status_code == status
    assert "Nothing was changed: go back, load the page again" in answer.text


def test_a_cookie_that_was_altered_is_nobodys(app: Flask, pages: Pages) -> None:
    enter(pages)
    cookie = cookie_of(pages)
    assert not is_in(thief_with(app, cookie[:-2] + ("AA" if not cookie.endswith("AA") else "BB")))


def test_a_session_ends_after_half_an_hour_of_silence(pages: Pages, small_city: Runtime) -> None:
    enter(pages)
    now = small_city.clock_on_the_wall.now()
    age(small_city, seen_at=now - timedelta(minutes=29))
    assert is_in(pages)
    age(small_city, seen_at=now - timedelta(minutes=31))
    assert not is_in(pages)


def test_a_session_ends_after_twelve_hours_of_work(pages: Pages, small_city: Runtime) -> None:
    enter(pages)
    with small_city.reading() as session:
        opened = session.scalars(select(UserSessionRecord)).one()
    assert opened.expires_at - opened.created_at == timedelta(hours=12)
    age(small_city, expires_at=small_city.clock_on_the_wall.now())
    assert not is_in(pages)


def test_reading_writes_the_last_use_at_most_once_a_minute(pages: Pages, small_city: Runtime) -> None:
    enter(pages)

    def seen() -> object:
        with small_city.reading() as session:
            return session.scalars(select(UserSessionRecord.seen_at)).one()

    before = seen()
    pages.get("/me")
    assert seen() == before
    age(small_city, seen_at=small_city.clock_on_the_wall.now() - timedelta(seconds=61))
    late = seen()
    pages.get("/me")
    assert seen() != late


def test_one_session_or_all_others_can_be_ended_from_ones_own_list(app: Flask) -> None:
    here, second, third = (enter(Pages(app)) for _ in range(3))
    page = here.get("/me/sign-in")
    assert len(page.tree.one("table").one("tbody").all("tr")) == 3
    numbers = [field["value"] for field in page.tree.all("input", name="session")]
    assert len(numbers) == 2, "one does not end the session one is in"
    here.submit(page, "/me/sessions/end", choose=f"session={numbers[0]}")
    assert [is_in(second), is_in(third)].count(True) == 1
    here.submit(here.get("/me/sign-in"), "/me/sessions/end", choose=f"session={numbers[1]}")
    assert (is_in(here), is_in(second), is_in(third)) == (True, False, False)


def test_all_other_sessions_end_at_one_press(app: Flask) -> None:
    here, second = enter(Pages(app)), enter(Pages(app))
    here.submit(here.get("/me/sign-in"), "/me/sessions/end-others")
    assert (is_in(here), is_in(second)) == (True, False)


def test_ending_sessions_asks_for_the_password_after_a_quarter_of_an_hour(app: Flask, small_city: Runtime) -> None:
    here, other = enter(Pages(app)), enter(Pages(app))
    age(small_city, proved_at=small_city.clock_on_the_wall.now() - timedelta(minutes=16))
    page = here.submit(here.get("/me/sign-in"), "/me/sessions/end-others")
    assert (page.path, is_in(other)) == ("/me/confirmation", True)
    here.submit(page, "/me/confirmation", password=PASSWORD)
    here.submit(here.get("/me/sign-in"), "/me/sessions/end-others")
    assert not is_in(other)


def test_nobody_ends_a_session_of_somebody_else(app: Flask, small_city: Runtime) -> None:
    victim, stranger = enter(Pages(app)), enter(Pages(app), "analyst.alm")
    with small_city.reading() as session:
        number = session.scalar(select(UserSessionRecord.id).where(UserSessionRecord.person_id == "manager.alm"))
    assert stranger.post("/me/sessions/end", session=number).status_code == 404
    assert stranger.post("/me/sessions/end", session="x").status_code == 404
    assert is_in(victim)


@pytest.mark.parametrize("person", ["admin.alm", "pmo-head.alm"])
def test_an_administrator_signs_somebody_out_everywhere(app: Flask, pages_of: PagesOf, person: str) -> None:
    victim, office = enter(Pages(app)), pages_of(person)
    office.submit(office.get("/accounts"), "/accounts/manager.alm/sessions/end")
    assert not is_in(victim)


def test_the_list_of_sign_ins_is_narrowed_by_words_and_by_state(app: Flask, pages_of: PagesOf) -> None:
    enter(Pages(app))
    office = pages_of("admin.alm")

    def posts(query: str) -> set[str]:
        page = office.get(f"/accounts{query}").response.text
        return {post for post in ("manager.alm", "head.alm", "admin.alm") if f"/accounts/{post}/invitation" in page}

    assert posts("") == posts("?state=king&q=") == {"manager.alm", "head.alm", "admin.alm"}
    assert posts("?q=MANAGER.alm") == {"manager.alm"}
    assert posts("?state=in_now") == {"manager.alm", "admin.alm"}
    assert posts("?state=no_factor&q=head") == {"head.alm"}
    assert posts("?state=no_password") == set()
    assert "No post is like that." in office.get("/accounts?q=zzz").text


def test_the_list_of_sign_ins_is_for_those_who_look_after_it_and_for_their_city(pages_of: PagesOf) -> None:
    assert pages_of("analyst.alm").get("/accounts", status=403)
    assert pages_of("admin.alm").post("/accounts/akim.ast/sessions/end").status_code == 404
    assert pages_of("manager.alm").post("/accounts/akim.alm/sessions/end").status_code == 403


def test_the_cookie_is_for_this_host_only_and_out_of_reach_of_scripts(small_city: Runtime) -> None:
    from dataclasses import replace

    from pmo.app import create_app

    settings = replace(small_city.settings, base_url="https://pmo.example")
    public = Runtime(settings, small_city.engines, small_city.clock, small_city.transport)
    answer = create_app(public).test_client().get("/sign-in", base_url="https://pmo.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-pmo=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize("email", ["akim.alm@city.example", "nobody@city.example"])
def test_after_ten_wrong_tries_known_and_unknown_addresses_wait_alike(pages: Pages, email: str) -> None:
    for _ in range(10):
        page = pages.submit(pages.get("/sign-in"), "/sign-in", status=422, email=email, password="wrong")
        assert page.errors == ["Неверный адрес или пароль."]
    page = pages.submit(pages.get("/sign-in"), "/sign-in", status=422, email=email, password=PASSWORD)
    assert page.errors == ["Слишком много попыток. Попробуйте снова через 15 мин."]


@pytest.mark.parametrize("email", ["akim.alm@city.example", "head.alm@city.example", "nobody@city.example"])
def test_every_answer_costs_one_hash(
    pages: Pages, small_city: Runtime, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    with small_city.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "head.alm").values(password_hash=None))
    counted: list[str] = []
    verify = passwords._verify

    def counting(stored: str, given: str) -> bool:
        counted.append(given)
        return verify(stored, given)

    monkeypatch.setattr(passwords, "_verify", counting)
    pages.submit(pages.get("/sign-in"), "/sign-in", status=422, email=email, password="wrong")
    pages.submit(pages.get("/sign-in"), "/sign-in", status=422, email=email, password="x" * 5000)
    assert len(counted) == 2


def test_an_address_with_the_port_behind_it_is_that_address(small_city: Runtime) -> None:
    """Some proxies write the port too; an IPv6 address with one is longer than the column."""
    settings = replace(small_city.settings, proxy_hops=1)
    pages = Pages(strict(create_app(Runtime(settings, small_city.engines, small_city.clock, small_city.transport))))
    pages.client.environ_base["HTTP_X_FORWARDED_FOR"] = "[2001:0db8:85a3:1111:2222:8a2e:1370:7334]:50123"
    given = {"email": "akim.alm@city.example", "password": PASSWORD}
    assert pages.submit(pages.get("/sign-in"), "/sign-in", **given).path != "/sign-in"
    with small_city.reading() as session:
        assert session.scalars(select(UserSessionRecord.network)).one() == "2001:0db8:85a3:1111:2222:8a2e:1370:7334"


def test_a_page_is_not_refused_because_its_reading_could_not_be_written_down(
    pages: Pages, small_city: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(pages)
    age(small_city, seen_at=small_city.clock_on_the_wall.now() - timedelta(minutes=2))

    def locked(*_: object) -> None:
        raise DatabaseAway("update", {}, Exception("database is locked"))

    monkeypatch.setattr(user_sessions, "notice_session", locked)
    assert is_in(pages)
