"""A post of the office that performs a milestone: it claims and forecasts that one, and never judges its own claim."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from pmo.db.models.milestones import EvidenceDecisionRecord, MilestoneRecord
from pmo.db.models.people import AbsenceRecord
from pmo.domain.errors import NotAllowed, RuleBroken
from pmo.queries.overview import Moment
from pmo.queries.tasks import Tasks, tasks_of
from pmo.services.milestones import Evidence, accept_evidence, claim_completion, move_forecast, return_evidence
from tests.cast import TODAY, Town, refusal

ACT = Evidence(type_id="act", document_number="17-1", document_date=date(2020, 1, 20))


@pytest.fixture
def office(town: Town) -> Town:
    """The head of the office performs DP-10-M1, of a project that is none of the office's."""
    with town.writing() as session:
        session.get_one(MilestoneRecord, town.milestone()).performer_id = "pmo-head"
    return town


def claim(town: Town, person: str = "pmo-head", code: str = "DP-10-M1") -> None:
    with town.writing() as session:
        claim_completion(session, town.act(person), town.milestone(code), date(2020, 1, 20), ACT)


def decisions(town: Town) -> list[bool]:
    with town.runtime.reading() as session:
        return list(session.scalars(select(EvidenceDecisionRecord.accepted)))


def tasks(town: Town, person: str) -> Tasks:
    act = town.act(person)
    with town.runtime.reading() as session:
        return tasks_of(session, act.actor, Moment(act.at, act.on), town.runtime.rules, town.runtime.histories)


def test_the_named_performer_claims_and_somebody_else_of_the_office_accepts(office: Town) -> None:
    claim(office)
    with office.writing() as session:
        accept_evidence(session, office.act("analyst"), office.milestone())
    assert decisions(office) == [True]


def test_the_named_performer_moves_the_forecast(office: Town) -> None:
    with office.writing() as session:
        move_forecast(session, office.act("pmo-head"), office.milestone(), date(2020, 3, 2), "contractor_delay")


@pytest.mark.parametrize("code", ["DP-10-M2", "DP-11-M1"])
def test_other_milestones_are_not_the_performers(office: Town, code: str) -> None:
    with office.writing() as session, pytest.raises(NotAllowed):
        claim_completion(session, office.act("pmo-head"), office.milestone(code), date(2020, 1, 20), ACT)
    with office.writing() as session, pytest.raises(NotAllowed):
        move_forecast(session, office.act("pmo-head"), office.milestone(code), date(2020, 7, 1), "contractor_delay")


def test_whoever_claimed_may_not_decide_on_that_claim(office: Town) -> None:
    claim(office)
    for decide in (
        lambda session: accept_evidence(session, office.act("pmo-head"), office.milestone()),
        lambda session: return_evidence(session, office.act("pmo-head"), office.milestone(), "evidence_incomplete"),
    ):
        with pytest.raises(RuleBroken) as raised, office.writing() as session:
            decide(session)
        assert refusal(raised) == ("own_claim", None)
    assert decisions(office) == []


def test_a_substitute_who_claimed_for_the_performer_may_not_decide_either(office: Town) -> None:
    with office.writing() as session:
        session.add(
            AbsenceRecord(
                person_id="pmo-head",
                substitute_id="analyst",
                starts_on=TODAY,
                ends_on=TODAY,
                entered_at=office.act("analyst").at,
            )
        )
    claim(office, "analyst")
    with pytest.raises(RuleBroken) as raised, office.writing() as session:
        accept_evidence(session, office.act("analyst"), office.milestone())
    assert refusal(raised) == ("own_claim", None)


def test_another_claim_of_the_same_milestone_may_be_decided(office: Town) -> None:
    claim(office, "manager")
    with office.writing() as session:
        accept_evidence(session, office.act("pmo-head"), office.milestone())
    assert decisions(office) == [True]


def test_the_tasks_ask_the_performer_and_offer_no_own_evidence(office: Town) -> None:
    assert [task.subject.code for task in tasks(office, "pmo-head").overdue] == ["DP-10-M1"]
    assert [task.subject.code for task in tasks(office, "manager").overdue] == []
    claim(office)
    assert tasks(office, "pmo-head").evidence == ()
    assert [task.subject.code for task in tasks(office, "analyst").evidence] == ["DP-10-M1"]
