"""The events of a log enter as of their own day, by the posts whose duty they are, once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import yaml
from sqlalchemy import select

from pmo.db.models.clock import SkippedEventRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.milestones import BaselineDateRecord, MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services import milestones
from pmo.services.acts import Act
from pmo.services.imports import (
    EventRefused,
    enter_events,
    enter_what_fits,
    plan_import,
    read_log,
)
from tests.conftest import DATA
from tests.exchange.import_samples import as_yaml, event, small_log
from tests.services.importing import (
    TRACKED_AT,
    count,
    faults_of,
    first,
    import_raw,
    row_counts,
    small_town,
)

__all__ = ["small_town"]


def test_a_rebaseline_brings_its_own_request_where_none_is_open(small_town: Runtime) -> None:
    raw = small_log()
    raw["events"] = [found for found in raw["events"] if found["type"] == "rebaseline"]
    counts = import_raw(small_town, raw)
    assert counts["events_entered"] == 1
    with small_town.reading() as session:
        kinds = [entry.kind for entry in session.scalars(select(EntryRecord).where(EntryRecord.item == "DP-1"))]
        stone = session.scalars(select(MilestoneRecord).where(MilestoneRecord.code == "DP-1-M3")).one()
        newest = session.scalars(
            select(BaselineDateRecord).where(
                BaselineDateRecord.milestone_id == stone.id, BaselineDateRecord.version == 1
            )
        ).one()
    assert kinds == ["project_created", "change_requested", "rebaseline"]
    assert (newest.due_on, newest.approved_on) == (date(2020, 7, 31), date(2019, 12, 5))


def test_authors_are_the_posts_whose_duty_it_is(small_town: Runtime) -> None:
    import_raw(small_town, small_log())
    with small_town.reading() as session:
        since = select(EntryRecord.kind, EntryRecord.entered_by).where(EntryRecord.log_key.is_not(None))
        authors = {row.kind: row.entered_by for row in session.execute(since)}
    assert authors == {
        "indicator": "manager-a",
        "completion_claimed": "manager-a",
        "evidence_rejected": "analyst-a",
        "evidence_accepted": "analyst-a",
        "forecast": "manager-a",
        "change_requested": "manager-a",
        "rebaseline": "deputy-a",
        "pause": "deputy-b",
        "resume": "deputy-b",
        "cancel": None,  # Astana has no akim here: the post speaks without a person
    }


def test_a_log_with_one_contradiction_enters_nothing(small_town: Runtime) -> None:
    before = row_counts(small_town)
    raw = small_log()
    raw["events"].append(event("2020-01-20", "resume", "DP-1"))
    faults = faults_of(small_town, as_yaml(raw))
    assert [(fault.path, fault.code) for fault in faults] == [("events[11].ref", "not_paused")]
    assert row_counts(small_town) == before


def test_an_event_with_another_value_than_before_is_a_conflict(small_town: Runtime) -> None:
    import_raw(small_town, small_log())
    before = row_counts(small_town)
    raw = small_log()
    raw["events"][0]["value"] = 12
    with small_town.reading() as session:
        plan = plan_import(session, as_yaml(raw), "log.yaml")
    assert [(fault.path, fault.code) for fault in plan.conflicts] == [("events[0]", "event_conflict")]
    assert row_counts(small_town) == before


def test_a_day_of_events_can_be_entered_alone_and_the_rest_by_import(portfolio: Runtime) -> None:
    log = read_log(DATA / "demo_log.yaml")
    day = date(2019, 9, 17)
    with portfolio.writing() as session:
        assert enter_events(session, log.on(day), portfolio.now()).entered == 2
    with portfolio.writing() as session:
        again = enter_events(session, log.on(day), portfolio.now())
        assert (again.entered, again.skipped) == (0, 2)
    with portfolio.reading() as session:
        plan = plan_import(session, DATA / "demo_log.yaml")
    assert (plan.faults, len(plan.events), plan.events_skipped) == ((), 1499, 2)


def _visitor_claims(runtime: Runtime, code: str) -> None:
    """A visitor of the demonstration claims a milestone done before the log does."""
    with runtime.writing() as session:
        stone = session.scalars(select(MilestoneRecord).where(MilestoneRecord.code == code)).one()
        project = session.get(ProjectRecord, stone.project_id)
        assert project is not None
        assert project.manager_id
        actor = actor_for(session, project.manager_id, date(2019, 9, 16))
        assert actor is not None
        act = Act(actor, TRACKED_AT + timedelta(hours=10), date(2019, 9, 16), runtime.now())
        milestones.claim_completion(session, act, stone.id, date(2019, 9, 16), milestones.Evidence(link="https://x.kz"))


def test_an_event_that_contradicts_a_visitor_refuses_the_day(portfolio: Runtime) -> None:
    _visitor_claims(portfolio, "DP-15-M2")
    before = row_counts(portfolio)
    log = read_log(DATA / "demo_log.yaml")
    with pytest.raises(EventRefused) as refused, portfolio.writing() as session:
        enter_events(session, log.on(date(2019, 9, 17)), portfolio.now())
    assert refused.value.refused.event.ref == "DP-15-M2"
    assert refused.value.refused.refusal.code == "already_claimed"
    assert row_counts(portfolio) == before


def test_in_the_demonstration_it_is_skipped_and_listed_and_not_tried_again(portfolio: Runtime) -> None:
    _visitor_claims(portfolio, "DP-15-M2")
    log = read_log(DATA / "demo_log.yaml")
    with portfolio.writing() as session:
        result = enter_what_fits(session, log.on(date(2019, 9, 17)), portfolio.now())
    assert (result.entered, result.skipped, len(result.refused)) == (1, 0, 1)
    skipped = first(portfolio, SkippedEventRecord)
    assert (skipped.event_on, skipped.why.split(":")[0]) == (date(2019, 9, 17), "already_claimed")
    with portfolio.writing() as session:
        again = enter_what_fits(session, log.on(date(2019, 9, 17)), portfolio.now())
    assert (again.entered, again.skipped, again.refused) == (0, 2, ())
    assert count(portfolio, SkippedEventRecord) == 1


def test_the_files_of_the_demonstration_are_those_of_the_tests() -> None:
    log = yaml.load((DATA / "demo_log.yaml").read_bytes(), yaml.CSafeLoader)
    assert len(log["events"]) == len(read_log(DATA / "demo_log.yaml").events) == 1501
