"""What the record says of an edit: each field that changed, before and after, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from pmo.domain.milestone import Dependency
from pmo.queries.belongings import Duty
from pmo.services.departures import close_post
from pmo.services.indicators import edit_indicator
from pmo.services.milestone_plans import edit_milestone
from pmo.services.projects import edit_project
from tests.cast import Town, indicator_plan, milestone_plan, project_plan

M1 = {"critical": True}


def last(town: Town, action: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """``before`` and ``after`` of the newest event of an action, without the instant of the entry."""
    told = [event for body in town.audit_actions() if (event := json.loads(body))["action"] == action][-1]
    return told["before"], {name: value for name, value in told["after"].items() if name != "entered_at"}


def test_an_edited_project_is_told_field_by_field(town: Town) -> None:
    plan = project_plan(name_ru="Безопасный город", end_on=date(2021, 6, 30), districts=())
    with town.writing() as session:
        edit_project(session, town.act("analyst"), town.project(), plan, 1)
    before, after = last(town, "project_edited")
    assert before == {"name_ru": "Safe city (рус)", "end_on": "2020-12-31", "districts": ["medeu"]}
    assert after == {"name_ru": "Безопасный город", "end_on": "2021-06-30", "districts": []}


def test_an_edited_milestone_is_told_with_its_links_and_its_first_date(town: Town) -> None:
    plan = milestone_plan("DP-10-M3", weight=2.5, predecessors=(Dependency("DP-10-M1"),), due_on=date(2020, 9, 30))
    with town.writing() as session:
        edit_milestone(session, town.act("analyst"), town.milestone("DP-10-M3"), plan, 1)
    before, after = last(town, "milestone_edited")
    assert before == {"weight": "1.0", "predecessors": []}
    link = {"code": "DP-10-M1", "type": "FS", "lag_wd": 0}
    assert after == {"weight": "2.5", "predecessors": [link], "due_on": "2020-09-30"}


def test_an_edited_indicator_is_told_with_its_trajectory(town: Town) -> None:
    plan = indicator_plan("DP-10-I1", target=120.0, trajectory=((date(2020, 6, 30), 50.0),))
    with town.writing() as session:
        edit_indicator(session, town.act("analyst"), town.indicator(), plan, 1)
    before, after = last(town, "indicator_edited")
    assert before == {"target": "100.0", "trajectory": []}
    assert after == {"target": "120.0", "trajectory": [["2020-06-30", "50.0"]]}


def test_a_second_edit_is_compared_with_the_first(town: Town) -> None:
    for version, weight in ((1, 2.0), (2, 3.0), (3, 3.0)):
        with town.writing() as session:
            plan = milestone_plan("DP-10-M1", weight=weight, **M1)
            edit_milestone(session, town.act("analyst"), town.milestone(), plan, version)
        expected = ({"weight": str(weight - 1)}, {"weight": str(weight)}) if version < 3 else ({}, {})
        assert last(town, "milestone_edited") == expected
    assert town.audit_findings() == []


def test_what_was_handed_over_is_told_with_who_had_it(town: Town) -> None:
    with town.writing() as session:
        close_post(session, town.act("admin"), "manager", {Duty.MANAGES: "colleague"})
    assert last(town, "handed_over") == ({"manager_id": "manager"}, {"manager_id": "colleague"})
