"""The rules on the real input: 64 projects with the demonstration log, at the six dates its catalogue suggests."""

from __future__ import annotations

from collections import Counter

import pytest

from pmo.domain.assessment import assess_project, signature
from pmo.domain.calendar import ONE_DAY
from pmo.domain.policy import STANDARD
from pmo.domain.project import ProjectAssessment
from pmo.domain.verdict import judge_project
from tests.domain.builders import day, kazakhstan
from tests.domain.demo_portfolio import as_of, demo_projects, scenarios


def judged_on(code: str, on: str) -> ProjectAssessment:
    facts = next(item for item in demo_projects() if item.code == code)
    return judge_project(as_of(facts, day(on)), day(on), kazakhstan(), STANDARD)


def test_the_whole_portfolio_is_read() -> None:
    found = demo_projects()
    assert Counter(item.city for item in found) == {"almaty": 50, "astana": 8, "shymkent": 6}
    assert sum(len(item.milestones) for item in found) == 335
    assert sum(len(item.indicators) for item in found) == 113


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        ("2019-09-30", {"on_track": 53, "off_track": 1, "not_started": 8, "closing": 2}),
        (
            "2019-12-31",
            {"on_track": 40, "at_risk": 8, "off_track": 9, "not_started": 1, "closing": 4}
            | {"completed": 1, "completed_with_shortfall": 1},
        ),
        (
            "2020-01-31",
            {"on_track": 40, "at_risk": 11, "off_track": 6, "completed": 2, "completed_with_shortfall": 5},
        ),
        (
            "2020-03-31",
            {"on_track": 37, "at_risk": 8, "off_track": 11, "paused": 1}
            | {"completed": 2, "completed_with_shortfall": 5},
        ),
        (
            "2020-06-30",
            {"on_track": 31, "at_risk": 9, "off_track": 9, "closing": 3, "cancelled": 1}
            | {"completed": 4, "completed_with_shortfall": 7},
        ),
        (
            "2020-12-31",
            {"on_track": 12, "at_risk": 7, "off_track": 9, "closing": 15, "cancelled": 1}
            | {"completed": 9, "completed_with_shortfall": 11},
        ),
    ],
)
def test_the_counts_by_status_are_those_of_the_documentation(on: str, counts: dict[str, int]) -> None:
    found = Counter(
        str(judge_project(as_of(item, day(on)), day(on), kazakhstan(), STANDARD).status) for item in demo_projects()
    )
    assert found == counts


@pytest.mark.parametrize(("scenario", "worst"), [("good", 2), ("late_big", 6), ("weak_ind", 8)])
def test_projects_look_as_their_scenario_was_written(scenario: str, worst: int) -> None:
    """Good projects are hardly ever red in sixteen looks; those that run late or fall short of their curve often."""
    codes = [code for code, name in scenarios().items() if name == scenario]
    dates = ["2019-12-31", "2020-03-31", "2020-06-30", "2020-12-31"]
    reds = sum(judged_on(code, on).severity == 2 for code in codes for on in dates)
    assert reds <= worst if scenario == "good" else reds >= worst


def test_the_paused_the_cancelled_and_the_silent_are_told_apart() -> None:
    assert judged_on("DP-26", "2020-03-31").status == "paused"
    assert judged_on("DP-23", "2020-06-30").status == "cancelled"
    silent = {item.status for code in ("DP-29", "DP-30") for item in judged_on(code, "2020-12-31").indicators}
    assert silent == {"no_current_data"}


# Three reds, computed by hand


def test_dp_13_is_red_for_its_indicator() -> None:
    """11% at 2019-06-30 to 80% at 2020-12-31 is 550 days; 29.49% on day 244, where 41.61% was expected."""
    found = judged_on("DP-13", "2020-03-31")
    assert (found.status, found.components) == ("off_track", {"M": 0, "S": 0, "I": 2, "C": None, "R": None})
    first = found.reasons[0]
    assert (first.rule, first.item, first.values["rule"], first.limit) == ("PI-A", "DP-13-I1", "IN-10", 0.7)
    assert first.values["expected"] == pytest.approx(11 + 69 * 244 / 550, abs=1e-6)
    assert first.values["ratio"] == pytest.approx((29.49 - 11) / (69 * 244 / 550), abs=1e-6)


def test_dp_10_is_red_for_a_milestone_its_delivery_and_its_indicator() -> None:
    """M3 was due on 2019-12-31 and January 2020 has 20 working days; 6 of 10 due are done; 336 of 600 cameras."""
    found = judged_on("DP-10", "2020-01-31")
    assert [(line.rule, line.item, line.severity) for line in found.reasons] == [
        ("PM-A", "DP-10-M3", 2),
        ("PI-A", "DP-10-I1", 2),
        ("PM-C", "DP-10", 2),
        ("PI-C", "DP-10", 2),
    ]
    assert found.reasons[0].values["days_overdue"] == 20
    assert found.reasons[1].values["ratio"] == pytest.approx(336 / 600)
    assert found.reasons[2].values["index"] == pytest.approx(6 / 10)


def test_dp_26_is_red_on_the_momentit_resumes() -> None:
    """M3, due 2020-03-31, can be done on 1 July at the earliest. 118 of the 147 working days that were planned between
    it and M4 remain: M4 slips from 2020-10-30 to 2020-12-22, 34 working days."""
    found = judged_on("DP-26", "2020-06-30")
    first = found.reasons[0]
    assert (first.rule, first.item, first.severity, first.limit) == ("PM-A", "DP-26-M4", 2, 20)
    assert (first.values["expected_on"], first.values["slip_wd"]) == (day("2020-12-22"), 34)
    assert found.milestones[2].days_overdue == 0
    assert {item.missed_reports for item in found.indicators} == {0}


@pytest.mark.parametrize("code", ["DP-10", "DP-13", "DP-26", "DP-30", "AST-03"])
def test_the_best_before_date_of_real_projects_is_the_next_change_of_their_verdict(code: str) -> None:
    facts = next(item for item in demo_projects() if item.code == code)
    known = as_of(facts, day("2020-06-30"))
    found = assess_project(known, day("2020-06-30"), kazakhstan(), STANDARD)
    assert found.changes_on is not None
    eve, change = (
        judge_project(known, moment, kazakhstan(), STANDARD)
        for moment in (found.changes_on - ONE_DAY, found.changes_on)
    )
    assert signature(eve) == signature(found)
    assert signature(change) != signature(found)
