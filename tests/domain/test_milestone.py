"""Milestone statuses MS-1 to MS-10 and the expected finish (DOMAIN 1.4)."""

from __future__ import annotations

import pytest

from pmo.domain.errors import RuleBroken
from pmo.domain.milestone import Dependency, Milestone, MilestoneAssessment
from pmo.domain.milestone_verdict import in_dependency_order
from tests.domain.builders import Day, assessed, claim, day, milestone, pause


def one(item: Milestone, on: Day, **setting: object) -> MilestoneAssessment:
    return assessed(item, on=on, **setting)[item.code]  # type: ignore[arg-type]


# The worked examples of DOMAIN 1.4


def test_example_1_the_year_end_holidays_do_not_count_as_delay() -> None:
    cameras = milestone("DP-10-M3", "2019-12-31", critical=True)
    fourth, eighth = one(cameras, "2020-01-04"), one(cameras, "2020-01-08")
    assert (fourth.status, fourth.rule, fourth.severity, fourth.days_overdue) == ("overdue", "MS-7", 1, 0)
    assert (eighth.status, eighth.severity, eighth.days_overdue) == ("overdue", 2, 3)


@pytest.mark.parametrize(("critical", "severity"), [(False, 1), (True, 2)])
def test_example_2_an_own_forecast_far_behind_is_a_risk(critical: bool, severity: int) -> None:
    found = one(milestone(due="2020-04-30", forecast="2020-06-05", critical=critical), "2020-02-03")
    assert (found.status, found.rule, found.severity) == ("at_risk", "MS-8", severity)
    assert (found.slip_wd, found.driver) == (23, "own_forecast")


def test_example_3_a_late_predecessor_pushes_through_the_compressed_gap() -> None:
    first = milestone("M1", "2020-02-28", forecast="2020-04-10")
    found = assessed(first, milestone("M2", "2020-05-29", after=["M1"]), on="2020-02-20")["M2"]
    assert (found.expected_on, found.slip_wd) == (day("2020-06-19"), 15)
    assert (found.status, found.severity, found.driver) == ("at_risk", 1, "predecessor M1")


def test_example_4_a_holiday_date_is_kept_on_the_next_working_day() -> None:
    found = one(milestone(due="2020-03-21", done="2020-03-26"), "2020-04-01")
    assert (found.effective_due_on, found.status) == (day("2020-03-26"), "done_on_time")


# The table, first match wins


@pytest.mark.parametrize(
    ("item", "on", "status", "rule", "severity"),
    [
        (milestone(cancelled="2020-01-10"), "2020-01-10", "cancelled", "MS-1", None),
        (milestone(cancelled="2020-01-11"), "2020-01-10", "overdue", "MS-7", 1),
        (milestone(done="2019-12-20", cancelled="2020-01-10"), "2020-01-10", "cancelled", "MS-1", None),
        (milestone(done="2019-12-31"), "2020-01-10", "done_on_time", "MS-2", 0),
        (milestone(done="2020-01-01"), "2020-01-10", "done_late", "MS-3", 0),
        (milestone(claims=[claim("2019-12-30")]), "2020-01-10", "under_review", "MS-4", 0),
        (milestone(claims=[claim("2019-12-31", "2019-12-31")]), "2020-01-01", "under_review", "MS-4", 0),
        (milestone(claims=[claim("2019-12-30")]), "2019-12-31", "due_soon", "MS-9", 0),
        (
            milestone(claims=[claim("2019-12-30")], pauses=[pause("2020-01-02")]),
            "2020-01-10",
            "under_review",
            "MS-4",
            0,
        ),
        (milestone(pauses=[pause("2020-01-02")]), "2020-01-10", "paused", "MS-5", None),
        (milestone(due=None, pauses=[pause("2020-01-02")]), "2020-01-10", "paused", "MS-5", None),
        (milestone(due=None), "2019-10-16", "no_date", "MS-6", 0),
        (milestone(due=None), "2019-10-17", "no_date", "MS-6", 1),
        (milestone(), "2020-01-01", "overdue", "MS-7", 1),
        (milestone(forecast="2020-03-02"), "2020-01-20", "overdue", "MS-7", 2),
        (milestone(due="2020-06-30", forecast="2020-07-09"), "2020-06-25", "at_risk", "MS-8", 1),
        (milestone(due="2020-06-30", forecast="2020-07-08"), "2020-06-25", "due_soon", "MS-9", 0),
        (milestone(), "2019-12-31", "due_soon", "MS-9", 0),
        (milestone(), "2019-12-17", "due_soon", "MS-9", 0),
        (milestone(), "2019-12-16", "planned", "MS-10", 0),
    ],
)
def test_the_first_rule_that_holds_gives_the_status(
    item: Milestone, on: str, status: str, rule: str, severity: int | None
) -> None:
    found = one(item, on)
    assert (found.status, found.rule, found.severity) == (status, rule, severity)


@pytest.mark.parametrize(
    ("critical", "on", "days_overdue", "severity"),
    [
        (True, "2020-01-06", 2, 1),
        (True, "2020-01-08", 3, 2),
        (False, "2020-01-17", 10, 1),
        (False, "2020-01-20", 11, 2),
    ],
)
def test_overdue_turns_red_on_the_third_working_day_if_critical_else_on_the_eleventh(
    critical: bool, on: str, days_overdue: int, severity: int
) -> None:
    found = one(milestone(critical=critical), on)
    assert (found.days_overdue, found.severity) == (days_overdue, severity)


@pytest.mark.parametrize(("forecast", "slip", "severity"), [("2020-06-02", 20, 1), ("2020-06-03", 21, 2)])
def test_a_critical_forecast_is_red_over_twenty_working_days(forecast: str, slip: int, severity: int) -> None:
    found = one(milestone(due="2020-04-30", forecast=forecast, critical=True), "2020-02-03")
    assert (found.slip_wd, found.severity) == (slip, severity)


def test_lateness_of_a_late_finish_is_kept_in_working_days() -> None:
    assert one(milestone(done="2020-01-08"), "2020-03-02").lateness_wd == 3
    assert one(milestone(done="2019-12-30"), "2020-03-02").lateness_wd == 0


# Details and edge cases


def test_a_finished_milestone_is_green_now_late_or_not() -> None:
    assert [
        one(milestone(critical=True, done=done), "2020-06-01").severity for done in ("2019-12-01", "2020-05-01")
    ] == [
        0,
        0,
    ]


def test_a_claim_handed_in_after_the_due_date_does_not_stop_overdue() -> None:
    found = one(milestone(critical=True, claims=[claim("2019-12-30", "2020-01-06")]), "2020-01-08")
    assert (found.status, found.severity, found.claim_submitted_on) == ("overdue", 2, day("2020-01-06"))


def test_a_claim_of_a_late_finish_does_not_stop_overdue() -> None:
    assert one(milestone(claims=[claim("2020-01-06")]), "2020-01-08").status == "overdue"


def test_acceptance_of_a_late_claim_of_a_finish_in_time_voids_the_delay() -> None:
    found = one(milestone(claims=[claim("2019-12-30", "2020-01-06", accepted="2020-01-09")]), "2020-01-09")
    assert (found.status, found.days_overdue, found.completed_on) == ("done_on_time", 0, day("2019-12-30"))


def test_days_overdue_count_from_the_resume() -> None:
    held = milestone(critical=True, pauses=[pause("2020-01-03", "2020-02-03")])
    assert one(held, "2020-02-02").status == "paused"
    resumed, red = one(held, "2020-02-03"), one(held, "2020-02-06")
    assert (resumed.status, resumed.days_overdue, resumed.severity) == ("overdue", 0, 1)
    assert resumed.overdue_from == day("2020-02-03")
    assert (red.days_overdue, red.severity) == (3, 2)


def test_a_pause_that_ended_before_the_due_date_leaves_the_count_alone() -> None:
    found = one(milestone(pauses=[pause("2019-11-01", "2019-11-20")]), "2020-01-08")
    assert (found.days_overdue, found.overdue_from) == (3, day("2019-12-31"))


def test_a_pause_of_the_project_holds_its_milestones() -> None:
    assert one(milestone(), "2020-01-08", pauses=[pause("2020-01-03")]).status == "paused"
    resumed = one(milestone(), "2020-01-08", pauses=[pause("2020-01-03", "2020-01-08")])
    assert (resumed.status, resumed.days_overdue) == ("overdue", 0)


def test_rejected_evidence_leaves_the_clock_as_if_nothing_was_claimed() -> None:
    returned = milestone(critical=True, claims=[claim("2019-12-30", returned="2020-01-08")])
    assert one(returned, "2020-01-08") == one(milestone(critical=True), "2020-01-08")


def test_a_second_claim_after_a_return_counts_by_its_own_dates() -> None:
    again = [claim("2019-12-20", returned="2019-12-25"), claim("2019-12-30", "2019-12-31")]
    assert one(milestone(claims=again), "2020-01-08").status == "under_review"
    late = [claim("2019-12-20", returned="2020-01-05"), claim("2019-12-30", "2020-01-06")]
    assert one(milestone(claims=late), "2020-01-08").status == "overdue"


def test_evidence_may_stay_under_review_for_long_and_stays_green() -> None:
    found = one(milestone(critical=True, claims=[claim("2019-12-30")]), "2020-06-01")
    assert (found.status, found.severity) == ("under_review", 0)


def test_a_completion_before_the_project_start_is_allowed() -> None:
    assert one(milestone(done="2019-08-01"), "2020-01-08").status == "done_on_time"


def test_a_completion_with_an_open_predecessor_is_flagged_out_of_sequence() -> None:
    second = milestone("M2", "2020-02-28", after=["M1"], done="2020-02-20")
    assert assessed(milestone("M1", "2020-01-31"), second, on="2020-03-02")["M2"].out_of_sequence
    assert assessed(milestone("M1", "2020-01-31", done="2020-02-21"), second, on="2020-03-02")["M2"].out_of_sequence
    assert not assessed(milestone("M1", done="2020-02-20"), second, on="2020-03-02")["M2"].out_of_sequence
    assert not assessed(milestone("M1", cancelled="2020-01-01"), second, on="2020-03-02")["M2"].out_of_sequence


def test_a_new_baseline_moves_the_date_and_keeps_the_original_beside_it() -> None:
    found = one(milestone(moved=[("2020-01-10", "2020-02-28")]), "2020-01-20")
    assert (found.status, found.version, found.due_on) == ("planned", 1, day("2020-02-28"))
    assert found.original_due_on == day("2019-12-31")


def test_a_saturday_date_is_overdue_from_the_day_after_the_next_working_day() -> None:
    saturday = milestone(due="2020-02-01")
    assert [one(saturday, on).status for on in ("2020-02-02", "2020-02-03", "2020-02-04")] == [
        "due_soon",
        "due_soon",
        "overdue",
    ]


def test_due_today_and_not_done_is_due_soon() -> None:
    assert one(milestone(critical=True), "2019-12-31").status == "due_soon"


def test_nothing_is_overdue_before_the_project_starts() -> None:
    found = one(milestone(), "2020-01-20", start="2020-02-03")
    assert (found.status, found.severity, found.expected_on) == ("planned", 0, day("2019-12-31"))


# Expected finish


def test_a_done_milestone_is_expected_when_it_was_done_and_no_longer_pushes() -> None:
    found = assessed(
        milestone("M1", "2020-01-31", done="2020-05-20"), milestone("M2", "2020-05-29", after=["M1"]), on="2020-05-21"
    )
    assert (found["M1"].expected_on, found["M1"].driver) == (day("2020-05-20"), "done")
    assert (found["M2"].expected_on, found["M2"].driver) == (day("2020-05-29"), "baseline")


def test_a_slow_review_does_not_make_the_plan_late() -> None:
    waits = milestone("M1", "2020-01-31", claims=[claim("2020-01-30")])
    found = assessed(waits, milestone("M2", "2020-02-28", after=["M1"]), on="2020-02-27")
    assert (found["M1"].expected_on, found["M1"].driver) == (day("2020-01-30"), "claimed")
    assert found["M2"].driver == "baseline"


def test_a_cancelled_milestone_has_no_expected_finish_and_pushes_nobody() -> None:
    dropped = milestone("M1", "2020-01-31", forecast="2020-09-01", cancelled="2020-02-03")
    found = assessed(dropped, milestone("M2", "2020-05-29", after=["M1"]), on="2020-02-03")
    assert (found["M1"].expected_on, found["M1"].slip_wd) == (None, None)
    assert found["M2"].driver == "baseline"


def test_an_overdue_milestone_is_expected_on_the_next_working_day_at_the_earliest() -> None:
    found = one(milestone(), "2020-01-03")
    assert (found.expected_on, found.driver) == (day("2020-01-05"), "not_before_tomorrow")


@pytest.mark.parametrize(
    ("on", "expected", "driver"),
    [
        ("2020-01-08", "2020-01-20", "own_forecast"),
        ("2020-01-17", "2020-01-20", "own_forecast"),
        ("2020-01-18", "2020-01-20", "own_forecast"),  # the forecast is this Saturday
        ("2020-01-19", "2020-01-20", "not_before_tomorrow"),
        ("2020-01-21", "2020-01-22", "not_before_tomorrow"),
    ],
)
def test_an_own_forecast_counts_until_its_day_has_passed(on: str, expected: str, driver: str) -> None:
    found = one(milestone(forecast="2020-01-18"), on)
    assert (found.expected_on, found.driver) == (day(expected), driver)


def test_a_forecast_for_today_of_an_overdue_milestone_moves_to_tomorrow() -> None:
    found = one(milestone(forecast="2020-01-20"), "2020-01-20")
    assert (found.expected_on, found.driver) == (day("2020-01-21"), "not_before_tomorrow")


def test_an_own_forecast_may_be_earlier_than_the_baseline() -> None:
    found = one(milestone(due="2020-06-30", forecast="2020-06-01"), "2020-02-03")
    assert (found.expected_on, found.slip_wd, found.status) == (day("2020-06-01"), -21, "planned")


@pytest.mark.parametrize("link", ["FS", "SS", "FF", "SF"])
def test_links_of_all_types_push_alike_apart_from_their_lag(link: str) -> None:
    first = milestone("M1", "2020-02-28", forecast="2020-04-10")
    second = milestone("M2", "2020-05-29", after=[Dependency("M1", link, lag_wd=2)])
    assert assessed(first, second, on="2020-02-20")["M2"].expected_on == day("2020-06-23")


def test_a_declared_minimal_duration_replaces_the_compressed_gap() -> None:
    first = milestone("M1", "2020-02-28", forecast="2020-04-10")
    second = milestone("M2", "2020-05-29", after=["M1"], min_duration_wd=57)
    assert assessed(first, second, on="2020-02-20")["M2"].expected_on == day("2020-07-03")


def test_a_minimal_duration_counts_from_a_predecessor_that_has_a_forecast_but_no_date() -> None:
    first = milestone("M1", None, forecast="2020-04-10")
    planned = milestone("M2", "2020-04-15", after=["M1"])
    measured = milestone("M3", "2020-04-15", after=["M1"], min_duration_wd=10)
    found = assessed(first, planned, measured, on="2020-02-20")
    assert found["M2"].driver == "baseline"
    assert (found["M3"].expected_on, found["M3"].driver) == (day("2020-04-24"), "predecessor M1")


def test_delay_runs_through_a_chain_and_the_latest_predecessor_drives() -> None:
    chain = [
        milestone("M1", "2020-01-31", forecast="2020-03-31"),
        milestone("M2", "2020-02-14", after=["M1"]),
        milestone("M3", "2020-02-14", forecast="2020-03-02"),
        milestone("M4", "2020-02-28", after=["M2", "M3"]),
    ]
    found = assessed(*chain, on="2020-01-20")
    assert found["M2"].expected_on == day("2020-04-10")
    assert (found["M4"].expected_on, found["M4"].driver) == (day("2020-04-22"), "predecessor M2")


def test_the_compressed_gap_is_rounded_up_without_float_noise() -> None:
    # 5 working days apart: exactly 4 remain; 6 apart: 4.8 become 5
    for due, expected in [("2020-02-07", "2020-02-20"), ("2020-02-10", "2020-02-21")]:
        first = milestone("M1", "2020-01-31", forecast="2020-02-14")
        assert assessed(first, milestone("M2", due, after=["M1"]), on="2020-01-20")["M2"].expected_on == day(expected)


def test_links_to_unknown_milestones_are_passed_over() -> None:
    assert one(milestone(after=["nobody"]), "2019-12-01").status == "planned"


def test_a_circle_of_links_is_refused_by_name() -> None:
    circle = [milestone("M1", after=["M3"]), milestone("M2", after=["M1"]), milestone("M3", after=["M2"])]
    with pytest.raises(RuleBroken) as refusal:
        in_dependency_order(circle)
    assert refusal.value.code == "dependency_cycle"
    assert refusal.value.values["cycle"] == "M1 → M3 → M2 → M1"


def test_milestones_are_assessed_in_the_order_given() -> None:
    found = assessed(milestone("M2", "2020-02-28", after=["M1"]), milestone("M1", "2020-01-31"), on="2020-01-20")
    assert list(found) == ["M2", "M1"]
