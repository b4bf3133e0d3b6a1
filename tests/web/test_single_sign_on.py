"""Single sign-on against a real provider on this machine, which also lies (RELIABILITY 4.1, ASVS 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from config import SingleSignOn
from pmo.app import create_app
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import UserSessionRecord
from pmo.runtime import Runtime
from pmo.services.single_sign_on import bind, identity_of
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, RSAKey, running_provider
from tests.web.conftest import PASSWORD, strict
from tests.web.pages import Page, Pages
from tests.web.test_second_factors import code_now, with_app

REFUSED = "Ответ сервера единого входа не принят. Начните вход заново."
BrowserOf = Callable[..., Pages]


@pytest.fixture
def provider(small_city: Runtime) -> Iterator[IdentityProvider]:
    """The city's provider; at it sits the manager, whose post is bound to it."""
    clock = small_city.clock_on_the_wall
    with running_provider(lambda: int(clock.now().timestamp())) as running:
        with small_city.writing() as session:
            bind(session, "manager.alm", running.issuer, running.subject, clock.now())
        yield running


@pytest.fixture
def opened(small_city: Runtime, provider: IdentityProvider) -> BrowserOf:
    """A browser in front of an installation that knows the provider."""

    def open_browser(acr: str | None = None, roles: frozenset[str] = frozenset()) -> Pages:
        known = SingleSignOn(provider.issuer, CLIENT, SECRET, acr)
        settings = replace(small_city.settings, single_sign_on=known, second_factor_roles=roles)
        runtime = Runtime(settings, small_city.engines, small_city.clock, small_city.transport)
        return Pages(strict(create_app(runtime)))

    return open_browser


def leave_for(pages: Pages, provider: IdentityProvider, path: str = "/sign-in/sso?next=/me") -> str:
    """To the provider and signed in there; where the browser is sent back to."""
    answer = pages.client.get(path, base_url=pages.base_url)
    assert answer.status_code == 302, answer.text
    return provider.authorize(answer.headers["Location"])


def come_back(pages: Pages, there: str, status: int = 200) -> Page:
    return pages.get(there, status=status)


def refused(pages: Pages, there: str) -> bool:
    """Whether the answer is refused and nobody is signed in."""
    page = come_back(pages, there, status=422)
    assert REFUSED in page.text
    return pages.get("/me").path == "/sign-in"


def test_whoever_is_bound_signs_in_and_gets_the_page_asked_for(opened: BrowserOf, provider: IdentityProvider) -> None:
    pages = opened()
    assert "единый вход города" in pages.get("/sign-in").text
    page = come_back(pages, leave_for(pages, provider))
    assert page.heading == "Должность manager.alm"


def test_an_identity_that_is_bound_to_nobody_opens_nothing_whatever_its_address(
    opened: BrowserOf, provider: IdentityProvider
) -> None:
    provider.subject = "stranger"
    provider.lie = {"email": "manager.alm@city.example", "email_verified": True}
    pages = opened()
    page = come_back(pages, leave_for(pages, provider), status=422)
    assert "не привязана ни одна должность" in page.text
    assert pages.get("/me").path == "/sign-in"


def test_a_post_that_was_closed_is_as_unknown(
    opened: BrowserOf, provider: IdentityProvider, small_city: Runtime
) -> None:
    with small_city.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "manager.alm").values(is_active=False))
    pages = opened()
    page = come_back(pages, leave_for(pages, provider), status=422)
    assert "не привязана ни одна должность" in page.text


LIES = {
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "another client"},
    "two audiences without a party": {"aud": [CLIENT, "another client"]},
    "issuer": {"iss": "http://evil.example"},
    "expired": {"exp": 1_500_000_000},
    "not yet valid": {"nbf": 4_000_000_000},
    "no subject": {"sub": ""},
    "subject of another kind": {"sub": 7},
    "subject without end": {"sub": "x" * 256},
    "token of another": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_with_a_wrong_claim_is_refused(opened: BrowserOf, provider: IdentityProvider, lie: str) -> None:
    provider.lie = LIES[lie]
    pages = opened()
    assert refused(pages, leave_for(pages, provider))


@pytest.mark.parametrize("forger", ["unsigned", "signed_with_the_public_key", "strange key", "nonsense", "no token"])
def test_a_token_that_the_provider_did_not_sign_is_refused(
    opened: BrowserOf, provider: IdentityProvider, forger: str
) -> None:
    strange = RSAKey.generate_key(2048, {"kid": "one"})
    forgers = {
        "unsigned": provider.unsigned,
        "signed_with_the_public_key": provider.signed_with_the_public_key,
        "strange key": lambda claims: provider.signed(claims, strange),
        "nonsense": lambda claims: "a.b.c",
        "no token": lambda claims: "",
    }
    provider.forge = forgers[forger]
    pages = opened()
    assert refused(pages, leave_for(pages, provider))


def test_a_wrong_state_is_refused_and_the_remembered_one_is_spent(
    opened: BrowserOf, provider: IdentityProvider
) -> None:
    pages = opened()
    there = leave_for(pages, provider)
    assert refused(pages, there.replace("state=", "state=x"))
    assert refused(pages, there), "one answer for one question"


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(opened: BrowserOf, provider: IdentityProvider) -> None:
    victim, attacker = opened(), opened()
    there = leave_for(attacker, provider)
    assert refused(victim, there)
    leave_for(victim, provider)
    assert refused(victim, there)


def test_a_code_is_good_once(opened: BrowserOf, provider: IdentityProvider) -> None:
    pages = opened()
    there = leave_for(pages, provider)
    cookie = pages.client.get_cookie("pmo", domain="localhost")
    assert cookie is not None
    come_back(pages, there)
    thief = opened()
    thief.client.set_cookie("pmo", cookie.value, domain="localhost")
    assert refused(thief, there)


def test_a_code_of_another_verifier_is_refused(opened: BrowserOf, provider: IdentityProvider) -> None:
    pages = opened()
    there = leave_for(pages, provider)
    for query in provider.codes.values():
        query["code_challenge"] = "of somebody else"
    assert refused(pages, there)


def test_an_answer_in_the_name_of_another_provider_is_refused(opened: BrowserOf, provider: IdentityProvider) -> None:
    pages = opened()
    assert refused(pages, leave_for(pages, provider).replace("iss=http", "iss=https"))


def test_a_provider_that_calls_itself_otherwise_is_not_asked(
    opened: BrowserOf, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = opened()
    said = {**provider.description, "issuer": "http://127.0.0.1:1"}
    monkeypatch.setattr(IdentityProvider, "description", property(lambda self: said))
    assert REFUSED in pages.get("/sign-in/sso", status=422).text


def test_no_address_leads_out_of_the_site_afterwards(opened: BrowserOf, provider: IdentityProvider) -> None:
    pages = opened()
    page = come_back(pages, leave_for(pages, provider, "/sign-in/sso?next=//evil.example"))
    assert (page.path, page.response.request.host) == ("/tasks", "localhost")


def test_our_second_factor_is_asked_for_unless_the_provider_vouches_for_one(
    opened: BrowserOf, provider: IdentityProvider, small_city: Runtime
) -> None:
    with_app(small_city)
    pages = opened(acr="mfa")
    assert come_back(pages, leave_for(pages, provider)).path == "/sign-in/second-factor"
    assert provider.asked[-1]["acr_values"] == "mfa"
    provider.lie = {"acr": "password"}
    assert come_back(pages, leave_for(pages, provider)).path == "/sign-in/second-factor"
    provider.lie = {"acr": "mfa"}
    assert come_back(pages, leave_for(pages, provider)).path == "/me"
    pages = opened()
    assert come_back(pages, leave_for(pages, provider)).path == "/sign-in/second-factor", "no acr was agreed on"


def signed_in(pages: Pages, person: str) -> Pages:
    asked = pages.get("/sign-in")
    pages.submit(asked, "/sign-in", email=f"{person}@city.example", password=PASSWORD)
    return pages


def test_a_post_is_bound_by_itself_and_by_a_button_of_ours(
    opened: BrowserOf, provider: IdentityProvider, small_city: Runtime
) -> None:
    provider.subject = "5f0c-head"
    pages = signed_in(opened(), "head.alm")
    page = come_back(pages, leave_for(pages, provider, "/me/sso"))
    with small_city.reading() as session:
        assert identity_of(session, "head.alm") is None, "coming back binds nothing"
    assert "5f0c-head" in page.text
    pages.submit(page, "/me/sso/bind")
    fresh = opened()
    assert come_back(fresh, leave_for(fresh, provider)).heading == "Лауазым head.alm"
    pages.submit(pages.get("/me/sign-in"), "/me/sso/remove")
    with small_city.reading() as session:
        assert identity_of(session, "head.alm") is None


def test_a_post_that_must_have_a_factor_sets_it_up_before_an_identity_is_bound(
    opened: BrowserOf, provider: IdentityProvider, small_city: Runtime
) -> None:
    provider.subject = "a-thief-with-a-password"
    pages = signed_in(opened(roles=frozenset({"department_head"})), "head.alm")
    assert pages.get("/me/sign-in").path == "/me/sign-in"
    assert "/me/sso" not in pages.get("/me/sign-in").links.values()
    assert pages.get("/me/sso").path == "/me/sign-in"
    assert pages.post("/me/sso/bind").status_code == 303
    with small_city.reading() as session:
        assert identity_of(session, "head.alm") is None
    secret = with_app(small_city, "head.alm")
    code = code_now(small_city, secret)
    pages.submit(pages.get("/sign-in/second-factor"), "/sign-in/second-factor", code=code)
    come_back(pages, leave_for(pages, provider, "/me/sso"))


def test_an_identity_is_bound_to_one_post_only(opened: BrowserOf, provider: IdentityProvider) -> None:
    pages = signed_in(opened(), "analyst.alm")
    page = come_back(pages, leave_for(pages, provider, "/me/sso"))
    assert "уже привязана" in pages.submit(page, "/me/sso/bind", status=422).text
    assert pages.post("/me/sso/bind").status_code == 422, "what was found is spent"


def test_proving_oneself_once_more_needs_a_proof_of_now(
    opened: BrowserOf, provider: IdentityProvider, small_city: Runtime
) -> None:
    pages = opened()
    come_back(pages, leave_for(pages, provider))
    then = small_city.clock_on_the_wall.now() - timedelta(minutes=16)
    with small_city.writing() as session:
        session.execute(update(UserSessionRecord).values(proved_at=then))
    page = pages.submit(pages.get("/me/sign-in"), "/me/authenticator/new")
    assert (page.path, "/sign-in/sso" in str(page.links)) == ("/me/confirmation", True)
    provider.lie = {"auth_time": int(then.timestamp())}
    there = leave_for(pages, provider)
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
    assert REFUSED in come_back(pages, there, status=422).text
    provider.lie = {}
    come_back(pages, leave_for(pages, provider))
    assert pages.submit(pages.get("/me/sign-in"), "/me/authenticator/new").path == "/me/authenticator"


def test_a_provider_that_is_away_shuts_nobody_out(small_city: Runtime) -> None:
    known = SingleSignOn("http://127.0.0.1:9", CLIENT, SECRET)
    runtime = Runtime(replace(small_city.settings, single_sign_on=known), small_city.engines, small_city.clock)
    pages = Pages(strict(create_app(runtime)))
    assert "не отвечает" in pages.get("/sign-in/sso", status=422).text
    assert signed_in(pages, "manager.alm").get("/me").path == "/me"


def test_without_a_provider_there_is_no_such_page(pages: Pages) -> None:
    assert "единый вход" not in pages.get("/sign-in").text
    assert pages.get("/sign-in/sso", status=404)
    assert pages.get("/sign-in/sso/callback?code=x&state=y", status=422)
