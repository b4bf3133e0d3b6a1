"""Punctuality by department: what it counts, what it does not, and when it gives no share."""

from __future__ import annotations

from datetime import date, timedelta

from pmo.domain.access import Actor, Role
from pmo.queries.calendar import working_calendar
from pmo.queries.overview import Moment, overview
from pmo.queries.overview_filter import Wanted
from pmo.queries.punctuality import DepartmentPunctuality, punctuality_by_department
from pmo.runtime import Runtime

TODAY = date(2020, 1, 31)
ANALYST = Actor("analyst.alm", "almaty", Role.PMO_ANALYST)


def departments(runtime: Runtime, wanted: Wanted | None = None) -> dict[str, DepartmentPunctuality]:
    with runtime.reading() as session:
        moment = Moment(runtime.now(), TODAY)
        place = wanted or Wanted(city="almaty")
        found = overview(session, ANALYST, place, moment, runtime.rules, runtime.histories)
        return {row.id: row for row in punctuality_by_department(session, found, moment, runtime.rules)}


def test_the_figures_count_exactly_the_milestones_behind_them(replayed: Runtime) -> None:
    found = departments(replayed)
    assert sum(row.figures.due for row in found.values()) > 40
    with replayed.reading() as session:
        calendar = working_calendar(session, "almaty")
    for row in found.values():
        assert row.figures.due == len(row.counted)
        assert row.figures.on_time == sum(item.is_on_time for item in row.counted)
        for item in row.counted:
            assert TODAY - timedelta(days=90) <= item.due_on < TODAY
            assert calendar.is_working(item.due_on)
            assert item.late_wd == max(0, calendar.wd(item.due_on, item.completed_on or TODAY))
            assert item.is_on_time == (item.completed_on is not None and item.late_wd == 0)


def test_three_late_milestones_of_the_police_give_counts_but_no_share(replayed: Runtime) -> None:
    police = departments(replayed)["ALA-POLICE"]
    assert (police.figures.due, police.figures.on_time, police.has_share) == (3, 0, False)
    assert [item.code for item in police.counted] == ["DP-10-M4", "DP-10-M3", "DP-13-M2"]
    assert departments(replayed)["ALA-BIZ"].has_share


def test_those_with_most_due_come_first_and_those_with_nothing_due_do_not_come(replayed: Runtime) -> None:
    due = [row.figures.due for row in departments(replayed).values()]
    assert due == sorted(due, reverse=True)
    assert 0 not in due


def test_a_filter_leaves_only_its_projects(replayed: Runtime) -> None:
    everything, one = departments(replayed), departments(replayed, Wanted(city="almaty", department="ALA-SOC"))
    assert one == {"ALA-SOC": everything["ALA-SOC"]}
