"""The roll-up of a portfolio (DOMAIN 1.7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pmo.domain.policy import STANDARD
from pmo.domain.portfolio import (
    DatedMilestone,
    Figures,
    Standing,
    Weighting,
    data_health,
    dated_milestones,
    missed_reports,
    oldest_report_on,
    punctuality,
    roll_up,
)
from pmo.domain.project import ProjectStatus
from tests.domain.builders import claim, day, indicator, judged, kazakhstan, milestone, pause, project

TODAY = day("2020-06-30")

SEVERITIES = {"on_track": 0, "at_risk": 1, "off_track": 2, "no_data": 1, "closing": 0}


def standing(status: str = "on_track", code: str = "P", **fields: Any) -> Standing:
    fields.setdefault("severity", SEVERITIES.get(status))
    since = TODAY - timedelta(days=fields.pop("days", 0))
    return Standing(code, ProjectStatus(status), status_since=since, **fields)


def many(status: str, count: int, **fields: Any) -> list[Standing]:
    return [standing(status, f"{status}-{number}", **fields) for number in range(count)]


def rolled(rows: list[Standing], weighting: Weighting = Weighting.PROJECT) -> Figures:
    return roll_up(rows, TODAY, kazakhstan(), STANDARD, weighting)


# Counts, index, colour


def test_the_example_of_ten_projects() -> None:
    found = rolled([*many("on_track", 6), *many("at_risk", 2), *many("off_track", 1), *many("paused", 1)])
    assert found.health == pytest.approx(7 / 9)
    assert found.red_share == pytest.approx(1 / 9)
    assert found.severity == 1
    assert found.reason is not None
    assert (found.reason.rule, found.reason.limit) == ("PF-AMBER-RED", 0.10)
    assert found.counts[ProjectStatus.PAUSED] == 1
    assert found.shares[ProjectStatus.ON_TRACK] == pytest.approx(0.6)


def test_grey_states_are_counted_and_left_out_of_the_index() -> None:
    grey = ["not_started", "paused", "cancelled", "completed", "completed_with_shortfall"]
    found = rolled([standing(status, status) for status in grey] + many("on_track", 1))
    assert [found.counts[ProjectStatus(status)] for status in grey] == [1] * 5
    assert (found.health, found.projects) == (1.0, 6)


def test_closing_projects_and_those_without_data_count_with_their_colour() -> None:
    assert rolled([standing("closing", severity=2), standing("no_data")]).health == 0.25


def test_without_a_coloured_project_there_is_no_index() -> None:
    for rows in ([], many("paused", 3)):
        found = rolled(rows)
        assert (found.health, found.severity, found.reason) == (None, None, None)


@pytest.mark.parametrize(
    ("green", "amber", "red", "severity", "rule"),
    [
        (8, 0, 2, 2, "PF-RED"),
        (81, 0, 19, 1, "PF-AMBER-RED"),
        (9, 0, 1, 1, "PF-AMBER-RED"),
        (91, 0, 9, 0, "PF-GREEN"),
        (60, 31, 9, 1, "PF-AMBER"),
        (61, 30, 9, 0, "PF-GREEN"),
        (6, 4, 0, 1, "PF-AMBER"),
    ],
)
def test_the_colour_of_the_portfolio_has_its_limits(green: int, amber: int, red: int, severity: int, rule: str) -> None:
    found = rolled([*many("on_track", green), *many("at_risk", amber), *many("off_track", red)])
    assert found.reason is not None
    assert (found.severity, found.reason.rule) == (severity, rule)


@pytest.mark.parametrize(("days", "flagship", "severity"), [(30, True, 0), (31, True, 2), (31, False, 0)])
def test_a_flagship_red_for_over_thirty_days_turns_the_portfolio_red(days: int, flagship: bool, severity: int) -> None:
    red = standing("off_track", "DP-10", days=days, flagship=flagship)
    found = rolled([*many("on_track", 99), red])
    assert found.severity == severity
    if severity:
        assert found.reason is not None
        assert (found.reason.rule, found.reason.item, found.reason.values["days"]) == ("PF-FLAGSHIP", "DP-10", 31)


def test_projects_weigh_by_their_own_weight_or_by_budget_and_the_figure_says_which() -> None:
    rows = [standing("on_track", "A", weight=3, budget_weight=100), standing("off_track", "B", budget_weight=900)]
    by_weight, by_budget = rolled(rows), rolled(rows, Weighting.BUDGET)
    assert (by_weight.health, by_weight.weighting) == (0.75, Weighting.PROJECT)
    assert (by_budget.health, by_budget.weighting) == (pytest.approx(0.1), Weighting.BUDGET)


# Punctuality


def dated(due: str, completed: str | None = None, waits: bool = False) -> DatedMilestone:
    return DatedMilestone("M", day(due), day(completed) if completed else None, waits)


def test_punctuality_looks_at_the_first_dates_of_the_last_ninety_days() -> None:
    rows = [
        dated("2020-04-01", "2020-01-06"),  # 90 days ago, done early
        dated("2020-04-30", "2020-05-08"),  # 5 working days late
        dated("2020-06-26"),  # open for 2 working days
        dated("2020-03-31", "2020-12-01"),  # 91 days ago
        dated("2020-06-30"),  # today is not over
        dated("2020-06-29", waits=True),  # the office has not ruled
    ]
    found = punctuality([standing(milestones=tuple(rows))], TODAY, kazakhstan(), STANDARD)
    assert (found.due, found.on_time, found.share) == (3, 1, pytest.approx(1 / 3))
    assert found.median_late_wd == 2


def test_the_execution_index_is_done_over_wanted_by_the_first_plan() -> None:
    rows = [dated("2019-10-31", "2019-10-31"), dated("2019-12-31", "2020-02-03"), dated("2020-03-31")]
    found = punctuality([standing(milestones=tuple(rows))], TODAY, kazakhstan(), STANDARD)
    assert found.execution_index == pytest.approx(2 / 3)
    ahead = punctuality(
        [standing(milestones=(*rows[:2], dated("2020-12-31", "2020-06-01")))], TODAY, kazakhstan(), STANDARD
    )
    assert ahead.execution_index == pytest.approx(1.5)


def test_without_due_milestones_punctuality_is_silent() -> None:
    found = punctuality([standing(milestones=(dated("2020-12-31"),))], TODAY, kazakhstan(), STANDARD)
    assert (found.due, found.share, found.median_late_wd, found.execution_index) == (0, None, None, None)


def test_a_moved_date_does_not_erase_the_missed_one() -> None:
    moved = milestone("M1", "2020-04-30", moved=[("2020-05-20", "2020-06-15")], done="2020-06-10")
    rows = dated_milestones(judged(project(moved), TODAY), kazakhstan())
    assert rows == (DatedMilestone("M1", day("2020-04-30"), day("2020-06-10")),)


def test_only_dated_and_living_milestones_are_counted_by_their_effective_first_date() -> None:
    items = [
        milestone("M1", "2020-03-21"),
        milestone("M2", None),
        milestone("M3", cancelled="2020-01-06"),
        milestone("M4", "2020-05-29", claims=[claim("2020-05-29")]),
    ]
    rows = dated_milestones(judged(project(*items), TODAY), kazakhstan())
    assert [(row.code, row.due_on, row.waits) for row in rows] == [
        ("M1", day("2020-03-26"), False),
        ("M4", day("2020-05-29"), True),
    ]


# Data health


def test_data_health_is_the_share_of_projects_with_all_reports_in_time() -> None:
    rows = [
        standing(code="A", missed_reports=0, oldest_report_on=day("2020-05-31")),
        standing(code="B", missed_reports=2, oldest_report_on=day("2020-01-31")),
        standing(code="C", missed_reports=0),
        standing(code="D"),
        standing("paused", code="E", missed_reports=0, oldest_report_on=day("2019-12-31")),
    ]
    found = data_health(rows)
    assert (found.owing, found.in_time, found.share) == (3, 2, pytest.approx(2 / 3))
    assert (found.oldest_on, found.oldest_project) == (day("2020-01-31"), "B")


def test_data_health_of_nothing_is_unknown() -> None:
    found = data_health([standing("paused")])
    assert (found.owing, found.share, found.oldest_on) == (0, None, None)


def test_reports_are_counted_over_the_indicators_that_still_owe_them() -> None:
    items = [
        indicator("I1", readings=[("2020-01-31", 9)]),
        indicator("I2", readings=[("2020-05-31", 40)]),
        indicator("I3", target=("2020-03-31", 9), readings=[("2020-03-31", 9)]),
        indicator("I4", start=("2020-07-31", 0)),
    ]
    found = judged(project(milestone("M1", "2020-12-30"), *items), TODAY)
    assert (missed_reports(found), oldest_report_on(found)) == (4, day("2020-01-31"))
    silent = judged(project(milestone("M1", "2020-12-30"), items[2], items[3]), TODAY)
    assert (missed_reports(silent), oldest_report_on(silent)) == (None, None)


def test_a_pause_does_not_spoil_punctuality_of_those_who_kept_their_dates() -> None:
    facts = project(milestone("M1", "2020-05-29", done="2020-05-28"), pauses=[pause("2020-06-01")])
    rows = dated_milestones(judged(facts, TODAY), kazakhstan())
    assert punctuality([standing(milestones=rows)], TODAY, kazakhstan(), STANDARD).share == 1
