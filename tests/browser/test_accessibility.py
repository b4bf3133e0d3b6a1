"""Every page of the application through axe-core: three languages, light and dark, desk and phone, no violation.

A page is loaded once for each language; colours and width are changed on the same load. Nothing may be said on the
console (so no breach of the content policy), no request may leave the site, and nothing scrolls sideways.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from sqlalchemy import delete, update

from pmo.app import create_app
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import AuthenticatorAppRecord
from pmo.domain.access import Role
from pmo.domain.one_time_codes import code_of, counter_at
from pmo.domain.sign_in import Method
from pmo.runtime import Runtime
from pmo.services.second_factors import pending_secret
from pmo.services.user_sessions import Browser as OfSession
from pmo.services.user_sessions import open_session
from pmo.web.context import EXTENSION, TOKEN
from tests.browser.conftest import DESK, PHONE, served, width_of
from tests.tour.city import MANAGER, WorkingCity
from tests.tour.stops import LETTERS, Stop, open_application, tour
from tests.web.pages import Pages

pytestmark = [pytest.mark.browser, pytest.mark.surface]

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
"""What can change with the colours alone."""

PAGE_RULES = ["landmark-one-main", "page-has-heading-one", "region"]
"""What a mail need not keep: its reader's mail program is the page around it."""

RUN = """async ([only, without]) => {
  const rules = Object.fromEntries(without.map((rule) => [rule, {enabled: false}]));
  const {violations} = await axe.run(document, {resultTypes: ["violations"], rules, ...(only && {runOnly: only})});
  return violations.flatMap(({id, nodes}) =>
    nodes.slice(0, 4).map((node) => `${id}: ${node.html.slice(0, 160)} ${(node.failureSummary ?? "").slice(0, 200)}`));
}"""


class Walk:
    """Somebody with a browser who goes from page to page and writes down every fault."""

    def __init__(self, browser: Browser, app: Flask, address: str, language: str) -> None:
        self.browser, self.app, self.address, self.language = browser, app, address, language
        self.contexts: dict[str | None, BrowserContext] = {}
        self.here = ""
        self.faults: list[str] = []

    def visit(self, stop: Stop, is_letter: bool) -> None:
        """Looks at one page in all four ways; a letter is looked at without the policy that shuts scripts out of it."""
        self.here = stop.path
        page = self._page(stop.person)
        if is_letter:
            page.goto("about:blank")
            page.set_content(page.request.get(stop.path).text())
        else:
            answer = page.goto(stop.path if stop.person else _in_language(stop.path, self.language))
            assert answer is not None
            assert answer.status == 200, stop
            assert page.locator("html").get_attribute("lang") == self.language, stop
        self.look_around(page, is_letter)

    def look_around(self, page: Page, is_letter: bool = False) -> None:
        """Looks at what is shown now in all four ways."""
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        spared = PAGE_RULES if is_letter else []
        self._look(page, "desk, light", None, spared)
        self._turn(page, "dark", is_letter)
        self._look(page, "desk, dark", COLOUR_RULES)
        page.set_viewport_size(PHONE)
        self._look(page, "phone, dark", None, spared)
        self._turn(page, "light", is_letter)
        self._look(page, "phone, light", COLOUR_RULES)

    def close(self) -> None:
        """Closes every window."""
        for context in self.contexts.values():
            context.close()

    def _look(self, page: Page, way: str, only: list[str] | None, without: list[str] | None = None) -> None:
        self.faults += [f"{self.here} ({way}): {fault}" for fault in page.evaluate(RUN, [only, without or []])]
        size = page.viewport_size
        assert size is not None
        if width_of(page) > size["width"]:
            self.faults.append(f"{self.here} ({way}): scrolls sideways, {width_of(page)} > {size['width']}")

    def _turn(self, page: Page, scheme: str, is_letter: bool) -> None:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        if not is_letter:
            expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)

    def _page(self, person: str | None) -> Page:
        if person not in self.contexts:
            self._open(person, Pages(self.app).sign_in(person) if person else None)
        return self.contexts[person].pages[0]

    def come_with_password(self, person: str) -> Page:
        """A window of somebody whose password was right, before any second factor; a new one each time."""
        pages, there = Pages(self.app), self.app.extensions[EXTENSION]
        with there.writing() as session:
            browser, now = OfSession("a browser of the tests", "127.0.0.1"), there.clock_on_the_wall.now()
            token = open_session(session, person, Method.PASSWORD, None, browser, now)
        with pages.client.session_transaction(base_url=pages.base_url) as cookie:
            cookie[TOKEN] = token
        return self._open(f"{person} {len(self.contexts)}", pages)

    def _open(self, name: str | None, pages: Pages | None) -> Page:
        context = self.browser.new_context(base_url=self.address, reduced_motion="reduce")
        context.add_init_script(AXE)
        if pages:
            cookie = pages.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
            assert cookie is not None
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{self.here}: {error}"))
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("request", self._watch)
        self.contexts[name] = context
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "allow-scripts" not in text:  # axe itself, kept out of a mail in its frame
            self.faults.append(f"{self.here}: {text}")

    def _watch(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "about") and f"{address.scheme}://{address.netloc}" != self.address:
            self.faults.append(f"{self.here}: asks for {request.url}")


@pytest.fixture
def app(working_city: WorkingCity) -> Flask:
    """The application over the city at work."""
    return open_application(working_city)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where it is served."""
    with served(app) as found:
        yield found


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_no_page_has_a_violation_in_any_colours_at_any_width(
    working_city: WorkingCity, app: Flask, address: str, browser: Browser, language: str
) -> None:
    with working_city.runtime.writing() as session:
        session.execute(update(PersonRecord).values(language=language))
    walk = Walk(browser, app, address, language)
    seen: set[str] = set()
    for endpoint, stop in tour(app, working_city):
        # The further addresses of a route show it in other states; once is enough for these.
        if language == "ru" or endpoint not in seen:
            walk.visit(stop, endpoint in LETTERS)
        seen.add(endpoint)
    walk.close()
    assert not walk.faults, "\n".join(walk.faults)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_no_step_of_signing_in_has_one_either(working_city: WorkingCity, browser: Browser, language: str) -> None:
    there = working_city.runtime
    settings = replace(there.settings, second_factor_roles=frozenset({Role.PROJECT_MANAGER.value}))
    with there.writing() as session:
        session.execute(update(PersonRecord).values(language=language))
        session.execute(delete(AuthenticatorAppRecord))
    app = create_app(Runtime(settings, there.engines, there.clock, there.transport))
    app.testing = True
    with served(app) as address:
        walk = Walk(browser, app, address, language)
        page = walk.come_with_password(MANAGER)

        def stands(where: str, shown: Page = page) -> None:
            walk.here = where
            assert shown.locator("html").get_attribute("lang") == language, where
            walk.look_around(shown)

        page.goto("/portfolio")
        page.wait_for_url("**/me/sign-in")
        stands("a second factor must be set up")
        page.locator("form[action='/me/authenticator/new'] button").click()
        page.wait_for_url("**/me/authenticator")
        stands("the app shows its first code")
        with there.reading() as session:
            secret = pending_secret(session, MANAGER, settings.secret_keys)
        assert secret is not None
        page.locator("#code").fill(code_of(secret, counter_at(there.clock_on_the_wall.now())))
        page.locator("#code").press("Enter")
        page.locator(".recovery-codes").wait_for()
        stands("recovery codes are shown once")
        page.goto("/me/sign-in")
        stands("an app is set up")

        waiting = walk.come_with_password(MANAGER)
        waiting.goto("/portfolio")
        waiting.locator("#code").wait_for()
        stands("the second step", waiting)
        waiting.locator("#code").fill("000000")
        waiting.locator("#code").press("Enter")
        waiting.locator(".error-summary").wait_for()
        walk.faults = [fault for fault in walk.faults if "422" not in fault]  # the console tells the status
        stands("a wrong code at the second step", waiting)
        page.goto("/password/spent")
        walk.faults = [fault for fault in walk.faults if "404" not in fault]
        stands("a link that is spent")
        walk.close()
    assert not walk.faults, "\n".join(walk.faults)


def _in_language(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"
