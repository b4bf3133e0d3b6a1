"""Import into a database: whole or not at all, the same twice, nothing dropped, nothing rewritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.catalogue import CityRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord, ReadingRecord
from pmo.db.models.lifecycle import CancellationRecord, PauseRecord, ResumeRecord
from pmo.db.models.milestones import BaselineDateRecord, ClaimRecord, EvidenceDecisionRecord, MilestoneRecord
from pmo.db.models.organisation import DepartmentHeadRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.exchange.workbook_writer import write_workbook
from pmo.queries.portfolio_rows import portfolio_of
from pmo.runtime import Runtime
from pmo.services.imports import (
    apply_import,
    plan_import,
)
from tests.conftest import DATA, NOW
from tests.exchange.import_samples import Raw, as_yaml, small_log, small_portfolio
from tests.services.importing import (
    TRACKED_AT,
    by_noun,
    count,
    count_in_almaty,
    faults_of,
    first,
    import_raw,
    row_counts,
    small_town,
)

__all__ = ["small_town"]


# --- the demonstration's own files --------------------------------------------------------------------------------


def test_the_whole_portfolio_is_imported_and_nothing_dropped(portfolio: Runtime) -> None:
    with portfolio.reading() as session:
        rows = session.execute(select(ProjectRecord.city_id, func.count()).group_by(ProjectRecord.city_id))
        by_city = {row[0]: row[1] for row in rows}
    assert by_city == {"almaty": 50, "astana": 8, "shymkent": 6}
    assert count(portfolio, MilestoneRecord) == 335
    assert count(portfolio, BaselineDateRecord) == 335
    assert count(portfolio, IndicatorRecord) == 113
    assert count(portfolio, PersonRecord) == 96
    assert count(portfolio, DepartmentHeadRecord) == 30
    assert count(portfolio, EvidenceDecisionRecord, EvidenceDecisionRecord.accepted) == 65
    assert count(portfolio, ReadingRecord) == 1
    assert count(portfolio, EntryRecord, EntryRecord.entered_at != TRACKED_AT) == 0
    assert count(portfolio, CityRecord, CityRecord.has_demonstration_data) == 3
    assert count(portfolio, ProjectRecord, ProjectRecord.flagship) == 0


def test_every_event_of_the_log_is_entered(replayed: Runtime) -> None:
    assert count(replayed, EntryRecord, EntryRecord.log_key.is_not(None)) == 1501
    assert count(replayed, ReadingRecord) == 1 + 963
    assert count(replayed, ClaimRecord) == 65 + 232
    assert count(replayed, EvidenceDecisionRecord, EvidenceDecisionRecord.accepted.is_(False)) == 13
    assert count(replayed, PauseRecord) == count(replayed, ResumeRecord) == 1
    assert count(replayed, CancellationRecord) == 1
    assert count(replayed, BaselineDateRecord, BaselineDateRecord.version == 1) == 5 + 4 + 3


def test_an_event_is_entered_as_of_its_own_day_and_recorded_now(replayed: Runtime) -> None:
    with replayed.reading() as session:
        entry = session.scalars(select(EntryRecord).where(EntryRecord.kind == "pause")).one()
        assert entry.event_on == date(2020, 2, 3)
        assert entry.entered_at == datetime(2020, 2, 2, 18, 0, tzinfo=UTC)
        assert entry.recorded_at == NOW
        project = session.get(ProjectRecord, entry.project_id)
        assert project is not None
        assert entry.entered_by == project.curator_id


@pytest.mark.parametrize("name", ["portfolio.yaml", "demo_log.yaml"])
def test_a_second_import_of_the_same_file_writes_nothing(replayed: Runtime, name: str) -> None:
    before = row_counts(replayed)
    with replayed.writing() as session:
        plan = plan_import(session, DATA / name)
        counts = apply_import(session, plan, replayed.now())
    assert row_counts(replayed) == before
    assert counts["events_entered"] == 0
    assert counts["events_skipped"] == (1501 if name == "demo_log.yaml" else 0)
    assert set(by_noun(counts, "created").values()) == set(by_noun(counts, "changed").values()) == {0}
    assert by_noun(counts, "unchanged")["milestones"] == (335 if name == "portfolio.yaml" else 0)


def test_the_log_before_its_portfolio_is_refused_naming_every_event(runtime: Runtime) -> None:
    before = row_counts(runtime)
    with runtime.reading() as session:
        plan = plan_import(session, DATA / "demo_log.yaml")
    assert {fault.code for fault in plan.faults} == {"unknown_project", "too_many_faults"}
    assert (plan.faults[0].path, plan.faults[0].value, plan.faults[0].line) == ("events[0].project", "AST-06", 86)
    assert row_counts(runtime) == before


def test_what_the_import_wrote_is_in_the_unbroken_record(replayed: Runtime) -> None:
    assert count(replayed, AuditEventRecord, AuditEventRecord.body.contains('"action":"indicator"')) == 964


# --- planning -----------------------------------------------------------------------------------------------------


def test_a_plan_says_what_would_be_created_and_writes_nothing(runtime: Runtime) -> None:
    before = row_counts(runtime)
    with runtime.writing() as session:
        plan = plan_import(session, as_yaml(small_portfolio()), "small.yaml")
    assert (plan.kind, plan.faults) == ("portfolio", ())
    assert by_noun(plan.counts, "created") == {
        "cities": 2, "lists": 7, "districts": 1, "departments": 2, "people": 9, "areas": 2, "projects": 2,
        "milestones": 4, "indicators": 2,
    }  # fmt: skip
    assert row_counts(runtime) == before


def test_a_changed_file_changes_what_may_change(small_town: Runtime) -> None:
    raw = small_portfolio()
    project = raw["almaty_projects"][0]
    project["name"]["kk"] = "Жаңа атау"
    project["manager"] = None
    project["milestones"][1]["weight"] = 3
    project["indicators"][1]["target_value"] = 150
    raw["people"][4]["title"]["ru"] = "Другая должность"
    raw["reference"]["departments"][0]["head"] = "manager-a"
    counts = import_raw(small_town, raw)
    assert by_noun(counts, "changed") == {
        "cities": 0, "lists": 0, "districts": 0, "departments": 1, "people": 1, "areas": 0, "projects": 1,
        "milestones": 1, "indicators": 1,
    }  # fmt: skip
    assert set(by_noun(counts, "created").values()) == {0}
    stored = first(small_town, ProjectRecord, ProjectRecord.code == "DP-1")
    assert (stored.name_kk, stored.manager_id, stored.version) == ("Жаңа атау", None, 2)
    assert first(small_town, IndicatorRecord, IndicatorRecord.code == "DP-1-I2").target == 150
    heads = first(small_town, DepartmentHeadRecord, DepartmentHeadRecord.valid_until.is_(None),
                  DepartmentHeadRecord.department_id == "DEP-a")  # fmt: skip
    assert (heads.person_id, heads.valid_from) == ("manager-a", date(2020, 1, 31))
    assert set(by_noun(import_raw(small_town, raw), "changed").values()) == {0}


def test_a_change_counts_from_the_import_on_and_no_past_day_looks_different(small_town: Runtime) -> None:
    raw = small_portfolio()
    raw["almaty_projects"][0]["milestones"][1]["weight"] = 3
    import_raw(small_town, raw)
    entry = first(small_town, EntryRecord, EntryRecord.kind == "milestone_edited")
    assert (entry.entered_at, entry.event_on, entry.entered_by) == (NOW, date(2020, 1, 31), "analyst-a")


def test_links_may_be_turned_round_in_one_import(small_town: Runtime) -> None:
    raw = small_portfolio()
    stones = raw["almaty_projects"][0]["milestones"]
    stones[0]["depends_on"] = [{"id": "DP-1-M2", "type": "FS", "lag_wd": 0}]
    stones[1]["depends_on"] = [{"id": "DP-1-M3", "type": "SS", "lag_wd": 2}]
    stones[2]["depends_on"] = []
    assert by_noun(import_raw(small_town, raw), "changed")["milestones"] == 3
    assert by_noun(import_raw(small_town, raw), "unchanged")["milestones"] == 4


def test_a_language_that_somebody_chose_is_not_set_back(small_town: Runtime) -> None:
    with small_town.writing() as session:
        person = session.get(PersonRecord, "manager-a")
        assert person is not None
        person.language = "kk"
    assert by_noun(import_raw(small_town, small_portfolio()), "changed")["people"] == 0
    assert first(small_town, PersonRecord, PersonRecord.id == "manager-a").language == "kk"


def test_the_baseline_of_a_tracked_milestone_is_never_changed(small_town: Runtime) -> None:
    before = row_counts(small_town)
    raw = small_portfolio()
    raw["almaty_projects"][0]["milestones"][1]["baseline_date"] = date(2019, 12, 20)
    (fault,) = faults_of(small_town, as_yaml(raw))
    assert (fault.path, fault.code) == ("almaty_projects[0].milestones[1].baseline_date", "date_needs_change_request")
    assert fault.values == {"old": date(2019, 11, 29), "new": date(2019, 12, 20)}
    assert row_counts(small_town) == before


def test_a_milestone_without_a_date_may_be_given_its_first(runtime: Runtime) -> None:
    raw = small_portfolio()
    raw["almaty_projects"][0]["milestones"][2]["baseline_date"] = None
    import_raw(runtime, raw)
    assert by_noun(import_raw(runtime, small_portfolio()), "changed")["milestones"] == 1
    assert count(runtime, BaselineDateRecord) == 4


def test_after_a_rebaseline_the_old_file_and_one_with_the_new_dates_both_pass(small_town: Runtime) -> None:
    import_raw(small_town, small_log())
    assert by_noun(import_raw(small_town, small_portfolio()), "changed")["milestones"] == 0
    raw = small_portfolio()
    raw["almaty_projects"][0]["milestones"][2]["baseline_date"] = date(2020, 7, 31)
    assert by_noun(import_raw(small_town, raw), "changed")["milestones"] == 0


CONTRADICTIONS: list[tuple[str, Callable[[Raw], Any], str, str]] = [
    ("another start of tracking", lambda raw: raw["meta"].update(tracked_since=date(2019, 9, 17)),
     "almaty_projects[0].tracked_since", "tracked_since_fixed"),
    ("another completion",
     lambda raw: raw["almaty_projects"][0]["milestones"][0].update(actual_date=date(2019, 9, 8)),
     "almaty_projects[0].milestones[0].actual_date", "completion_differs"),
    ("another reading", lambda raw: raw["almaty_projects"][0]["indicators"][0].update(actual_value=6),
     "almaty_projects[0].indicators[0].actual_value", "reading_differs"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "path", "code"), [case[1:] for case in CONTRADICTIONS], ids=[case[0] for case in CONTRADICTIONS]
)
def test_a_file_that_contradicts_a_fact_is_refused(
    small_town: Runtime, spoil: Callable[[Raw], Any], path: str, code: str
) -> None:
    before = row_counts(small_town)
    raw = small_portfolio()
    spoil(raw)
    faults = faults_of(small_town, as_yaml(raw))
    assert (faults[0].path, faults[0].code) == (path, code)
    assert row_counts(small_town) == before


def test_a_completion_that_becomes_known_later_is_entered_then(small_town: Runtime) -> None:
    raw = small_portfolio()
    raw["almaty_projects"][0]["milestones"][1]["actual_date"] = date(2019, 9, 12)
    assert by_noun(import_raw(small_town, raw), "changed")["milestones"] == 1
    claims = first(small_town, ClaimRecord, ClaimRecord.completed_on == date(2019, 9, 12))
    assert first(small_town, EntryRecord, EntryRecord.id == claims.entry_id).entered_at == NOW


def test_a_file_with_projects_alone_finds_its_references_in_the_database(small_town: Runtime) -> None:
    raw = small_portfolio()
    project = raw["almaty_projects"][0]
    project["id"] = "DP-2"
    for item in project["milestones"] + project["indicators"]:
        item["id"] = item["id"].replace("DP-1", "DP-2")
        for link in item.get("depends_on", []):
            link["id"] = link["id"].replace("DP-1", "DP-2")
    counts = import_raw(small_town, {"meta": {"tracked_since": date(2020, 1, 20)}, "projects": [project]})
    assert by_noun(counts, "created")["projects"] == 1
    assert first(small_town, ProjectRecord, ProjectRecord.code == "DP-2").tracked_since == date(2020, 1, 20)


def test_an_exported_workbook_is_the_same_portfolio(replayed: Runtime) -> None:
    with replayed.reading() as session:
        raw = write_workbook(portfolio_of(session, frozenset({"almaty", "astana", "shymkent"})))
        plan = plan_import(session, raw, "portfolio.xlsx")
    assert plan.faults == ()
    assert plan.counts["created"] == plan.counts["changed"] == 0
    assert by_noun(plan.counts, "unchanged")["milestones"] == 335


def test_an_exported_workbook_fills_an_empty_installation(runtime: Runtime, portfolio: Runtime) -> None:
    with portfolio.reading() as session:
        raw = write_workbook(portfolio_of(session, frozenset({"almaty"})))
    with runtime.writing() as session:
        apply_import(session, plan_import(session, raw, "almaty.xlsx"), runtime.now())
    assert count(runtime, ProjectRecord) == 50
    assert count(runtime, EvidenceDecisionRecord) == count_in_almaty(portfolio, EvidenceDecisionRecord)
    assert first(runtime, CityRecord).has_demonstration_data


def test_a_bad_cell_of_a_workbook_is_named_and_the_database_unchanged(small_town: Runtime) -> None:
    with small_town.reading() as session:
        portfolio = portfolio_of(session, frozenset({"almaty"}))
    project = portfolio.projects[0]
    moved = replace(project.milestones[1], due_on=date(2019, 12, 20))
    changed = replace(project, milestones=(project.milestones[0], moved, project.milestones[2]))
    before = row_counts(small_town)
    raw = write_workbook(replace(portfolio, projects=(changed,)))
    (fault,) = faults_of(small_town, raw, "portfolio.xlsx")
    assert (fault.path, fault.code) == ("milestones!G3 baseline_date", "date_needs_change_request")
    assert row_counts(small_town) == before


# --- bad input ----------------------------------------------------------------------------------------------------


def _spoilt_portfolio(change: Callable[[Raw], object]) -> bytes:
    raw = small_portfolio()
    change(raw)
    return as_yaml(raw)


def _spoilt_log(change: Callable[[list[Raw]], object]) -> bytes:
    raw = small_log()
    change(raw["events"])
    return as_yaml(raw)


def _cycle(raw: Raw) -> None:
    raw["almaty_projects"][0]["milestones"][0]["depends_on"] = [{"id": "DP-1-M3", "type": "FS", "lag_wd": 0}]


BAD_INPUT: list[tuple[str, bytes, str, str]] = [
    ("an unknown project in the log", _spoilt_log(lambda events: events[0].update(project="DP-77")),
     "events[0].project", "unknown_project"),
    ("a cycle in dependencies", _spoilt_portfolio(_cycle),
     "almaty_projects[0].milestones[0].depends_on", "dependency_cycle"),
    ("a target on the wrong side",
     _spoilt_portfolio(lambda raw: raw["almaty_projects"][0]["indicators"][0].update(target_value=-5)),
     "almaty_projects[0].indicators[0].target_value", "target_on_wrong_side"),
    ("a completion in the future", _spoilt_log(lambda events: events[1].update(completed_on=date(2019, 11, 5))),
     "events[1].completed_on", "completion_in_future"),
    ("a reading for a closed period", _spoilt_log(lambda events: events[0].update(event_date=date(2020, 1, 10))),
     "events[0].period_end", "period_closed"),
    ("a date that is no date", _spoilt_log(lambda events: events[0].update(event_date="2019-02-29")),
     "events[0].event_date", "not_a_date"),
    ("a duplicate id",
     _spoilt_portfolio(lambda raw: raw["astana_projects"][0]["milestones"][0].update(id="DP-1-M3")),
     "astana_projects[0].milestones[0].id", "duplicate_id"),
    ("a file that is not YAML", b"events: [", "", "not_yaml"),
    ("an empty file", b"", "", "file_empty"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "path", "code"), [case[1:] for case in BAD_INPUT], ids=[case[0] for case in BAD_INPUT])
def test_bad_input_is_refused_with_its_place_named_and_the_database_unchanged(
    small_town: Runtime, raw: bytes, path: str, code: str
) -> None:
    before = row_counts(small_town)
    faults = faults_of(small_town, raw)
    assert (path, code) in [(fault.path, fault.code) for fault in faults]
    assert row_counts(small_town) == before


def test_a_file_of_another_kind_is_refused(small_town: Runtime) -> None:
    with small_town.reading() as session:
        plan = plan_import(session, b"id;name", "projects.csv")
    assert [fault.code for fault in plan.faults] == ["unknown_format"]
