"""The weekly meeting: its agenda with everything a page of it shows; a fixed number of statements for any agenda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from pmo.domain.access import Actor
from pmo.domain.agenda import AgendaItem, From, Matter, Topic, agenda, matters_of
from pmo.domain.alerts import Cast
from pmo.domain.answers import NOBODY_ANSWERED
from pmo.domain.digests import Movement
from pmo.domain.project import ProjectAssessment
from pmo.domain.remedy import Remedy, nearest_remedy
from pmo.domain.week import Week, last_meeting_day, movement_of, summed
from pmo.queries.alerts import past_alerts
from pmo.queries.answers import answered_by_project
from pmo.queries.calendar import working_calendar
from pmo.queries.digests import open_requests
from pmo.queries.directory import directory
from pmo.queries.histories import Histories
from pmo.queries.meeting_answers import AnswerHeard, answers_heard
from pmo.queries.milestone_page import Told, told_of_items
from pmo.queries.names import Name, Names, names_of_people
from pmo.queries.news import Period, weeks_of
from pmo.queries.overview import Moment, overview
from pmo.queries.overview_filter import Wanted
from pmo.queries.overview_rows import Row, item_names, rows_for
from pmo.queries.rules import CityRules

REASONS = 3
"""So many lines of the receipt stand on a page."""
MOST = 60
"""More pages than this no meeting can call; the rest is said to be left."""


@dataclass(frozen=True, slots=True)
class MatterPage:
    """A matter with the names of its item and of those whose answer is wanted."""

    matter: Matter
    name: Name | None
    wanted_from: Name | None


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """One page of the meeting: a project, its receipt, its matters, who was told and what they said."""

    row: Row
    topic: Topic
    assessment: ProjectAssessment
    names: Mapping[str, Name]
    matters: tuple[MatterPage, ...]
    remedy: Remedy | None
    told: tuple[tuple[str, tuple[Told, ...]], ...]
    heard: tuple[AnswerHeard, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """The pages in the order in which they are called; ``left`` projects are on the agenda but not on a page."""

    day: date
    last: date
    pages: tuple[MeetingPage, ...]
    left: int
    counts: Mapping[Topic, int]
    movement: Movement


def meeting(
    session: Session, actor: Actor, wanted: Wanted, moment: Moment, rules: CityRules, histories: Histories
) -> Meeting:
    """The agenda of the projects that the actor sees in one city, ``wanted.city``, at a moment."""
    calendar = working_calendar(session, wanted.city, moment.at)
    last = last_meeting_day(calendar, moment.on)
    found = overview(session, actor, wanted, moment, rules, histories)
    weeks = weeks_of(session, [line.id for line in found.chosen], found, Period(last, moment), rules, histories)
    past = past_alerts(session, wanted.city, moment.on, moment.at)
    answered = answered_by_project(session, wanted.city, moment.at)
    requests = open_requests(session, wanted.city, moment.at)
    items = agenda(
        {
            number: matters_of(week, past.get(number, ()), answered.get(number, NOBODY_ANSWERED), requests, calendar)
            for number, week in weeks.items()
        }
    )
    called = items[:MOST]
    lines = {line.id: line for line in found.chosen}
    rows = {row.line.id: row for row in rows_for(session, [lines[item.project] for item in called], found, moment.at)}
    people = _Room(session, wanted.city, moment, called, weeks)
    return Meeting(
        day=moment.on,
        last=last,
        pages=tuple(
            people.page(item, rows[item.project], nearest_remedy(week.project, week.now, calendar, week.rules))
            for item in called
            for week in [weeks[item.project]]
        ),
        left=len(items) - len(called),
        counts={topic: number for topic in Topic if (number := sum(item.topic is topic for item in items))},
        movement=summed(movement_of(week) for week in weeks.values()),
    )


class _Room:
    """Names, posts, alerts and answers of everything on the agenda."""

    def __init__(
        self, session: Session, city: str, moment: Moment, items: Sequence[AgendaItem], weeks: Mapping[int, Week]
    ) -> None:
        ids = [item.project for item in items]
        self.weeks = weeks
        self.names = item_names(session, ids, moment.at)
        self.directory = directory(session, city, moment.on, moment.at)
        codes = sorted({code for item in items for code in self._codes(item)})
        self.told = told_of_items(session, city, codes, moment.at)
        self.heard = answers_heard(session, ids, codes, moment.at)
        self.people: Names = names_of_people(session, self._posts(items))

    def page(self, item: AgendaItem, row: Row, remedy: Remedy | None) -> MeetingPage:
        """One project as the meeting sees it."""
        codes = self._codes(item)
        told = ((code, _last_rungs(self.told.get(code, ()))) for code in codes)
        return MeetingPage(
            row=row,
            topic=item.topic,
            assessment=self.weeks[item.project].now,
            names={code: name for (project, code), name in self.names.items() if project == item.project},
            matters=tuple(self._matter(item.project, matter) for matter in item.matters),
            remedy=remedy,
            told=tuple((code, told) for code, told in told if told),
            heard=tuple(one for one in self.heard.get(item.project, ()) if one.item in codes),
        )

    def _codes(self, item: AgendaItem) -> list[str]:
        """What the page speaks of: the items of the matters, then those of the receipt's first reasons."""
        reasons = self.weeks[item.project].now.reasons[:REASONS]
        return list(dict.fromkeys([*(one.line.item for one in item.matters), *(reason.item for reason in reasons)]))

    def _matter(self, project: int, matter: Matter) -> MatterPage:
        post = _post_of(matter, self.directory.cast(project))
        return MatterPage(matter, self.names.get((project, matter.line.item)), self.people.get(post))

    def _posts(self, items: Sequence[AgendaItem]) -> set[str | None]:
        return {_post_of(matter, self.directory.cast(item.project)) for item in items for matter in item.matters}


def _post_of(matter: Matter, cast: Cast) -> str | None:
    """The post whose answer is wanted; the next level's where it is vacant."""
    posts = cast.of_milestone(matter.line.item) if matter.wanted_from is From.PERFORMER else cast.posts
    if matter.wanted_from is From.PMO:
        return posts.pmo_analyst or posts.pmo_head
    line = [posts.manager, posts.owner, posts.curator, posts.akim]
    first = {From.OWNER: 1, From.CURATOR: 2, From.AKIM: 3}.get(matter.wanted_from, 0)
    return next((holder for holder in line[first:] if holder), None)


def _last_rungs(told: Sequence[Told]) -> tuple[Told, ...]:
    """Who was told of the two latest steps: enough to see how far it came."""
    if not told:
        return ()
    steps = list(dict.fromkeys((one.raised_on, one.rung) for one in told))[:2]
    return tuple(one for one in told if (one.raised_on, one.rung) in steps)
