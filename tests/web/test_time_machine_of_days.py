"""A page of the past counts working days as they were known then: a day off entered later moves nothing on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from pmo.clock import local_moment
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.calendar_days import DAY_OFF, DayPlan, enter_day
from tests.web.pages import Page, Pages
from tests.web.portfolio_pages import doors, project_path

ZONE = ZoneInfo("Asia/Almaty")
THEN, AFTERWARDS = date(2019, 10, 2), date(2019, 10, 11)
QUARANTINE = [date(2019, 9, 20) + timedelta(days=number) for number in range(45)]
SLIPPING, OVERDUE = "DP-05", "DP-31"


@pytest.fixture
def afterwards(simulated: Runtime) -> Runtime:
    return simulated.at(local_moment(AFTERWARDS, time(18), ZONE))


def close_the_city(runtime: Runtime) -> None:
    """Six weeks around ``THEN`` become days off, by a decree that came after it."""
    with runtime.writing() as session:
        actor = actor_for(session, "admin.alm", AFTERWARDS)
        assert actor is not None
        act = Act(actor=actor, at=runtime.now(), on=AFTERWARDS, recorded_at=runtime.now())
        for day in QUARANTINE:
            if day.weekday() < 5:
                enter_day(session, act, DayPlan(day, DAY_OFF, "storm, decree 12"))


def told_of(runtime: Runtime) -> list[str]:
    """Pages of milestones with alerts that were open then."""
    with runtime.reading() as session:
        statement = (
            select(MilestoneRecord.id)
            .join(AlertRecord, (AlertRecord.item == MilestoneRecord.code) & (AlertRecord.raised_on <= THEN))
            .join(ProjectRecord, ProjectRecord.id == MilestoneRecord.project_id)
            .where(ProjectRecord.city_id == "almaty")
            .order_by(MilestoneRecord.id)
            .distinct()
        )
        return [f"/milestones/{number}" for number in session.scalars(statement)]


def readings(pages: Pages, paths: Sequence[str]) -> dict[str, str]:
    return {path: _main(pages.get(f"{path}?as_of={THEN}")) for path in paths}


def _main(page: Page) -> str:
    return page.tree.one("main").text


def test_a_day_off_that_was_entered_later_moves_nothing_on_pages_of_the_past(afterwards: Runtime) -> None:
    lists = ["/portfolio", "/portfolio/charts", "/portfolio/punctuality", "/alerts", "/meeting", "/tasks"]
    projects = [project_path(afterwards, code) for code in (SLIPPING, OVERDUE)]
    milestones = told_of(afterwards)
    assert milestones
    pages = doors(afterwards)("pmo-head.alm")
    before = readings(pages, [*lists, *projects, *milestones])
    close_the_city(afterwards)
    after = readings(pages, list(before))
    assert [path for path in before if before[path] != after[path]] == []
    assert _main(pages.get(projects[0])) != before[projects[0]]
