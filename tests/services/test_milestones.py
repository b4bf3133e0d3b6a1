"""Claims, decisions on evidence, forecasts; milestones made and edited by the office (DOMAIN 1.4, 3.0)."""

from __future__ import annotations

from datetime import date, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from pmo.db.models.assessments import MilestoneAssessmentRecord, StatusChangeRecord
from pmo.db.models.files import FileRecord
from pmo.db.models.milestones import BaselineDateRecord, ClaimRecord, DependencyRecord, ForecastRecord, MilestoneRecord
from pmo.domain.errors import Conflict, NotAllowed, NotFound, RuleBroken
from pmo.domain.milestone import Dependency
from pmo.domain.project import known_until
from pmo.queries.history import project_history
from pmo.services import lifecycle
from pmo.services.milestone_plans import create_milestone, edit_milestone
from pmo.services.milestones import (
    Evidence,
    accept_evidence,
    claim_completion,
    move_forecast,
    return_evidence,
)
from tests.cast import TODAY, Town, milestone_plan, refusal

ACT = Evidence(type_id="act", document_number="17-1", document_date=date(2020, 1, 20))
OTHERS = ("colleague", "owner", "curator", "akim", "analyst", "observer")


def status_of(town: Town, code: str = "DP-10-M1") -> str | None:
    with town.runtime.reading() as session:
        return session.scalar(
            select(MilestoneAssessmentRecord.status).where(
                MilestoneAssessmentRecord.milestone_id == town.milestone(code)
            )
        )


def claim(town: Town, completed_on: date = date(2020, 1, 20), code: str = "DP-10-M1", person: str = "manager") -> None:
    with town.writing() as session:
        claim_completion(session, town.act(person), town.milestone(code), completed_on, ACT)


def test_an_accepted_claim_makes_a_milestone_done_late_in_the_same_transaction(town: Town) -> None:
    assert status_of(town) == "overdue"
    claim(town)
    assert status_of(town) == "overdue"  # a late claim does not stop the clock
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), town.milestone(), "in order")
    assert status_of(town) == "done_late"
    with town.runtime.reading() as session:
        changes = session.scalars(
            select(StatusChangeRecord.new_status)
            .where(StatusChangeRecord.item == "DP-10-M1")
            .order_by(StatusChangeRecord.id)
        )
        assert list(changes)[-2:] == ["overdue", "done_late"]


def test_a_claim_and_its_decision_are_in_the_audit_log_which_holds(town: Town) -> None:
    before = len(town.audit_actions())
    claim(town)
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), town.milestone())
    said = town.audit_actions()[before:]
    assert ['"action":"completion_claimed"' in said[0], '"action":"evidence_accepted"' in said[1]] == [True, True]
    assert '"actor":"manager"' in said[0]
    assert town.audit_findings() == []


def test_evidence_of_a_completion_in_time_voids_the_overdue_days_and_says_so(town: Town) -> None:
    claim(town, date(2019, 12, 30))
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), town.milestone())
    assert status_of(town) == "done_on_time"
    assert '"action":"overdue_voided"' in town.audit_actions()[-1]


def test_a_completion_on_the_rolled_date_is_in_time_too(town: Town) -> None:
    """31.12.2019 is a working day here, but 30.08.2019 rolls to 02.09.: the voiding uses the effective date."""
    with town.writing() as session:
        plan = milestone_plan("DP-10-M4", due_on=date(2020, 1, 1))  # a holiday, rolls over 3 and 4 January to the 5th
        create_milestone(session, town.act("analyst"), town.project(), plan)
    claim(town, date(2020, 1, 5), "DP-10-M4")
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), town.milestone("DP-10-M4"))
    assert status_of(town, "DP-10-M4") == "done_on_time"
    assert '"action":"overdue_voided"' in town.audit_actions()[-1]


def test_returned_evidence_drops_the_claim_and_another_may_follow(town: Town) -> None:
    claim(town)
    with town.writing() as session:
        return_evidence(session, town.act("analyst"), town.milestone(), "evidence_incomplete", "no signature")
    assert status_of(town) == "overdue"
    claim(town)
    assert town.entries() == ["completion_claimed", "evidence_rejected", "completion_claimed"]


@pytest.mark.parametrize(
    ("completed_on", "evidence", "expected"),
    [
        (date(2020, 2, 1), ACT, ("completion_in_future", "completed_on")),
        (TODAY, Evidence(type_id="act"), ("evidence_missing", "document_number")),
        (TODAY, Evidence(document_number="17-1"), ("evidence_missing", "document_number")),
        (
            TODAY,
            Evidence(document_number="17-1", document_date=date(2020, 2, 1)),
            ("document_in_future", "document_date"),
        ),
        (TODAY, Evidence(link="javascript:alert(1)"), ("link_not_web", "link")),
        (TODAY, Evidence(file_id=999), ("unknown_file", "file")),
    ],
)
def test_a_claim_that_cannot_be_is_refused(
    town: Town, completed_on: date, evidence: Evidence, expected: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        claim_completion(session, town.act("manager"), town.milestone(), completed_on, evidence)
    assert refusal(raised) == expected
    assert town.entries() == []


def test_a_file_of_another_project_is_no_evidence(town: Town) -> None:
    with town.writing() as session:
        file = FileRecord(
            project_id=town.project("DP-11"),
            name="a.pdf",
            media_type="application/pdf",
            size=1,
            sha256="0" * 64,
            content=b"%",
            uploaded_by="manager-b",
            uploaded_at=town.runtime.now(),
        )
        session.add(file)
        session.flush()
        number = file.id
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        claim_completion(session, town.act("manager"), town.milestone(), TODAY, Evidence(file_id=number))
    assert refusal(raised) == ("unknown_file", "file")


def test_a_claim_is_made_once(town: Town) -> None:
    claim(town)
    with pytest.raises(RuleBroken) as raised:
        claim(town)
    assert refusal(raised) == ("already_claimed", None)
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), town.milestone())
    with pytest.raises(RuleBroken) as raised:
        claim(town)
    assert refusal(raised) == ("already_done", None)


def test_a_cancelled_milestone_is_not_claimed(town: Town) -> None:
    with town.writing() as session:
        lifecycle.cancel_milestone(session, town.act("akim"), town.milestone(), TODAY, "contractor_delay")
    with pytest.raises(RuleBroken) as raised:
        claim(town)
    assert refusal(raised) == ("milestone_cancelled", None)


@pytest.mark.parametrize("person", ["manager", "owner"])
def test_the_manager_and_the_owner_may_claim(town: Town, person: str) -> None:
    claim(town, person=person)
    assert town.entries() == ["completion_claimed"]


@pytest.mark.parametrize("person", ["colleague", "curator", "akim", "analyst", "pmo-head", "observer", "admin"])
def test_others_who_see_a_milestone_may_not_claim_it(town: Town, person: str) -> None:
    with pytest.raises(NotAllowed):
        claim(town, person=person)


@pytest.mark.parametrize("person", ["manager-b", "owner-b", "curator-b", "outsider", "manager-ast", "curator-ast"])
def test_outside_ones_scope_there_is_no_such_milestone(town: Town, person: str) -> None:
    with pytest.raises(NotFound):
        claim(town, person=person)
    with pytest.raises(NotFound), town.writing() as session:
        claim_completion(session, town.act("manager"), 10_000, TODAY, ACT)


@pytest.mark.parametrize("person", ["manager", "owner", "curator", "akim", "observer", "admin"])
def test_only_the_office_judges_evidence(town: Town, person: str) -> None:
    claim(town)
    for decide in (
        lambda session: accept_evidence(session, town.act(person), town.milestone()),
        lambda session: return_evidence(session, town.act(person), town.milestone(), "evidence_incomplete"),
    ):
        with pytest.raises(NotAllowed), town.writing() as session:
            decide(session)


def test_there_is_nothing_to_decide_without_a_claim_and_nothing_to_return_without_a_reason(town: Town) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        accept_evidence(session, town.act("analyst"), town.milestone())
    assert refusal(raised) == ("no_open_claim", None)
    claim(town)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        return_evidence(session, town.act("analyst"), town.milestone(), "")
    assert refusal(raised) == ("reason_missing", "reason_id")


def test_a_forecast_moves_the_expected_date_and_the_successor(town: Town) -> None:
    with town.writing() as session:
        move_forecast(
            session, town.act("manager"), town.milestone(), date(2020, 5, 29), "contractor_delay", "the crane broke"
        )
    assert status_of(town, "DP-10-M2") == "at_risk"
    with town.runtime.reading() as session:
        expected = session.scalar(
            select(MilestoneAssessmentRecord.expected_on).where(
                MilestoneAssessmentRecord.milestone_id == town.milestone()
            )
        )
    assert expected == date(2020, 5, 29)


@pytest.mark.parametrize(
    ("expected_on", "reason", "expected"),
    [
        (date(2020, 1, 30), "contractor_delay", ("forecast_in_past", "expected_on")),
        (date(2051, 1, 1), "contractor_delay", ("date_out_of_range", "expected_on")),
        (date(2020, 3, 1), "not_stated", ("reason_missing", "reason_id")),
    ],
)
def test_a_forecast_that_cannot_be_is_refused(
    town: Town, expected_on: date, reason: str, expected: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        move_forecast(session, town.act("manager"), town.milestone(), expected_on, reason)
    assert refusal(raised) == expected


def test_a_done_or_cancelled_milestone_has_no_forecast(town: Town) -> None:
    claim(town)
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), town.milestone())
        lifecycle.cancel_milestone(session, town.act("akim"), town.milestone("DP-10-M2"), TODAY, "contractor_delay")
    for code, expected in (("DP-10-M1", "already_done"), ("DP-10-M2", "milestone_cancelled")):
        with pytest.raises(RuleBroken) as raised, town.writing() as session:
            move_forecast(session, town.act("manager"), town.milestone(code), date(2020, 6, 1), "contractor_delay")
        assert refusal(raised) == (expected, None)


def test_a_button_pressed_twice_gives_one_forecast_but_another_day_gives_another(town: Town) -> None:
    for moment in (town, town, town.at("2020-02-07")):
        with moment.writing() as session:
            move_forecast(session, moment.act("manager"), moment.milestone(), date(2020, 5, 29), "contractor_delay")
    assert town.entries() == ["forecast", "forecast"]


def test_a_forecast_of_somebody_elses_project_is_refused(town: Town) -> None:
    for person, error in (("colleague", NotAllowed), ("curator", NotAllowed), ("manager-b", NotFound)):
        with pytest.raises(error), town.writing() as session:
            move_forecast(session, town.act(person), town.milestone(), date(2020, 5, 29), "contractor_delay")


def test_the_office_adds_a_milestone_with_its_first_date(town: Town) -> None:
    plan = milestone_plan("DP-10-M4", due_on=date(2020, 9, 30), predecessors=(Dependency("DP-10-M2", "FS", 3),))
    with town.writing() as session:
        number = create_milestone(session, town.act("analyst"), town.project(), plan).id
    with town.runtime.reading() as session:
        link = session.scalar(select(DependencyRecord).where(DependencyRecord.milestone_id == number))
        assert link is not None
        assert (link.predecessor_id, link.lag_wd) == (town.milestone("DP-10-M2"), 3)
        dates = session.scalars(select(BaselineDateRecord.due_on).where(BaselineDateRecord.milestone_id == number))
        assert list(dates) == [date(2020, 9, 30)]
    assert status_of(town, "DP-10-M4") == "planned"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "DP-10-M1"}, ("code_taken", "code")),
        ({"weight": 0.0}, ("weight_not_positive", "weight")),
        ({"min_duration_wd": 10**14}, ("duration_out_of_range", "min_duration_wd")),
        ({"min_duration_wd": -1}, ("duration_out_of_range", "min_duration_wd")),
        ({"due_on": date(1999, 1, 1)}, ("date_out_of_range", "due_on")),
        ({"predecessors": (Dependency("DP-99-M1"),)}, ("unknown_predecessor", "depends_on")),
        ({"predecessors": (Dependency("DP-10-M4"),)}, ("dependency_cycle", "depends_on")),
        ({"performer_id": "manager-ast"}, ("unknown_choice", "performer_id")),
    ],
)
def test_a_bad_plan_of_a_milestone_is_refused(
    town: Town, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    plan = milestone_plan(**{"code": "DP-10-M4", **changes})  # type: ignore[arg-type]
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        create_milestone(session, town.act("analyst"), town.project(), plan)
    assert refusal(raised) == expected


def test_only_the_office_makes_and_edits_milestones(town: Town) -> None:
    for person, error in (("manager", NotAllowed), ("akim", NotAllowed), ("outsider", NotFound)):
        with pytest.raises(error), town.writing() as session:
            create_milestone(session, town.act(person), town.project(), milestone_plan("DP-10-M4"))
        with pytest.raises(error), town.writing() as session:
            edit_milestone(session, town.act(person), town.milestone(), milestone_plan("DP-10-M1"), 1)


def test_an_edit_keeps_the_past(town: Town) -> None:
    plan = milestone_plan("DP-10-M2", weight=5.0, critical=True, predecessors=())
    with town.writing() as session:
        edit_milestone(session, town.act("analyst"), town.milestone("DP-10-M2"), plan, 1)
    with town.runtime.reading() as session:
        history = project_history(session, town.project())
    before = known_until(history, datetime.fromisoformat("2020-01-30T00:00:00+00:00"))
    after = known_until(history, town.runtime.now())
    assert before is not None
    assert after is not None
    was, became = (project.milestones[1] for project in (before, after))
    assert (was.weight, was.critical, [link.predecessor for link in was.predecessors]) == (2.0, False, ["DP-10-M1"])
    assert (became.weight, became.critical, became.predecessors) == (5.0, True, ())


def test_an_edit_over_an_edit_is_a_conflict_that_shows_what_stands(town: Town) -> None:
    with town.writing() as session:
        edit_milestone(session, town.act("analyst"), town.milestone(), milestone_plan("DP-10-M1", weight=3.0), 1)
    with pytest.raises(Conflict) as raised, town.writing() as session:
        edit_milestone(session, town.act("pmo-head"), town.milestone(), milestone_plan("DP-10-M1", weight=4.0), 1)
    assert raised.value.current["weight"] == 3.0


def test_a_date_that_stands_moves_by_change_request_only_but_a_missing_one_may_be_set(town: Town) -> None:
    plan = milestone_plan("DP-10-M1", due_on=date(2020, 3, 1))
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        edit_milestone(session, town.act("analyst"), town.milestone(), plan, 1)
    assert refusal(raised) == ("date_needs_change_request", "due_on")
    with town.writing() as session:
        plan = milestone_plan("DP-10-M3", due_on=date(2020, 3, 2))
        edit_milestone(session, town.act("analyst"), town.milestone("DP-10-M3"), plan, 1)
    assert status_of(town, "DP-10-M3") == "planned"


def test_a_cycle_made_by_an_edit_is_refused(town: Town) -> None:
    plan = milestone_plan("DP-10-M1", predecessors=(Dependency("DP-10-M2"),))
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        edit_milestone(session, town.act("analyst"), town.milestone(), plan, 1)
    assert refusal(raised) == ("dependency_cycle", "depends_on")


def at_once(*deeds: object) -> list[str]:
    """Runs deeds in threads that start together; what each one ended with."""
    start, ended = Barrier(len(deeds)), []

    def run(deed: object) -> None:
        start.wait()
        try:
            deed()  # type: ignore[operator]
            ended.append("done")
        except (RuleBroken, Conflict) as refused:
            ended.append(refused.code if isinstance(refused, RuleBroken) else "conflict")

    threads = [Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ended)


def test_two_claims_at_once_are_one_claim(town: Town) -> None:
    assert at_once(lambda: claim(town), lambda: claim(town, person="owner")) == ["already_claimed", "done"]
    with town.runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(ClaimRecord)) == 1
    assert town.audit_findings() == []


def test_facts_of_different_milestones_entered_at_once_are_all_kept(town: Town) -> None:
    def forecast(code: str, day: int) -> None:
        with town.writing() as session:
            move_forecast(session, town.act("manager"), town.milestone(code), date(2020, 6, day), "contractor_delay")

    codes = ("DP-10-M1", "DP-10-M2", "DP-10-M3")
    assert (
        at_once(*[lambda code=code, day=day: forecast(code, day) for day in (1, 2) for code in codes]) == ["done"] * 6
    )
    with town.runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(ForecastRecord)) == 6
        assert session.scalar(select(func.count()).select_from(MilestoneAssessmentRecord)) == 5
    assert town.audit_findings() == []


def test_two_edits_at_once_are_one_edit_and_one_conflict(town: Town) -> None:
    def edit(person: str, weight: float) -> None:
        with town.writing() as session:
            edit_milestone(session, town.act(person), town.milestone(), milestone_plan("DP-10-M1", weight=weight), 1)

    assert at_once(lambda: edit("analyst", 3.0), lambda: edit("pmo-head", 4.0)) == ["conflict", "done"]
    with town.runtime.reading() as session:
        assert session.scalar(select(MilestoneRecord.version).where(MilestoneRecord.code == "DP-10-M1")) == 2
