"""What people do, in a real browser: sign in, look, claim, move, tell, decide. On a phone, and without JavaScript."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from pmo.services.milestones import Evidence, claim_completion
from tests.browser.conftest import DESK, PASSWORD, PHONE, Site, Visit, width_of

pytestmark = pytest.mark.browser

CODE = "DP-10-M3"


def send(page: Page) -> None:
    """Presses the one big button of the form."""
    page.locator("main form.form-page .btn-primary").first.click()


def told(page: Page) -> str:
    """What the page says about the act."""
    return page.locator(".notice-success").inner_text()


def test_a_wrong_password_stays_outside_and_the_right_one_gets_in(site: Site, visit: Visit) -> None:
    page = visit(None)
    page.goto("/sign-in")
    page.locator("#email").fill("analyst.alm@almaty.example")
    page.locator("#password").fill("something else entirely")
    page.locator(".sign-in-form button.btn-primary").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("#password").fill(PASSWORD)
    page.locator(".sign-in-form button.btn-primary").click()
    expect(page.locator(".person-menu")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_overview_shows_the_portfolio(visit: Visit, size: dict[str, int]) -> None:
    page = visit("analyst.alm", size)
    page.goto("/portfolio")
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("main tbody tr").count() == 50
    assert page.locator("main .status").first.is_visible()
    assert width_of(page) <= size["width"]


@pytest.mark.parametrize(
    "options", [{"size": PHONE}, {"size": PHONE, "java_script_enabled": False}], ids=["phone", "phone-without-scripts"]
)
def test_a_manager_claims_a_milestone_done(site: Site, visit: Visit, options: dict[str, object]) -> None:
    page = visit(site.manager_of("DP-10"), **options)
    page.goto(f"/milestones/{site.milestone(CODE)}/completion")
    assert page.locator("#completed_on").input_value() == "31.01.2020"
    if options.get("java_script_enabled", True):
        assert width_of(page) <= PHONE["width"]
    page.locator("#document_number").fill("17-1")
    page.locator("#document_date").fill("30012020")
    send(page)
    assert CODE in told(page)
    assert page.url.endswith(f"/milestones/{site.milestone(CODE)}")


def test_a_manager_moves_a_forecast(site: Site, visit: Visit) -> None:
    page = visit(site.manager_of("DP-10"), PHONE)
    path = f"/milestones/{site.milestone(CODE)}/forecast"
    page.goto(path)
    send(page)
    expect(page.locator(".error-summary li")).to_have_count(2)
    page.locator(".error-summary a").first.click()
    expect(page.locator("#expected_on")).to_be_focused()
    page.locator("#expected_on").fill("29.05.2020")
    page.locator("#reason_id").select_option("contractor_delay")
    send(page)
    assert "29.05.2020" in told(page)
    assert width_of(page) <= PHONE["width"]


def test_a_manager_tells_a_value(site: Site, visit: Visit) -> None:
    page = visit(site.manager_of("DP-10"), PHONE)
    page.goto(f"/indicators/{site.indicator('DP-10-I1')}/readings/new")
    page.locator("#value").fill("640")
    send(page)
    assert "640" in told(page)
    assert width_of(page) <= PHONE["width"]


def test_the_office_returns_and_then_accepts_evidence(site: Site, visit: Visit) -> None:
    manager = site.manager_of("DP-10")

    def claim() -> None:
        document = Evidence(type_id=None, document_number="17-1", document_date=date(2020, 1, 30))
        with site.runtime.writing() as session:
            claim_completion(session, site.act(manager), site.milestone(CODE), date(2020, 1, 30), document)

    claim()
    page = visit("analyst.alm", DESK)
    path = f"/milestones/{site.milestone(CODE)}/evidence-decision"
    page.goto(path)
    assert "17-1" in page.locator("main").inner_text()
    page.locator("#return-reason_id").select_option("evidence_incomplete")
    page.locator("#return-text").fill("подпись")
    page.locator("form[action$='/return'] button").click()
    assert CODE in told(page)
    claim()
    page.goto(path)
    page.locator("form[action$='/acceptance'] button").click()
    assert CODE in told(page)
