"""Every open ladder of a city: what climbs now, how far it has come, who was told, and what comes next.

A ladder is open while any of its alerts has not ended. The number of statements does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Integer, Select, case, func, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Actor
from pmo.domain.access import Role as AccessRole
from pmo.domain.alerts import AlertState, Morning, PastAlert, climb_of, past_rungs
from pmo.domain.answers import NOBODY_ANSWERED, Answer, Answered, said_below, waiting
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.ladder import LADDER, Climb, Rung, Standing, next_rung
from pmo.domain.milestone import MilestoneAssessment
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.recipients import Posts, levels
from pmo.queries.alerts import past_alerts
from pmo.queries.answers import answered_by_project
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.milestone_page import NextRung, Told, told_of_items
from pmo.queries.names import Name, Names, names_of_people
from pmo.queries.overview import Moment
from pmo.queries.revisions import records_then
from pmo.queries.status import computed_at
from pmo.queries.visibility import visible_to

PAGE = 25
_REACHED = case({rung.value: place for place, rung in enumerate(LADDER)}, value=AlertRecord.rung)


@dataclass(frozen=True, slots=True)
class WantedLadders:
    """A filter as the address says it; empty means all. ``rung`` is the one reached, ``area`` a curator's."""

    rung: str = ""
    area: str = ""
    critical: bool = False


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where a page begins: after this ladder, in the order of the first telling."""

    first_told_on: date
    milestone_id: int

    def __str__(self) -> str:
        return f"{self.first_told_on.isoformat()}.{self.milestone_id}"

    @classmethod
    def read(cls, text: str) -> PageKey | None:
        """The key an address gives; None where it gives none, or nonsense."""
        day, _, number = text.partition(".")
        try:
            return cls(date.fromisoformat(day), int(number))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """The last answer of one person to a ladder; ``until`` is the last day of quiet, None for the rest of the climb."""

    kind: str
    on: date
    until: date | None
    person: Name | None


@dataclass(frozen=True, slots=True)
class OpenLadder:
    """One milestone whose ladder is open. ``told`` is who was told of the rung reached."""

    milestone_id: int
    milestone_code: str
    milestone_name: Name
    project_id: int
    project_code: str
    project_name: Name
    judged: MilestoneAssessment | None
    reached: str
    told_on: date
    told: tuple[Told, ...]
    standing: Standing | None
    following: NextRung | None
    answers: tuple[AnswerLine, ...] = ()


@dataclass(frozen=True, slots=True)
class LadderPage:
    """One page, longest open first; ``counts`` by the rung reached, whatever rung the filter wants."""

    ladders: tuple[OpenLadder, ...]
    counts: dict[str, int]
    further: PageKey | None


def open_ladders(
    session: Session,
    actor: Actor,
    city_id: str,
    wanted: WantedLadders,
    after: PageKey | None,
    moment: Moment,
    rules: RuleSet,
    histories: Histories,
) -> LadderPage:
    """The open ladders of a city in the projects that the actor sees."""
    found = _open(actor, city_id, wanted, moment).subquery()
    counted = session.execute(select(found.c.reached, func.count()).group_by(found.c.reached))
    counts = {LADDER[place].value: number for place, number in sorted((row[0], row[1]) for row in counted)}
    chosen = select(found).order_by(found.c.first_told_on, found.c.id).limit(PAGE + 1)
    if wanted.rung in {rung.value for rung in LADDER}:
        chosen = chosen.where(found.c.reached == [rung.value for rung in LADDER].index(wanted.rung))
    if after:
        is_later = (found.c.first_told_on == after.first_told_on) & (found.c.id > after.milestone_id)
        chosen = chosen.where(or_(found.c.first_told_on > after.first_told_on, is_later))
    rows = session.execute(chosen).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return LadderPage(
        ladders=_described(
            session, city_id, {row.id: LADDER[row.reached] for row in rows[:PAGE]}, moment, rules, histories
        ),
        counts=counts,
        further=PageKey(last.first_told_on, last.id) if last else None,
    )


def _open(actor: Actor, city_id: str, wanted: WantedLadders, moment: Moment) -> Select[int, int, date]:
    """Milestones with an open alert of their ladder: id, the rung reached, the day of the first telling."""
    alert, item, project = AlertRecord, MilestoneRecord, ProjectRecord
    statement = (
        select(
            item.id,
            func.max(_REACHED, type_=Integer).label("reached"),
            func.min(alert.raised_on).label("first_told_on"),
        )
        .join(item, (item.project_id == alert.project_id) & (item.code == alert.item))
        .join(project, project.id == alert.project_id)
        .where(
            alert.city_id == city_id,
            visible_to(actor),
            alert.raised_at <= moment.at,
            or_(alert.ended_at.is_(None), alert.ended_at > moment.at),
            alert.state != AlertState.LAPSED.value,
            alert.rung.in_([rung.value for rung in LADDER]),
        )
        .group_by(item.id)
    )
    if wanted.area:
        statement = statement.where(project.area_id == wanted.area)
    return statement.where(item.critical) if wanted.critical else statement


def _described(
    session: Session, city_id: str, reached: Mapping[int, Rung], moment: Moment, rules: RuleSet, histories: Histories
) -> tuple[OpenLadder, ...]:
    """The ladders of some milestones, in the order of ``reached``: their ids with the rung each one stands on."""
    statement = (
        select(MilestoneRecord, ProjectRecord)
        .join(ProjectRecord, ProjectRecord.id == MilestoneRecord.project_id)
        .where(MilestoneRecord.id.in_(reached))
    )
    rows = session.execute(statement).all()
    items = records_then(session, (row[0] for row in rows), moment.at)
    owners = records_then(session, (row[1] for row in rows), moment.at)
    records = {item.id: (items[item.id], owners[owner.id]) for item, owner in rows}
    projects = {owner.id for _, owner in records.values()}
    judged = computed_at(session, projects, moment.at, moment.on, rules, histories)
    told = told_of_items(session, city_id, [record.code for record, _ in records.values()], moment.at)
    surroundings = _Surroundings(
        calendar=working_calendar(session, city_id),
        akim=_akim_of(session, city_id),
        past=past_alerts(session, city_id, moment.on, moment.at),
        answered=answered_by_project(session, city_id, moment.at),
        histories=histories.load(session, projects),
        moment=moment,
        rules=rules,
    )
    coming = {
        milestone_id: surroundings.coming(record, owner, judged[owner.id])
        for milestone_id, (record, owner) in records.items()
    }
    people = {holder for one in coming.values() for holder in one.to}
    people |= {answer.person for one in coming.values() for answer in one.answers}
    names = names_of_people(session, people)
    return tuple(
        _ladder(records[number], judged, coming[number], rung, told, names, moment) for number, rung in reached.items()
    )


@dataclass(frozen=True, slots=True)
class _Coming:
    """What comes next for one milestone; ``rung`` is None where its ladder rests."""

    standing: Standing | None
    rung: Rung | None = None
    on: date | None = None
    to: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What the next rung depends on besides the milestone itself."""

    calendar: WorkingCalendar
    akim: str | None
    past: Mapping[int, Sequence[PastAlert]]
    answered: Mapping[int, Answered]
    histories: Mapping[int, Project]
    moment: Moment
    rules: RuleSet

    def coming(self, record: MilestoneRecord, owner: ProjectRecord, assessment: ProjectAssessment) -> _Coming:
        known = known_until(self.histories[owner.id], self.moment.at)
        facts = next((one for one in known.milestones if one.id == record.id), None) if known else None
        judged = _of(assessment, record.id)
        if known is None or facts is None or judged is None:
            return _Coming(None)
        climb = climb_of(known, facts, judged, Morning(self.moment.on, None, self.calendar, self.rules))
        if climb is None or climb.standing is Standing.RESTING:
            return _Coming(climb.standing if climb else None)
        mine = [alert for alert in self.past.get(owner.id, ()) if alert.item == record.code]
        posts = Posts(
            manager=record.performer_id or owner.manager_id,
            owner=owner.owner_id,
            curator=owner.curator_id,
            akim=self.akim,
        )
        answered = self.answered.get(owner.id, NOBODY_ANSWERED)
        climb = waiting(record.code, climb, answered)
        following = _following(climb, mine, posts, record.critical, self.calendar, self.moment.on)
        return _Coming(climb.standing, *following, tuple(said_below(record.code, climb, answered)))


def _ladder(
    records: tuple[MilestoneRecord, ProjectRecord],
    judged: Mapping[int, ProjectAssessment],
    coming: _Coming,
    rung: Rung,
    told: Mapping[str, Sequence[Told]],
    names: Names,
    moment: Moment,
) -> OpenLadder:
    record, owner = records
    reached = [one for one in told.get(record.code, ()) if one.rung == rung.value and _is_open(one, moment)]
    latest = max(one.raised_on for one in reached)
    following_rung = None
    if coming.rung and coming.on:
        following_rung = NextRung(coming.rung.value, coming.on, tuple(names[one] for one in coming.to if one in names))
    return OpenLadder(
        milestone_id=record.id,
        milestone_code=record.code,
        milestone_name=Name(record.name_ru, record.name_kk, record.name_en),
        project_id=owner.id,
        project_code=owner.code,
        project_name=Name(owner.name_ru, owner.name_kk, owner.name_en),
        judged=_of(judged[owner.id], record.id),
        reached=rung.value,
        told_on=latest,
        told=tuple(one for one in reached if one.raised_on == latest),
        standing=coming.standing,
        following=following_rung,
        answers=tuple(
            AnswerLine(answer.kind.value, answer.on, answer.until, names.get(answer.person))
            for answer in coming.answers
        ),
    )


def _is_open(told: Told, moment: Moment) -> bool:
    return told.state != AlertState.LAPSED.value and (told.ended_at is None or told.ended_at > moment.at)


def _of(assessment: ProjectAssessment, milestone_id: int) -> MilestoneAssessment | None:
    return next((one for one in assessment.milestones if one.id == milestone_id), None)


def _following(
    climb: Climb, past: Sequence[PastAlert], posts: Posts, critical: bool, calendar: WorkingCalendar, on: date
) -> tuple[Rung, date, tuple[str, ...]]:
    """The rung that comes next, its earliest day, and who holds the posts it goes to."""
    # After O+14 it is told again on the first working day of every ISO week.
    weekly = Rung.WEEKLY, calendar.roll(on + timedelta(days=7 - on.weekday()))
    rung, day = next_rung(climb, past_rungs(past), on, calendar) or weekly
    holders = [posts.holder(role) for role in levels(rung, critical)]
    return rung, day, tuple(dict.fromkeys(holder for holder in holders if holder))


def _akim_of(session: Session, city_id: str) -> str | None:
    """The post of the city's akim."""
    return session.scalar(
        select(PersonRecord.id)
        .where(PersonRecord.city_id == city_id, PersonRecord.role == AccessRole.AKIM, PersonRecord.is_active)
        .limit(1)
    )
