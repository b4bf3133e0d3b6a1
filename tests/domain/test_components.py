"""The components M, S, I, C, R and their receipts (DOMAIN 1.6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmo.domain.components import slow_spending_from
from pmo.domain.policy import STANDARD
from pmo.domain.project import Project
from tests.domain.builders import Day, claim, cost, day, indicator, issue, judged, milestone, pause, project

FAR = milestone("MX", "2020-12-30", weight=0)
"""A milestone that keeps a project open and counts for nothing."""


def part(facts: Project, on: Day, name: str) -> tuple[int | None, list[str]]:
    """Severity of a component and the rules and items behind it."""
    found = judged(facts, on)
    letter = f"P{name}-" if name != "S" else "PS-"
    return found.components[name], [
        f"{line.rule} {line.item}" for line in found.reasons if line.rule.startswith(letter)
    ]


# M


def test_a_critical_milestone_alone_can_turn_a_project_red() -> None:
    late = milestone(critical=True, weight=1)
    severity, rules = part(project(late, milestone("M2", "2020-12-30", weight=9)), "2020-02-03", "M")
    assert (severity, rules) == (2, ["PM-A M1", "PM-C P"])


def test_one_non_critical_milestone_alone_never_turns_a_project_red() -> None:
    late = milestone(weight=1)
    found = judged(project(late, milestone("M2", "2020-12-30", weight=9)), "2020-06-01")
    assert found.milestones[0].severity == 2
    assert part(project(late, milestone("M2", "2020-12-30", weight=9)), "2020-06-01", "M")[0] == 1


@pytest.mark.parametrize(
    ("weights", "done", "severity"),
    [
        ((9, 1, 1), (True, True, True), 0),
        ((45, 45, 10), (True, True, False), 1),  # 0.90: green band, the open one is amber by itself
        ((44, 45, 11), (True, True, False), 1),
        ((35, 35, 30), (True, True, False), 1),  # 0.70
        ((35, 34, 31), (True, True, False), 2),
    ],
)
def test_the_delivery_index_has_its_bands(weights: tuple[int, ...], done: tuple[bool, ...], severity: int) -> None:
    due = [
        milestone(f"M{number}", "2020-01-06", weight=weight, done="2020-01-06" if is_done else None)
        for number, (weight, is_done) in enumerate(zip(weights, done, strict=True), 1)
    ]
    assert part(project(*due, FAR), "2020-01-08", "M")[0] == severity


def test_an_index_of_exactly_nine_tenths_is_green() -> None:
    due = [milestone("M1", "2020-01-06", weight=0.9, done="2020-01-06"), milestone("M2", "2020-01-06", weight=0.1)]
    assert "PM-C P" not in part(project(*due, FAR), "2020-01-08", "M")[1]


@pytest.mark.parametrize(
    ("due", "rest", "severity"),
    [(2, 9, 1), (2, 4.6, 2), (2, 4.7, 1), (3, 99, 2)],
)
def test_few_and_light_due_milestones_are_amber_at_most(due: int, rest: float, severity: int) -> None:
    late = [milestone(f"M{number}", "2020-01-06") for number in range(due)]
    assert part(project(*late, milestone("MR", "2020-12-30", weight=rest)), "2020-01-08", "M")[0] == severity


def test_what_waits_for_review_counts_as_delivered() -> None:
    waits = milestone("M1", "2020-01-06", claims=[claim("2020-01-06")])
    assert part(project(waits, FAR), "2020-01-08", "M") == (0, [])


def test_cancelled_and_paused_milestones_are_out_of_the_delivery_index() -> None:
    out = [
        milestone("M1", "2020-01-06", cancelled="2020-01-06"),
        milestone("M2", "2020-01-06", pauses=[pause("2020-01-06")]),
    ]
    assert part(project(*out, FAR), "2020-01-08", "M") == (0, [])


def test_a_milestone_due_today_is_not_yet_in_the_delivery_index() -> None:
    assert part(project(milestone("M1", "2020-01-08"), FAR), "2020-01-08", "M") == (0, [])


def test_without_milestones_there_is_no_m() -> None:
    assert judged(project(indicator()), "2020-01-08").components["M"] is None
    assert judged(project(milestone(pauses=[pause("2019-12-01")])), "2020-01-08").components["M"] is None


def test_a_milestone_without_a_date_is_a_question_after_a_month() -> None:
    assert part(project(milestone("M1", None), FAR), "2019-10-17", "M") == (1, ["PM-B M1"])


# S


@pytest.mark.parametrize(
    ("start", "forecast", "severity"),
    [
        ("2019-01-01", "2020-12-22", 0),
        ("2020-11-15", "2020-12-22", 0),  # 7 days of 30: never reported under 8
        ("2020-11-15", "2020-12-23", 1),  # 8 of 30 is 27%
        ("2020-11-15", "2020-12-24", 2),  # 9 of 30 is 30%
        ("2019-01-01", "2021-01-13", 0),  # 29 of 714 days
        ("2019-01-01", "2021-01-14", 1),  # 30
        ("2020-04-15", "2021-01-11", 1),  # 27 of 244 is 11%
        ("2018-03-01", "2021-03-15", 1),  # 90 of 1020
        ("2018-03-01", "2021-03-16", 2),
    ],
)
def test_the_slip_of_the_end_has_bands_in_days_and_in_share(start: str, forecast: str, severity: int) -> None:
    last = milestone("M1", "2020-12-15", forecast=forecast)
    found = judged(project(last, start=start), "2020-11-20")
    assert found.components["S"] == severity
    assert found.slip_days == (day(forecast) - day("2020-12-15")).days


def test_only_the_end_of_the_plan_slips_not_its_middle() -> None:
    found = judged(project(milestone("M1", "2020-02-03", forecast="2020-06-01"), FAR), "2020-01-08")
    assert (found.slip_days, found.components["S"]) == (0, 0)


def test_cancelled_milestones_are_in_neither_end() -> None:
    dropped = milestone("M1", "2021-12-31", forecast="2022-12-30", cancelled="2020-01-06")
    assert judged(project(dropped, FAR), "2020-01-08").slip_days == 0


def test_without_dates_there_is_no_s() -> None:
    assert judged(project(milestone("M1", None), indicator()), "2020-01-08").components["S"] is None


# I

GOOD = [("2020-06-28", 0.95 * 180)]
WEAK = [("2020-06-28", 0.80 * 180)]
BAD = [("2020-06-28", 0.50 * 180)]


def telling(code: str, readings: list[tuple[str, float]], **fields: object) -> object:
    return indicator(code, target=("2020-12-31", 366), readings=readings, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "severity", "rules"),
    [
        ([("I1", GOOD, 1, True)], 0, []),
        ([("I1", BAD, 1, True), ("I2", GOOD, 9, False)], 2, ["PI-A I1"]),
        ([("I1", BAD, 1, False), ("I2", GOOD, 9, False)], 1, ["PI-B I1"]),
        ([("I1", WEAK, 2, False), ("I2", GOOD, 3, False)], 1, ["PI-B I1"]),  # index exactly 0.80
        ([("I1", WEAK, 3, False), ("I2", GOOD, 3, False)], 1, ["PI-B I1", "PI-C P"]),
        ([("I1", BAD, 1, False), ("I2", GOOD, 1, False)], 1, ["PI-B I1", "PI-C P"]),  # exactly 0.50
        ([("I1", BAD, 2, False), ("I2", GOOD, 1, False)], 2, ["PI-C P", "PI-B I1"]),
        ([("I1", [], 9, True), ("I2", GOOD, 1, False)], 0, []),
    ],
)
def test_indicators_have_their_bands(
    rows: list[tuple[str, list[tuple[str, float]], int, bool]], severity: int, rules: list[str]
) -> None:
    items = [
        telling(code, told, weight=weight, critical=critical, frequency="quarterly")
        for code, told, weight, critical in rows
    ]
    facts = project(FAR, *items, start="2020-06-01")  # type: ignore[arg-type]
    assert part(facts, "2020-06-29", "I") == (severity, rules)


def test_without_judged_indicators_there_is_no_i() -> None:
    assert judged(project(FAR, indicator()), "2020-01-08").components["I"] is None


# C


@pytest.mark.parametrize(("estimate", "severity"), [(90, 0), (109.9, 0), (110, 1), (129.9, 1), (130, 2), (300, 2)])
def test_an_overrun_has_its_bands(estimate: float, severity: int) -> None:
    facts = project(FAR, costs=[cost("2020-01-06", estimate=estimate)])
    assert part(facts, "2020-01-08", "C") == (severity, ["PC-1 P"] if severity else [])


def test_slow_spending_counts_only_after_a_quarter_of_the_duration() -> None:
    facts = project(FAR, start="2020-01-01", end="2020-12-31", costs=[cost("2020-01-06", planned=10, spent=6.9)])
    assert slow_spending_from(facts, STANDARD) == day("2020-04-02")  # 365 days: after 91.25
    assert part(facts, "2020-04-01", "C") == (0, [])
    assert part(facts, "2020-04-02", "C") == (1, ["PC-2 P"])
    assert part(replace(facts, costs=(cost("2020-01-06", planned=10, spent=7),)), "2020-04-02", "C") == (0, [])


def test_the_latest_report_on_money_counts() -> None:
    facts = project(FAR, costs=[cost("2020-01-06", estimate=200), cost("2020-02-03", estimate=100)])
    assert [part(facts, on, "C")[0] for on in ("2020-01-08", "2020-02-03")] == [2, 0]


def test_without_figures_there_is_no_c() -> None:
    assert judged(project(FAR), "2020-01-08").components["C"] is None
    assert judged(project(FAR, costs=[cost("2020-01-06", planned=0, spent=0)]), "2020-01-08").components["C"] is None
    assert judged(project(FAR, costs=[cost("2020-02-03", estimate=1)]), "2020-01-08").components["C"] is None


# R


@pytest.mark.parametrize(
    ("item", "severity"),
    [
        (issue("2020-01-07"), 1),
        (issue("2020-01-08"), 0),
        (issue("2020-01-07", closed="2020-01-08"), 0),
        (issue("2020-01-07", closed="2020-01-09"), 1),
        (issue("2020-01-07", critical=False), None),
    ],
)
def test_an_open_critical_issue_past_its_date_is_amber(item: object, severity: int | None) -> None:
    assert judged(project(FAR, issues=[item]), "2020-01-08").components["R"] == severity


# Receipts


def test_a_receipt_names_the_items_own_rule_its_inputs_and_the_limit_crossed() -> None:
    found = judged(project(milestone("DP-10-M3", critical=True), FAR), "2020-01-08").reasons[0]
    assert (found.rule, found.item, found.severity, found.limit) == ("PM-A", "DP-10-M3", 2, 2)
    assert found.values["rule"] == "MS-7"
    assert found.values["days_overdue"] == 3


def test_a_receipt_of_a_forecast_names_its_driver() -> None:
    pushed = [
        milestone("M1", "2020-02-28", forecast="2020-04-10"),
        milestone("M2", "2020-05-29", after=["M1"], weight=9),
    ]
    found = judged(project(*pushed), "2020-02-20").reasons[0]
    assert (found.rule, found.item, found.limit) == ("PM-B", "M2", 5)
    assert (found.values["slip_wd"], found.values["driver"]) == (15, "predecessor M1")


def test_a_receipt_of_an_indicator_carries_actual_expected_and_ratio() -> None:
    facts = project(FAR, telling("I1", BAD, critical=True), start="2020-06-01")  # type: ignore[arg-type]
    found = judged(facts, "2020-06-29").reasons[0]
    assert (found.rule, found.limit) == ("PI-A", 0.7)
    assert (found.values["actual"], found.values["expected"], found.values["ratio"]) == (90, 180, 0.5)


def test_a_receipt_of_the_schedule_says_which_measure_was_crossed() -> None:
    def measure(start: str, forecast: str) -> tuple[object, object]:
        facts = project(milestone("M1", "2020-12-15", forecast=forecast), start=start)
        found = next(line for line in judged(facts, "2020-11-20").reasons if line.rule == "PS-1")
        return found.values["measure"], found.limit

    assert measure("2020-11-15", "2020-12-24") == ("variance", 0.30)
    assert measure("2020-11-15", "2020-12-23") == ("variance", 0.10)
    assert measure("2018-03-01", "2021-03-16") == ("slip_days", 90)
    assert measure("2018-03-01", "2021-02-01") == ("slip_days", 30)
