"""The voices on the project page, one click of a superior, and the lists behind the counts."""

from __future__ import annotations

import pytest

from pmo.domain.voices import Confidence, Level
from pmo.services.updates import Said, give_confidence, give_curator_view, send_update
from tests.cast import Town
from tests.web.pages import Page
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]


@pytest.fixture
def page_of(town: Town) -> str:
    return f"/projects/{town.project()}"


def say(town: Town, person: str = "manager", **said: object) -> None:
    with town.writing() as session:
        send_update(session, town.act(person), town.project(), Said(**said))  # type: ignore[arg-type]


def doubt(town: Town, code: str, level: Confidence) -> None:
    with town.writing() as session:
        give_confidence(session, town.act("analyst"), town.project(code), level, "No contractor yet.")


def listed(page: Page) -> list[str]:
    """Codes of the projects of a list."""
    rows = [row for table in page.tree.all("table") for row in table.one("tbody").all("tr")]
    return [row.all("span", class_="code")[0].text for row in rows]


def voices_text(page: Page) -> str:
    return next(section.text for section in page.tree.all("section") if section["aria-labelledby"] == "voices")


def test_the_three_voices_stand_side_by_side_with_day_and_author(
    pages_in_town: PagesOf, town: Town, page_of: str
) -> None:
    say(town, view=0, text="All well.", decision="Move the pipes", level=Level.CURATOR)
    doubt(town, "DP-10", Confidence.LOW)
    text = voices_text(pages_in_town("observer").get(page_of))
    assert "Off track" in text
    assert "All well." in text
    assert "31 January 2020, manager" in text
    assert "31 January 2020, analyst" in text
    assert "Decision wanted from: the curator" in text
    assert "The manager sees it better than the rules" in text
    assert "low confidence" not in text  # a doubt about a red project is no news


def test_the_office_doubts_a_green_project(pages_in_town: PagesOf, town: Town) -> None:
    doubt(town, "DP-11", Confidence.LOW)
    text = voices_text(pages_in_town("analyst").get(f"/projects/{town.project('DP-11')}"))
    assert "The rules say green, the office has low confidence" in text
    page = pages_in_town("analyst").get("/voices?show=disagree")
    assert listed(page) == ["DP-11"]


def test_a_count_of_the_overview_opens_exactly_what_it_counted(pages_in_town: PagesOf, town: Town) -> None:
    say(town, view=0, decision="Move the pipes", level=Level.AKIM)
    doubt(town, "DP-11", Confidence.LOW)
    pages = pages_in_town("akim")
    overview = pages.get("/portfolio")
    counts = {
        link["href"]: int(link.one("b").text)
        for tally in overview.tree.all("ul", class_="tally")
        for link in tally.all("a")
        if link["href"].startswith("/voices")
    }
    assert counts == {
        "/voices?show=disagree": 2,
        "/voices?show=decision": 1,
        "/voices?show=stale": 1,
        "/voices?show=silent": 1,
    }
    for address, number in counts.items():
        page = pages.get(address)
        assert len(listed(page)) == number
        assert page.tree.one("h2", id="list").text.split()[0] == str(number)
    assert listed(pages.get("/voices?show=silent")) == ["DP-11"]


def test_a_list_keeps_the_filter_and_the_sight_of_its_reader(pages_in_town: PagesOf, town: Town) -> None:
    say(town, view=0)
    doubt(town, "DP-11", Confidence.LOW)
    assert listed(pages_in_town("analyst").get("/voices?show=disagree&department=dept-b")) == ["DP-11"]
    assert listed(pages_in_town("curator").get("/voices?show=disagree")) == ["DP-10"]
    assert listed(pages_in_town("outsider").get("/voices?show=disagree")) == []
    pages_in_town("analyst").get("/voices?show=everything", 404)


def test_a_past_day_knows_nothing_of_what_was_said_later(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    say(town, view=0, text="All well.")
    assert "All well." not in voices_text(pages_in_town("observer").get(f"{page_of}?as_of=2020-01-30"))
    assert listed(pages_in_town("observer").get("/voices?show=disagree&as_of=2020-01-30")) == []


def test_silence_is_said_with_its_days(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    text = voices_text(pages_in_town("observer").get(page_of))
    assert "Nothing was heard of the project for 137 days." in text
    say(town, view=1)
    assert "Nothing was heard" not in voices_text(pages_in_town("observer").get(page_of))


@pytest.mark.parametrize("person", ["owner", "curator"])
def test_a_superior_acknowledges_with_one_click_from_the_tasks(
    pages_in_town: PagesOf, town: Town, page_of: str, person: str
) -> None:
    say(town, view=0, text="All well.")
    pages = pages_in_town(person)
    tasks = pages.get("/tasks")
    assert "All well." in tasks.text
    (action,) = [form["action"] for form in tasks.tree.all("form") if form["action"].endswith("/acknowledgement")]
    after = pages.submit(tasks, action)
    assert after.path == "/tasks"
    assert "All well." not in after.text
    assert f"acknowledged by {person}" in pages.get(page_of).text
    assert not [form for form in pages.get(page_of).tree.all("form") if form["action"] == action]


def test_a_superior_asks_back_from_the_page(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    say(town, view=0, text="All well.")
    pages = pages_in_town("curator")
    address = next(link for link in pages.get(page_of).links.values() if link.endswith("/question"))
    page = pages.submit(pages.get(address), address, 422)
    assert page.errors
    page = pages.submit(page, address, question="Why green?")
    assert page.path == page_of
    assert "«Why green?»" in voices_text(page)


def test_replies_are_for_superiors_of_the_project_alone(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    say(town, view=0, text="All well.")
    number = next(
        link.split("/")[4]
        for link in pages_in_town("curator").get(page_of).links.values()
        if link.endswith("/question")
    )
    for person, status in (("manager", 403), ("analyst", 403), ("observer", 403), ("curator-b", 404), ("owner-b", 404)):
        answer = pages_in_town(person).post(f"{page_of}/updates/{number}/acknowledgement")
        assert answer.status_code == status, person
    other = f"/projects/{town.project('DP-11')}/updates/{number}/acknowledgement"
    assert pages_in_town("akim").post(other).status_code == 404
    for person in ("manager", "analyst", "observer"):
        page = pages_in_town(person).get(page_of)
        assert not [link for link in page.links.values() if link.endswith("/question")]


def test_the_office_gives_its_confidence_on_a_form(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    pages = pages_in_town("analyst")
    address = f"{page_of}/confidence"
    assert pages.submit(pages.get(address), address, 422).errors
    page = pages.submit(pages.get(address), address, level="medium", text="One contractor of two.")
    assert page.path == page_of
    assert "One contractor of two." in voices_text(page)
    for person, status in (("manager", 403), ("curator", 403), ("observer", 403)):
        pages_in_town(person).get(address, status)
    pages_in_town("outsider").get(address, 404)


def test_the_curator_gives_an_own_view_that_is_listed_where_it_differs(
    pages_in_town: PagesOf, town: Town, page_of: str
) -> None:
    pages = pages_in_town("curator")
    address = pages.get(page_of).links["Give the own view"]
    page = pages.submit(pages.get(address), address, 422, text="I was on the site.")
    assert page.errors == ["Choose one of the list."]
    assert "I was on the site." in page.tree.one("textarea").text
    page = pages.submit(page, address, view="0")
    assert page.path == page_of
    text = voices_text(page)
    assert "I was on the site. 31 January 2020, curator" in text
    assert "The curator sees it better than the rules" in text
    assert "Curator's own view given" in page.text
    for person in ("observer", "manager", "analyst"):
        reader = pages_in_town(person)
        assert "I was on the site." in voices_text(reader.get(page_of))
        assert "Give the own view" not in reader.get(page_of).links
        reader.get(address, 403)
        assert reader.post(address, view="1", text="Mine.").status_code == 403
    for person in ("curator-b", "curator-ast"):
        pages_in_town(person).get(address, 404)
    page = pages_in_town("akim").get("/voices?show=disagree")
    assert listed(page) == ["DP-10"]
    assert "I was on the site." in page.text


def test_a_past_day_knows_the_curators_view_of_then(pages_in_town: PagesOf, town: Town, page_of: str) -> None:
    with town.at("2020-01-20").writing() as session:
        give_curator_view(session, town.at("2020-01-20").act("curator"), town.project(), 0, "Then.")
    with town.writing() as session:
        give_curator_view(session, town.act("curator"), town.project(), 2, "Now.")
    pages = pages_in_town("curator")
    then = pages.get(f"{page_of}?as_of=2020-01-25")
    assert "Then." in voices_text(then)
    assert "Now." not in then.text
    assert "Give the own view" not in then.links
    assert listed(pages.get("/voices?show=disagree&as_of=2020-01-25")) == ["DP-10"]
    assert listed(pages.get("/voices?show=disagree")) == []


def test_the_tasks_lead_a_manager_to_the_one_form(pages_in_town: PagesOf) -> None:
    assert "/update" in pages_in_town("manager").get("/tasks").links.values()
    for person in ("analyst", "owner", "curator"):  # who manages no project of their own has no such form
        assert "/update" not in pages_in_town(person).get("/tasks").links.values()
