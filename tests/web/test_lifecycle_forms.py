"""Pausing, resuming, cancelling and the worse colour, for projects and milestones; money and issues."""

from __future__ import annotations

import pytest

from tests.cast import Town
from tests.services.test_lifecycle import colour
from tests.services.test_milestones import status_of
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

WHY = {"reason_id": "contractor_delay"}


def of_project(town: Town, noun: str) -> str:
    return f"/projects/{town.project()}/{noun}"


def of_milestone(town: Town, noun: str) -> str:
    return f"/milestones/{town.milestone()}/{noun}"


@pytest.mark.parametrize("of", [of_project, of_milestone])
def test_the_curator_pauses_and_resumes(town: Town, pages_in_town: PagesOf, of: object) -> None:
    curator = pages_in_town("curator")
    pause, resumption = of(town, "pause"), of(town, "resumption")  # type: ignore[operator]
    page = curator.get(pause)
    assert page.form(pause).one("input", name="starts_on")["value"] == "31.01.2020"
    assert "is paused from 31 January 2020." in curator.submit(page, pause, text="<b>no money</b>", **WHY).text
    assert status_of(town) == "paused"
    assert "is already paused." in curator.submit(page, pause, 422, **WHY).errors[0]
    page = curator.get(resumption)
    assert "Paused since 31 January 2020." in page.text
    assert "goes on from 31 January 2020." in curator.submit(page, resumption).text
    assert "is not paused." in curator.submit(page, resumption, 422).errors[0]


@pytest.mark.parametrize("of", [of_project, of_milestone])
def test_the_akim_cancels(town: Town, pages_in_town: PagesOf, of: object) -> None:
    akim = pages_in_town("akim")
    path = of(town, "cancellation")  # type: ignore[operator]
    page = akim.get(path)
    wrong = akim.submit(page, path, 422, effective_on="", text="")
    assert wrong.errors == ["Enter the day from which it is cancelled.", "Choose the reason.", "Explain the decision."]
    assert "is cancelled from" in akim.submit(page, path, text="<b>dropped</b>", **WHY).text
    assert status_of(town) == "cancelled"
    assert "is already cancelled." in akim.submit(page, path, 422, text="again", **WHY).errors[0]


@pytest.mark.parametrize(
    ("noun", "values", "words"),
    [
        ("pause", {"starts_on": "", **WHY}, "Enter the first day of the pause."),
        ("pause", {}, "Choose the reason."),
        ("pause", {"starts_on": "01.01.1990", **WHY}, "The date must lie between"),
        ("resumption", {"resumed_on": ""}, "Enter the day on which work goes on."),
    ],
)
def test_a_pause_that_cannot_be_says_why(
    town: Town, pages_in_town: PagesOf, noun: str, values: dict[str, object], words: str
) -> None:
    curator = pages_in_town("curator")
    path = of_project(town, noun)
    assert words in curator.submit(curator.get(path), path, 422, **values).errors[0]
    assert town.entries() == []


def test_the_office_sets_a_worse_colour(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    path = f"/projects/{town.project('DP-11')}/override"
    page = analyst.get(path)
    done = analyst.submit(page, path, severity="1", ends_on="20.02.2020", text="<b>the contractor leaves</b>")
    assert "The worse colour of DP-11 holds until 20 February 2020." in done.text
    assert colour(town, "DP-11") == ("at_risk", 1)
    for values, words in (
        ({"severity": "1", "ends_on": "02.03.2020", "text": "long"}, "The end date must lie between"),
        ({"ends_on": "20.02.2020", "text": "none"}, "Choose the colour."),
        ({"severity": "0", "ends_on": "20.02.2020", "text": "better"}, "Choose one of the list."),
        ({"severity": "2", "ends_on": "20.02.2020", "text": ""}, "Give the reason."),
    ):
        assert words in analyst.submit(page, path, 422, **values).errors[0]
    red = of_project(town, "override")
    assert path in analyst.get(f"/projects/{town.project('DP-11')}").links.values()
    assert red not in analyst.get(f"/projects/{town.project()}").links.values()
    assert "No colour is worse than the computed one." in analyst.get(red).text
    wrong = analyst.post(red, severity="2", ends_on="20.02.2020", text="worse")
    assert wrong.status_code == 422
    assert "The colour set by hand must be worse than the computed one." in wrong.text


def test_the_manager_reports_money(town: Town, pages_in_town: PagesOf) -> None:
    manager = pages_in_town("manager")
    path = of_project(town, "costs/new")
    page = manager.get(path)
    assert page.form(path).one("input", name="budget")["value"] == "1,200"
    for _ in range(2):
        manager.submit(page, path, estimate="1600", planned="300", spent="250,5")
    assert town.entries() == ["cost_reported"]
    for values, words in (
        ({"reported_on": "01.02.2020"}, "cannot be later than today"),
        ({"budget": ""}, "Enter the budget."),
        ({"budget": "0"}, "The budget must be above zero."),
        ({"spent": "-1"}, "The amount cannot be negative."),
    ):
        assert words in manager.submit(page, path, 422, **values).errors[0]


def test_the_manager_raises_an_issue_once(town: Town, pages_in_town: PagesOf) -> None:
    manager = pages_in_town("manager")
    path = of_project(town, "issues/new")
    page = manager.get(path)
    for _ in range(2):
        done = manager.submit(page, path, text="<b>no land</b>", severity="critical", due_on="15.02.2020")
        assert "The issue is raised: DP-10-R1." in done.text
    wrong = manager.submit(page, path, 422)
    assert wrong.errors == ["Describe the problem.", "Choose one.", "Enter the date."]


def test_an_issue_is_marked_as_solved_on_the_page_of_its_project(town: Town, pages_in_town: PagesOf) -> None:
    manager, colleague = pages_in_town("manager"), pages_in_town("colleague")
    for text in ("no land", "no power"):
        raising = of_project(town, "issues/new")
        manager.submit(manager.get(raising), raising, text=text, severity="critical", due_on="15.02.2020")
    project, closing = f"/projects/{town.project()}", of_project(town, "issues/closing")
    page = manager.get(project)
    done = manager.submit(page, closing, choose="code=DP-10-R1")
    assert "The issue is solved: DP-10-R1." in done.text
    assert [form.one("input", name="code")["value"] for form in done.tree.all("form") if form["action"] == closing] == [
        "DP-10-R2"
    ]
    told = [" ".join(item.text.split()) for item in done.tree.all("li") if "Issue closed" in item.text]
    assert len(told) == 1
    assert "«no land»" in told[0]
    assert "no power" not in told[0]
    again = manager.submit(page, closing, 422, choose="code=DP-10-R1")
    assert "This issue is already closed." in again.text
    assert not any(form["action"] == closing for form in colleague.get(project).tree.all("form"))
    assert colleague.post(closing, code="DP-10-R2").status_code == 403


@pytest.mark.parametrize(
    ("noun", "people"),
    [
        ("pause", (("manager", 403), ("analyst", 403), ("observer", 403), ("curator-b", 404), ("outsider", 404))),
        ("resumption", (("manager", 403), ("analyst", 403), ("curator-b", 404))),
        ("cancellation", (("curator", 403), ("analyst", 403), ("outsider", 404))),
        ("override", (("manager", 403), ("curator", 403), ("akim", 403), ("outsider", 404))),
        ("costs/new", (("colleague", 403), ("curator", 403), ("outsider", 404))),
        ("issues/new", (("colleague", 403), ("curator", 403), ("outsider", 404))),
    ],
)
def test_who_may_not_is_kept_out(
    town: Town, pages_in_town: PagesOf, noun: str, people: tuple[tuple[str, int], ...]
) -> None:
    before = town.audit_actions()
    for person, status in people:
        pages = pages_in_town(person)
        paths = [of_project(town, noun)]
        if noun in ("pause", "resumption", "cancellation"):
            paths.append(of_milestone(town, noun))
        for path in paths:
            pages.get(path, status)
            assert pages.post(path, **WHY).status_code == status
    assert town.audit_actions() == before
