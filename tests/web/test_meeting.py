"""The meeting on a screen: who may open it, what is called in which order, and that it works with plain links."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from pmo.clock import local_moment
from pmo.domain.access import Actor, Role
from pmo.domain.agenda import Topic
from pmo.domain.project import ProjectStatus
from pmo.queries.meeting import Meeting, meeting
from pmo.queries.overview import Moment
from pmo.queries.overview_filter import Wanted
from pmo.runtime import Runtime
from tests.queries.test_overview import counting_statements
from tests.web.markup import Element
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors

ZONE = ZoneInfo("Asia/Almaty")
FRIDAY = date(2019, 10, 11)
AKIM = Actor("akim.alm", "almaty", Role.AKIM)


@pytest.fixture
def friday(simulated: Runtime) -> Runtime:
    """The evening of the last simulated day: alerts were told, some milestones are overdue."""
    return simulated.at(local_moment(FRIDAY, time(18), ZONE))


@pytest.fixture
def enter(friday: Runtime) -> Enter:
    return doors(friday)


def pages_of(page: Page) -> list[Element]:
    return [section for section in page.tree.all("section") if section["id"].startswith("page-")]


def called(page: Page) -> list[str]:
    """Codes of the projects in the order in which they are called."""
    return [section.one("h2").one("span", class_="code").text for section in pages_of(page)[1:]]


def held(runtime: Runtime, on: date, wanted: Wanted | None = None) -> Meeting:
    now = Moment(runtime.now(), on)
    with runtime.reading() as session:
        return meeting(session, AKIM, wanted or Wanted(city="almaty"), now, runtime.rules, runtime.histories)


def test_those_who_rule_open_it_and_nobody_else(enter: Enter) -> None:
    for post in ("akim.alm", "deputy-da5.alm", "chief-of-staff.alm", "pmo-head.alm", "analyst.alm"):
        page = enter(post).get("/meeting")
        assert page.tree.one("h1")
        assert "/meeting" in [link["href"] for link in enter(post).get("/portfolio").tree.all("a")]
    for post in ("head-police.alm", "manager-police-1.alm", "observer.alm", "admin.alm"):
        enter(post).get("/meeting", status=403)
        assert "/meeting" not in [link["href"] for link in enter(post).get("/portfolio").tree.all("a")]


def test_the_agenda_keeps_the_order_of_topics_and_calls_a_project_once(friday: Runtime) -> None:
    found = held(friday, FRIDAY)
    places = [list(Topic).index(page.topic) for page in found.pages]
    assert places == sorted(places)
    assert len({page.row.line.id for page in found.pages}) == len(found.pages)
    assert sum(found.counts.values()) == len(found.pages)
    assert found.counts[Topic.UNANSWERED] > 0
    assert found.last == date(2019, 10, 7)


def test_every_red_project_is_called(replayed: Runtime) -> None:
    found = held(replayed, date(2020, 1, 31))
    red = {page.row.line.code for page in found.pages if page.assessment.status is ProjectStatus.OFF_TRACK}
    assert red == {"DP-10", "DP-13", "DP-21", "DP-31", "DP-42"}
    topics = {page.row.line.code: {one.matter.topic for one in page.matters} for page in found.pages}
    assert all(Topic.RED in topics[code] for code in red)


def test_an_unanswered_escalation_says_who_was_told_and_whose_answer_is_wanted(friday: Runtime, enter: Enter) -> None:
    found = held(friday, FRIDAY)
    first = found.pages[0]
    assert first.topic is Topic.UNANSWERED
    assert first.told
    assert first.matters[0].wanted_from is not None
    section = pages_of(enter("akim.alm").get("/meeting"))[1]
    assert "На эскалацию никто не ответил" in section.text
    assert "Никто не ответил." in section.text
    assert first.matters[0].wanted_from.name_ru in section.text
    assert first.matters[0].matter.line.item in section.text


def test_pages_are_numbered_and_linked_without_a_script(enter: Enter) -> None:
    page = enter("akim.alm").get("/meeting")
    sections = pages_of(page)
    last = len(sections) - 1
    assert last > 2
    for number, section in enumerate(sections):
        assert section.one("span", class_="deck-progress").text == f"{number} / {last}"
        forward = [link["href"] for link in section.all("a", rel="next")]
        back = [link["href"] for link in section.all("a", rel="prev")]
        assert forward == ([f"#page-{number + 1}"] if number < last else [])
        assert back == ([f"#page-{number - 1}"] if number else [])
    agenda = [link["href"] for link in sections[0].one("div", class_="deck-agenda").all("a")]
    assert agenda == [f"#page-{number}" for number in range(1, last + 1)]


def test_a_curator_calls_the_own_area_and_a_neighbour_city_sees_nothing(enter: Enter) -> None:
    city = called(enter("akim.alm").get("/meeting"))
    areas = {post: called(enter(post).get("/meeting")) for post in ("deputy-da1.alm", "deputy-da5.alm")}
    for codes in areas.values():
        assert set(codes) < set(city)
        assert codes == [code for code in city if code in codes]
    assert areas["deputy-da1.alm"] != areas["deputy-da5.alm"]
    neighbour = enter("akim.ast").get("/meeting")
    assert not set(called(neighbour)) & set(city)
    assert not set(called(enter("akim.ast").get("/meeting?area=ALA-DA5"))) & set(city)


def test_the_akim_may_call_one_area(enter: Enter) -> None:
    pages = enter("akim.alm")
    page = pages.get("/meeting")
    choice = page.tree.one("select", name="area").all("option")[-1]["value"]
    narrowed = called(pages.get(f"/meeting?area={choice}"))
    assert set(narrowed) < set(called(page))


def test_a_past_meeting_can_be_held_again(friday: Runtime) -> None:
    later = doors(friday.at(local_moment(date(2020, 3, 2), time(18), ZONE)))("akim.alm")
    then = later.get(f"/meeting?as_of={FRIDAY}")
    live = doors(friday)("akim.alm").get("/meeting")
    assert called(then) == called(live)
    for was, is_now in zip(pages_of(live)[1:], pages_of(then)[1:], strict=True):
        assert was.text == is_now.text
    assert "11 октября 2019" in then.tree.one("p", class_="deck-past").text
    assert all(
        "as_of=2019-10-11" in link["href"]
        for section in pages_of(then)
        for link in section.all("a")
        if link["href"].startswith("/projects")
    )


def test_where_nothing_is_to_be_called_it_says_so(portfolio: Runtime) -> None:
    first_day = doors(portfolio.at(local_moment(date(2019, 9, 16), time(9), ZONE)))
    page = first_day("deputy-da5.alm").get("/meeting")
    assert called(page) == []
    assert "0 / 0" in page.text


def test_the_number_of_statements_does_not_depend_on_the_agenda(friday: Runtime) -> None:
    said = {}
    for area in ("", "ALA-DA5", ""):
        now = Moment(friday.now(), FRIDAY)
        with friday.reading() as session, counting_statements(session) as statements:
            found = meeting(session, AKIM, Wanted(city="almaty", area=area), now, friday.rules, friday.histories)
            said[area] = len(statements)
        assert found.pages
    assert said[""] == said["ALA-DA5"] < 60
