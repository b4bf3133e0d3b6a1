"""The meeting screen at the keyboard: arrows, Home and End, a number, Esc; and the same pages without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Site, Visit, width_of

pytestmark = pytest.mark.browser

HALL = {"width": 1920, "height": 1080}


@pytest.fixture
def meeting(site: Site, visit: Visit) -> Page:
    """The akim's screen, with its cover open. Nothing was reported since tracking began, so much is to be called."""
    page = visit("akim.alm", HALL)
    page.goto("/meeting")
    return page


def last_of(page: Page) -> int:
    return page.locator(".deck-page").count() - 1


def shown(page: Page) -> str:
    """The progress of the one page that can be seen."""
    visible = page.locator(".deck-page:visible")
    expect(visible).to_have_count(1)
    return visible.locator(".deck-progress").inner_text()


def press(page: Page, *keys: str) -> str:
    for key in keys:
        page.keyboard.press(key)
    return shown(page)


def test_arrows_home_and_end_turn_the_pages(meeting: Page) -> None:
    last = last_of(meeting)
    assert last > 12
    assert shown(meeting) == f"0 / {last}"
    assert press(meeting, "ArrowRight") == f"1 / {last}"
    assert press(meeting, "PageDown") == f"2 / {last}"
    assert press(meeting, "ArrowLeft") == f"1 / {last}"
    assert press(meeting, "End") == f"{last} / {last}"
    assert press(meeting, "ArrowRight") == f"{last} / {last}"
    assert press(meeting, "Home") == f"0 / {last}"
    assert press(meeting, "ArrowLeft") == f"0 / {last}"


def test_a_number_opens_its_page_at_once_or_with_enter(meeting: Page) -> None:
    last = last_of(meeting)
    assert press(meeting, "9") == f"9 / {last}"
    assert press(meeting, "1", "2") == f"12 / {last}"
    assert press(meeting, "1", "Enter") == f"1 / {last}"
    assert press(meeting, "9", "ArrowRight") == f"10 / {last}"


def test_the_page_is_in_the_address_and_the_heading_has_the_focus(meeting: Page) -> None:
    press(meeting, "ArrowRight", "ArrowRight")
    assert meeting.url.endswith("#page-2")
    expect(meeting.locator("#heading-2")).to_be_focused()
    meeting.reload()
    assert shown(meeting) == f"2 / {last_of(meeting)}"
    meeting.locator("#page-2 a[rel=next]").click()
    assert shown(meeting) == f"3 / {last_of(meeting)}"


def test_escape_leaves_the_meeting(meeting: Page) -> None:
    meeting.keyboard.press("ArrowRight")
    meeting.keyboard.press("Escape")
    meeting.wait_for_url("**/portfolio")


def test_keys_typed_into_a_field_turn_no_page(meeting: Page) -> None:
    meeting.locator("#deck-area").focus()
    assert press(meeting, "End") == f"0 / {last_of(meeting)}"


@pytest.mark.surface
@pytest.mark.parametrize("size", [HALL, DESK, PHONE], ids=["hall", "desk", "phone"])
def test_no_page_is_wider_than_the_screen(site: Site, visit: Visit, size: dict[str, int]) -> None:
    page = visit("akim.alm", size)
    page.goto("/meeting")
    for _ in range(min(last_of(page), 12) + 1):
        assert width_of(page) <= size["width"]
        page.keyboard.press("ArrowRight")


@pytest.mark.surface
def test_letters_are_large_in_a_hall(meeting: Page) -> None:
    press(meeting, "ArrowRight")
    size = "parseFloat(getComputedStyle(document.querySelector('%s')).fontSize)"
    assert meeting.evaluate(size % "#heading-1") >= 40
    assert meeting.evaluate(size % "#page-1 .deck-wanted li") >= 24


def test_without_a_script_all_pages_stand_below_one_another(site: Site, visit: Visit) -> None:
    page = visit("akim.alm", DESK, java_script_enabled=False)
    page.goto("/meeting")
    expect(page.locator(".deck-page:visible")).to_have_count(last_of(page) + 1)
    page.locator("#page-0 a[rel=next]").click()
    assert page.url.endswith("#page-1")
    page.locator("#page-1 h2 a").click()
    page.wait_for_url("**/projects/*")


def test_the_day_of_a_page_is_chosen_without_a_script(site: Site, visit: Visit) -> None:
    page = visit("akim.alm", PHONE, java_script_enabled=False)
    page.goto("/portfolio")
    page.locator(".day-switch summary").click()
    page.locator("#day-of-page").fill("2019-12-31")
    page.locator(".day-card button").click()
    expect(page.locator(".past-note")).to_contain_text("31 декабря 2019")
    page.locator(".overview-table tbody th a").first.click()
    expect(page.locator(".past-note")).to_contain_text("31 декабря 2019")
    page.locator(".past-note a").first.click()
    expect(page.locator(".past-note")).to_have_count(0)
