"""The portfolio in charts: every figure opens its list, the drawing says what the table says, nobody sees more."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from pmo.runtime import Runtime
from tests.web.markup import Element
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors

CHARTS = "/portfolio/charts"


@pytest.fixture
def enter(replayed: Runtime) -> Enter:
    return doors(replayed)


def table(page: Page, section: str) -> list[list[Element]]:
    body = page.tree.one("section", aria_labelledby=section).one("table").one("tbody")
    return [[cell for cell in row.children if isinstance(cell, Element)] for row in body.all("tr")]


def drawing(page: Page, section: str, width: str = "chart-wide") -> Element:
    return page.tree.one("section", aria_labelledby=section).one("div", class_=width).one("svg")


def number_of(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.mark.parametrize("post", ["akim.alm", "head-police.alm", "deputy-da5.alm", "observer.alm", "akim.ast"])
def test_every_figure_opens_a_list_of_exactly_that_length(enter: Enter, post: str) -> None:
    pages = enter(post)
    rows = table(pages.get(CHARTS), "statuses-heading")
    tried = 0
    for row in (rows[0], rows[1], rows[len(rows) // 2], rows[-1]):
        for cell in row[1:]:
            for link in cell.all("a"):
                listed = pages.get(link["href"])
                assert number_of(listed.tree.one("h2", id="list").text.split()[0]) == number_of(link.text), link["href"]
                tried += 1
    assert tried >= 8


def test_columns_lead_where_the_table_leads_and_say_what_it_says(enter: Enter) -> None:
    page = enter("akim.alm").get(CHARTS)
    rows = table(page, "statuses-heading")[::-1]
    links = drawing(page, "statuses-heading").all("a")
    assert [link["href"] for link in links] == [row[1].one("a")["href"] for row in rows]
    for link, row in zip(links, rows, strict=True):
        assert link.drawn_name.startswith(row[0].text)
        said = [int(number) for number in re.findall(r"\D(\d+)(?:,|$)", link.drawn_name.partition(":")[2])]
        assert sorted(said) == sorted(number_of(cell.text) for cell in row[2:] if number_of(cell.text))
        assert sum(said) == number_of(row[1].text)


def test_the_last_column_is_the_overview_of_now(enter: Enter) -> None:
    pages = enter("akim.alm")
    last = table(pages.get(CHARTS), "statuses-heading")[0]
    assert last[0].text == "31.01.2020"
    assert "as_of" not in last[1].one("a")["href"]
    counts = pages.get("/portfolio").tree.all("ul", class_="tally")[0]
    assert number_of(last[1].text) == number_of(counts.all("b")[0].text)


def test_the_filter_of_the_overview_is_kept_in_every_link(enter: Enter) -> None:
    pages = enter("analyst.alm")
    overview = pages.get("/portfolio?department=ALA-HEALTH&q=dp&as_of=2019-12-31")
    (address,) = {link["href"] for link in overview.tree.all("a") if urlsplit(link["href"]).path == CHARTS}
    page = pages.get(address)
    assert "31 декабря 2019" in page.text
    assert "Управление общественного здоровья" in page.tree.one("p", class_="chosen-filters").text
    links = [link for link in page.tree.one("main").all("a") if urlsplit(link["href"]).path == "/portfolio"]
    for link in links:
        assert parse_qs(urlsplit(link["href"]).query)["department"] == ["ALA-HEALTH"]
        assert parse_qs(urlsplit(link["href"]).query)["as_of"][0] <= "2019-12-31"
    assert len(links) > 10


def test_the_departments_of_the_drawing_are_those_of_the_table_and_open_their_milestones(enter: Enter) -> None:
    pages = enter("akim.alm")
    page = pages.get(CHARTS)
    rows = table(page, "punctuality-heading")
    links = drawing(page, "punctuality-heading").all("a")
    assert [link["href"] for link in links] == [row[1].one("a")["href"] for row in rows]
    for row in rows:
        due, on_time = number_of(row[1].one("a").children[0]), number_of(row[2].text)
        (counted,) = pages.get(row[1].one("a")["href"]).tree.all("table", class_="counted")
        lateness = [item.all("td")[2].text for item in counted.one("tbody").all("tr")]
        assert len(lateness) == due
        assert sum(text == "в срок" for text in lateness) == on_time
        if due < 5:
            assert [row[3].text, row[4].text] == ["—", "—"]
        else:
            assert row[3].text == f"{round(100 * on_time / due)} %"


def test_all_departments_together_are_the_list_without_a_department(enter: Enter) -> None:
    pages = enter("akim.alm")
    due = [number_of(row[1].one("a").children[0]) for row in table(pages.get(CHARTS), "punctuality-heading")]
    listed = pages.get("/portfolio/punctuality").tree.all("table", class_="counted")
    assert [len(one.one("tbody").all("tr")) for one in listed] == due


def test_a_head_of_department_sees_the_figures_of_the_own_projects_only(enter: Enter) -> None:
    rows = table(enter("head-police.alm").get(CHARTS), "punctuality-heading")
    assert [row[0].text for row in rows] == ["Полиция департаменті"]


def test_before_tracking_began_there_is_nothing_to_draw(enter: Enter) -> None:
    page = enter("akim.alm").get(f"{CHARTS}?as_of=2019-09-01")
    assert page.tree.all("svg", class_="chart") == []
    assert page.tree.one("div", class_="empty")


def test_strangers_are_sent_to_sign_in(replayed: Runtime) -> None:
    from pmo.app import create_app
    from tests.web.conftest import strict
    from tests.web.pages import Pages

    pages = Pages(strict(create_app(replayed)))
    for path in (CHARTS, "/portfolio/punctuality"):
        assert pages.get(path).path == "/sign-in"


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_drawings_speak_the_readers_language(enter: Enter, replayed: Runtime, language: str) -> None:
    from pmo.db.models.people import PersonRecord

    with replayed.writing() as session:
        session.get_one(PersonRecord, "akim.alm").language = language
    words = drawing(enter("akim.alm").get(CHARTS), "statuses-heading").text
    assert {"ru": "отставание", "kk": "кестеден қалу", "en": "off track"}[language] in words
