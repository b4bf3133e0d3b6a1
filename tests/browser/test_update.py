"""The ninety seconds: from the link of a mail through sign-in to saved, on a phone, with and without scripts."""

from __future__ import annotations

import re
from time import monotonic

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from pmo.db.models.entries import EntryRecord
from pmo.mail.links import Links
from tests.browser.conftest import PASSWORD, PHONE, Site, Visit, width_of

pytestmark = pytest.mark.browser

CODE = "DP-10-M3"
SECONDS = 90
"""What the whole may take a person; the run without a person's thinking has to stay far below."""


class Hand:
    """Counts what a person does: taps and fields filled."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.fields = page, 0, 0

    def tap(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.taps += 1

    def fill(self, selector: str, text: str) -> None:
        self.page.locator(selector).first.fill(text)
        self.fields += 1

    def choose(self, selector: str, code: str) -> None:
        self.page.locator(selector).first.select_option(code)
        self.fields += 1


def mail_link(site: Site) -> str:
    """Where the first button of the mail about the milestone leads."""
    line = {"kind": "milestone", "item": CODE, "id": site.milestone(CODE), "action": "claim_or_forecast"}
    told = {**line, "rung": "R-7", "values": {}, "project": {"id": site.project("DP-10")}}
    return Links(site.address).forms(told, "manager")[0][1]


def entered(site: Site, person: str) -> list[str]:
    """Kinds of what somebody entered."""
    with site.runtime.reading() as session:
        return sorted(session.scalars(select(EntryRecord.kind).where(EntryRecord.entered_by == person)))


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_manager_answers_a_mail_on_a_phone(site: Site, visit: Visit, scripts: bool, capsys: object) -> None:
    manager = site.manager_of("DP-10")
    page = visit(None, PHONE, java_script_enabled=scripts)
    hand = Hand(page)
    began = monotonic()

    page.goto(mail_link(site))
    hand.taps += 1  # on the link in the mail
    hand.fill("#email", f"{manager}@almaty.example")
    hand.fill("#password", PASSWORD)
    hand.tap(".sign-in-form button.btn-primary")
    milestone, project = f"#m{site.milestone(CODE)}", f"#p{site.project('DP-10')}"
    expect(page.locator(f"{milestone}-answer-0")).to_be_focused()
    hand.tap(f"{milestone} label[for$='answer-1']")
    hand.fill(f"{milestone}-expected_on", "29.05.2020")
    hand.choose(f"{milestone}-reason_id", "contractor_delay")
    reading = f"#i{site.indicator('DP-10-I1')}-value"
    if page.locator(reading).count():
        hand.fill(reading, "640")
    hand.tap(f"{project} label[for$='view-1']")
    hand.fill(f"{project}-text", "Поставка камер задержана на таможне.")
    if scripts:
        assert width_of(page) <= PHONE["width"]
    hand.tap(".update-form .form-buttons [value=all]")
    expect(page).to_have_url(re.compile("/update/done$"))
    seconds = monotonic() - began

    told = entered(site, manager)
    assert {"forecast", "update"} <= set(told)
    with capsys.disabled():  # type: ignore[attr-defined]
        how = "with scripts" if scripts else "without scripts"
        print(f"\nanswer to a mail, {how}: {hand.taps} taps, {hand.fields} fields, {seconds:.1f} s of automated run")
    assert hand.taps <= 6
    assert seconds < SECONDS


def test_when_nothing_changed_one_tap_is_enough(site: Site, visit: Visit) -> None:
    manager = site.manager_of("DP-10")
    page = visit(manager, PHONE)
    page.goto("/update")
    page.locator(".update-all button").click()
    expect(page).to_have_url(re.compile("/update/done$"))
    assert "update" in entered(site, manager)


def test_a_lost_connection_loses_nothing(site: Site, visit: Visit) -> None:
    manager = site.manager_of("DP-10")
    page = visit(manager, PHONE)
    page.goto("/update")
    project = f"#p{site.project('DP-10')}"
    page.locator(f"{project}-text").fill("Написано в метро.")
    page.context.set_offline(True)
    expect(page.locator("[data-draft-note]")).to_be_visible()
    page.locator(".update-form .form-buttons [value=changed]").click()
    expect(page.locator(f"{project}-text")).to_have_value("Написано в метро.")
    page.context.set_offline(False)

    page.goto("/tasks")
    page.goto("/update")
    expect(page.locator(f"{project}-text")).to_have_value("Написано в метро.")
    expect(page.locator("[data-draft-discard]")).to_be_visible()
    page.locator(".update-form .form-buttons [value=changed]").click()
    expect(page).to_have_url(re.compile("/update/done$"))
    assert "update" in entered(site, manager)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
    page.goto("/update")
    expect(page.locator(f"{project}-text")).to_have_value("")
    expect(page.locator("[data-draft-note]")).to_be_hidden()


def test_a_draft_belongs_to_the_person_and_can_be_discarded(site: Site, visit: Visit) -> None:
    manager, head = site.manager_of("DP-10"), "head-police.alm"
    page = visit(manager, PHONE)
    page.goto("/update?item=DP-10")
    text = f"#p{site.project('DP-10')}-text"
    page.locator(text).fill("Черновик менеджера.")
    page.locator(".person-menu summary").click()
    page.locator(".person-menu form button").click()
    page.goto("/sign-in")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
    page.locator("#email").fill(f"{head}@almaty.example")
    page.locator("#password").fill(PASSWORD)
    page.locator(".sign-in-form button.btn-primary").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto("/update?item=DP-10")
    expect(page.locator(text)).to_have_value("")

    other = visit(manager, PHONE)
    other.goto("/update")
    other.locator(text).fill("Ещё раз.")
    other.goto("/update")
    expect(other.locator(text)).to_have_value("Ещё раз.")
    other.locator("[data-draft-discard]").click()
    expect(other.locator(text)).to_have_value("")
    other.goto("/update")
    expect(other.locator(text)).to_have_value("")


def test_what_is_wrong_is_said_above_and_leads_to_its_field(site: Site, visit: Visit) -> None:
    page = visit(site.manager_of("DP-10"), PHONE)
    page.goto("/update")
    part = f"#m{site.milestone(CODE)}"
    page.locator(f"{part} label[for$='answer-1']").click()
    page.locator(f"{part}-expected_on").fill("вчера")
    page.locator(".update-form .form-buttons [value=changed]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert all(CODE in line for line in page.locator(".error-summary li").all_inner_texts())
    page.locator(".error-summary a").first.click()
    expect(page.locator(f"{part}-expected_on")).to_be_focused()
    expect(page.locator(f"{part}-expected_on")).to_have_value("вчера")
