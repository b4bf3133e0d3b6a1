"""The weekly history of statuses and of expected dates: equal to the overview of each day, and computed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from pmo.clock import end_of_day
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Actor, Role
from pmo.domain.verdict import judge_project
from pmo.queries import past_weeks
from pmo.queries.overview import Moment, Overview, overview
from pmo.queries.overview_filter import Wanted
from pmo.queries.past_weeks import WeekCounts, status_history, weeks_of_project
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.milestones import move_forecast
from tests.queries.test_overview import counting_statements

TODAY = date(2020, 1, 31)
ZONE = ZoneInfo("Asia/Almaty")
ANALYST = Actor("analyst.alm", "almaty", Role.PMO_ANALYST, extra_cities=frozenset({"astana", "shymkent"}))
ALMATY = Wanted(city="almaty")


def seen(runtime: Runtime, wanted: Wanted = ALMATY, moment: Moment | None = None) -> tuple[Overview, list[WeekCounts]]:
    at = moment or Moment(runtime.now(), TODAY)
    with runtime.reading() as session:
        found = overview(session, ANALYST, wanted, at, runtime.rules, runtime.histories)
        return found, status_history(session, found, at, ZONE, runtime.rules, runtime.histories)


def past(day: date) -> Moment:
    return Moment(end_of_day(day, ZONE), day, is_past=True)


@pytest.mark.parametrize("wanted", [ALMATY, Wanted(), Wanted(city="almaty", department="ALA-BIZ"), Wanted(text="қала")])
def test_each_point_counts_what_the_overview_of_that_day_counts(replayed: Runtime, wanted: Wanted) -> None:
    found, weeks = seen(replayed, wanted)
    assert weeks[-1] == WeekCounts(TODAY, dict(found.counts))
    assert [week.on.weekday() for week in weeks[:-1]] == [6] * (len(weeks) - 1)
    for week in weeks[::3]:
        then, _ = seen(replayed, wanted, past(week.on) if week.on < TODAY else None)
        assert dict(week.counts) == dict(then.counts), week.on


def test_it_begins_in_the_week_in_which_the_first_project_was_entered(replayed: Runtime) -> None:
    _, weeks = seen(replayed)
    assert weeks[0].on == date(2019, 9, 22)
    assert all(sum(week.counts.values()) == 50 for week in weeks)
    assert seen(replayed, moment=past(date(2019, 9, 1)))[1] == []


def test_a_past_page_ends_on_its_own_day(replayed: Runtime) -> None:
    _, weeks = seen(replayed, moment=past(date(2019, 12, 11)))
    assert [week.on for week in weeks][-2:] == [date(2019, 12, 8), date(2019, 12, 11)]


def test_no_week_is_judged_twice_until_something_is_entered(replayed: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[tuple[str, date]] = []

    def counting(project, on, calendar, rules):  # type: ignore[no-untyped-def]
        judged.append((project.code, on))
        return judge_project(project, on, calendar, rules)

    monkeypatch.setattr(past_weeks, "judge_project", counting)
    _, first = seen(replayed)
    assert len(judged) == 50 * (len(first) - 1)
    judged.clear()
    assert seen(replayed)[1] == first
    assert judged == []
    with replayed.writing() as session:
        number, manager = session.execute(
            select(MilestoneRecord.id, ProjectRecord.manager_id)
            .join(ProjectRecord)
            .where(MilestoneRecord.code == "DP-07-M5")
        ).one()
        actor = actor_for(session, manager, TODAY)
        assert actor is not None
        act = Act(actor=actor, at=replayed.now(), on=TODAY, recorded_at=replayed.now())
        move_forecast(session, act, number, date(2022, 3, 31), "contractor_delay")
    seen(replayed)
    assert {code for code, _ in judged} == {"DP-07"}
    assert len(judged) == len(first) - 1


def test_the_number_of_statements_does_not_grow_with_projects_or_weeks(replayed: Runtime) -> None:
    counts = []
    for wanted in (Wanted(city="almaty", department="ALA-EDU"), ALMATY, Wanted()):
        with replayed.reading() as session:
            moment = Moment(replayed.now(), TODAY)
            found = overview(session, ANALYST, wanted, moment, replayed.rules, replayed.histories)
            status_history(session, found, moment, ZONE, replayed.rules, replayed.histories)
            with counting_statements(session) as said:
                status_history(session, found, moment, ZONE, replayed.rules, replayed.histories)
            counts.append(len(said) - len({line.city for line in found.everything}))
    assert len(set(counts)) == 1


def test_a_portfolio_too_large_for_every_week_gets_fewer_reporting_days(
    replayed: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, weekly = seen(replayed)
    monkeypatch.setattr(past_weeks, "MOST_JUDGEMENTS", 300)
    _, sparse = seen(replayed)
    days = [week.on for week in sparse]
    assert 2 <= len(days) - 1 <= 6
    assert {later - sooner for sooner, later in pairwise(days[:-1])} == {timedelta(weeks=4)}
    assert [week for week in weekly if week.on in days] == sparse


def test_a_portfolio_too_large_for_any_past_day_is_counted_now(
    replayed: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_weeks, "MOST_JUDGEMENTS", 49)
    found, weeks = seen(replayed)
    assert weeks == [WeekCounts(TODAY, dict(found.counts))]


def test_the_dates_of_a_project_are_those_its_page_showed_then(replayed: Runtime) -> None:
    with replayed.reading() as session:
        number = session.scalar(select(ProjectRecord.id).where(ProjectRecord.code == "DP-10"))
        assert number is not None
        weeks = weeks_of_project(
            session, number, Moment(replayed.now(), TODAY), ZONE, replayed.rules, replayed.histories
        )
    third = {week.on: {item.code: item for item in week.expected}["DP-10-M3"].on for week in weeks}
    assert third[date(2019, 9, 22)] == date(2019, 12, 31)
    assert third[TODAY] == date(2020, 2, 3)
    second = [item for week in weeks for item in week.expected if item.code == "DP-10-M2"]
    assert [item.on for item in second if item.is_done] == [date(2019, 12, 30)] * sum(item.is_done for item in second)
    assert second[-1].is_done
    assert not second[0].is_done


def test_a_result_is_forgotten_with_the_history_that_it_was_computed_of(replayed: Runtime) -> None:
    histories = replayed.histories
    with replayed.reading() as session:
        (project, *_) = histories.load(session).values()
    assert histories.remembered(project, "key", lambda: 1) == 1
    assert histories.remembered(project, "key", lambda: 2) == 1
    assert histories.remembered(replace(project), "key", lambda: 3) == 3
