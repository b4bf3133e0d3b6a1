"""Projects made, corrected and handed over by the office (DOMAIN 3.0)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.domain.errors import Conflict, NotAllowed, NotFound, RuleBroken
from pmo.domain.project import known_until
from pmo.queries.history import project_history
from pmo.services.milestones import move_forecast
from pmo.services.projects import create_project, edit_project
from tests.cast import TODAY, Town, project_plan, refusal
from tests.services.test_lifecycle import colour
from tests.services.test_milestones import at_once


def create(town: Town, person: str = "analyst", **changes: object) -> int:
    with town.writing() as session:
        fields: dict[str, object] = {"code": "DP-12", "tracked_since": None, **changes}
        return create_project(session, town.act(person), "almaty", project_plan(**fields)).id


def edit(town: Town, person: str = "analyst", version: int = 1, **changes: object) -> None:
    with town.writing() as session:
        edit_project(session, town.act(person), town.project(), project_plan(**changes), version)


def test_a_new_project_is_tracked_from_today_and_judged_at_once(town: Town) -> None:
    number = create(town)
    with town.runtime.reading() as session:
        project = session.get_one(ProjectRecord, number)
        assert (project.tracked_since, project.city_id, project.version) == (TODAY, "almaty", 1)
        districts = session.scalars(
            select(ProjectDistrictRecord.district_id).where(ProjectDistrictRecord.project_id == number)
        )
        assert list(districts) == ["medeu"]
    assert colour(town, "DP-12") == ("no_data", 1)
    assert '"action":"project_created"' in town.audit_actions()[-1]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "DP-10"}, ("code_taken", "code")),
        ({"end_on": date(2019, 8, 31)}, ("end_before_start", "end_on")),
        ({"start_on": date(1999, 8, 31)}, ("date_out_of_range", "start_on")),
        ({"weight": 0.0}, ("weight_not_positive", "weight")),
        ({"budget_mln": -1.0}, ("amount_negative", "budget_mln")),
        ({"department_id": "dept-ast"}, ("unknown_choice", "department_id")),
        ({"area_id": "area-ast"}, ("unknown_choice", "area_id")),
        ({"districts": ("esil",)}, ("unknown_choice", "districts")),
        ({"owner_id": "manager-ast"}, ("unknown_choice", "owner_id")),
        ({"manager_id": "manager-ast"}, ("unknown_choice", "manager_id")),
        ({"curator_id": "curator-ast"}, ("unknown_choice", "curator_id")),
    ],
)
def test_a_bad_plan_of_a_project_is_refused(town: Town, changes: dict[str, object], expected: tuple[str, str]) -> None:
    with pytest.raises(RuleBroken) as raised:
        create(town, **changes)
    assert refusal(raised) == expected


def test_only_the_office_of_the_city_makes_projects(town: Town) -> None:
    for person in ("manager", "owner", "curator", "akim", "observer", "admin", "outsider"):
        with pytest.raises(NotAllowed):
            create(town, person)
    create(town, "pmo-head")


def test_a_project_handed_over_belongs_to_its_new_manager(town: Town) -> None:
    edit(town, manager_id="colleague")
    with pytest.raises(NotAllowed), town.writing() as session:
        move_forecast(session, town.act("manager"), town.milestone(), date(2020, 5, 1), "contractor_delay")
    with town.writing() as session:
        move_forecast(session, town.act("colleague"), town.milestone(), date(2020, 5, 1), "contractor_delay")
    said = [body for body in town.audit_actions() if '"action":"project_edited"' in body]
    assert '"manager_id":"colleague"' in said[0]


def test_an_edit_of_a_project_keeps_the_past(town: Town) -> None:
    edit(town, end_on=date(2021, 6, 30), weight=3.0, flagship=True)
    with town.runtime.reading() as session:
        history = project_history(session, town.project())
    before = known_until(history, datetime.fromisoformat("2020-01-30T00:00:00+00:00"))
    after = known_until(history, town.runtime.now())
    assert before is not None
    assert after is not None
    assert (before.end_on, before.weight, before.flagship) == (date(2020, 12, 31), 1.0, False)
    assert (after.end_on, after.weight, after.flagship) == (date(2021, 6, 30), 3.0, True)


def test_an_edit_over_an_edit_of_a_project_is_a_conflict(town: Town) -> None:
    edit(town, weight=3.0)
    with pytest.raises(Conflict) as raised:
        edit(town, "pmo-head", weight=4.0)
    assert raised.value.current["weight"] == 3.0
    edit(town, "pmo-head", version=2, weight=4.0)


def test_two_edits_of_a_project_at_once_are_one_edit_and_one_conflict(town: Town) -> None:
    assert at_once(lambda: edit(town, weight=3.0), lambda: edit(town, "pmo-head", weight=4.0)) == ["conflict", "done"]


def test_only_the_office_edits_projects(town: Town) -> None:
    for person, error in (
        ("manager", NotAllowed),
        ("curator", NotAllowed),
        ("manager-b", NotFound),
        ("outsider", NotFound),
    ):
        with pytest.raises(error):
            edit(town, person)
