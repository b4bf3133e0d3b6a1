"""The page "what changed": counts open what they count, filters as on the overview, nothing of a neighbour's city."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from pmo.clock import local_moment
from pmo.runtime import Runtime
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors

ZONE = ZoneInfo("Asia/Almaty")
WINTER = "/changes?since=2019-12-02"


@pytest.fixture
def enter(replayed: Runtime) -> Enter:
    return doors(replayed)


@pytest.fixture
def later(replayed: Runtime) -> Enter:
    """The same city on 6 July 2020, a day off."""
    return doors(replayed.at(local_moment(date(2020, 7, 6), time(18), ZONE)))


def lines_of(page: Page) -> list[str]:
    return [line.text for news in page.tree.all("ul", class_="news-list") for line in news.all("li")]


def counts_of(page: Page) -> dict[str, tuple[int, str]]:
    [tally] = page.tree.all("ul", class_="tally") or [None]
    if tally is None:
        return {}
    return {
        link.text.removeprefix(link.one("b").text).strip(): (int(link.one("b").text), link["href"])
        for link in tally.all("a")
    }


def codes_of(page: Page) -> set[str]:
    """Codes of the projects that the page speaks of."""
    codes = {span.text for news in page.tree.all("ul", class_="news-list") for span in news.all("span", class_="code")}
    return {"-".join(code.split("-")[:2]) for code in codes}


@pytest.mark.parametrize("post", ["akim.alm", "deputy-da5.alm", "head-police.alm", "pmo-head.alm", "observer.alm"])
def test_every_count_opens_exactly_what_it_counted(enter: Enter, post: str) -> None:
    pages = enter(post)
    page = pages.get(WINTER)
    counts = counts_of(page)
    everything, *kinds = counts.values()
    assert everything[0] == sum(number for number, _ in kinds) > 0
    for number, address in kinds:
        opened = pages.get(address)
        assert len(lines_of(opened)) == number, address
        assert opened.tree.one("h2", class_="task-head").one("span", class_="number").text == str(number)


def test_moved_dates_show_old_and_new_with_reason_and_post(enter: Enter) -> None:
    page = enter("akim.alm").get(f"{WINTER}&kind=date_later&q=DP-10")
    [line] = lines_of(page)
    assert "31.12.2019 → 27.01.2020" in line
    assert "+27" in line
    assert "причина: Не указана" in line
    assert "Менеджер проектов 1: Департамент полиции" in line


def test_a_newly_red_project_says_what_it_was_and_why(enter: Enter) -> None:
    page = enter("akim.alm").get(f"{WINTER}&kind=newly_red&q=DP-10")
    [line] = lines_of(page)
    assert "Риск срыва → Отставание" in line
    assert "DP-10-M3 просрочена на 20 рабочих дней" in line


def test_paused_and_cancelled_projects_are_told(later: Enter) -> None:
    pages = later("akim.alm")
    paused = pages.get("/changes?since=2020-01-31&until=2020-02-14&kind=paused")
    assert "DP-26" in codes_of(paused)
    resumed = pages.get("/changes?since=2020-06-15&until=2020-07-03&kind=resumed")
    assert "DP-26" in codes_of(resumed)
    cancelled = pages.get("/changes?since=2020-01-31&kind=cancelled")
    assert len(codes_of(cancelled)) == 1
    assert "причина" in lines_of(cancelled)[0]


def test_what_was_entered_after_the_last_day_is_not_told(enter: Enter, later: Enter) -> None:
    then = later("akim.alm").get("/changes?since=2019-12-02&until=2020-01-31")
    live = enter("akim.alm").get("/changes?since=2019-12-02")
    assert lines_of(then) == lines_of(live)
    links = [link["href"] for news in then.tree.all("ul", class_="news-list") for link in news.all("a")]
    assert links
    assert all("as_of=2020-01-31" in link or "as_of=2019-12-02" in link for link in links)


def test_without_days_it_begins_at_the_last_meeting(enter: Enter) -> None:
    page = enter("akim.alm").get("/changes")
    assert page.tree.one("input", name="since")["value"] == "2020-01-27"
    assert "27 января 2020" in page.text
    overview = enter("akim.alm").get("/portfolio")
    assert "/changes?since=2020-01-27" in overview.links.values()


@pytest.mark.parametrize("name", ["area", "department", "priority", "sector", "district"])
def test_filters_keep_the_projects_that_the_overview_keeps(enter: Enter, name: str) -> None:
    pages = enter("akim.alm")
    page = pages.get(f"{WINTER}&kind=done")
    [select] = page.tree.all("select", name=name)
    value = select.all("option")[1]["value"]
    kept = codes_of(pages.get(f"{WINTER}&kind=done&{name}={value}"))
    overview = pages.get(f"/portfolio?{name}={value}")
    shown = {row.all("span", class_="code")[0].text for row in overview.tree.one("tbody").all("tr")}
    assert kept == codes_of(page) & shown


def test_a_neighbour_city_sees_nothing_and_a_curator_only_the_own_area(enter: Enter) -> None:
    everything = codes_of(enter("akim.alm").get(f"{WINTER}&kind=done"))
    area = codes_of(enter("deputy-da5.alm").get(f"{WINTER}&kind=done"))
    assert area
    assert area < everything
    for path in (WINTER, f"{WINTER}&city=almaty", f"{WINTER}&city=all", f"{WINTER}&q=DP-10"):
        page = enter("akim.ast").get(path)
        assert not codes_of(page) & everything
        assert "DP-10" not in " ".join(lines_of(page))


def test_days_in_the_wrong_order_ahead_or_unreadable_are_refused(enter: Enter) -> None:
    pages = enter("akim.alm")
    assert "31.12.2019" in pages.get("/changes?since=2019-12-31&until=2019-12-01", status=422).text
    assert "01.01.2031" in pages.get("/changes?since=2031-01-01", status=422).text
    assert "«soon»" in pages.get("/changes?until=soon", status=422).text


def test_nothing_changed_and_nothing_fits_are_said(enter: Enter) -> None:
    pages = enter("akim.alm")
    assert pages.get("/changes?since=2019-12-02&q=нет такого").tree.one("div", class_="empty")
    assert pages.get("/changes?since=2019-12-02&kind=cancelled").tree.one("div", class_="empty")
    assert "16.09.2019" not in pages.get("/changes?since=2019-09-01&until=2019-09-10").text


@pytest.mark.parametrize("post", ["manager-police-1.alm", "admin.alm", "analyst.alm"])
def test_everybody_reads_it_for_what_they_see(enter: Enter, post: str) -> None:
    page = enter(post).get(WINTER)
    shown = {
        row.all("span", class_="code")[0].text for row in enter(post).get("/portfolio").tree.one("tbody").all("tr")
    }
    assert codes_of(page) <= shown
