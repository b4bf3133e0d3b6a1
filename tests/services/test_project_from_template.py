"""A project made from a template: all of it at once through the usual services, or nothing, with every fault named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import BaselineDateRecord, DependencyRecord, MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.session import Session
from pmo.domain.errors import Conflict, NotAllowed, NotFound, RuleBroken
from pmo.domain.milestone import Dependency
from pmo.domain.template import Template, Values, planned_dates
from pmo.queries.calendar import working_calendar
from pmo.queries.history import project_histories
from pmo.queries.names import Name
from pmo.queries.templates import template_of_project
from pmo.runtime import Runtime
from pmo.services.project_from_template import Filled, PlanRefused, create_project_from_template
from pmo.services.templates import create_template, put_milestone, template_from_project, withdraw_template
from tests.cast import Town, named, project_plan
from tests.services.test_templates import SCHOOL, indicator, make, milestone

START = date(2020, 3, 2)
DATES = {"M1": date(2020, 4, 1), "M2": date(2020, 6, 1), "M3": None}
VALUES = {"I1": Values(START, date(2021, 3, 2), baseline=0.0, target=600.0)}
PLAN = project_plan(
    code="DP-51", start_on=START, end_on=date(2021, 3, 2), tracked_since=None, **named("School of the east")
)
FILLED = Filled(PLAN, DATES, VALUES)
TABLES = (ProjectRecord, MilestoneRecord, IndicatorRecord, BaselineDateRecord, EntryRecord, AuditEventRecord)


def apply(town: Town, number: int, filled: Filled = FILLED, version: int = 1, person: str = "analyst") -> int:
    with town.writing() as session:
        return create_project_from_template(session, town.act(person), number, version, filled).id


def rows(town: Town) -> list[int]:
    with town.runtime.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def test_the_project_is_there_with_milestones_links_indicators_and_its_origin(town: Town) -> None:
    number = make(town)
    project = apply(town, number)
    with town.runtime.reading() as session:
        record = session.get_one(ProjectRecord, project)
        assert record.provenance == {"template": "SCHOOL", "template_version": 1}
        found = session.scalars(
            select(MilestoneRecord).where(MilestoneRecord.project_id == project).order_by(MilestoneRecord.position)
        ).all()
        assert [(one.code, one.name_en, one.position) for one in found] == [
            ("DP-51-M1", "M1", 1),
            ("DP-51-M2", "M2", 2),
            ("DP-51-M3", "M3", 3),
        ]
        dates = session.execute(
            select(BaselineDateRecord.milestone_id, BaselineDateRecord.version, BaselineDateRecord.due_on).where(
                BaselineDateRecord.milestone_id.in_([one.id for one in found])
            )
        ).all()
        assert sorted(tuple(row) for row in dates) == [(found[0].id, 0, DATES["M1"]), (found[1].id, 0, DATES["M2"])]
        links = session.execute(
            select(DependencyRecord.milestone_id, DependencyRecord.predecessor_id, DependencyRecord.lag_wd).where(
                DependencyRecord.milestone_id.in_([one.id for one in found])
            )
        ).all()
        assert sorted(tuple(row) for row in links) == [(found[1].id, found[0].id, 2), (found[2].id, found[1].id, 0)]
        made = session.scalars(select(IndicatorRecord).where(IndicatorRecord.project_id == project)).one()
        assert (made.code, made.baseline, made.target, made.target_on) == ("DP-51-I1", 0.0, 600.0, date(2021, 3, 2))
    said = [json.loads(body) for body in town.audit_actions()][-6:]
    assert [one["action"] for one in said] == [
        "project_created",
        *["milestone_created"] * 3,
        "indicator_created",
        "template_used",
    ]
    assert said[-1]["after"] == {"project": "DP-51", "template": "SCHOOL", "template_version": 1}
    assert town.audit_findings() == []


def test_what_is_left_out_does_not_come_and_links_go_past_it(town: Town) -> None:
    number = make(town)
    project = apply(town, number, Filled(PLAN, {"M1": None, "M3": None}, {}))
    with town.runtime.reading() as session:
        found = {
            one.code: one.id
            for one in session.scalars(select(MilestoneRecord).where(MilestoneRecord.project_id == project))
        }
        link = session.scalars(select(DependencyRecord).where(DependencyRecord.milestone_id == found["DP-51-M3"])).one()
        assert session.scalar(select(IndicatorRecord.id).where(IndicatorRecord.project_id == project)) is None
    assert set(found) == {"DP-51-M1", "DP-51-M3"}
    assert (link.predecessor_id, link.lag_wd) == (found["DP-51-M1"], 2)


def test_a_template_whose_milestones_stand_before_their_predecessors_is_created_in_the_order_of_the_links(
    town: Town,
) -> None:
    backwards = replace(SCHOOL, milestones=tuple(reversed(SCHOOL.milestones)))
    project = apply(town, make(town, backwards))
    with town.runtime.reading() as session:
        codes = session.scalars(
            select(MilestoneRecord.code).where(MilestoneRecord.project_id == project).order_by(MilestoneRecord.position)
        ).all()
    assert codes == ["DP-51-M3", "DP-51-M2", "DP-51-M1"]


def test_a_fault_in_the_last_indicator_leaves_nothing(town: Town) -> None:
    number = make(town, replace(SCHOOL, indicators=(indicator("I1"), indicator("I2"))))
    before = rows(town)
    values = {"I1": VALUES["I1"], "I2": replace(VALUES["I1"], baseline=5.0, target=1.0)}
    with pytest.raises(PlanRefused) as raised:
        apply(town, number, Filled(PLAN, DATES, values))
    (fault,) = raised.value.faults
    assert (fault.indicator, fault.rule.code, fault.rule.field) == ("I2", "target_on_wrong_side", "target")
    assert rows(town) == before


def test_a_service_that_fails_at_the_last_step_takes_everything_back(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> None:
        raise RuleBroken("code_taken", "code", code="DP-51-I1")

    number = make(town)
    before = rows(town)
    monkeypatch.setattr("pmo.services.project_from_template.create_indicator", broken)
    with pytest.raises(RuleBroken):
        apply(town, number)
    assert rows(town) == before


def test_every_fault_is_named_at_once(town: Town) -> None:
    number = make(town)
    before = rows(town)
    dates = {**DATES, "M2": date(1999, 1, 1)}
    values = {"I1": replace(VALUES["I1"], baseline=None, target=None)}
    with pytest.raises(PlanRefused) as raised:
        apply(town, number, Filled(replace(PLAN, code="DP-10"), dates, values))
    assert [(one.milestone, one.indicator, one.rule.code, one.rule.field) for one in raised.value.faults] == [
        (None, None, "code_taken", "code"),
        ("M2", None, "date_out_of_range", "due_on"),
        (None, "I1", "target_missing", "target"),
        (None, "I1", "baseline_missing", "baseline"),
    ]
    assert rows(town) == before


def test_rights_city_version_and_withdrawal_are_asked_for(town: Town) -> None:
    number = make(town)
    for person in ("manager", "owner", "akim", "observer", "admin"):
        with pytest.raises(NotAllowed):
            apply(town, number, person=person)
    with pytest.raises(NotFound):
        apply(town, number, person="outsider")
    with town.writing() as session:
        put_milestone(session, town.act("analyst"), number, milestone("M4", Dependency("M1")), 1)
    with pytest.raises(Conflict):
        apply(town, number, version=1)
    with town.writing() as session:
        withdraw_template(session, town.act("analyst"), number)
    with pytest.raises(RuleBroken) as raised:
        apply(town, number, version=2)
    assert raised.value.code == "template_withdrawn"


def test_a_later_change_of_the_template_does_not_touch_the_project(town: Town) -> None:
    number = make(town)
    project = apply(town, number)
    with town.writing() as session:
        put_milestone(session, town.act("analyst"), number, milestone("M1", weight=9.0, offset_days=99), 1, "M1")
    with town.runtime.reading() as session:
        weights = session.scalars(select(MilestoneRecord.weight).where(MilestoneRecord.project_id == project)).all()
    assert weights == [1.0, 1.0, 1.0]


def test_every_project_of_the_portfolio_gets_its_plan_back_from_its_template(portfolio: Runtime) -> None:
    """Exactly its dates where they are worked and the plan keeps its own links; else the next day that both allow."""
    with portfolio.reading() as session:
        histories = project_histories(session)
        exact = 0
        for project in histories.values():
            calendar = working_calendar(session, project.city)
            template = template_of_project(session, project.id, portfolio.now())
            dates = planned_dates(template.milestones, project.start_on, calendar)
            standing = {
                one.code.removeprefix(f"{project.code}-"): one.baseline.due_on if one.baseline else None
                for one in project.milestones
                if not one.cancellation
            }
            assert list(dates) == list(standing)
            assert project.start_on + timedelta(days=template.duration_days) == project.end_on
            pushed = _breaking_their_links(template, standing, calendar)
            for code, due in standing.items():
                assert (dates[code] is None) == (due is None)
                if due and not pushed & _upstream(template, code):
                    assert dates[code] == calendar.roll(due)
                    exact += dates[code] == due
                elif due:
                    assert dates[code] >= calendar.roll(due)  # type: ignore[operator]
    assert len(histories) == 64
    assert exact > 200


def test_a_project_applied_again_has_the_same_baseline_in_the_database(portfolio: Runtime) -> None:
    town = Town(portfolio)
    with portfolio.writing() as session:
        act = town.act("analyst.alm")
        source = session.scalars(select(ProjectRecord).where(ProjectRecord.code == "DP-33")).one()
        template = template_from_project(session, act, source.id, "CLINICS", Name("а", "ә", "a"))
        plan = template_of_project(session, source.id, act.at)
        calendar = working_calendar(session, "almaty")
        dates = planned_dates(plan.milestones, source.start_on, calendar)
        places = {name: getattr(source, name) for name in ("sector_id", "priority_id", "department_id", "area_id")}
        filled = Filled(
            project_plan(
                code="DP-99",
                **places,
                owner_id=None,
                manager_id=None,
                curator_id=None,
                districts=(),
                start_on=source.start_on,
                end_on=source.end_on,
            ),
            dates,
            {},
        )
        made = create_project_from_template(session, act, template.id, 1, filled)
        before, after = _baseline(session, source.id), _baseline(session, made.id)
    assert [calendar.roll(due) if due else None for due in before.values()] == list(after.values())
    assert [code.replace("DP-33", "DP-99") for code in before] == list(after)


def test_a_template_of_a_template_is_the_same(town: Town) -> None:
    number = make(town)
    calendar_dates = {"M1": date(2020, 3, 12), "M2": date(2020, 3, 16), "M3": date(2020, 3, 16)}
    project = apply(town, number, Filled(PLAN, calendar_dates, VALUES))
    with town.runtime.reading() as session:
        again = template_of_project(session, project, town.runtime.now())
    assert [(one.code, one.predecessors) for one in again.milestones] == [
        (one.code, one.predecessors) for one in SCHOOL.milestones
    ]
    assert again.indicators == SCHOOL.indicators
    assert [one.offset_days for one in again.milestones] == [10, 14, 14]
    with town.writing() as session:
        create_template(session, town.act("analyst"), "AGAIN", again)


def _baseline(session: Session, project: int) -> dict[str, date | None]:
    statement = (
        select(MilestoneRecord.code, BaselineDateRecord.due_on)
        .outerjoin(BaselineDateRecord, BaselineDateRecord.milestone_id == MilestoneRecord.id)
        .where(MilestoneRecord.project_id == project)
        .order_by(MilestoneRecord.position)
    )
    return {row.code: row.due_on for row in session.execute(statement)}


def _breaking_their_links(template: Template, standing: dict[str, date | None], calendar: Any) -> set[str]:
    """Milestones that their own project plans before predecessor, lag and shortest duration allow."""
    return {
        one.code
        for one in template.milestones
        for link in one.predecessors
        if (due := standing[one.code])
        and (before := standing[link.predecessor])
        and calendar.roll(due) < calendar.addwd(calendar.roll(before), (one.min_duration_wd or 0) + link.lag_wd)
    }


def _upstream(template: Template, code: str) -> set[str]:
    """The milestone and everything it waits for."""
    one = template.milestone(code)
    assert one is not None
    return {code}.union(*(_upstream(template, link.predecessor) for link in one.predecessors))
