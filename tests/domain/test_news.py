"""What is different in a project between two moments: states are compared, so what came back is no news."""

from __future__ import annotations

from datetime import date

import pytest

from pmo.domain.indicator import Reading
from pmo.domain.milestone import BaselineDate, Cancellation, Pause
from pmo.domain.news import News, NewsKind, acts_behind, news_of
from pmo.domain.project import Override, Project
from pmo.domain.week import last_meeting_day, weekly_day_before
from tests.domain.ladder_cast import CALENDAR, as_day, at, claim, forecast, milestone, project
from tests.domain.test_week import indicator, week

SINCE, UNTIL = "2020-01-20", "2020-01-27"


def news(whole: Project, until: str = UNTIL, since: str = SINCE) -> list[News]:
    return list(news_of(week(whole, until, since)))


def told(found: list[News]) -> list[tuple[str, str]]:
    return [(one.kind.value, one.item) for one in found]


def test_where_nothing_changed_there_is_no_news() -> None:
    assert news(project(milestone("2020-06-01"))) == []


def test_a_milestone_that_became_overdue_makes_its_project_newly_red_and_both_are_told() -> None:
    found = news(project(milestone("2020-01-21", critical=True)))

    assert told(found) == [("newly_red", "P"), ("became_overdue", "P-M1")]
    red, overdue = found
    assert (red.old_status, red.new_status, red.severity) == ("on_track", "off_track", 2)
    assert red.reason is not None
    assert (overdue.old_status, overdue.days_overdue) == ("due_soon", 4)


def test_a_project_that_was_red_already_is_not_newly_red() -> None:
    assert told(news(project(milestone("2019-12-31", critical=True)))) == []


def test_red_that_went_is_recovered_and_amber_that_went_is_better() -> None:
    done = claim("2020-01-23", decided="2020-01-24")
    red = news(project(milestone("2019-12-31", critical=True, claims=(done,))))
    amber = news(project(milestone("2020-01-17", claims=(done,))))

    assert ("recovered", "P") in told(red)
    assert ("better", "P") in told(amber)
    assert ("done", "P-M1") in told(red)


def test_green_that_turned_amber_is_worse_but_not_newly_red() -> None:
    assert told(news(project(milestone("2020-01-21")))) == [("worse", "P"), ("became_overdue", "P-M1")]


def test_an_override_shows_as_a_change_of_colour() -> None:
    worse = Override(2, as_day("2020-01-22"), as_day("2020-02-15"), "Checked on the spot", at("2020-01-22"))

    assert told(news(project(milestone("2020-06-01"), overrides=(worse,)))) == [("newly_red", "P")]


def test_a_date_is_told_as_old_and_new_with_its_cause_the_net_of_all_moves() -> None:
    moves = (
        forecast("2020-01-10", "2020-06-02"),
        forecast("2020-01-22", "2020-06-20"),
        forecast("2020-01-24", "2020-06-10"),
    )
    (moved,) = [
        one for one in news(project(milestone("2020-06-01", forecasts=moves))) if one.kind is NewsKind.DATE_LATER
    ]

    assert (moved.old, moved.new, moved.cause, moved.times) == (
        date(2020, 6, 2),
        date(2020, 6, 10),
        "contractor_delay",
        2,
    )
    assert acts_behind(moved) == ("forecast",)


def test_a_date_that_moved_and_came_back_is_no_news() -> None:
    moves = (
        forecast("2020-01-10", "2020-06-02"),
        forecast("2020-01-22", "2020-06-20"),
        forecast("2020-01-24", "2020-06-02"),
    )

    assert news(project(milestone("2020-06-01", forecasts=moves))) == []


def test_an_earlier_date_is_told_apart_from_a_later_one() -> None:
    earlier = project(milestone("2020-06-01", forecasts=(forecast("2020-01-22", "2020-05-20"),)))

    assert told(news(earlier)) == [("date_earlier", "P-M1")]


def test_a_new_plan_is_told_with_the_act_that_approved_it() -> None:
    dates = (
        BaselineDate(0, as_day("2020-06-01"), at("2019-09-16"), as_day("2019-09-16")),
        BaselineDate(1, as_day("2020-07-01"), at("2020-01-22"), as_day("2020-01-22"), 3),
    )
    (moved,) = [one for one in news(project(milestone("2020-06-01", baselines=dates))) if one.old]

    assert (moved.kind, moved.old, moved.new) == (NewsKind.DATE_LATER, date(2020, 6, 1), date(2020, 7, 1))
    assert acts_behind(moved) == ("rebaseline",)


def test_a_claim_that_waits_is_told_until_it_is_judged() -> None:
    waiting = project(milestone("2020-02-14", claims=(claim("2020-01-22"),)))
    judged = project(milestone("2020-02-14", claims=(claim("2020-01-22", decided="2020-01-24"),)))

    assert told(news(waiting)) == [("reported_done", "P-M1")]
    assert told(news(judged)) == [("done", "P-M1")]


def test_a_cancelled_project_is_news_once_and_its_milestones_are_not() -> None:
    gone = Cancellation(as_day("2020-01-22"), at("2020-01-22"), "priorities_changed")
    found = news(project(milestone("2020-06-01"), cancellation=gone))

    assert told(found) == [("cancelled", "P")]
    assert (found[0].cause, found[0].new) == ("priorities_changed", date(2020, 1, 22))
    assert news(project(milestone("2020-06-01"), cancellation=gone), "2020-02-03", "2020-01-27") == []


def test_a_cancelled_milestone_is_news() -> None:
    gone = Cancellation(as_day("2020-01-22"), at("2020-01-22"), "priorities_changed")

    assert told(news(project(milestone("2020-06-01", cancellation=gone)))) == [("cancelled", "P-M1")]


def test_pause_and_resume_are_news_of_the_project_alone() -> None:
    pause = Pause(as_day("2020-01-22"), at("2020-01-22"), as_day("2020-02-05"), at("2020-02-05"))
    whole = project(milestone("2020-06-01"), pauses=(pause,))

    assert told(news(whole)) == [("paused", "P")]
    assert told(news(whole, "2020-02-10", "2020-02-03")) == [("resumed", "P")]


def test_a_milestone_or_project_entered_in_between_is_new() -> None:
    later = milestone("2020-06-01", entered_at=at("2020-01-22"))
    assert told(news(project(later))) == [("new", "P-M1")]
    assert ("new", "P") in told(news(project(milestone("2020-06-01"), entered_at=at("2020-01-22"))))


def test_a_project_that_started_is_news() -> None:
    assert told(news(project(milestone("2020-06-01"), start_on=as_day("2020-01-23")))) == [("started", "P")]


def test_an_indicator_is_worse_better_or_gone_silent() -> None:
    def values(*pairs: tuple[str, float, str]) -> Project:
        readings = tuple(Reading(as_day(end), value, at(entered)) for end, value, entered in pairs)
        return project(indicators=(indicator(*readings),))

    good, bad = ("2019-11-30", 40.0, "2019-12-05"), ("2019-12-31", 5.0, "2020-01-22")
    worse = news(values(good, bad))
    assert [one for one in told(worse) if one[1] == "P-I1"] == [("indicator_worse", "P-I1")]
    shown = next(one for one in worse if one.item == "P-I1")
    assert (shown.actual, shown.observed_on) == (5.0, date(2019, 12, 31))

    better = news(values(("2019-11-30", 5.0, "2019-12-05"), ("2019-12-31", 50.0, "2020-01-22")), since="2020-01-10")
    assert ("indicator_better", "P-I1") in told(better)

    silent = news(values(good), "2020-01-27", "2020-01-10")
    assert ("silent", "P-I1") in told(silent)


@pytest.mark.parametrize(
    ("on", "meeting"),
    [
        ("2020-01-31", "2020-01-27"),
        ("2020-01-27", "2020-01-20"),
        ("2020-01-04", "2019-12-30"),
        ("2020-01-05", "2019-12-30"),
        ("2020-01-06", "2019-12-30"),
        ("2020-03-26", "2020-03-16"),
        ("2020-03-27", "2020-03-26"),
        ("2019-12-03", "2019-11-25"),
    ],
)
def test_the_last_meeting_is_the_first_working_day_of_the_week_that_has_passed(on: str, meeting: str) -> None:
    assert last_meeting_day(CALENDAR, as_day(on)) == as_day(meeting)
    assert weekly_day_before(CALENDAR, as_day(on)) < as_day(on)
