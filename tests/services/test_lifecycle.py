"""Pausing, resuming, cancelling, and the office's worse colour (DOMAIN 1.4, 1.6)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from pmo.db.models.assessments import MilestoneAssessmentRecord, ProjectAssessmentRecord
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.services.lifecycle import (
    cancel_milestone,
    cancel_project,
    pause_milestone,
    pause_project,
    resume_milestone,
    resume_project,
    set_worse_colour,
)
from pmo.services.milestones import accept_evidence
from tests.cast import TODAY, Town, refusal
from tests.services.test_milestones import at_once, claim, status_of

WHY = "contractor_delay"


def colour(town: Town, code: str = "DP-10") -> tuple[str, int | None]:
    with town.runtime.reading() as session:
        row = session.execute(
            select(ProjectAssessmentRecord.status, ProjectAssessmentRecord.severity).where(
                ProjectAssessmentRecord.project_id == town.project(code)
            )
        ).one()
    return row.status, row.severity


def pause(town: Town, starts_on: date = TODAY, person: str = "curator") -> None:
    with town.writing() as session:
        pause_project(session, town.act(person), town.project(), starts_on, WHY, "funding is held back")


def resume(town: Town, resumed_on: date, person: str = "curator") -> None:
    with town.writing() as session:
        resume_project(session, town.act(person), town.project(), resumed_on)


def test_a_paused_project_is_paused_and_its_milestones_are_not_overdue(town: Town) -> None:
    assert colour(town) == ("off_track", 2)
    pause(town)
    assert colour(town) == ("paused", None)
    assert status_of(town) == "paused"
    assert town.audit_findings() == []


def test_after_a_resume_days_overdue_count_from_the_resume(town: Town) -> None:
    pause(town)
    later = town.at("2020-02-10")
    resume(later, date(2020, 2, 10))
    with town.runtime.reading() as session:
        days = session.scalar(
            select(MilestoneAssessmentRecord.days_overdue).where(
                MilestoneAssessmentRecord.milestone_id == town.milestone()
            )
        )
    assert (status_of(town), days) == ("overdue", 0)
    assert town.entries() == ["pause", "resume"]


def test_a_milestone_is_paused_and_resumed_by_itself(town: Town) -> None:
    with town.writing() as session:
        pause_milestone(session, town.act("curator"), town.milestone(), TODAY, WHY)
    assert status_of(town) == "paused"
    assert status_of(town, "DP-10-M2") != "paused"
    with town.writing() as session:
        resume_milestone(session, town.act("curator"), town.milestone(), TODAY)
    assert status_of(town) == "overdue"


def test_pauses_follow_each_other_without_overlap(town: Town) -> None:
    pause(town)
    with pytest.raises(RuleBroken) as raised:
        pause(town)
    assert refusal(raised) == ("already_paused", None)
    later = town.at("2020-02-10")
    with pytest.raises(RuleBroken) as raised:
        resume(later, date(2020, 1, 30))
    assert refusal(raised) == ("resume_before_pause", "resumed_on")
    resume(later, date(2020, 2, 10))
    with pytest.raises(RuleBroken) as raised:
        resume(later, date(2020, 2, 11))
    assert refusal(raised) == ("not_paused", None)
    with pytest.raises(RuleBroken) as raised:
        pause(later, date(2020, 2, 9))
    assert refusal(raised) == ("pause_overlaps", "starts_on")
    pause(later, date(2020, 2, 10))


@pytest.mark.parametrize(
    ("starts_on", "reason", "expected"),
    [
        (date(1999, 1, 1), WHY, ("date_out_of_range", "starts_on")),
        (TODAY, "not_stated", ("reason_missing", "reason_id")),
    ],
)
def test_a_pause_that_cannot_be_is_refused(town: Town, starts_on: date, reason: str, expected: tuple[str, str]) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        pause_project(session, town.act("curator"), town.project(), starts_on, reason)
    assert refusal(raised) == expected


def test_a_done_milestone_is_neither_paused_nor_cancelled(town: Town) -> None:
    claim(town)
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), town.milestone())
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        pause_milestone(session, town.act("curator"), town.milestone(), TODAY, WHY)
    assert refusal(raised) == ("already_done", None)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        cancel_milestone(session, town.act("akim"), town.milestone(), TODAY, WHY)
    assert refusal(raised) == ("already_done", None)


def test_a_cancelled_project_leaves_the_colours_and_ends_everything(town: Town) -> None:
    with town.writing() as session:
        cancel_project(session, town.act("akim"), town.project(), TODAY, WHY, "dropped by the council")
    assert colour(town) == ("cancelled", None)
    assert status_of(town) == "cancelled"
    for deed in (
        lambda session: cancel_project(session, town.act("akim"), town.project(), TODAY, WHY),
        lambda session: cancel_milestone(session, town.act("akim"), town.milestone(), TODAY, WHY),
        lambda session: pause_project(session, town.act("curator"), town.project(), TODAY, WHY),
        lambda session: pause_milestone(session, town.act("curator"), town.milestone(), TODAY, WHY),
    ):
        with pytest.raises(RuleBroken) as raised, town.writing() as session:
            deed(session)
        assert refusal(raised) == ("already_cancelled", None)


def test_two_cancellations_at_once_are_one(town: Town) -> None:
    def cancel() -> None:
        with town.writing() as session:
            cancel_project(session, town.act("akim"), town.project(), TODAY, WHY)

    assert at_once(cancel, cancel) == ["already_cancelled", "done"]


@pytest.mark.parametrize(
    ("person", "error"),
    [
        ("manager", NotAllowed),
        ("owner", NotAllowed),
        ("analyst", NotAllowed),
        ("observer", NotAllowed),
        ("curator-b", NotFound),
        ("outsider", NotFound),
    ],
)
def test_pausing_is_the_curators_and_the_akims(town: Town, person: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        pause(town, person=person)
    pause(town, person="akim")
    with pytest.raises(error):
        resume(town, TODAY, person)


@pytest.mark.parametrize(
    ("person", "error"),
    [("manager", NotAllowed), ("curator", NotAllowed), ("analyst", NotAllowed), ("outsider", NotFound)],
)
def test_cancelling_is_the_akims_alone(town: Town, person: str, error: type[Exception]) -> None:
    for cancel, target in ((cancel_project, town.project()), (cancel_milestone, town.milestone())):
        with pytest.raises(error), town.writing() as session:
            cancel(session, town.act(person), target, TODAY, WHY)


def worsen(
    town: Town,
    severity: int = 1,
    ends_on: date = date(2020, 2, 20),
    text: str = "the contractor is leaving",
    person: str = "analyst",
) -> None:
    with town.writing() as session:
        set_worse_colour(session, town.act(person), town.project("DP-11"), severity, ends_on, text)


def test_a_worse_colour_holds_until_its_end_and_may_be_renewed(town: Town) -> None:
    assert colour(town, "DP-11") == ("on_track", 0)
    worsen(town)
    assert colour(town, "DP-11") == ("at_risk", 1)
    worsen(town, ends_on=date(2020, 3, 1))
    worsen(town, severity=2)
    assert colour(town, "DP-11") == ("off_track", 2)
    assert town.entries() == ["override"] * 3


@pytest.mark.parametrize(
    ("severity", "ends_on", "text", "expected"),
    [
        (0, date(2020, 2, 20), "better", ("override_not_worse", "severity")),
        (3, date(2020, 2, 20), "worst", ("override_not_worse", "severity")),
        (1, date(2020, 3, 2), "long", ("override_too_long", "ends_on")),
        (1, date(2020, 1, 30), "past", ("override_too_long", "ends_on")),
        (1, date(2020, 2, 20), "  ", ("reason_missing", "text")),
    ],
)
def test_a_colour_that_cannot_be_set_is_refused(
    town: Town, severity: int, ends_on: date, text: str, expected: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised:
        worsen(town, severity, ends_on, text)
    assert refusal(raised) == expected


def test_the_colour_of_a_red_or_paused_project_cannot_get_worse(town: Town) -> None:
    for act_first, expected in ((lambda: None, "override_not_worse"), (lambda: pause(town), "override_not_active")):
        act_first()
        with pytest.raises(RuleBroken) as raised, town.writing() as session:
            set_worse_colour(session, town.act("analyst"), town.project(), 2, date(2020, 2, 20), "worse")
        assert raised.value.code == expected


def test_the_worse_colour_is_the_offices_alone(town: Town) -> None:
    for person, error in (
        ("manager-b", NotAllowed),
        ("curator-b", NotAllowed),
        ("akim", NotAllowed),
        ("outsider", NotFound),
    ):
        with pytest.raises(error):
            worsen(town, person=person)
