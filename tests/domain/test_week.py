"""What a week brought to a project, as the lines of its weekly digest (PRODUCT 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pmo.domain.digests import Section, Trend
from pmo.domain.indicator import Direction, Indicator, Kind, Reading
from pmo.domain.milestone import BaselineDate
from pmo.domain.policy import STANDARD
from pmo.domain.project import Project, known_until
from pmo.domain.verdict import judge_project
from pmo.domain.week import Week, lines_of, movement_of, project_line, summed, trend_of
from tests.domain.ladder_cast import CALENDAR, as_day, at, claim, forecast, milestone, project


def week(whole: Project, on: str, since: str) -> Week:
    known, known_then = known_until(whole, at(on, 8)), known_until(whole, at(since, 8))
    assert known is not None
    return Week(
        project=known,
        now=judge_project(known, as_day(on), CALENDAR, STANDARD),
        before=judge_project(known_then, as_day(since), CALENDAR, STANDARD) if known_then else None,
        since=at(since, 8),
        department="ALA-MOB",
        rules=STANDARD,
    )


def told(found: Week) -> list[tuple[str, str, str]]:
    return [(line.section.value, line.what, line.item) for line in lines_of(found)]


def test_a_critical_milestone_overdue_over_the_week_is_overdue_and_its_project_newly_red() -> None:
    found = week(project(milestone("2020-01-21", critical=True)), "2020-01-27", "2020-01-20")

    assert told(found) == [("newly_red", "project_red", "P"), ("overdue", "overdue", "P-M1")]
    overdue = lines_of(found)[1]
    assert (overdue.days_overdue, overdue.severity, overdue.overdue_since) == (4, 2, as_day("2020-01-21"))
    assert overdue.reason is not None
    assert overdue.reason.values["rule"] == "MS-7"
    assert trend_of(found) is Trend.WORSE
    movement = movement_of(found)
    assert (movement.red, movement.overdue, movement.worsened, movement.became_overdue) == (1, 1, 1, 1)


def test_an_overdue_milestone_asks_for_an_answer_until_evidence_is_handed_in() -> None:
    silent = week(project(milestone("2019-12-31")), "2020-01-27", "2020-01-20")
    claimed = week(project(milestone("2019-12-31", claims=(claim("2020-01-24"),))), "2020-01-27", "2020-01-20")

    assert lines_of(silent)[0].values["action"] == "claim_or_forecast"
    assert "action" not in lines_of(claimed)[0].values
    assert lines_of(claimed)[0].values["claim_submitted_on"] == as_day("2020-01-24")


def test_a_project_that_was_red_before_is_not_news() -> None:
    found = week(project(milestone("2019-12-31", critical=True)), "2020-01-27", "2020-01-20")

    assert told(found) == [("overdue", "overdue", "P-M1")]
    assert movement_of(found).became_overdue == 0


def test_the_next_fourteen_days_are_shown() -> None:
    whole = project(milestone("2020-02-10"), milestone("2020-02-12", code="P-M2"))

    assert told(week(whole, "2020-01-27", "2020-01-20")) == [("next_days", "due", "P-M1")]


def test_a_later_forecast_of_this_week_is_a_slip_with_old_new_and_reason() -> None:
    moves = (forecast("2020-01-10", "2020-06-02"), forecast("2020-01-22", "2020-06-10"))
    found = week(project(milestone("2020-06-01", forecasts=moves)), "2020-01-27", "2020-01-20")

    (slip,) = (line for line in lines_of(found) if line.section is Section.SLIPPED)

    assert (slip.what, slip.values["old"], slip.values["new"], slip.values["reason"]) == (
        "forecast_moved",
        as_day("2020-06-02"),
        as_day("2020-06-10"),
        "contractor_delay",
    )


def test_an_earlier_forecast_and_an_old_one_are_no_slips() -> None:
    earlier = milestone("2020-06-01", forecasts=(forecast("2020-01-22", "2020-05-20"),))
    old = milestone("2020-06-01", code="P-M2", forecasts=(forecast("2020-01-10", "2020-06-03"),))

    assert told(week(project(earlier, old), "2020-01-27", "2020-01-20")) == []


def test_a_plan_moved_this_week_is_a_slip() -> None:
    dates = (
        BaselineDate(0, as_day("2020-06-01"), at("2019-09-16"), as_day("2019-09-16")),
        BaselineDate(1, as_day("2020-07-01"), at("2020-01-22"), as_day("2020-01-22"), 3),
    )
    found = week(project(milestone("2020-06-01", baselines=dates)), "2020-01-27", "2020-01-20")

    assert ("slipped", "baseline_moved", "P-M1") in told(found)


def test_a_milestone_accepted_this_week_is_good_news() -> None:
    done = claim("2020-01-17", decided="2020-01-22")
    found = week(project(milestone("2020-01-20", claims=(done,))), "2020-01-27", "2020-01-20")

    assert told(found) == [("good_news", "milestone_done", "P-M1")]
    assert movement_of(found).finished == 1


def test_what_was_done_before_a_project_was_known_is_no_news() -> None:
    done = claim("2020-01-17", decided="2020-01-22")
    known_later = week(project(milestone("2020-01-20", claims=(done,))), "2020-01-27", "2020-01-20")

    found = replace(known_later, before=None)

    assert told(found) == []
    assert movement_of(found).finished == 0


def test_a_project_that_became_better_is_good_news() -> None:
    done = claim("2020-01-23", decided="2020-01-24")
    found = week(project(milestone("2019-12-31", critical=True, claims=(done,))), "2020-01-27", "2020-01-20")

    assert ("good_news", "project_better", "P") in told(found)
    assert project_line(found).trend is Trend.BETTER


def indicator(*readings: Reading) -> Indicator:
    return Indicator(
        id=1,
        code="P-I1",
        direction=Direction.UP,
        kind=Kind.POINT,
        baseline_on=date(2019, 9, 1),
        target_on=date(2020, 12, 31),
        target=160.0,
        entered_at=at("2019-09-16"),
        readings=readings,
    )


def test_an_indicator_off_its_curve_and_a_silent_project_are_told_apart() -> None:
    low = Reading(as_day("2019-12-31"), 5.0, at("2020-01-10"))
    off_curve = week(project(indicators=(indicator(low),)), "2020-01-27", "2020-01-20")
    silent = week(project(indicators=(indicator(),)), "2020-01-27", "2020-01-20")

    assert told(off_curve) == [("off_curve", "off_curve", "P-I1")]
    assert told(silent) == [("silent", "silent", "P")]
    assert lines_of(silent)[0].values["missed_reports"] == 4


def test_a_project_without_news_gives_no_line() -> None:
    assert told(week(project(milestone("2020-06-01")), "2020-01-27", "2020-01-20")) == []


def test_a_project_that_has_not_started_is_quiet() -> None:
    future = project(milestone("2019-12-31"), start_on=as_day("2020-06-01"))

    assert told(week(future, "2020-01-27", "2020-01-20")) == []


def test_movements_add_up() -> None:
    one = movement_of(week(project(milestone("2020-01-21", critical=True)), "2020-01-27", "2020-01-20"))
    quiet = movement_of(week(project(milestone("2020-06-01")), "2020-01-27", "2020-01-20"))

    total = summed(iter([one, quiet]))

    assert (total.projects, total.red, total.overdue) == (2, 1, 1)
    assert replace(total, projects=1) == one
