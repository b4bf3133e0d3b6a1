"""Versions of a city's rules: planned by the head of the office, never back-dated, the past keeps its own."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from pmo.clock import end_of_day
from pmo.db.models.assessments import MilestoneAssessmentRecord, ProjectAssessmentRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.models.rules import RuleVersionRecord
from pmo.domain.errors import Conflict, NotAllowed, NotFound, RuleBroken
from pmo.domain.policy import STANDARD
from pmo.domain.project import ProjectAssessment, ProjectStatus
from pmo.domain.rule_change import RuleChange
from pmo.domain.rule_parameters import Number, rules_with, values_of
from pmo.jobs.outcome import RunState
from pmo.jobs.runner import run_once
from pmo.jobs.timetable import TIMETABLE
from pmo.queries.overview import Moment
from pmo.queries.past_weeks import weeks_of_project
from pmo.queries.places import city_zone
from pmo.queries.rules import state_of_rules, versions_of
from pmo.queries.rules_page import VersionState, changes_of_rules, rules_page
from pmo.queries.status import assessment_on, computed_where_stale, current_assessment, projects_out_of_date
from pmo.services.assessments import refresh_due
from pmo.services.indicators import closes_on
from pmo.services.lifecycle import set_worse_colour
from pmo.services.milestones import move_forecast
from pmo.services.rules import RulePlan, faults_of_plan, plan_rules, withdraw_rules
from tests.cast import ALMATY, TODAY, Town, refusal

TOMORROW = TODAY + timedelta(days=1)
ASSESS = next(job for job in TIMETABLE if job.name == "assess")
LENIENT = {"critical_overdue_red_wd": 60, "overdue_red_wd": 90, "delivery_green": 0.02, "delivery_amber": 0.01}
"""DP-10-M1 is critical and overdue for weeks: by these numbers it is amber, and all that is due may be undone."""


def state(town: Town, city: str = "almaty") -> str:
    with town.runtime.reading() as session:
        return state_of_rules(versions_of(session, city))


def plan(town: Town, valid_from: date | None, **numbers: Number) -> RulePlan:
    """Those numbers over the standard."""
    return RulePlan({**values_of(STANDARD), **numbers}, valid_from, "order 7", state(town))


def planned(town: Town, valid_from: date, person: str = "pmo-head", **numbers: Number) -> RuleVersionRecord:
    with town.writing() as session:
        return plan_rules(session, town.act(person), plan(town, valid_from, **numbers))


def night(town: Town) -> None:
    """The job of half past midnight of the town's day."""
    at = ASSESS.moment_of(town.today, ALMATY)
    done = run_once(town.runtime, ASSESS, "almaty", town.today.isoformat(), at)
    assert done.state is RunState.DONE


def judged(town: Town, code: str = "DP-10", city: str = "almaty") -> ProjectAssessment:
    """As the project's page says it now."""
    rules, histories = town.runtime.rules, town.runtime.histories
    with town.runtime.reading() as session:
        found = current_assessment(session, town.project(code), city, town.runtime.now(), rules, histories)
    assert found is not None
    return found


def on_day(town: Town, day: date) -> ProjectAssessment:
    """As the project's page of a past day says it."""
    rules, histories = town.runtime.rules, town.runtime.histories
    with town.runtime.reading() as session:
        evening = end_of_day(day, city_zone(session, "almaty"))
        found = assessment_on(session, town.project(), evening, day, rules, histories)
    assert found is not None
    return found


def preview(town: Town, on: date, **numbers: Number) -> RuleChange:
    rules, histories = town.runtime.rules, town.runtime.histories
    after = rules_with("new", numbers)
    with town.runtime.reading() as session:
        return changes_of_rules(session, "almaty", after, town.runtime.now(), on, rules, histories)


def stored(town: Town) -> dict[str, tuple[str, int | None]]:
    """Status and severity of every milestone of the city by its code, and of every project, as they are stored."""
    found: dict[str, tuple[str, int | None]] = {}
    with town.runtime.reading() as session:
        for row in session.scalars(select(ProjectAssessmentRecord)):
            found[f"project {row.project_id}"] = (row.status, row.severity)
        for item in session.scalars(select(MilestoneAssessmentRecord)):
            found[f"milestone {item.milestone_id}"] = (item.status, item.severity)
    return found


def test_a_version_holds_from_its_day_and_pages_and_store_follow(town: Town) -> None:
    night(town)
    assert (judged(town).status, judged(town).rule_set) == (ProjectStatus.OFF_TRACK, "ST-1")
    assert planned(town, TOMORROW, **LENIENT).name == "ST-2"
    assert (judged(town).status, judged(town).rule_set) == (ProjectStatus.OFF_TRACK, "ST-1")
    later = town.at("2020-02-01")
    assert (judged(later).status, judged(later).rule_set) == (ProjectStatus.AT_RISK, "ST-2")
    with later.runtime.reading() as session:
        stale = projects_out_of_date(session, "almaty", later.runtime.now(), TOMORROW, later.runtime.rules)
        assert town.project() in stale
    night(later)
    with later.runtime.reading() as session:
        assert projects_out_of_date(session, "almaty", later.runtime.now(), TOMORROW, later.runtime.rules) == []
        versions = select(ProjectAssessmentRecord.rule_set).where(ProjectAssessmentRecord.project_id == town.project())
        assert session.scalar(versions) == "ST-2"
    assert town.audit_findings() == []


def test_a_version_of_today_is_followed_at_once(town: Town) -> None:
    night(town)
    planned(town, TODAY, **LENIENT)
    assert (judged(town).status, judged(town).rule_set) == (ProjectStatus.AT_RISK, "ST-2")
    with town.runtime.reading() as session:
        there = (town.runtime.now(), town.runtime.rules, town.runtime.histories)
        assert town.project() in computed_where_stale(session, {"almaty"}, *there)


def test_a_fact_after_the_first_day_is_settled_by_the_new_rules(town: Town) -> None:
    planned(town, TOMORROW, **LENIENT)
    later = town.at("2020-02-03")
    with later.writing() as session:
        move_forecast(
            session, later.act("manager"), town.milestone("DP-10-M2"), date(2020, 6, 1), "contractor_delay", "x"
        )
    with later.runtime.reading() as session:
        record = session.get_one(ProjectAssessmentRecord, town.project())
        assert (record.rule_set, record.status) == ("ST-2", "at_risk")


def test_the_past_keeps_the_rules_that_made_it(town: Town) -> None:
    before = {day: on_day(town, day) for day in (date(2020, 1, 10), TODAY)}
    planned(town, TOMORROW, **LENIENT)
    later = town.at("2020-02-10")
    assert {day: on_day(later, day) for day in before} == {
        **before,
        TODAY: replace(before[TODAY], changes_on=TOMORROW, fresh_until=TODAY),
    }
    assert on_day(later, date(2020, 2, 3)).rule_set == "ST-2"
    with later.runtime.reading() as session:
        moment = Moment(later.runtime.now(), later.today)
        there = (later.runtime.rules, later.runtime.histories)
        weeks = weeks_of_project(session, town.project(), moment, ALMATY, *there)
    states = {week.on: week.status for week in weeks}
    assert states[date(2020, 1, 26)] is ProjectStatus.OFF_TRACK
    assert states[date(2020, 2, 2)] is states[date(2020, 2, 10)] is ProjectStatus.AT_RISK


def test_another_city_keeps_its_rules(town: Town) -> None:
    planned(town, TODAY, **LENIENT)
    assert judged(town, "AST-01", "astana").rule_set == "ST-1"
    with town.runtime.reading() as session:
        rules = town.runtime.rules
        assert rules.on(session, "almaty", TODAY).overdue_red_wd == 90
        assert rules.on(session, "astana", TODAY) == STANDARD


@pytest.mark.parametrize(
    "numbers", [LENIENT, {"due_soon_days": 90}, {"forecast_tolerance_wd": 0, "gap_compression": 1.0}]
)
def test_the_preview_is_what_then_happens(town: Town, numbers: dict[str, Number]) -> None:
    """The first night of the version stores just what was foretold for its day."""
    night(town)
    foretold = preview(town, TOMORROW, **numbers)
    planned(town, TOMORROW, **numbers)
    later = town.at("2020-02-01")
    night(later)
    told = {f"project {one.id}": (one.after.status.value, one.after.severity) for one in foretold.projects}
    for project in foretold.projects:
        for item in project.items:
            if item.noun == "milestone":
                told[f"milestone {item.after.id}"] = (item.after.status.value, item.after.severity)
    found = stored(later)
    assert told.items() <= found.items()
    counts = {status.value: number for status, number in foretold.after.items()}
    with later.runtime.reading() as session:
        rows = session.scalars(select(ProjectAssessmentRecord.status).where(ProjectAssessmentRecord.rule_set == "ST-2"))
        statuses = list(rows)
    assert {status: statuses.count(status) for status in set(statuses)} == counts


def test_what_the_preview_does_not_name_does_not_change(town: Town) -> None:
    night(town)
    before, foretold = stored(town), preview(town, TODAY, **LENIENT)
    assert foretold.projects
    planned(town, TODAY, **LENIENT)
    with town.writing() as session:
        refresh_due(session, "almaty", town.runtime.now(), town.runtime.rules)
    changed = {key for key, seen in stored(town).items() if seen != before[key]}
    named = {f"project {one.id}" for one in foretold.projects if one.turns}
    named |= {
        f"milestone {item.after.id}" for one in foretold.projects for item in one.items if item.noun == "milestone"
    }
    assert changed == named


def test_a_planned_version_may_be_the_next_change_of_a_project(town: Town) -> None:
    night(town)
    before = judged(town).changes_on
    planned(town, date(2020, 2, 2), **LENIENT)
    assert judged(town).changes_on == date(2020, 2, 2) != before
    number = versions(town)[-1].id
    with town.writing() as session:
        withdraw_rules(session, town.act("pmo-head"), number)
    assert judged(town).changes_on == before


def versions(town: Town, city: str = "almaty") -> list[RuleVersionRecord]:
    with town.runtime.reading() as session:
        return versions_of(session, city)


def test_a_planned_version_is_withdrawn_with_its_trace_and_its_number_is_spent(town: Town) -> None:
    first = planned(town, TOMORROW, due_soon_days=10).id
    for _ in range(2):
        with town.writing() as session:
            withdraw_rules(session, town.act("pmo-head"), first)
    assert planned(town, TOMORROW, due_soon_days=7).name == "ST-3"
    with town.runtime.reading() as session:
        page = rules_page(session, "almaty", TODAY)
    assert [(line.name, line.state) for line in page.versions] == [
        ("ST-3", VersionState.PLANNED),
        ("ST-2", VersionState.WITHDRAWN),
        ("ST-1", VersionState.IN_FORCE),
    ]
    assert [one.before for one in page.versions[0].differences] == [14]
    assert sum('"rules_withdrawn"' in body for body in town.audit_actions()) == 1
    assert judged(town.at("2020-02-01")).rule_set == "ST-3"


def test_a_version_in_force_is_not_withdrawn(town: Town) -> None:
    number = planned(town, TODAY, due_soon_days=10).id
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        withdraw_rules(session, town.act("pmo-head"), number)
    assert refusal(raised) == ("rules_in_force", None)


def test_the_record_tells_each_number_before_and_after(town: Town) -> None:
    planned(town, TODAY, due_soon_days=10, amber_variance=0.15)
    planned(town, TOMORROW, due_soon_days=10, amber_variance=0.2)
    first, second = [json.loads(body) for body in town.audit_actions() if '"rules_planned"' in body]
    assert first["object"] == "almaty/rules/ST-2"
    assert first["before"] == {"rules": "ST-1", "numbers": {"due_soon_days": 14, "amber_variance": "0.1"}}
    assert first["after"]["numbers"] == {"due_soon_days": 10, "amber_variance": "0.15"}
    assert (first["after"]["valid_from"], first["after"]["reason"]) == ("2020-01-31", "order 7")
    assert second["before"] == {"rules": "ST-2", "numbers": {"amber_variance": "0.15"}}
    assert town.audit_findings() == []


@pytest.mark.parametrize(
    ("valid_from", "wrong"),
    [
        (TODAY - timedelta(days=1), "rules_from_the_past"),
        (None, "rules_without_day"),
        (date(2099, 1, 1), "date_out_of_range"),
    ],
)
def test_no_version_is_back_dated_or_without_a_day(town: Town, valid_from: date | None, wrong: str) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        plan_rules(session, town.act("pmo-head"), plan(town, valid_from, due_soon_days=10))
    assert refusal(raised) == (wrong, "valid_from")


def test_a_version_comes_after_every_one_that_stands(town: Town) -> None:
    planned(town, date(2020, 3, 1), due_soon_days=10)
    for day in (TOMORROW, date(2020, 3, 1)):
        with pytest.raises(RuleBroken) as raised, town.writing() as session:
            plan_rules(session, town.act("pmo-head"), plan(town, day, due_soon_days=7))
        assert refusal(raised) == ("rules_day_taken", "valid_from")
    assert planned(town, date(2020, 3, 2), due_soon_days=7).name == "ST-3"


def test_every_fault_is_told_at_once(town: Town) -> None:
    wrong = RulePlan({**values_of(STANDARD), "due_soon_days": 0, "cost_amber": 0.5}, None, " ", state(town))
    with town.runtime.reading() as session:
        faults = faults_of_plan(session, town.act("pmo-head"), wrong)
    assert [(fault.code, fault.field) for fault in faults] == [
        ("parameter_out_of_bounds", "due_soon_days"),
        ("parameter_not_below", "cost_amber"),
        ("rules_without_day", "valid_from"),
        ("reason_missing", "reason"),
    ]


def test_a_version_that_changes_nothing_is_refused(town: Town) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        plan_rules(session, town.act("pmo-head"), plan(town, TOMORROW))
    assert refusal(raised) == ("rules_unchanged", "")


def test_a_plan_upon_versions_that_are_no_longer_the_last_is_a_conflict(town: Town) -> None:
    mine = plan(town, date(2020, 3, 2), due_soon_days=7)
    planned(town, TOMORROW, due_soon_days=10)
    with pytest.raises(Conflict), town.writing() as session:
        plan_rules(session, town.act("pmo-head"), mine)
    assert [one.number for one in versions(town)] == [2]


def test_the_rules_are_the_office_heads_and_the_citys_own(town: Town) -> None:
    number = planned(town, TOMORROW, due_soon_days=10).id
    for person in ("analyst", "admin", "akim", "manager", "observer"):
        with pytest.raises(NotAllowed), town.writing() as session:
            plan_rules(session, town.act(person), plan(town, date(2020, 3, 1), due_soon_days=9))
        with pytest.raises(NotAllowed), town.writing() as session:
            withdraw_rules(session, town.act(person), number)
    with pytest.raises(NotFound), town.writing() as session:
        withdraw_rules(session, town.act("pmo-head"), number + 1000)


def test_services_ask_the_rules_of_the_acts_day(town: Town) -> None:
    planned(town, TOMORROW, override_max_days=5, closed_period_wd=12, **LENIENT)
    later = town.at("2020-02-03")
    with pytest.raises(RuleBroken) as raised, later.writing() as session:
        set_worse_colour(session, later.act("analyst"), town.project(), 2, date(2020, 2, 9), "why")
    assert refusal(raised) == ("override_too_long", "ends_on")
    with later.writing() as session:
        set_worse_colour(session, later.act("analyst"), town.project(), 2, date(2020, 2, 8), "why")
    assert judged(later).status is ProjectStatus.OFF_TRACK
    with town.runtime.reading() as session:
        project = session.get_one(ProjectRecord, town.project())
        assert closes_on(session, town.act("manager"), project, date(2019, 12, 31)) == date(2020, 2, 14)
        assert closes_on(session, later.act("manager"), project, date(2019, 12, 31)) < date(2020, 2, 1)
