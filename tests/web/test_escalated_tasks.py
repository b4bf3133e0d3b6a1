"""What climbed to a senior stands first on the page of their tasks, until they answer it there (DOMAIN 3.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest
from sqlalchemy import select

from pmo.app import create_app
from pmo.clock import local_moment
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.runtime import Runtime
from pmo.services.replies import give_recovery_plan
from tests.domain.ladder_cast import as_day
from tests.jobs.answering import act, answers
from tests.jobs.small_city import ZONE, SmallCity
from tests.web.pages import Page, Pages

PagesOn = Callable[[str, str], Pages]


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    """A critical milestone of 31 December, which turns its project red, in a city with a chief of staff."""
    found = SmallCity(runtime)
    with runtime.writing() as session:
        since = session.get_one(PersonRecord, "akim").created_at
        for person, role in (("chief", "chief_of_staff"), ("deputy", "deputy_akim")):
            names = {f"title_{language}": person for language in ("ru", "kk", "en")}
            session.add(
                PersonRecord(
                    id=person,
                    city_id="almaty",
                    role=role,
                    email=f"{person}@almaty.example",
                    language="en",
                    is_active=True,
                    created_at=since,
                    **names,
                )
            )
    project = found.project()
    found.milestone(project, "P-01-M1", "2019-12-31", critical=True)
    return found


@pytest.fixture
def pages_on(city: SmallCity) -> PagesOn:
    """A browser of a post at noon of a day."""

    def opened(person: str, day: str) -> Pages:
        app = create_app(city.runtime.at(local_moment(as_day(day), time(12), ZONE)))
        app.testing = True
        return Pages(app).sign_in(person)

    return opened


def escalated(page: Page) -> list[str]:
    """The lines of the group, and nothing where there is no such group."""
    found = [part for part in page.tree.all("section") if part["aria-labelledby"] == "escalated"]
    return [line.text for part in found for line in part.one("ul").all("li")]


def codes(page: Page) -> list[str]:
    return [line.split()[0] for line in escalated(page)]


def answer_link(page: Page) -> str:
    (part,) = [part for part in page.tree.all("section") if part["aria-labelledby"] == "escalated"]
    return part.all("a", class_="btn-primary")[0]["href"]


def in_mails(city: SmallCity, person: str) -> set[tuple[str, str]]:
    """Everything that the mails of a person told them: item and rung."""
    told = [mail.items for mail in city.mails() if mail.recipient_id == person]
    return {(item["item"], item["rung"]) for items in told for item in items}


def test_each_level_finds_what_climbed_to_it_and_not_before(city: SmallCity, pages_on: PagesOn) -> None:
    city.mornings("2019-12-30", "2020-01-06")
    assert codes(pages_on("curator", "2020-01-06").get("/tasks")) == []
    city.mornings("2020-01-08", "2020-01-08")  # O+3, critical: the curator; and the project turns red
    curator = pages_on("curator", "2020-01-08").get("/tasks")
    assert codes(curator) == ["P-01", "P-01-M1"]
    assert "2 answers are wanted from you." in curator.text
    ladder = escalated(curator)[1]
    assert "Overdue, 3rd working day" in ladder
    assert "next: Overdue, 7th working day, 14 January 2020" in ladder
    assert "Nobody has answered." in ladder
    assert codes(pages_on("akim", "2020-01-08").get("/tasks")) == []

    city.mornings("2020-01-09", "2020-01-16")  # O+7: the akim; and no plan was given: the chief of staff
    assert codes(pages_on("akim", "2020-01-16").get("/tasks")) == ["P-01-M1"]
    (missing,) = escalated(pages_on("chief", "2020-01-16").get("/tasks"))
    assert missing.startswith("P-01 ")
    assert "Recovery plan missing" in missing
    for person in ("manager", "owner", "head", "analyst"):
        assert escalated(pages_on(person, "2020-01-16").get("/tasks")) == [], person


def test_whatever_stands_there_was_told_by_mail(city: SmallCity, pages_on: PagesOn) -> None:
    city.mornings("2019-12-30", "2020-01-27")
    rungs = {(row.recipient_id, row.item, row.rung) for row in city.alerts() if row.ended_at is None}
    for person in ("curator", "akim", "chief"):
        shown = codes(pages_on(person, "2020-01-27").get("/tasks"))
        assert shown, person
        for code in shown:
            told = {(item, rung) for item, rung in in_mails(city, person) if item == code}
            assert any((person, item, rung) in rungs for item, rung in told), (person, code)


@pytest.mark.parametrize(("person", "day", "rung"), [("curator", "2020-01-08", "O+3"), ("akim", "2020-01-14", "O+7")])
def test_the_answer_is_one_link_away_and_leads_back(
    city: SmallCity, pages_on: PagesOn, person: str, day: str, rung: str
) -> None:
    city.mornings("2019-12-30", day)
    senior = pages_on(person, day)
    links = [link["href"] for link in senior.get("/tasks").tree.all("a", class_="btn-primary")]
    (there,) = [link for link in links if link.startswith("/milestones/")]
    form = senior.get(there)
    done = senior.submit(form, form.path, text="I call the contractor today")
    assert done.path == "/tasks"
    assert "P-01-M1" not in codes(done)
    assert answers(city) == [(person, "acknowledged", rung)]


def test_a_repeat_after_the_answer_asks_again(city: SmallCity, pages_on: PagesOn) -> None:
    city.mornings("2019-12-30", "2020-01-14")
    akim = pages_on("akim", "2020-01-14")
    form = akim.get(answer_link(akim.get("/tasks")))
    akim.submit(form, form.path, text="Seen")
    city.mornings("2020-01-15", "2020-01-22")
    assert codes(pages_on("akim", "2020-01-22").get("/tasks")) == []
    city.mornings("2020-01-23", "2020-01-23")  # O+14, the akim again
    (line,) = escalated(pages_on("akim", "2020-01-23").get("/tasks"))
    assert "Overdue, 14th working day" in line
    assert "Alert acknowledged: akim, 14 January 2020" in line


def test_the_chief_of_staff_answers_about_a_project_of_another_area(city: SmallCity, pages_on: PagesOn) -> None:
    city.mornings("2019-12-30", "2020-01-16")
    chief = pages_on("chief", "2020-01-16")
    form = chief.get(answer_link(chief.get("/tasks")))
    assert chief.submit(form, form.path, text="I speak with the owner today").path == "/tasks"
    assert codes(chief.get("/tasks")) == []


def test_a_plan_given_takes_it_from_the_page_with_the_next_morning(city: SmallCity, pages_on: PagesOn) -> None:
    city.mornings("2019-12-30", "2020-01-16")
    project = next(row.project_id for row in city.alerts() if row.rung == "plan_missing")
    with city.runtime.writing() as session:
        give_recovery_plan(session, act(city, "owner", "2020-01-16"), project, "Two shifts")
    city.mornings("2020-01-17", "2020-01-17")
    assert codes(pages_on("chief", "2020-01-17").get("/tasks")) == []


def test_a_substitute_answers_for_the_curator_who_finds_nothing_on_return(city: SmallCity, pages_on: PagesOn) -> None:
    city.absence("curator", "deputy", "2020-01-08", "2020-01-09")
    city.mornings("2019-12-30", "2020-01-08")
    deputy = pages_on("deputy", "2020-01-08")
    assert codes(deputy.get("/tasks")) == ["P-01", "P-01-M1"]
    for _ in range(2):
        form = deputy.get(answer_link(deputy.get("/tasks")))
        deputy.submit(form, form.path, text="For the curator: at work")
    assert codes(deputy.get("/tasks")) == []
    assert codes(pages_on("curator", "2020-01-10").get("/tasks")) == []


def test_what_a_substitute_left_waits_for_the_curator_and_leaves_the_substitute(
    city: SmallCity, pages_on: PagesOn
) -> None:
    city.absence("curator", "deputy", "2020-01-08", "2020-01-09")
    city.mornings("2019-12-30", "2020-01-08")
    assert codes(pages_on("curator", "2020-01-10").get("/tasks")) == ["P-01", "P-01-M1"]
    assert codes(pages_on("deputy", "2020-01-10").get("/tasks")) == []


def test_a_curator_without_an_owner_below_owes_the_plan_and_is_asked_once(city: SmallCity, pages_on: PagesOn) -> None:
    with city.runtime.writing() as session:
        session.scalars(select(ProjectRecord)).one().owner_id = None
    city.mornings("2019-12-30", "2020-01-08")
    page = pages_on("curator", "2020-01-08").get("/tasks")
    assert codes(page) == ["P-01-M1"]
    assert [part["aria-labelledby"] for part in page.tree.all("section")][:2] == ["escalated", "plans"]


def test_as_of_a_past_day_it_stands_as_it_stood(city: SmallCity, pages_on: PagesOn) -> None:
    city.mornings("2019-12-30", "2020-01-14")
    akim = pages_on("akim", "2020-01-14")
    form = akim.get(answer_link(akim.get("/tasks")))
    akim.submit(form, form.path, text="Seen")
    later = pages_on("akim", "2020-01-16")
    assert codes(later.get("/tasks?as_of=2020-01-13")) == []
    assert codes(later.get("/tasks?as_of=2020-01-15")) == []
    past = pages_on("curator", "2020-01-16").get("/tasks?as_of=2020-01-08")
    assert codes(past) == ["P-01", "P-01-M1"]
    assert not past.tree.all("a", class_="btn-primary")
