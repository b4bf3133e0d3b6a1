"""Colours of projects on the days of the last weekly digests."""

from __future__ import annotations

from datetime import date

from pmo.domain.project import ProjectStatus
from pmo.domain.status_weeks import Colour, StatusChange, StatusCount, colour_of, colours_on, counted, weekly_days
from tests.domain.ladder_cast import CALENDAR, as_day

DAYS = (as_day("2020-01-13"), as_day("2020-01-20"), as_day("2020-01-27"))


def test_weekly_days_are_the_first_working_days_of_weeks_that_have_one() -> None:
    found = weekly_days(CALENDAR, as_day("2020-01-13"), 5)

    # Monday and Tuesday of week 51 were holidays.
    assert [day.isoformat() for day in found] == ["2019-12-18", "2019-12-23", "2019-12-30", "2020-01-06", "2020-01-13"]


def test_a_digest_that_comes_late_in_its_week_has_the_same_days_before() -> None:
    assert weekly_days(CALENDAR, as_day("2020-01-28"), 2) == [as_day("2020-01-20"), as_day("2020-01-28")]


def test_paused_cancelled_and_not_started_projects_have_no_colour() -> None:
    for status in (ProjectStatus.PAUSED, ProjectStatus.CANCELLED, ProjectStatus.NOT_STARTED):
        assert colour_of(status, 2) is Colour.NONE
    assert colour_of(ProjectStatus.NO_DATA, None) is Colour.NONE
    assert [colour_of(ProjectStatus.AT_RISK, severity) for severity in (0, 1, 2)] == ["green", "amber", "red"]


def test_a_colour_holds_until_the_next_change_and_counts_from_its_day_on() -> None:
    changes = [
        StatusChange(as_day("2020-01-14"), ProjectStatus.ON_TRACK, 0),
        StatusChange(as_day("2020-01-27"), ProjectStatus.AT_RISK, 1),
        StatusChange(as_day("2020-01-27"), ProjectStatus.OFF_TRACK, 2),
    ]

    assert colours_on(changes, DAYS) == {DAYS[1]: Colour.GREEN, DAYS[2]: Colour.RED}
    assert colours_on((), DAYS) == {}


def test_projects_are_counted_by_day_from_the_first_day_that_has_any() -> None:
    projects = [{DAYS[1]: Colour.GREEN, DAYS[2]: Colour.RED}, {DAYS[2]: Colour.NONE}, {DAYS[2]: Colour.AMBER}]

    found = counted(projects, DAYS)

    assert found == (StatusCount(DAYS[1], green=1), StatusCount(DAYS[2], red=1, amber=1, none=1))
    assert [count.total for count in found] == [1, 3]
    assert counted((), (date(2020, 1, 6),)) == ()
