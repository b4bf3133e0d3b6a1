"""Requests for new baseline dates, the check, the ruling (DOMAIN 1.2, 1.4, 3.0)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from pmo.db.models.assessments import MilestoneAssessmentRecord, ProjectAssessmentRecord
from pmo.db.models.changes import ChangeRulingRecord
from pmo.db.models.milestones import BaselineDateRecord
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.queries.status import assessment_on
from pmo.services import lifecycle
from pmo.services.changes import (
    approve_change,
    check_change,
    open_request,
    refuse_change,
    request_change,
    return_change,
)
from pmo.services.milestones import accept_evidence
from tests.cast import TODAY, Town, refusal
from tests.services.test_milestones import at_once, claim

NEW = {"DP-10-M1": date(2020, 3, 31), "DP-10-M2": date(2020, 7, 31)}


def ask(
    town: Town, dates: dict[str, date] | None = None, reason: str = "contractor_delay", who: str = "manager"
) -> int:
    with town.writing() as session:
        wanted = NEW if dates is None else dates
        return request_change(session, town.act(who), town.project(), wanted, reason, "no crane").id


def baseline(town: Town, code: str = "DP-10-M1") -> list[tuple[int, date, date]]:
    with town.runtime.reading() as session:
        rows = session.execute(
            select(BaselineDateRecord.version, BaselineDateRecord.due_on, BaselineDateRecord.approved_on)
            .where(BaselineDateRecord.milestone_id == town.milestone(code))
            .order_by(BaselineDateRecord.version)
        )
        return [tuple(row) for row in rows]


def test_an_approved_request_makes_the_next_version_from_that_day_on(town: Town) -> None:
    number = ask(town)
    assert [version for version, *_ in baseline(town)] == [0]
    with town.writing() as session:
        check_change(session, town.act("analyst"), number, "plausible")
    with town.writing() as session:
        approve_change(session, town.act("curator"), number)
    assert baseline(town)[-1] == (1, date(2020, 3, 31), TODAY)
    with town.runtime.reading() as session:
        judged = session.execute(
            select(MilestoneAssessmentRecord.status, MilestoneAssessmentRecord.original_due_on).where(
                MilestoneAssessmentRecord.milestone_id == town.milestone()
            )
        ).one()
        moved = session.scalar(
            select(ProjectAssessmentRecord.moved_times).where(ProjectAssessmentRecord.project_id == town.project())
        )
    assert tuple(judged) == ("planned", date(2019, 12, 31))
    assert moved == 1
    assert town.entries() == ["change_requested", "change_checked", "rebaseline"]
    assert town.audit_findings() == []


def test_before_the_approval_the_old_version_still_applies(town: Town) -> None:
    number = ask(town)
    with town.writing() as session:
        approve_change(session, town.act("curator"), number)
    with town.runtime.reading() as session:
        moment = datetime.fromisoformat("2020-01-31T12:59:00+00:00")
        judged = assessment_on(session, town.project(), moment, TODAY, town.runtime.rules, town.runtime.histories)
    assert judged is not None
    assert judged.milestones[0].status == "overdue"


def test_a_milestone_without_a_date_gets_its_first_one(town: Town) -> None:
    number = ask(town, {"DP-10-M3": date(2020, 9, 30)})
    with town.writing() as session:
        approve_change(session, town.act("curator"), number)
    assert baseline(town, "DP-10-M3") == [(0, date(2020, 9, 30), TODAY)]


@pytest.mark.parametrize(
    ("dates", "reason", "expected"),
    [
        ({}, "contractor_delay", ("nothing_to_change", "dates")),
        (NEW, "not_stated", ("reason_missing", "reason_id")),
        ({"DP-11-M1": date(2020, 9, 1)}, "contractor_delay", ("unknown_milestone", "dates")),
        ({"DP-10-M2": date(2020, 4, 30)}, "contractor_delay", ("date_unchanged", "dates")),
        ({"DP-10-M2": date(2020, 1, 30)}, "contractor_delay", ("new_date_in_past", "dates")),
        ({"DP-10-M2": date(2060, 1, 30)}, "contractor_delay", ("date_out_of_range", "dates")),
    ],
)
def test_a_request_that_cannot_be_is_refused(
    town: Town, dates: dict[str, date], reason: str, expected: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised:
        ask(town, dates, reason)
    assert refusal(raised) == expected
    assert town.entries() == []


def test_a_done_or_cancelled_milestone_is_not_moved(town: Town) -> None:
    claim(town)
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), town.milestone())
        lifecycle.cancel_milestone(session, town.act("akim"), town.milestone("DP-10-M2"), TODAY, "contractor_delay")
    for code, expected in (("DP-10-M1", "already_done"), ("DP-10-M2", "already_cancelled")):
        with pytest.raises(RuleBroken) as raised:
            ask(town, {code: date(2020, 9, 1)})
        assert refusal(raised) == (expected, "dates")


def test_one_request_of_a_project_is_open_at_a_time(town: Town) -> None:
    first = ask(town)
    with pytest.raises(RuleBroken) as raised:
        ask(town)
    assert refusal(raised) == ("change_pending", None)
    with town.writing() as session:
        return_change(session, town.act("analyst"), first, "say why")
    with town.runtime.reading() as session:
        assert open_request(session, town.project()) is None
    assert ask(town) > first


def test_two_requests_at_once_are_one(town: Town) -> None:
    assert at_once(lambda: ask(town), lambda: ask(town, who="owner")) == ["change_pending", "done"]


def test_a_decided_request_is_decided(town: Town) -> None:
    number = ask(town)
    with town.writing() as session:
        refuse_change(session, town.act("curator"), number, "the date of the Address stands")
    assert [version for version, *_ in baseline(town)] == [0]
    for deed in (
        lambda session: approve_change(session, town.act("curator"), number),
        lambda session: refuse_change(session, town.act("akim"), number, "no"),
        lambda session: check_change(session, town.act("analyst"), number),
        lambda session: return_change(session, town.act("analyst"), number, "no"),
    ):
        with pytest.raises(RuleBroken) as raised, town.writing() as session:
            deed(session)
        assert refusal(raised) == ("change_decided", None)


def test_a_request_is_checked_once(town: Town) -> None:
    number = ask(town)
    with town.writing() as session:
        check_change(session, town.act("analyst"), number)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        check_change(session, town.act("pmo-head"), number)
    assert refusal(raised) == ("change_checked", None)
    with town.runtime.reading() as session:
        assert list(session.scalars(select(ChangeRulingRecord.outcome))) == ["checked"]


def test_returning_and_refusing_need_a_reason(town: Town) -> None:
    number = ask(town)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        return_change(session, town.act("analyst"), number, " ")
    assert refusal(raised) == ("reason_missing", "text")
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        refuse_change(session, town.act("curator"), number, "")
    assert refusal(raised) == ("reason_missing", "text")


def test_a_request_that_names_no_dates_is_approved_with_dates_only(town: Town) -> None:
    act = town.act("manager")
    with town.writing() as session:
        number = request_change(session, replace(act, source="import"), town.project(), {}, "contractor_delay").id
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        approve_change(session, town.act("curator"), number)
    assert refusal(raised) == ("nothing_to_change", "dates")
    with town.writing() as session:
        approve_change(session, town.act("curator"), number, dates={"DP-10-M1": date(2020, 3, 31)})
    assert baseline(town)[-1][:2] == (1, date(2020, 3, 31))


@pytest.mark.parametrize(
    ("person", "error"),
    [("colleague", NotAllowed), ("curator", NotAllowed), ("analyst", NotAllowed), ("outsider", NotFound)],
)
def test_only_the_manager_and_the_owner_ask(town: Town, person: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(town, who=person)


def test_the_check_is_the_offices_and_the_ruling_the_curators(town: Town) -> None:
    number = ask(town)
    for person, error in (("manager", NotAllowed), ("curator", NotAllowed), ("curator-b", NotFound)):
        with pytest.raises(error), town.writing() as session:
            check_change(session, town.act(person), number)
        with pytest.raises(error), town.writing() as session:
            return_change(session, town.act(person), number, "no")
    for person, error in (
        ("manager", NotAllowed),
        ("owner", NotAllowed),
        ("analyst", NotAllowed),
        ("curator-b", NotFound),
    ):
        with pytest.raises(error), town.writing() as session:
            approve_change(session, town.act(person), number)
        with pytest.raises(error), town.writing() as session:
            refuse_change(session, town.act(person), number, "no")
    with pytest.raises(NotFound), town.writing() as session:
        approve_change(session, town.act("curator"), 10_000)
    with town.writing() as session:
        approve_change(session, town.act("akim"), number)
    assert baseline(town)[-1][0] == 1
