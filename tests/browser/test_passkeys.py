"""Passkeys in a real browser with a virtual authenticator: script, browser and server understand each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from pmo.app import create_app
from pmo.db.models.people import PersonRecord
from pmo.runtime import Runtime
from tests.browser.conftest import PASSWORD, PHONE, _Silent, width_of

PERSON = "akim.alm@almaty.example"


@pytest.fixture
def address(portfolio: Runtime, hashed_password: str) -> Iterator[str]:
    """The portfolio under the name of this machine, which is what a passkey is bound to."""
    with portfolio.writing() as session:
        for person in session.scalars(select(PersonRecord)):
            person.password_hash = hashed_password
    server = make_server("127.0.0.1", 0, lambda *call: app(*call), threaded=True, request_handler=_Silent)
    address = f"http://localhost:{server.server_port}"
    app = create_app(Runtime(replace(portfolio.settings, base_url=address), portfolio.engines, portfolio.clock))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


def give_password(page: Page) -> None:
    page.goto("/sign-in?lang=ru")
    page.locator("#email").fill(PERSON)
    page.locator("#password").fill(PASSWORD)
    page.locator(".sign-in-form button.btn-primary").click()


@pytest.mark.browser
@pytest.mark.surface
def test_a_passkey_is_set_up_opens_the_second_step_and_signs_in_alone(address: str, browser: Browser) -> None:
    context = browser.new_context(base_url=address, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    virtual = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    knowing = {**virtual, "hasResidentKey": True, "automaticPresenceSimulation": True}
    key = tools.send("WebAuthn.addVirtualAuthenticator", {"options": knowing})["authenticatorId"]

    give_password(page)
    page.goto("/me/passkeys")
    assert width_of(page) <= PHONE["width"]
    page.locator("#name").fill("телефон")
    page.locator("form[data-passkey] button[type=submit]").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)

    page.locator("details.person-menu summary").click()
    page.locator("form[action='/sign-out'] button").click()
    give_password(page)
    expect(page).to_have_url(re.compile("/sign-in/second-factor"))
    assert width_of(page) <= PHONE["width"]
    page.locator("form[data-passkey] button[type=submit]").click()
    expect(page).not_to_have_url(re.compile("/sign-in"))
    assert errors == []

    page.locator("details.person-menu summary").click()
    page.locator("form[action='/sign-out'] button").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/sign-in?lang=ru")
    alone = page.get_by_role("button", name="Войти по ключу доступа")
    expect(alone).to_be_visible()
    assert width_of(page) <= PHONE["width"]
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    alone.click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    assert "/sign-in" in page.url
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    asked: list[str] = []

    def let_through(route: Route) -> None:
        asked.append(route.request.url)
        route.continue_()

    page.route("**/passkey-alone/options", let_through)
    alone.evaluate("button => { button.form.requestSubmit(); button.form.requestSubmit(); }")  # a double click
    expect(page).not_to_have_url(re.compile("/sign-in"))
    assert len(asked) == 1, "a second question makes the answer to the first one wrong"
    assert errors == []
    context.close()


@pytest.mark.browser
@pytest.mark.surface
def test_without_scripts_there_is_no_button_that_does_nothing(address: str, browser: Browser) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in?lang=ru")
    expect(page.locator("form[data-passkey]")).to_have_count(1)
    expect(page.locator("form[data-passkey]")).to_be_hidden()
    expect(page.locator("#password")).to_be_visible()
    context.close()
