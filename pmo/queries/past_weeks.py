"""How projects stood at the end of past weeks, from the facts that had been entered by then.

One judgement a project and week, remembered as long as the project's history is the same: the first look at a year of
fifty projects costs about a second, every later one a few milliseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pmo.clock import end_of_day, local_day
from pmo.domain.calendar import WorkingCalendar, ends_of_weeks
from pmo.domain.milestone import MilestoneStatus
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, ProjectStatus, known_until
from pmo.domain.rule_book import RuleBook
from pmo.domain.verdict import judge_project
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.overview import Moment, Overview
from pmo.queries.rules import CityRules

MOST_JUDGEMENTS = 3_000
"""What one page may cost when nothing is remembered yet; larger portfolios get fewer reporting days."""


@dataclass(frozen=True, slots=True)
class ExpectedDate:
    """EF of a milestone on a reporting day; of a finished one its completion date."""

    code: str
    on: date
    is_done: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """A project at the end of a past day: its status, and when its milestones were expected then."""

    on: date
    status: ProjectStatus
    expected: tuple[ExpectedDate, ...]


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """How many projects stood in which state at the end of a day; states without projects are absent."""

    on: date
    counts: Mapping[ProjectStatus, int]


def weeks_of_project(
    session: Session, project_id: int, moment: Moment, zone: ZoneInfo, rules: CityRules, histories: Histories
) -> list[Glance]:
    """One project at the end of each week since it was entered, and at the moment itself."""
    project = histories.load(session, [project_id])[project_id]
    calendar, book = working_calendar(session, project.city, moment.at), rules.book(session, project.city)
    first = local_day(project.entered_at, zone)
    if first > moment.on:
        return []
    past = [_glance(project, day, zone, calendar, book, histories) for day in ends_of_weeks(first, moment.on)[:-1]]
    return [glance for glance in (*past, _seen(project, moment, calendar, book.on(moment.on, moment.at))) if glance]


def status_history(
    session: Session, found: Overview, moment: Moment, zone: ZoneInfo, rules: CityRules, histories: Histories
) -> list[WeekCounts]:
    """The projects of an overview at the end of each week since the first was entered; the last point is its own.

    Where that would be more than ``MOST_JUDGEMENTS``, every second, fourth … week; with more projects than that only
    the last point.
    """
    projects = list(histories.load(session, [line.id for line in found.everything]).values())
    if not projects:
        return []
    places = {
        city: (working_calendar(session, city, moment.at), rules.book(session, city))
        for city in {project.city for project in projects}
    }
    first = min(local_day(project.entered_at, zone) for project in projects)
    weeks = []
    for day in _few_enough(ends_of_weeks(first, moment.on)[:-1], len(projects)):
        seen = (_glance(project, day, zone, *places[project.city], histories) for project in projects)
        weeks.append(WeekCounts(day, Counter(glance.status for glance in seen if glance)))
    return [*weeks, WeekCounts(moment.on, dict(found.counts))]


def _few_enough(days: Sequence[date], projects: int) -> Sequence[date]:
    if projects > MOST_JUDGEMENTS:
        return []
    step = 1
    while len(days) // step * projects > MOST_JUDGEMENTS and step < len(days):
        step *= 2
    return days[::-1][::step][::-1]


def _glance(
    project: Project, day: date, zone: ZoneInfo, calendar: WorkingCalendar, book: RuleBook, histories: Histories
) -> Glance | None:
    """None before the project was entered."""
    moment = Moment(end_of_day(day, zone), day, is_past=True)
    rules = book.on(day, moment.at)
    key = ("glance", day, str(zone), calendar.version, rules.version)
    return histories.remembered(project, key, lambda: _seen(project, moment, calendar, rules))


def _seen(project: Project, moment: Moment, calendar: WorkingCalendar, rules: RuleSet) -> Glance | None:
    known = known_until(project, moment.at)
    if known is None:
        return None
    judged = judge_project(known, moment.on, calendar, rules)
    expected = (
        ExpectedDate(item.code, item.expected_on, item.status.is_done)
        for item in judged.milestones
        if item.expected_on and item.status is not MilestoneStatus.CANCELLED
    )
    return Glance(moment.on, judged.status, tuple(expected))
