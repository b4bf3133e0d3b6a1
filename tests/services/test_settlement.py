"""What a transaction owes before it commits: assessments of what it touched, then the audit log (ARCHITECTURE 4)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from pmo.db.models.assessments import MilestoneAssessmentRecord, ProjectAssessmentRecord, StatusChangeRecord
from pmo.db.models.entries import EntryRecord
from pmo.services.assessments import refresh_due
from pmo.services.milestones import move_forecast
from tests.cast import Town
from tests.services.test_milestones import at_once


def forecast(town: Town, code: str, on: date) -> None:
    with town.writing() as session:
        move_forecast(session, town.act("manager"), town.milestone(code), on, "contractor_delay")


def test_only_touched_projects_are_judged_anew(town: Town) -> None:
    later = town.at("2020-02-03")
    forecast(later, "DP-10-M2", date(2020, 9, 1))
    with town.runtime.reading() as session:
        judged = dict(
            tuple(row)
            for row in session.execute(select(ProjectAssessmentRecord.project_id, ProjectAssessmentRecord.assessed_on))
        )
    assert judged[town.project("DP-10")] == date(2020, 2, 3)
    assert judged[town.project("DP-11")] < date(2020, 2, 3)


def test_a_transaction_that_fails_leaves_nothing(town: Town) -> None:
    before = len(town.audit_actions())

    def fail() -> None:
        with town.writing() as session:
            move_forecast(session, town.act("manager"), town.milestone(), date(2020, 9, 1), "contractor_delay")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert len(town.audit_actions()) == before
    assert town.entries() == []
    assert town.audit_findings() == []


def test_a_status_that_did_not_change_leaves_no_row(town: Town) -> None:
    def rows() -> int:
        with town.runtime.reading() as session:
            return session.scalar(select(func.count()).select_from(StatusChangeRecord)) or 0

    forecast(town, "DP-10-M2", date(2020, 5, 1))
    before = rows()
    forecast(town, "DP-10-M2", date(2020, 5, 4))
    assert rows() == before


def test_people_and_the_nightly_job_at_once_lose_nothing(town: Town) -> None:
    """The job rewrites the assessments of projects that somebody enters facts of at that moment."""
    later = town.at("2020-02-03")

    def nightly() -> None:
        with later.writing() as session:
            refresh_due(session, "almaty", later.runtime.now(), later.runtime.rules)

    deeds = [lambda day=day: forecast(later, "DP-10-M2", date(2020, 9, day)) for day in (1, 2, 3)]
    assert at_once(*deeds, nightly, nightly) == ["done"] * 5
    with town.runtime.reading() as session:
        assert session.scalar(select(func.count()).where(EntryRecord.kind == "forecast")) == 3
        assert session.scalar(select(func.count()).select_from(ProjectAssessmentRecord)) == 3
        expected = session.scalar(
            select(MilestoneAssessmentRecord.expected_on).where(
                MilestoneAssessmentRecord.milestone_id == town.milestone("DP-10-M2")
            )
        )
    assert expected in {date(2020, 9, day) for day in (1, 2, 3)}
    assert town.audit_findings() == []
