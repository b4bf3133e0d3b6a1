"""What waits for whose decision in a digest (PRODUCT 3, DOMAIN 1.6 and 3.2)."""

from __future__ import annotations

from pmo.domain.decisions import (
    OpenRequest,
    long_pause,
    open_changes,
    returned_evidence,
    stocktake,
    waiting_evidence,
)
from pmo.domain.digests import Line, What
from pmo.domain.milestone import Pause
from pmo.domain.policy import STANDARD
from pmo.domain.project import Project, known_until
from pmo.domain.verdict import judge_project
from pmo.domain.week import Week
from tests.domain.ladder_cast import CALENDAR, Office, as_day, at, claim, milestone, project


def week(whole: Project, on: str, since: str) -> Week:
    known = known_until(whole, at(on, 8))
    assert known is not None
    now = judge_project(known, as_day(on), CALENDAR, STANDARD)
    return Week(known, now, None, at(since, 8), "ALA-MOB", STANDARD)


def said(lines: list[Line]) -> list[tuple[str, What]]:
    return [(line.item, line.what) for line in lines]


def test_evidence_returned_since_the_last_digest_is_told_with_its_reason() -> None:
    returned = claim("2020-01-20", decided="2020-01-23", accepted=False)
    whole = project(milestone("2020-04-30", claims=(returned,)))

    (line,) = returned_evidence(week(whole, "2020-01-23", "2020-01-20"), at("2020-01-22", 8))

    assert (line.item, line.what) == ("P-M1", What.EVIDENCE_RETURNED)
    assert line.values["returned_on"] == as_day("2020-01-23")
    assert line.values["action"] == "claim_or_forecast"


def test_returned_evidence_is_asked_for_by_the_due_date_while_it_has_not_passed() -> None:
    returned = claim("2020-01-20", decided="2020-01-23", accepted=False)
    asked = {}
    for due in ("2020-04-30", "2020-01-23", "2020-01-22"):
        whole = week(project(milestone(due, claims=(returned,))), "2020-01-23", "2020-01-20")
        (line,) = returned_evidence(whole, at("2020-01-22", 8))
        asked[due] = line.values["act_by"]

    assert asked == {"2020-04-30": as_day("2020-04-30"), "2020-01-23": as_day("2020-01-23"), "2020-01-22": None}


def test_evidence_returned_before_or_answered_by_a_new_claim_is_not_told() -> None:
    returned = claim("2020-01-20", decided="2020-01-23", accepted=False)
    old = project(milestone("2020-04-30", claims=(returned,)))
    answered = project(milestone("2020-04-30", claims=(returned, claim("2020-01-24"))))

    assert list(returned_evidence(week(old, "2020-01-24", "2020-01-20"), at("2020-01-23", 8))) == []
    assert list(returned_evidence(week(answered, "2020-01-24", "2020-01-20"), at("2020-01-22", 8))) == []


def test_claims_without_a_decision_are_for_the_pmo_with_the_days_they_wait() -> None:
    whole = project(milestone("2020-04-30", claims=(claim("2020-01-20"),)))

    (line,) = waiting_evidence(week(whole, "2020-01-29", "2020-01-20"), CALENDAR)

    assert (line.what, line.values["days_waiting"], line.days_overdue) == (What.EVIDENCE_WAITING, 7, 2)
    assert line.values["act_by"] == as_day("2020-01-27")


def test_a_request_is_checked_by_the_pmo_and_ruled_on_by_the_curator() -> None:
    found = week(project(milestone("2020-04-30")), "2020-01-27", "2020-01-20")
    asked = OpenRequest(1, 1, "design_scope_changed", as_day("2020-01-22"), ("P-M1",), False)
    checked = OpenRequest(2, 1, "design_scope_changed", as_day("2020-01-22"), ("P-M1",), True)
    elsewhere = OpenRequest(3, 2, "design_scope_changed", as_day("2020-01-22"), ("Q-M1",), True)

    assert said(list(open_changes(found, [asked]))) == [("P", What.CHANGE_TO_CHECK)]
    assert said(list(open_changes(found, [checked, elsewhere]))) == [("P", What.CHANGE_TO_RULE)]


def test_a_pause_of_more_than_ninety_days_waits_for_a_decision() -> None:
    stopped = Pause(as_day("2020-02-03"), at("2020-02-03"))
    paused = project(milestone("2020-12-01"), pauses=(stopped,))

    assert list(long_pause(week(paused, "2020-05-03", "2020-04-27"))) == []
    (line,) = long_pause(week(paused, "2020-05-04", "2020-04-27"))
    assert (line.what, line.values["days"]) == (What.LONG_PAUSE, 91)


def test_a_critical_milestone_on_its_last_rung_is_heard_at_the_stocktake_until_it_is_done() -> None:
    whole = project(milestone("2019-12-31", critical=True), milestone("2019-12-31", code="P-M2"))
    office = Office(whole)
    office.until("2020-01-23", first="2020-01-04")

    assert said(list(stocktake(week(whole, "2020-01-27", "2020-01-20"), office.past))) == [("P-M1", What.STOCKTAKE)]
    done = claim("2020-01-24", decided="2020-01-24")
    finished = project(milestone("2019-12-31", critical=True, claims=(done,)))
    assert list(stocktake(week(finished, "2020-01-27", "2020-01-20"), office.past)) == []
