"""What is told of a project on a morning, day after day (DOMAIN 3.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmo.domain.alerts import Cast
from pmo.domain.indicator import Direction, Indicator, Kind, Reading
from pmo.domain.ladder import ESCALATIONS, Delivery, Rung
from pmo.domain.milestone import BaselineDate, Cancellation, Claim, Decision, Forecast, Milestone, Pause
from pmo.domain.project import Rebaseline
from pmo.domain.recipients import Absence
from tests.domain.ladder_cast import (
    CALENDAR,
    POSTS,
    Office,
    as_day,
    at,
    claim,
    forecast,
    milestone,
    project,
    told,
)


def rungs(raised: dict[date, list[str]], *, ladder_only: bool = True) -> dict[str, list[str]]:
    ladder = {"R-14", "R-7", "R-1", "O+1", "O+3", "O+7", "O+14", "weekly"}
    kept = {day.isoformat(): [r for r in found if r in ladder or not ladder_only] for day, found in raised.items()}
    return {day: found for day, found in kept.items() if found}


def test_a_forgotten_critical_milestone_climbs_to_the_akim() -> None:
    office = Office(project(milestone("2019-12-31", critical=True)))

    raised = office.until("2020-02-03", first="2019-12-01")

    assert rungs(raised) == {
        "2019-12-13": ["R-14"],
        "2019-12-24": ["R-7"],
        "2019-12-30": ["R-1"],
        "2020-01-05": ["O+1"],
        "2020-01-08": ["O+3"],
        "2020-01-14": ["O+7"],
        "2020-01-23": ["O+14"],
        "2020-01-27": ["weekly"],
        "2020-02-03": ["weekly"],
    }
    last = {alert.recipient for alert in office.past if alert.rung is Rung.O_14}
    assert last == {"manager", "owner", "curator", "akim"}


def test_a_milestone_late_before_tracking_starts_at_the_first_rung() -> None:
    office = Office(project(milestone("2019-08-01")))

    assert rungs(office.until("2019-10-10")) == {
        "2019-09-17": ["O+1"],
        "2019-09-19": ["O+3"],
        "2019-09-25": ["O+7"],
        "2019-10-04": ["O+14"],
        "2019-10-07": ["weekly"],
    }
    assert {alert.rung.value for alert in office.past if alert.delivery is Delivery.LAPSED} == {"R-14", "R-7", "R-1"}


def test_every_step_says_who_was_told_before_what_is_wanted_and_what_comes_next() -> None:
    office = Office(project(milestone("2019-12-31", critical=True)))
    office.until("2020-01-07", first="2019-12-01")

    third = next(alert for alert in office.morning("2020-01-08") if alert.rung is Rung.O_3).facts

    assert third["days_overdue"] == 3
    assert third["due_on"] == as_day("2019-12-31")
    assert (third["action"], third["act_by"]) == ("claim_or_forecast", as_day("2020-01-14"))
    assert (third["next_rung"], third["next_on"]) == ("O+7", as_day("2020-01-14"))
    before = [(step["rung"], step["on"], step["people"]) for step in third["told"]]  # type: ignore[attr-defined]
    assert before[-1] == ("O+1", as_day("2020-01-05"), ["manager", "owner"])
    assert [rung for rung, _, _ in before] == ["R-14", "R-7", "R-1", "O+1"]


def test_a_claim_in_time_holds_the_ladder_and_a_returned_one_lets_it_catch_up_one_rung_a_day() -> None:
    returned = claim("2020-03-19", decided="2020-04-08", accepted=False)
    office = Office(project(milestone("2020-03-20", claims=(returned,))))

    assert rungs(office.until("2020-04-20", first="2020-03-01")) == {
        "2020-03-06": ["R-14"],
        "2020-03-13": ["R-7"],
        "2020-04-08": ["O+1"],
        "2020-04-09": ["O+3"],
        "2020-04-10": ["O+7"],
        "2020-04-14": ["O+14"],
        "2020-04-20": ["weekly"],
    }


def test_a_late_claim_holds_the_next_rung_for_five_working_days() -> None:
    late = claim("2020-03-27", completed="2020-03-27")
    office = Office(project(milestone("2020-03-20", claims=(late,))))

    raised = rungs(office.until("2020-04-10", first="2020-03-01"))

    assert raised["2020-03-26"] == ["O+1"]
    after = {day: found for day, found in raised.items() if day > "2020-03-26"}
    assert after == {"2020-04-06": ["O+3"], "2020-04-07": ["O+7"]}


def test_accepted_evidence_stops_the_ladder_and_resolves_its_alerts() -> None:
    done = claim("2020-03-27", decided="2020-03-31")
    office = Office(project(milestone("2020-03-20", claims=(done,))))

    office.until("2020-03-30", first="2020-03-26")
    assert office.endings_on("2020-03-31") == {"O+1": "resolved"}
    assert rungs(office.until("2020-05-30", first="2020-03-31")) == {}


def test_a_pause_suspends_and_a_resume_restarts_from_the_first_rung() -> None:
    stopped = Pause(as_day("2020-01-09"), at("2020-01-09"), as_day("2020-02-10"), at("2020-02-10"))
    office = Office(project(milestone("2019-12-31"), pauses=(stopped,)))

    before = rungs(office.until("2020-01-08", first="2020-01-04"))
    assert before == {"2020-01-05": ["O+1"], "2020-01-08": ["O+3"]}
    assert office.endings_on("2020-01-09") == {"O+1": "suspended", "O+3": "suspended"}
    assert rungs(office.until("2020-02-13", first="2020-01-09")) == {"2020-02-11": ["O+1"], "2020-02-13": ["O+3"]}
    assert {alert.run for alert in office.past if alert.raised_on > as_day("2020-02-01")} == {1}


def test_an_approved_rebaseline_supersedes_the_climb_and_starts_anew() -> None:
    moved = (
        BaselineDate(0, as_day("2019-12-31"), at("2019-09-16"), as_day("2019-09-16")),
        BaselineDate(1, as_day("2020-03-20"), at("2020-01-09"), as_day("2020-01-09"), 7),
    )
    change = Rebaseline(7, as_day("2020-01-09"), at("2020-01-09"))
    office = Office(project(milestone("2019-12-31", baselines=moved), rebaselines=(change,)))

    office.until("2020-01-08", first="2020-01-04")
    assert office.endings_on("2020-01-09") == {"O+1": "superseded", "O+3": "superseded"}
    assert rungs(office.until("2020-03-26", first="2020-01-09")) == {
        "2020-03-06": ["R-14"],
        "2020-03-13": ["R-7"],
        "2020-03-19": ["R-1"],
        "2020-03-26": ["O+1"],
    }


def test_a_rebaseline_to_a_date_already_past_counts_from_its_approval() -> None:
    moved = (
        BaselineDate(0, as_day("2019-12-31"), at("2019-09-16"), as_day("2019-09-16")),
        BaselineDate(1, as_day("2020-01-06"), at("2020-02-03"), as_day("2020-02-03"), 7),
    )
    office = Office(project(milestone("2019-12-31", baselines=moved)))

    assert rungs(office.until("2020-02-06", first="2020-02-03")) == {"2020-02-04": ["O+1"], "2020-02-06": ["O+3"]}


def test_a_cancelled_milestone_closes_its_alerts() -> None:
    gone = Cancellation(as_day("2020-01-09"), at("2020-01-09"), "task_moved_to_another_programme")
    office = Office(project(milestone("2019-12-31", cancellation=gone)))

    office.until("2020-01-08", first="2020-01-04")
    assert office.endings_on("2020-01-09") == {"O+1": "closed", "O+3": "closed"}
    assert rungs(office.until("2020-02-09", first="2020-01-09")) == {}


def test_at_risk_is_told_once_when_it_begins() -> None:
    slipping = milestone("2020-04-30", forecasts=(forecast("2020-03-02", "2020-05-20"),))
    office = Office(project(slipping))

    raised = office.until("2020-03-20", first="2020-02-20")

    assert {day.isoformat(): found for day, found in raised.items() if "at_risk" in found} == {
        "2020-03-02": ["at_risk"]
    }
    warning = next(alert for alert in office.past if alert.rung is Rung.AT_RISK)
    assert (warning.recipient, warning.period) == ("manager", "2020-03-02")


def test_at_risk_that_began_on_a_weekend_is_told_on_monday_with_its_own_day() -> None:
    slipping = milestone("2020-04-30", forecasts=(forecast("2020-02-29", "2020-05-20"),))
    office = Office(project(slipping))

    raised = office.until("2020-03-02", first="2020-02-28")

    assert raised == {as_day("2020-03-02"): ["at_risk"]}
    assert office.past[0].period == "2020-02-29"


@pytest.mark.parametrize(
    ("expected", "critical", "people"),
    [
        ("2020-05-20", False, {"manager"}),
        ("2020-05-20", True, {"manager", "owner"}),
        ("2020-06-30", False, {"manager", "curator"}),
        ("2020-06-30", True, {"manager", "owner", "curator"}),
    ],
)
def test_at_risk_reaches_the_owner_if_critical_and_the_curator_if_the_slip_is_long(
    expected: str, critical: bool, people: set[str]
) -> None:
    slipping = milestone("2020-04-30", critical=critical, forecasts=(forecast("2020-03-02", expected),))

    morning = Office(project(slipping)).morning("2020-03-02")

    assert set(told(morning, Rung.AT_RISK)) == people


def test_the_curator_is_added_when_the_predicted_slip_grows() -> None:
    grows = milestone(
        "2020-04-30", forecasts=(forecast("2020-03-02", "2020-05-20"), forecast("2020-03-10", "2020-07-20"))
    )
    office = Office(project(grows))

    office.until("2020-03-09", first="2020-03-02")
    later = office.morning("2020-03-10")

    assert told(later, Rung.AT_RISK) == {"curator": "list"}
    assert {alert.period for alert in office.past if alert.rung is Rung.AT_RISK} == {"2020-03-02"}


def test_at_risk_is_superseded_by_overdue_and_resolved_by_a_better_forecast() -> None:
    slipping = milestone("2020-04-30", forecasts=(forecast("2020-03-02", "2020-05-20"),))
    office = Office(project(slipping))
    office.morning("2020-03-02")
    assert office.endings_on("2020-05-04") == {"at_risk": "superseded"}

    relieved = replace(slipping, forecasts=(*slipping.forecasts, forecast("2020-03-10", "2020-04-30")))
    again = replace(relieved, forecasts=(*relieved.forecasts, forecast("2020-03-16", "2020-05-25")))
    office = Office(project(again))
    assert [day.isoformat() for day in office.until("2020-03-20", first="2020-03-01")] == ["2020-03-02", "2020-03-16"]


def test_a_project_that_turns_off_track_is_told_to_manager_owner_and_curator() -> None:
    office = Office(project(milestone("2019-12-31", critical=True)))

    raised = office.until("2020-01-20", first="2020-01-03")
    days = [day.isoformat() for day, found in raised.items() if "off_track" in found]

    assert days == ["2020-01-08"]
    told_of = {alert.recipient: alert.channel.value for alert in office.past if alert.rung is Rung.OFF_TRACK}
    assert told_of == {"manager": "direct", "owner": "direct", "curator": "list"}


def indicator(*readings: Reading, critical: bool = False) -> Indicator:
    return Indicator(
        id=1,
        code="P-I1",
        direction=Direction.UP,
        kind=Kind.POINT,
        baseline_on=date(2019, 9, 1),
        target_on=date(2020, 12, 31),
        baseline=0.0,
        target=160.0,
        critical=critical,
        entered_at=at("2019-09-16"),
        readings=readings,
    )


def reading(period_end: str, value: float, entered: str) -> Reading:
    return Reading(as_day(period_end), value, at(entered))


def test_a_missing_report_is_asked_of_the_manager_then_the_owner_then_the_curator() -> None:
    office = Office(project(indicators=(indicator(),)))

    office.until("2019-11-13")

    asked = [
        (alert.raised_on.isoformat(), alert.recipient, alert.channel.value, alert.period)
        for alert in office.past
        if alert.rung is Rung.REPORT_MISSING
    ]
    assert asked == [
        ("2019-10-14", "manager", "digest", "2019-09-30"),
        ("2019-10-21", "owner", "digest", "2019-09-30"),
        ("2019-11-04", "curator", "list", "2019-09-30"),
    ]
    office.morning("2019-11-14")
    assert (office.past[-1].recipient, office.past[-1].period) == ("manager", "2019-10-31")


def test_a_report_that_came_in_time_is_not_asked_for_and_a_late_one_resolves() -> None:
    in_time = reading("2019-09-30", 8, "2019-10-10")
    late = reading("2019-10-31", 16, "2019-11-18")
    office = Office(project(indicators=(indicator(in_time, late),)))

    office.until("2019-11-15")
    assert [alert.period for alert in office.past if alert.rung is Rung.REPORT_MISSING] == ["2019-10-31"]
    assert office.endings_on("2019-11-18") == {"report_missing": "resolved"}


def test_no_report_is_asked_for_during_a_pause() -> None:
    stopped = Pause(as_day("2019-10-01"), at("2019-10-01"))
    office = Office(project(indicators=(indicator(),), pauses=(stopped,)))

    assert office.until("2020-02-01") == {}


def test_a_system_that_starts_late_asks_for_the_newest_report_only_one_level_a_day() -> None:
    office = Office(project(indicators=(indicator(),)))

    office.until("2020-02-12", first="2020-02-07")

    asked = [(a.raised_on.isoformat(), a.recipient, a.period) for a in office.past if a.rung is Rung.REPORT_MISSING]
    assert asked == [
        ("2020-02-07", "manager", "2019-12-31"),
        ("2020-02-10", "owner", "2019-12-31"),
        ("2020-02-11", "curator", "2019-12-31"),
    ]


def test_a_vacant_manager_does_not_stop_the_chain_of_a_missing_report() -> None:
    office = Office(project(indicators=(indicator(),)), Cast(replace(POSTS, manager=None)))

    office.until("2019-11-13")

    asked = [(a.raised_on.isoformat(), a.recipient) for a in office.past if a.rung is Rung.REPORT_MISSING]
    assert asked == [("2019-10-14", "owner"), ("2019-11-04", "curator")]


def test_evidence_that_waits_is_told_to_the_analyst_and_then_to_the_head_of_the_pmo() -> None:
    office = Office(project(milestone("2020-04-30", claims=(claim("2020-03-02"),))))

    office.until("2020-04-01", first="2020-03-02")

    waiting = [(a.raised_on.isoformat(), a.recipient, a.channel.value) for a in office.past]
    assert waiting == [("2020-03-11", "analyst", "list"), ("2020-03-17", "head", "list")]
    assert {alert.period for alert in office.past} == {"2020-03-02"}


def test_evidence_decided_resolves_the_waiting() -> None:
    decided = claim("2020-03-02", decided="2020-03-13", accepted=False)
    office = Office(project(milestone("2020-04-30", claims=(decided,))))

    office.until("2020-03-12", first="2020-03-02")

    assert office.endings_on("2020-03-13") == {"evidence_waiting": "resolved"}


def test_a_critical_indicator_red_in_two_reports_running_is_told_to_the_curator_once() -> None:
    readings = [
        reading("2019-12-31", 1, "2020-01-10"),
        reading("2020-01-31", 2, "2020-02-10"),
        reading("2020-02-29", 3, "2020-03-10"),
    ]
    office = Office(project(milestone("2020-12-01"), indicators=(indicator(*readings, critical=True),)))

    raised = office.until("2020-03-12", first="2020-01-10")

    assert [day.isoformat() for day, found in raised.items() if "indicator_red" in found] == ["2020-02-10"]
    alert = next(alert for alert in office.past if alert.rung is Rung.INDICATOR_RED)
    assert (alert.recipient, alert.channel.value, alert.period) == ("curator", "list", "2020-01-31")


def test_a_better_report_resolves_the_red_indicator_and_the_next_two_red_ones_are_told_again() -> None:
    values = {"2020-01-31": 2, "2020-02-29": 3, "2020-03-31": 75, "2020-04-30": 4, "2020-05-31": 5}
    readings = [reading(end, value, (as_day(end) + timedelta(days=5)).isoformat()) for end, value in values.items()]
    office = Office(project(milestone("2020-12-01"), indicators=(indicator(*readings, critical=True),)))

    raised = office.until("2020-06-10", first="2020-02-05")

    assert [day.isoformat() for day, found in raised.items() if "indicator_red" in found] == [
        "2020-03-05",
        "2020-06-05",
    ]


def test_an_indicator_that_is_not_critical_never_alarms_the_curator() -> None:
    readings = [reading("2019-12-31", 1, "2020-01-10"), reading("2020-01-31", 2, "2020-02-10")]
    office = Office(project(milestone("2020-12-01"), indicators=(indicator(*readings),)))

    assert not any("indicator_red" in found for found in office.until("2020-03-12", first="2020-01-10").values())


def test_nothing_is_raised_before_a_project_starts_or_after_it_is_cancelled() -> None:
    future = project(milestone("2020-01-31"), start_on=as_day("2020-06-01"))
    assert Office(future).until("2020-05-30") == {}
    gone = Cancellation(as_day("2019-10-01"), at("2019-10-01"), "task_moved_to_another_programme")
    assert Office(project(milestone("2019-10-31"), cancellation=gone)).until("2020-01-30", first="2019-10-01") == {}


def test_a_substitute_is_told_while_the_manager_is_away() -> None:
    away = Absence("manager", "colleague", as_day("2020-01-08"), as_day("2020-01-08"))
    office = Office(project(milestone("2019-12-31")), Cast(POSTS, absences=(away,)))
    office.until("2020-01-07", first="2020-01-04")

    assert told(office.morning("2020-01-08"), Rung.O_3) == {
        "colleague": "direct",
        "manager": "digest",
        "owner": "direct",
    }


def test_a_milestones_own_performer_is_told_in_the_managers_place() -> None:
    office = Office(project(milestone("2019-12-31")), Cast(POSTS, performers={"P-M1": "contractor"}))

    assert told(office.morning("2020-01-05"), Rung.O_1) == {"contractor": "direct"}


DUE = date(2019, 11, 15)
DAYS = st.integers(min_value=0, max_value=110).map(lambda offset: date(2019, 10, 1) + timedelta(days=offset))


@st.composite
def histories(draw: st.DrawFn) -> Milestone:
    """A milestone to which claims, returns, forecasts, pauses and new dates happened at random, none contradictory."""
    claims = []
    for number, submitted in enumerate(sorted(draw(st.lists(DAYS, max_size=3, unique=True)))):
        wait = draw(st.integers(0, 15))
        decided = submitted + timedelta(days=wait)
        accepted = draw(st.booleans())
        decision = Decision(accepted, at(decided), decided) if draw(st.booleans()) else None
        claims.append(Claim(number, submitted, submitted, at(submitted), decision))
        if decision is None or accepted:
            break
    pauses = []
    for start in sorted(draw(st.lists(DAYS, max_size=2, unique=True))):
        if pauses and (pauses[-1].resumed_on is None or start <= pauses[-1].resumed_on):
            break
        end = start + timedelta(days=draw(st.integers(1, 25)))
        pauses.append(Pause(start, at(start), end, at(end)))
    baselines = [BaselineDate(0, DUE, at("2019-09-16"), date(2019, 9, 16))]
    for approved in sorted(draw(st.lists(DAYS, max_size=2, unique=True))):
        moved = approved + timedelta(days=draw(st.integers(-20, 40)))
        baselines.append(BaselineDate(len(baselines), moved, at(approved), approved, len(baselines)))
    forecasts = tuple(
        Forecast(day + timedelta(days=draw(st.integers(1, 60))), "contractor_delay", at(day))
        for day in sorted(draw(st.lists(DAYS, max_size=2, unique=True)))
    )
    return milestone(
        DUE,
        claims=tuple(claims),
        pauses=tuple(pauses),
        baselines=tuple(baselines),
        forecasts=forecasts,
        critical=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_whatever_happens_to_a_milestone_the_ladder_keeps_its_order(history: Milestone) -> None:
    office = Office(project(history))
    day = date(2019, 10, 1)
    keys: set[tuple[object, ...]] = set()
    while day <= date(2020, 2, 20):
        raised = office.morning(day)
        assert not office.plan(day).raised, "a morning run twice raises nothing"
        live = [alert for alert in raised if alert.delivery is not Delivery.LAPSED]
        assert not live or CALENDAR.is_working(day)
        climbed = {alert.rung for alert in live if alert.rung in ESCALATIONS}
        assert len(climbed) <= 1
        for alert in raised:
            key = (alert.item, alert.version, alert.run, alert.rung, alert.period, alert.addressee.person)
            assert key not in keys
            keys.add(key)
            if alert.rung in ESCALATIONS:
                before = {
                    past.rung
                    for past in office.past
                    if (past.version, past.run) == (alert.version, alert.run) and past.raised_on < day
                }
                assert set(ESCALATIONS[: ESCALATIONS.index(alert.rung)]) <= before
        day += timedelta(days=1)
