"""Projects, milestones and indicators made and edited by hand; two people at one form."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pmo.db.models.indicators import IndicatorRecord, TrajectoryPointRecord
from pmo.db.models.milestones import BaselineDateRecord, DependencyRecord, MilestoneRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from tests.cast import Town
from tests.services.test_templates import make
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

HOSTILE = "<script>alert('x')</script>"
NAMES = {"name_ru": "Парк", "name_kk": "Саябақ", "name_en": HOSTILE}
PROJECT = {
    "code": "DP-51",
    **NAMES,
    "sector_id": "safety",
    "priority_id": "rights",
    "department_id": "dept-a",
    "area_id": "area-a",
    "manager_id": "manager",
    "districts": ["medeu"],
    "start_on": "01.02.2020",
    "end_on": "31.12.2020",
    "budget_mln": "1 200,5",
}


def test_the_office_creates_a_project(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    page = analyst.get("/projects/new")
    assert analyst.submit(page, "/projects/new", **PROJECT).path.startswith("/projects/")
    with town.runtime.reading() as session:
        project = session.scalars(select(ProjectRecord).where(ProjectRecord.code == "DP-51")).one()
        districts = session.scalars(
            select(ProjectDistrictRecord.district_id).where(ProjectDistrictRecord.project_id == project.id)
        ).all()
    assert (project.budget_mln, project.name_en, project.owner_id, districts) == (1200.5, HOSTILE, None, ["medeu"])
    again = analyst.submit(page, "/projects/new", 422, **PROJECT)
    assert again.errors == ["The code DP-51 is already in use."]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": ""}, "Enter the code."),
        ({"name_kk": ""}, "Enter the name in Kazakh."),
        ({"end_on": "31.01.2020"}, "The end must not be before the start, 1 February 2020."),
        ({"weight": "0"}, "The weight must be above zero."),
        ({"department_id": "dept-ast"}, "Choose one of the list."),
        ({"manager_id": "manager-ast"}, "Choose one of the list."),
        ({"districts": ["esil"]}, "Choose one of the list."),
    ],
)
def test_a_bad_project_says_why(town: Town, pages_in_town: PagesOf, changes: dict[str, object], words: str) -> None:
    analyst = pages_in_town("analyst")
    page = analyst.submit(analyst.get("/projects/new"), "/projects/new", 422, **{**PROJECT, **changes})
    assert words in page.errors
    assert town.entries() == []


def test_the_one_who_saves_second_sees_both_versions_and_loses_nothing(town: Town, pages_in_town: PagesOf) -> None:
    path = f"/projects/{town.project()}/edit"
    first, second = pages_in_town("analyst"), pages_in_town("pmo-head")
    mine, theirs = first.get(path), second.get(path)
    first.submit(mine, path, manager_id="colleague", weight="3")
    conflict = second.submit(theirs, path, 409, name_en="My careful words", weight="4")
    assert "Somebody saved before you" in conflict.text
    rows = [row.text for row in conflict.tree.one("table").all("tr")][1:]
    assert any("My careful words" in row and "Safe city" in row for row in rows)
    assert any(row.startswith("Weight") and "4" in row and "3" in row for row in rows)
    assert any("colleague" in row for row in rows)
    assert conflict.form(path).one("input", name="name_en")["value"] == "My careful words"
    assert second.submit(conflict, path, manager_id="colleague").path == f"/projects/{town.project()}"
    with town.runtime.reading() as session:
        project = session.get_one(ProjectRecord, town.project())
    assert (project.name_en, project.weight, project.manager_id) == ("My careful words", 4.0, "colleague")


def test_the_office_creates_and_edits_a_milestone(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    path = f"/projects/{town.project()}/milestones/new"
    page = analyst.get(path)
    assert page.form(path).one("input", name="code")["value"] == "DP-10-M4"
    values = {
        **NAMES,
        "type_id": "launch",
        "due_on": "30.09.2020",
        "critical": "y",
        "depends_on": "DP-10-M1\nDP-10-M2 fs 5",
    }
    done = analyst.submit(page, path, **values)
    number = int(done.path.rpartition("/")[2])
    with town.runtime.reading() as session:
        links = session.scalars(
            select(DependencyRecord.lag_wd)
            .where(DependencyRecord.milestone_id == number)
            .order_by(DependencyRecord.lag_wd)
        ).all()
    assert links == [0, 5]
    edit = f"/milestones/{number}/edit"
    page = analyst.get(edit)
    assert page.form(edit).one("textarea").text.split() == ["DP-10-M1", "DP-10-M2", "FS", "5"]
    assert not page.form(edit).all("input", name="due_on")
    assert "moves only by an approved change request" in page.text
    analyst.submit(page, edit, weight="2,5", depends_on="")
    with town.runtime.reading() as session:
        record = session.get_one(MilestoneRecord, number)
        assert (record.weight, record.critical, record.version) == (2.5, True, 2)
    stale = analyst.submit(page, edit, 409, weight="9")
    assert stale.form(edit).one("input", name="weight")["value"] == "9"


def test_a_milestone_without_a_date_is_given_one(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    path = f"/milestones/{town.milestone('DP-10-M3')}/edit"
    analyst.submit(analyst.get(path), path, due_on="30.09.2020")
    with town.runtime.reading() as session:
        dates = session.scalars(
            select(BaselineDateRecord.version).where(BaselineDateRecord.milestone_id == town.milestone("DP-10-M3"))
        ).all()
    assert dates == [0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"depends_on": "DP-99-M1"}, "The project has no milestone DP-99-M1."),
        ({"depends_on": "DP-10-M1 soon please"}, "Write one milestone on each line"),
        ({"depends_on": "DP-10-M4"}, "The dependencies run in a circle"),
        ({"code": "DP-10-M1"}, "The code DP-10-M1 is already in use."),
        ({"weight": "-1"}, "The weight must be above zero."),
        ({"min_duration_wd": "2,5"}, "Write a whole number."),
        ({"type_id": ""}, "Choose the type."),
    ],
)
def test_a_bad_milestone_says_why(town: Town, pages_in_town: PagesOf, values: dict[str, object], words: str) -> None:
    analyst = pages_in_town("analyst")
    path = f"/projects/{town.project()}/milestones/new"
    page = analyst.submit(analyst.get(path), path, 422, **{**NAMES, "type_id": "launch", **values})
    assert any(words in error for error in page.errors)


def test_the_office_creates_and_edits_an_indicator_with_its_trajectory(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    path = f"/projects/{town.project()}/indicators/new"
    page = analyst.get(path)
    values = {
        **NAMES,
        "unit_id": "pieces",
        "baseline": "0",
        "target": "100",
        "interpolation": "step",
        "trajectory": "30.06.2020 85\n31.03.2020 40,5",
    }
    number = int(analyst.submit(page, path, **values).path.rpartition("/")[2])
    with town.runtime.reading() as session:
        points = session.scalars(
            select(TrajectoryPointRecord.value).where(TrajectoryPointRecord.indicator_id == number)
        ).all()
    assert sorted(points) == [40.5, 85.0]
    edit = f"/indicators/{number}/edit"
    page = analyst.get(edit)
    lines = [area.text.split() for area in page.form(edit).all("textarea") if area["name"] == "trajectory"]
    assert lines == [["31.03.2020", "40.5", "30.06.2020", "85"]]
    analyst.submit(page, edit, target="200", critical="y", source="Departmental Report")
    with town.runtime.reading() as session:
        record = session.get_one(IndicatorRecord, number)
        assert (record.target, record.critical, record.interpolation, record.version) == (200.0, True, "step", 2)
        assert record.source == "departmental_report"
    assert analyst.get(edit).form(edit).one("input", name="source")["value"] == "departmental report"
    stale = analyst.submit(page, edit, 409, target="300")
    assert "200" in stale.tree.one("table").text
    assert "300" in stale.tree.one("table").text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"target": ""}, "Enter the target value."),
        ({"target": "-5", "baseline": "0"}, "lies on the wrong side of the baseline value"),
        ({"trajectory": "soon 5"}, "Write a day and a value on each line"),
        ({"trajectory": "31.03.2030 5"}, "The days of the trajectory must lie between"),
        ({"kind": "period"}, "An indicator for a period needs the start of its window."),
        ({"direction": "range"}, "A range needs its lower and its upper bound."),
        ({"direction": "sideways"}, "Choose one of the list."),
    ],
)
def test_a_bad_indicator_says_why(town: Town, pages_in_town: PagesOf, values: dict[str, object], words: str) -> None:
    analyst = pages_in_town("analyst")
    path = f"/projects/{town.project()}/indicators/new"
    page = analyst.submit(
        analyst.get(path), path, 422, **{**NAMES, "unit_id": "pieces", "target": "100", "baseline": "0", **values}
    )
    assert any(words in error for error in page.errors)


def test_only_the_office_edits_and_looking_changes_nothing(town: Town, pages_in_town: PagesOf) -> None:
    before = town.audit_actions()
    paths = [
        f"/projects/{town.project()}/edit",
        f"/projects/{town.project()}/milestones/new",
        f"/projects/{town.project()}/indicators/new",
        f"/milestones/{town.milestone()}/edit",
        f"/indicators/{town.indicator()}/edit",
    ]
    for path in paths:
        for person, status in (
            ("manager", 403),
            ("curator", 403),
            ("observer", 403),
            ("manager-b", 404),
            ("outsider", 404),
        ):
            pages = pages_in_town(person)
            pages.get(path, status)
            assert pages.post(path, version="1", **NAMES).status_code == status
        pages_in_town("analyst").get(path)
    for person in ("manager", "curator", "akim", "observer", "admin"):
        pages_in_town(person).get("/projects/new", 403)
    assert town.audit_actions() == before


LETTERS = "word " * 1000


@pytest.mark.parametrize(
    "path",
    [
        "/projects/new",
        "/projects/{project}/milestones/new",
        "/projects/{project}/indicators/new",
        "/projects/{project}/template",
        "/administration/templates/new",
        "/administration/templates/{template}/milestones/new",
        "/administration/templates/{template}/indicators/new",
        "/administration/templates/{template}/project",
    ],
)
def test_the_list_of_faults_follows_the_page(town: Town, pages_in_town: PagesOf, path: str) -> None:
    path = path.format(project=town.project(), template=make(town))
    analyst = pages_in_town("analyst")
    page = analyst.get(path)
    controls = [control for tag in ("input", "textarea", "select") for control in page.form(path).all(tag)]
    bad = {one["name"]: LETTERS for one in controls if one["type"] not in ("hidden", "checkbox")}
    refused = analyst.submit(page, path, 422, **bad)
    faults = refused.tree.one("div", class_="error-summary").all("a")
    told = list(dict.fromkeys(fault["href"].removeprefix("#") for fault in faults))  # a field may have two
    shown = [element["id"] for element in refused.form(path).walk() if element["id"] in told]
    assert told == shown
    assert len(told) == len(bad)
