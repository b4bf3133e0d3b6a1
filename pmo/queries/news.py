"""What changed in the portfolio between two moments, for the projects that somebody sees and a filter wants.

The projects are those of the overview at the later moment, so both pages speak of the same list. The number of
statements does not depend on the number of projects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.clock import local_moment
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.domain.access import Actor
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.digests import Movement
from pmo.domain.news import ACTS, News, NewsKind, acts_behind, news_of
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.verdict import judge_project
from pmo.domain.week import COMPARED_AT, OtherRules, Week, movement_of, summed
from pmo.queries.calendar import working_calendar
from pmo.queries.chronicle import Entry, chronicle_between
from pmo.queries.histories import Histories
from pmo.queries.names import Name
from pmo.queries.overview import Line, Moment, Overview, overview
from pmo.queries.overview_filter import Wanted
from pmo.queries.overview_rows import item_names, project_names
from pmo.queries.places import city_zone
from pmo.queries.rules import CityRules
from pmo.queries.status import stored_assessments


@dataclass(frozen=True, slots=True)
class Period:
    """From the morning of ``since``, when digests are made, to a moment."""

    since: date
    until: Moment


@dataclass(frozen=True, slots=True)
class Told:
    """One change with the names of what it is about, and the act behind it where there is one."""

    news: News
    project: Line
    project_name: Name
    item_id: int | None
    item_name: Name | None
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class NewsPage:
    """``told`` are all changes in the order of their kinds; ``movement`` says what the weekly digest says."""

    told: tuple[Told, ...]
    counts: Mapping[NewsKind, int]
    movement: Movement
    projects: int


def news_page(
    session: Session, actor: Actor, wanted: Wanted, period: Period, rules: CityRules, histories: Histories
) -> NewsPage:
    """Every change of a period in the projects that the actor sees and the filter wants."""
    found = overview(session, actor, wanted, period.until, rules, histories)
    lines = {line.id: line for line in found.chosen}
    weeks = weeks_of(session, list(lines), found, period, rules, histories)
    names = _Names(session, list(lines), period.until.at)
    entries = _entries(session, weeks, period)
    told = [
        one for number, week in weeks.items() for one in _told_of(lines[number], week, names, entries.get(number, ()))
    ]
    order = {kind: place for place, kind in enumerate(NewsKind)}
    told.sort(key=lambda one: (order[one.news.kind], -(one.news.severity or 0), one.project.city, one.news.item))
    counts = {kind: sum(one.news.kind is kind for one in told) for kind in NewsKind}
    return NewsPage(
        told=tuple(told),
        counts={kind: number for kind, number in counts.items() if number},
        movement=summed(movement_of(week) for week in weeks.values()),
        projects=len(lines),
    )


def weeks_of(
    session: Session, ids: Sequence[int], found: Overview, period: Period, rules: CityRules, histories: Histories
) -> dict[int, Week]:
    """Projects at both ends of a period, by id, in the order given."""
    now = {**stored_assessments(session, ids), **found.computed} if not period.until.is_past else found.computed
    lines = {line.id: line for line in found.everything}
    places = {place: _Place.of(session, place, period, rules) for place in {lines[number].city for number in ids}}
    wholes = histories.load(session, ids)
    return {
        number: _week(wholes[number], now[number], lines[number], places[lines[number].city], period) for number in ids
    }


@dataclass(frozen=True, slots=True)
class _Place:
    """A city's calendar, its rules at both ends of a period, and the instant from which news count there."""

    calendar: WorkingCalendar
    since: datetime
    rules_before: RuleSet
    rules: RuleSet
    rules_since: date | None

    @classmethod
    def of(cls, session: Session, city_id: str, period: Period, rules: CityRules) -> _Place:
        """The place of a city."""
        book, until = rules.book(session, city_id), period.until
        since = local_moment(period.since, COMPARED_AT, city_zone(session, city_id))
        return cls(
            calendar=working_calendar(session, city_id, until.at),
            since=since,
            rules_before=book.on(period.since, since),
            rules=book.on(until.on, until.at),
            rules_since=book.since(until.on, until.at),
        )


def _week(whole: Project, now: ProjectAssessment, line: Line, place: _Place, period: Period) -> Week:
    known, before = known_until(whole, period.until.at), known_until(whole, place.since)
    assert known is not None, "the overview shows only what was entered by then"
    return Week(
        project=known,
        now=replace(now, on=period.until.on),  # what is stored holds today, and days are counted to today
        before=judge_project(before, period.since, place.calendar, place.rules_before) if before else None,
        since=place.since,
        department=line.department,
        rules=place.rules,
        other_rules=_other_rules(known, place, period.until.on),
    )


def _other_rules(known: Project, place: _Place, on: date) -> OtherRules | None:
    """What a version that came into force in the period did; None where none did."""
    if place.rules_since is None or place.rules.version == place.rules_before.version:
        return None
    without = judge_project(known, on, place.calendar, place.rules_before)
    return OtherRules(place.rules.version, place.rules_since, without)


def _entries(session: Session, weeks: Mapping[int, Week], period: Period) -> Mapping[int, Sequence[Entry]]:
    earliest = min((week.since for week in weeks.values()), default=None)
    return chronicle_between(session, list(weeks), earliest, period.until.at) if earliest else {}


def _told_of(line: Line, week: Week, names: _Names, entries: Sequence[Entry]) -> Iterable[Told]:
    """The changes of one project, then the answers and decisions that were entered."""
    mine = [entry for entry in entries if entry.about > week.since]
    for news in news_of(week):
        yield names.told(line, news, _act_behind(news, mine))
    for entry in mine:
        if entry.kind in ACTS and not _is_taken_back(entry):
            yield names.told(line, News(ACTS[entry.kind], names.kind_of(line, entry.item), entry.item), entry)


def _is_taken_back(entry: Entry) -> bool:
    """A comment without its words was withdrawn: that it stood for a while is no news."""
    return entry.kind == "comment" and entry.text is None


def _act_behind(news: News, entries: Sequence[Entry]) -> Entry | None:
    """The newest entry that may have brought a change."""
    kinds = acts_behind(news)
    return next(
        (
            entry
            for entry in entries
            if entry.kind in kinds and (entry.item == news.item or news.item in (entry.dates or {}))
        ),
        None,
    )


class _Names:
    """Ids and names of everything in some projects, as they were at an instant."""

    def __init__(self, session: Session, project_ids: Sequence[int], at: datetime) -> None:
        self.projects = project_names(session, project_ids, at)
        self.items = item_names(session, project_ids, at)
        self.milestones = _ids(session, MilestoneRecord, project_ids)
        self.indicators = _ids(session, IndicatorRecord, project_ids)

    def kind_of(self, line: Line, code: str) -> str:
        if (line.id, code) in self.milestones:
            return "milestone"
        return "indicator" if (line.id, code) in self.indicators else "project"

    def told(self, line: Line, news: News, entry: Entry | None) -> Told:
        ids = {"milestone": self.milestones, "indicator": self.indicators}.get(news.item_kind, {})
        return Told(
            news=news,
            project=line,
            project_name=self.projects[line.id],
            item_id=ids.get((line.id, news.item)),
            item_name=self.items.get((line.id, news.item)),
            entry=entry,
        )


def _ids(session: Session, record: Any, project_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    statement = select(record.project_id, record.code, record.id).where(record.project_id.in_(project_ids))
    return {(row.project_id, row.code): row.id for row in session.execute(statement)}
