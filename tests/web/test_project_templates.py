"""Templates in the browser: from a project to a template to a new project; conflicts; nothing typed is lost."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import BaselineDateRecord, MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.models.templates import TemplateRecord
from pmo.domain.template import Template
from pmo.queries.templates import template_page, templates_of
from tests.cast import Town, named
from tests.services.test_templates import SCHOOL, make
from tests.web.pages import Page, Pages
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

LIST = "/administration/templates"
HOSTILE = "<script>alert('x')</script>"
NAMES = {"name_ru": "Школа", "name_kk": "Мектеп", "name_en": HOSTILE}
PROJECT = {
    "code": "DP-51",
    **NAMES,
    "sector_id": "safety",
    "priority_id": "rights",
    "department_id": "dept-a",
    "area_id": "area-a",
}
VALUES = {"i-I1-baseline": "0", "i-I1-target": "1 200"}


def stored(town: Town, number: int) -> Template:
    with town.runtime.reading() as session:
        return template_page(session, "almaty", number).line.template


def typed(page: Page, path: str, name: str) -> str:
    """What a field of the page's form holds."""
    return page.form(path).one("input", name=name)["value"]


def template_named(town: Town, code: str) -> int:
    with town.runtime.reading() as session:
        return session.scalars(select(TemplateRecord.id).where(TemplateRecord.code == code)).one()


def test_from_a_project_to_a_template_to_a_new_project(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    project = analyst.get(f"/projects/{town.project()}")
    path = project.links["Save as a template"]
    made = analyst.submit(analyst.get(path), path, code="CAMERAS", **NAMES)
    assert HOSTILE in made.heading
    assert "Milestone M1" in made.text
    assert "withdraw" not in made.text.lower() or made.form(f"{made.path}/withdrawal")
    create = made.links["Create a project"]
    page = analyst.get(create)
    assert [typed(page, create, f"m-M{place}-due_on") for place in (1, 2, 3)] == ["01.06.2020", "29.09.2020", ""]
    assert [typed(page, create, f"i-I1-{name}") for name in ("baseline_on", "target_on", "target")] == [
        "31.01.2020",
        "01.06.2021",
        "",
    ]
    moved = analyst.submit(page, create, choose="preview=1", **PROJECT, start_on="02.03.2020")
    assert moved.errors == []
    assert [typed(moved, create, f"m-M{place}-due_on") for place in (1, 2, 3)] == ["01.07.2020", "30.10.2020", ""]
    assert typed(moved, create, "end_on") == "02.07.2021"
    assert typed(moved, create, "code") == "DP-51"
    done = analyst.submit(
        moved, create, choose="create=1", **VALUES, **{"m-M2-due_on": "15.11.2020", "i-I2-left_out": "y"}
    )
    assert done.path.startswith("/projects/")
    assert "DP-51-M2" in done.text
    with town.runtime.reading() as session:
        record = session.scalars(select(ProjectRecord).where(ProjectRecord.code == "DP-51")).one()
        dates = session.execute(
            select(MilestoneRecord.code, BaselineDateRecord.due_on)
            .outerjoin(BaselineDateRecord, BaselineDateRecord.milestone_id == MilestoneRecord.id)
            .where(MilestoneRecord.project_id == record.id)
            .order_by(MilestoneRecord.position)
        ).all()
        indicators = session.scalars(select(IndicatorRecord).where(IndicatorRecord.project_id == record.id)).all()
    assert [(row.code, row.due_on.isoformat() if row.due_on else None) for row in dates] == [
        ("DP-51-M1", "2020-07-01"),
        ("DP-51-M2", "2020-11-15"),
        ("DP-51-M3", None),
    ]
    assert [(one.code, one.target) for one in indicators] == [("DP-51-I1", 1200.0)]


def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    path = f"{LIST}/{make(town)}/project"
    page = analyst.get(path)
    values = {
        **PROJECT,
        "code": "DP-10",
        "m-M1-due_on": "next week",
        "m-M3-due_on": "01.06.2020",
        "i-I1-target": "many",
        "i-I1-baseline_on": "",
    }
    wrong = analyst.submit(page, path, 422, choose="create=1", **values)
    assert wrong.errors == [
        "M1 M1: Write the date as day.month.year, for example 31.01.2020.",
        "I1, Date of the baseline value: Enter the date.",
        "I1, Target value: Write a number, for example 1 234,5.",
    ]
    assert [typed(wrong, path, name) for name in list(values)[-4:]] == [
        "next week",
        "01.06.2020",
        "many",
        "",
    ]
    shaped = {"m-M1-due_on": "31.12.2051", "i-I1-baseline_on": "31.01.2020", "i-I1-target": ""}
    both = analyst.submit(wrong, path, 422, choose="create=1", **{**shaped, "name_en": ""})
    assert both.errors == [
        "Enter the name in English.",
        "M1 M1: The date must lie between 1 January 2000 and 31 December 2050.",
        "I1, Baseline value: Enter the baseline value, or leave the indicator out and add it later.",
        "I1, Target value: Enter the target value.",
    ]
    refused = analyst.submit(wrong, path, 422, choose="create=1", **shaped)
    assert refused.errors == [
        "The code DP-10 is already in use.",
        "M1 M1: The date must lie between 1 January 2000 and 31 December 2050.",
        "I1, Baseline value: Enter the baseline value, or leave the indicator out and add it later.",
        "I1, Target value: Enter the target value.",
    ]
    assert typed(refused, path, "m-M3-due_on") == "01.06.2020"
    assert town.entries() == []
    right = {"code": "DP-51", "m-M1-due_on": "", **VALUES}
    assert analyst.submit(refused, path, choose="create=1", **right).path.startswith("/projects/")


def test_a_corrected_date_stays_and_what_follows_moves_along(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    path = f"{LIST}/{make(town)}/project"
    page = analyst.get(path)
    assert [typed(page, path, f"m-M{place}-due_on") for place in (1, 2, 3)] == [
        "10.02.2020",
        "12.02.2020",
        "12.02.2020",
    ]
    again = analyst.submit(page, path, choose="preview=1", **{"m-M1-due_on": "02.03.2020"})
    assert [typed(again, path, f"m-M{place}-due_on") for place in (1, 2, 3)] == [
        "02.03.2020",
        "04.03.2020",
        "04.03.2020",
    ]
    later = analyst.submit(again, path, choose="preview=1", start_on="31.01.2021")
    assert [typed(later, path, f"m-M{place}-due_on") for place in (1, 2, 3)] == [
        "02.03.2020",
        "10.02.2021",
        "10.02.2021",
    ]
    odd = {"m-M1-due_on": "soon", "m-M2-due_on": "31.12.2051", "m-M3-due_on": ""}
    kept = analyst.submit(later, path, 422, choose="preview=1", **odd)
    assert [typed(kept, path, name) for name in odd] == list(odd.values())
    skipped = analyst.submit(later, path, choose="preview=1", **{"m-M2-left_out": "y", "m-M1-due_on": "15.04.2021"})
    assert typed(skipped, path, "m-M3-due_on") == "19.04.2021"


def test_a_start_moved_at_the_last_moment_is_shown_before_anything_is_saved(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    path = f"{LIST}/{make(town)}/project"
    shown = analyst.submit(analyst.get(path), path, choose="create=1", **PROJECT, **VALUES, start_on="01.06.2020")
    assert "The start was moved" in shown.text
    assert typed(shown, path, "m-M1-due_on") == "11.06.2020"
    assert town.entries() == []
    assert analyst.submit(shown, path, choose="create=1").path.startswith("/projects/")


@pytest.mark.parametrize(
    ("start", "words"),
    [("31.12.2051", "The date must lie between"), ("soon", "Write the date as"), ("", "Enter the start date.")],
)
def test_an_impossible_start_is_named(town: Town, pages_in_town: PagesOf, start: str, words: str) -> None:
    analyst = pages_in_town("analyst")
    path = f"{LIST}/{make(town)}/project"
    page = analyst.submit(analyst.get(path), path, 422, choose="create=1", **PROJECT, **VALUES, start_on=start)
    assert any(words in error for error in page.errors)
    assert typed(page, path, "start_on") == start
    assert town.entries() == []


def test_a_template_saved_meanwhile_is_shown_with_everything_typed(town: Town, pages_in_town: PagesOf) -> None:
    number = make(town)
    analyst, head = pages_in_town("analyst"), pages_in_town("pmo-head")
    path = f"{LIST}/{number}/project"
    page = analyst.get(path)
    new = f"{LIST}/{number}/milestones/new"
    head.submit(head.get(new), new, **named("Pool"), type_id="launch", offset_days="30", depends_on="M3")
    values = {**PROJECT, **VALUES, "m-M1-due_on": "17.02.2020"}
    stale = analyst.submit(page, path, 409, choose="create=1", **values)
    assert "Somebody saved the template since you opened this page" in stale.text
    assert typed(stale, path, "m-M1-due_on") == "17.02.2020"
    assert typed(stale, path, "m-M4-due_on") == "02.03.2020"
    assert typed(stale, path, "i-I1-target") == "1 200"
    assert town.entries() == []
    assert "DP-51-M4" in analyst.submit(stale, path, choose="create=1").text


def test_the_office_makes_a_template_by_hand(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    empty = analyst.get(LIST)
    assert "The city has no templates yet" in empty.text
    new = empty.links["New template"]
    made = analyst.submit(analyst.get(new), new, code="PARK", duration_days="300", **NAMES)
    root = made.path
    assert "No milestones yet." in made.text
    for values in (
        {"offset_days": "30", "critical": "y"},
        {"offset_days": "90", "depends_on": "M1 SS 5", "min_duration_wd": "10"},
    ):
        path = f"{root}/milestones/new"
        made = analyst.submit(analyst.get(path), path, **NAMES, type_id="launch", evidence_type_id="act", **values)
    path = f"{root}/indicators/new"
    made = analyst.submit(analyst.get(path), path, **NAMES, unit_id="pieces", direction="range")
    number = int(root.rpartition("/")[2])
    template = stored(town, number)
    assert [(one.code, one.offset_days, one.critical) for one in template.milestones] == [
        ("M1", 30, True),
        ("M2", 90, False),
    ]
    second = analyst.get(f"{root}/milestones/M2")
    assert second.form(f"{root}/milestones/M2").one("textarea").text == "M1 SS 5"
    analyst.submit(second, f"{root}/milestones/M2", offset_days="100", depends_on="M1")
    analyst.submit(analyst.get(f"{root}/indicators/I1"), f"{root}/indicators/I1", direction="down", weight="2")
    analyst.submit(analyst.get(f"{root}/edit"), f"{root}/edit", duration_days="310", sector_id="safety")
    template = stored(town, number)
    assert (template.milestones[1].offset_days, template.duration_days, template.sector_id) == (100, 310, "safety")
    assert (template.indicators[0].direction.value, template.indicators[0].weight) == ("down", 2.0)
    shown = analyst.submit(analyst.get(f"{root}/milestones/M1"), f"{root}/milestones/M1/removal")
    assert "M2" in shown.text
    shown = analyst.submit(analyst.get(f"{root}/indicators/I1"), f"{root}/indicators/I1/removal")
    assert [one.code for one in stored(town, number).milestones] == ["M2"]
    assert stored(town, number).indicators == ()
    analyst.get(f"{root}/milestones/M1", 404)
    analyst.get(f"{root}/indicators/I1", 404)


@pytest.mark.parametrize(
    ("where", "values", "words"),
    [
        ("new", {"code": ""}, "Enter the code."),
        ("new", {"code": "SCHOOL"}, "The code SCHOOL is already in use."),
        ("new", {"code": "X", "duration_days": "0"}, "Enter a number of days between 1 and 3650."),
        ("{}/milestones/new", {"type_id": ""}, "Choose the type."),
        ("{}/milestones/new", {"code": "M1"}, "The code M1 is already in use."),
        ("{}/milestones/new", {"code": "two words"}, "The code has at most 9 letters"),
        ("{}/milestones/new", {"offset_days": "99999"}, "Enter a number of days between -3650 and 3650."),
        ("{}/milestones/new", {"depends_on": "M9"}, "The project has no milestone M9."),
        ("{}/milestones/M1", {"depends_on": "M3"}, "The dependencies run in a circle"),
        ("{}/indicators/new", {"unit_id": ""}, "Choose the unit."),
        ("{}/indicators/new", {"weight": "0"}, "The weight must be above zero."),
    ],
)
def test_a_bad_form_says_why_and_keeps_what_was_typed(
    town: Town, pages_in_town: PagesOf, where: str, values: dict[str, str], words: str
) -> None:
    number = make(town)
    analyst = pages_in_town("analyst")
    path = f"{LIST}/{where.format(number)}"
    kind = {"type_id": "launch"} if "milestones" in path else {"unit_id": "pieces"} if "indicators" in path else {}
    wrong = analyst.submit(analyst.get(path), path, 422, **{**NAMES, **kind, **values})
    assert any(words in error for error in wrong.errors), wrong.errors
    assert typed(wrong, path, "name_en") == HOSTILE
    assert stored(town, number) == SCHOOL


@pytest.mark.parametrize("where", ["edit", "milestones/M1", "indicators/I1"])
def test_the_one_who_saves_second_sees_both_versions_and_loses_nothing(
    town: Town, pages_in_town: PagesOf, where: str
) -> None:
    path = f"{LIST}/{make(town)}/{where}"
    first, second = pages_in_town("analyst"), pages_in_town("pmo-head")
    mine, theirs = first.get(path), second.get(path)
    first.submit(mine, path, name_en="Said first")
    conflict = second.submit(theirs, path, 409, name_en="My careful words")
    rows = [row.text for row in conflict.tree.one("table").all("tr")][1:]
    assert any("My careful words" in row and "Said first" in row for row in rows)
    assert typed(conflict, path, "name_en") == "My careful words"
    assert second.submit(conflict, path).status == 200
    assert typed(first.get(path), path, "name_en") == "My careful words"


def test_a_removal_after_somebody_saved_is_not_carried_out(town: Town, pages_in_town: PagesOf) -> None:
    number = make(town)
    path = f"{LIST}/{number}/milestones/M1"
    first, second = pages_in_town("analyst"), pages_in_town("pmo-head")
    stale = second.get(path)
    first.submit(first.get(path), path, weight="7")
    second.submit(stale, f"{path}/removal", 409)
    assert stored(town, number).milestones[0].weight == 7.0


def test_a_withdrawn_template_is_listed_last_and_offered_no_longer(town: Town, pages_in_town: PagesOf) -> None:
    first, second = make(town), make(town, code="ZOO")
    analyst = pages_in_town("analyst")
    listed = analyst.submit(analyst.get(f"{LIST}/{first}"), f"{LIST}/{first}/withdrawal")
    rows = [row.text for row in listed.tree.one("table").all("tr")][1:]
    assert "ZOO" in rows[0]
    assert "withdrawn" in rows[1]
    assert f"{LIST}/{first}/project" not in [link["href"] for link in listed.tree.all("a")]
    assert "withdrawn" in analyst.get(f"{LIST}/{first}/project", 422).text
    assert analyst.post(f"{LIST}/{first}/milestones/M1/removal", version="1").status_code == 422
    shown = analyst.get(f"{LIST}/{first}")
    assert "it is kept, and offered no longer" in shown.text
    again = analyst.submit(shown, f"{LIST}/{first}/offer")
    assert f"{LIST}/{first}/project" in [link["href"] for link in again.tree.all("a")]
    assert analyst.post(f"{LIST}/{second}/offer").status_code == 422


def test_an_older_version_is_shown_as_it_was_and_offers_no_change(town: Town, pages_in_town: PagesOf) -> None:
    number = make(town)
    analyst = pages_in_town("analyst")
    path = f"{LIST}/{number}"
    analyst.submit(analyst.get(f"{path}/milestones/M2"), f"{path}/milestones/M2", name_en="Roof", offset_days="5")
    now = analyst.get(path)
    assert [row.text.split()[:2] for row in now.tree.all("table")[0].all("tr")][1:] == [
        ["M2", "Roof"],
        ["M1", "M1"],
        ["M3", "M3"],
    ]
    before = analyst.get(now.links["Version 1"])
    assert "This is version 1. The newest is version 2." in before.text
    assert "Roof" not in before.text
    assert not [link for link in before.tree.one("main").all("a") if "milestones" in link["href"]]
    assert before.links["To the newest version"] == path
    analyst.get(f"{path}?version=9", 404)
    assert analyst.get(f"{path}?version=x").text == now.text


def test_only_the_office_of_the_city_finds_templates(town: Town, pages_in_town: PagesOf) -> None:
    number = make(town)
    for person in ("manager", "owner", "curator", "akim", "observer", "admin"):
        pages = pages_in_town(person)
        assert LIST not in pages.get("/me").links.values()
        pages.get(LIST, 403)
        pages.get(f"{LIST}/{number}", 403)
        pages.get(f"/projects/{town.project()}/template", 403)
    outsider = pages_in_town("outsider")
    assert "SCHOOL" not in outsider.get(LIST).text
    outsider.get(f"{LIST}/{number}", 404)
    outsider.get(f"{LIST}/{number}/project", 404)
    outsider.get(f"/projects/{town.project()}/template", 404)
    assert pages_in_town("analyst").get("/me").links["Templates of projects"] == LIST
    assert pages_in_town("pmo-head").get("/projects/new").links["From a template"] == LIST


def test_the_examples_say_what_the_lists_lack(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    refused = analyst.submit(analyst.get(LIST), f"{LIST}/examples", 422)
    assert "acceptance_act" in refused.text
    with town.runtime.reading() as session:
        assert templates_of(session, "almaty") == []


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_a_template_speaks_the_language_of_its_reader(town: Town, pages_in_town: PagesOf, language: str) -> None:
    number = make(town, Template(name_ru="Школа", name_kk="Мектеп", name_en="School", duration_days=1))
    analyst = pages_in_town("analyst")
    analyst.post("/language", language=language)
    heading = analyst.get(f"{LIST}/{number}").heading
    assert heading == {"ru": "Школа", "kk": "Мектеп", "en": "School"}[language]


def test_a_double_press_makes_one_project(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    path = f"{LIST}/{make(town)}/project"
    page = analyst.get(path)
    analyst.submit(page, path, choose="create=1", **PROJECT, **VALUES)
    again = analyst.submit(page, path, 422, choose="create=1", **PROJECT, **VALUES)
    assert again.errors == ["The code DP-51 is already in use."]
    with town.runtime.reading() as session:
        assert session.scalar(select(func.count()).where(ProjectRecord.code == "DP-51")) == 1


def test_a_broken_hidden_field_is_no_fault_of_the_server(app_in_town: Flask, town: Town) -> None:
    path = f"{LIST}/{make(town)}/project"
    analyst = Pages(app_in_town).sign_in("analyst")
    answer = analyst.post(path, planned_from="never", planned_until="99999-1-1", version="x", start_on="01.06.2020")
    assert answer.status_code == 409
    for version in ("9" * 30, "9" * 5000, "0", "-1", ""):
        answer = analyst.post(path.replace("project", "milestones/M1/removal"), version=version)
        assert answer.status_code == 409
    shown = path.removesuffix("/project")
    assert analyst.get(f"{shown}?version={'9' * 5000}").path == shown
    answer = analyst.post(path, preview="1", start_on="01.06.2050", **{"m-M1-due_on": "31.12.9999"})
    assert answer.status_code == 200
