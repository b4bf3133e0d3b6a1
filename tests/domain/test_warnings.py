"""Warnings beside the ladder: at risk, off track, reports, evidence, red indicators (DOMAIN 3.2, other triggers)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pmo.domain.alerts import Cast, NewAlert
from pmo.domain.indicator import Direction, Indicator, Kind, Reading
from pmo.domain.ladder import Delivery, Rung
from pmo.domain.milestone import Pause
from tests.domain.ladder_cast import (
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


def notes_of(morning: list[NewAlert], rung: Rung) -> dict[str, str | None]:
    """Who is told of a rung on a morning, and with which note."""
    return {alert.addressee.person: alert.addressee.note for alert in morning if alert.rung is rung}


def test_a_warning_that_failed_for_good_climbs_one_level_a_morning_until_somebody_is_reached() -> None:
    slipping = milestone("2020-04-30", forecasts=(forecast("2020-03-02", "2020-05-20"),))
    office = Office(project(slipping))
    office.arrives = Delivery.FAILED

    assert notes_of(office.morning("2020-03-02"), Rung.AT_RISK) == {"manager": None}
    assert notes_of(office.morning("2020-03-03"), Rung.AT_RISK) == {"owner": "not_delivered"}
    office.arrives = Delivery.SENT
    assert notes_of(office.morning("2020-03-04"), Rung.AT_RISK) == {"curator": "not_delivered"}
    assert notes_of(office.morning("2020-03-05"), Rung.AT_RISK) == {}
    assert {alert.period for alert in office.past if alert.rung is Rung.AT_RISK} == {"2020-03-02"}


def test_a_warning_on_its_way_waits() -> None:
    slipping = milestone("2020-04-30", forecasts=(forecast("2020-03-02", "2020-05-20"),))
    office = Office(project(slipping))
    office.arrives = Delivery.QUEUED
    office.morning("2020-03-02")

    assert notes_of(office.morning("2020-03-03"), Rung.AT_RISK) == {}


def test_a_red_indicator_that_did_not_reach_the_curator_is_told_to_the_akim() -> None:
    readings = [reading("2019-12-31", 1, "2020-01-10"), reading("2020-01-31", 2, "2020-02-10")]
    office = Office(project(milestone("2020-12-01"), indicators=(indicator(*readings, critical=True),)))
    office.until("2020-02-09", first="2020-01-10")
    office.arrives = Delivery.FAILED
    assert notes_of(office.morning("2020-02-10"), Rung.INDICATOR_RED) == {"curator": None}
    office.arrives = Delivery.SENT

    assert notes_of(office.morning("2020-02-11"), Rung.INDICATOR_RED) == {"akim": "not_delivered"}
    assert notes_of(office.morning("2020-02-12"), Rung.INDICATOR_RED) == {}


def test_a_red_project_is_told_to_the_akim_where_its_curator_was_not_reached() -> None:
    office = Office(project(milestone("2019-12-31", critical=True)))
    office.until("2020-01-07", first="2020-01-03")
    office.arrives = Delivery.FAILED
    office.morning("2020-01-08")
    office.arrives = Delivery.SENT

    assert notes_of(office.morning("2020-01-09"), Rung.OFF_TRACK) == {"akim": "not_delivered"}


def test_a_missing_report_asked_in_vain_reaches_the_owner_with_the_note() -> None:
    office = Office(project(indicators=(indicator(),)))
    office.arrives = Delivery.FAILED
    office.until("2019-10-20")
    office.arrives = Delivery.SENT

    office.until("2019-10-31", first="2019-10-21")

    asked = [alert for alert in office.past if alert.rung is Rung.REPORT_MISSING]
    assert [(alert.recipient, alert.delivery) for alert in asked][:2] == [
        ("manager", Delivery.FAILED),
        ("owner", Delivery.SENT),
    ]
