"""The one form of a manager: everything due from one person across projects, prefilled (PRODUCT 2, promise 6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action, Actor
from pmo.domain.milestone import Milestone
from pmo.domain.milestone_verdict import standing_date
from pmo.domain.portfolio import GREY
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.reports import owed_reports
from pmo.domain.voices import speaks_for
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.names import Name
from pmo.queries.overview import Moment
from pmo.queries.rules import CityRules
from pmo.queries.status import computed_where_stale, stored_assessments
from pmo.queries.tasks import MilestoneTask, ReportTask, Tasks, tasks_of
from pmo.queries.visibility import permitted_to, posts_of, scopes_of
from pmo.queries.voices import Voices, newest_entries, voices_of

OF_PROJECT = ("update", "update_questioned")
"""Entries that change what the form shows of a project itself."""


@dataclass(frozen=True, slots=True)
class MilestonePart:
    """A milestone on the form. ``standing_on`` is the date that can be confirmed, None where it has passed.

    ``seen`` is the newest entry about it.
    """

    key: str
    task: MilestoneTask
    standing_on: date | None
    evidence_type_id: str | None
    seen: int


@dataclass(frozen=True, slots=True)
class ReadingPart:
    """A value on the form, for the oldest period that is owed and still open; ``period_end`` is None if none is."""

    key: str
    task: ReportTask
    period_end: date | None
    seen: int


@dataclass(frozen=True, slots=True)
class ProjectPart:
    """One project on the form. ``speaks`` tells whether the reader may give the view of the whole.

    ``reviewed`` milestones are reported done and wait for the office; nothing is asked about them.
    """

    key: str
    id: int
    code: str
    name: Name
    judged: ProjectAssessment
    voices: Voices
    speaks: bool
    milestones: tuple[MilestonePart, ...]
    readings: tuple[ReadingPart, ...]
    reviewed: tuple[MilestoneTask, ...]
    seen: int

    @property
    def items(self) -> tuple[MilestonePart | ReadingPart, ...]:
        """Everything on the form but the project itself."""
        return (*self.milestones, *self.readings)

    @property
    def due(self) -> int:
        """How many answers the project wants, besides its paragraph."""
        return len(self.milestones) + sum(part.period_end is not None for part in self.readings)


def update_sheet(
    session: Session,
    actor: Actor,
    moment: Moment,
    rules: CityRules,
    histories: Histories,
    project_id: int | None = None,
) -> tuple[ProjectPart, ...]:
    """The form of somebody: the projects that they manage or perform in, those with the most due first.

    With ``project_id`` that project alone, whole, if they may answer for it: a head of department for a manager.
    """
    tasks = tasks_of(session, actor, moment, rules, histories)
    records = _projects(session, actor, moment, tasks, project_id)
    ids = list(records)
    assessments = {
        **stored_assessments(session, ids),
        **computed_where_stale(session, {record.city_id for record in records.values()}, moment.at, rules, histories),
    }
    loaded = histories.load(session, ids) if ids else {}
    known = {number: cut for number, whole in loaded.items() if (cut := known_until(whole, moment.at)) is not None}
    sources = _Sources(session, actor, moment, rules, tasks, records, known, project_id is not None)
    parts = [
        sources.part(number, assessments[number])
        for number in ids
        if number in known and number in assessments and assessments[number].status not in GREY
    ]
    return tuple(sorted(parts, key=lambda part: (-part.due, part.code)))


def project_of_item(session: Session, actor: Actor, code: str) -> int | None:
    """The project of a milestone, an indicator or a project's own code that the actor may report on, or None."""
    project = ProjectRecord
    there = or_(
        project.code == code,
        *(
            project.id.in_(select(item.project_id).where(item.code == code))
            for item in (MilestoneRecord, IndicatorRecord)
        ),
    )
    return session.scalar(select(project.id).where(there, permitted_to(actor, Action.UPDATE)).order_by(project.id))


def _projects(
    session: Session, actor: Actor, moment: Moment, tasks: Tasks, project_id: int | None
) -> dict[int, ProjectRecord]:
    project = ProjectRecord
    permitted = [permitted_to(actor, Action.UPDATE), project.entered_at <= moment.at]
    if project_id is not None:
        permitted.append(project.id == project_id)
    else:
        posts = posts_of(actor)
        performs = {task.subject.project_id for task in _milestone_tasks(tasks) if task.performer is None}
        permitted.append(or_(project.manager_id.in_(posts), project.id.in_(performs)))
    statement = select(project).where(*permitted).order_by(project.code)
    return {record.id: record for record in session.scalars(statement)}


def _milestone_tasks(tasks: Tasks) -> list[MilestoneTask]:
    """In the order in which to answer: what came back, what is late, what comes."""
    return [*tasks.returned, *tasks.overdue, *tasks.upcoming]


class _Sources:
    """What the parts are made of, loaded at once."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        moment: Moment,
        rules: CityRules,
        tasks: Tasks,
        records: Mapping[int, ProjectRecord],
        known: Mapping[int, Project],
        takes_all: bool,
    ) -> None:
        self.actor, self.moment, self.tasks = actor, moment, tasks
        self.records, self.known, self.takes_all = records, known, takes_all
        self.calendar = working_calendar(session, actor.city)
        places = {record.city_id for record in records.values()}
        self.rules = {city: rules.on(session, city, moment.on, moment.at) for city in places}
        ids = list(records)
        self.scopes = scopes_of(session, ids)
        self.voices = voices_of(session, ids, moment.at)
        self.seen = newest_entries(session, ids, moment.at)
        self.updates_seen = newest_entries(session, ids, moment.at, OF_PROJECT)
        self.evidence_types = _evidence_types(session, ids)

    def part(self, number: int, judged: ProjectAssessment) -> ProjectPart:
        record = self.records[number]
        tasks = [task for task in _milestone_tasks(self.tasks) if self._is_asked(number, task)]
        reports = [task for task in self.tasks.reports if self._is_asked(number, task)]
        return ProjectPart(
            key=f"p{number}",
            id=number,
            code=record.code,
            name=Name.of(record),
            judged=judged,
            voices=self.voices[number],
            speaks=speaks_for(self.actor, self.scopes[number]),
            milestones=tuple(self._milestone(number, task) for task in tasks if not task.waits_for_review),
            readings=tuple(self._reading(number, task) for task in reports),
            reviewed=tuple(task for task in tasks if task.waits_for_review),
            seen=self.updates_seen.get((number, record.code), 0),
        )

    def _is_asked(self, number: int, task: MilestoneTask | ReportTask) -> bool:
        return task.subject.project_id == number and (self.takes_all or task.performer is None)

    def _milestone(self, number: int, task: MilestoneTask) -> MilestonePart:
        facts = next(item for item in self.known[number].milestones if item.id == task.subject.id)
        return MilestonePart(
            key=f"m{facts.id}",
            task=task,
            standing_on=_standing(facts, task.judged.effective_due_on, self.moment.on),
            evidence_type_id=self.evidence_types.get(facts.id),
            seen=self.seen.get((number, facts.code), 0),
        )

    def _reading(self, number: int, task: ReportTask) -> ReadingPart:
        known, on = self.known[number], self.moment.on
        facts = next(item for item in known.indicators if item.id == task.subject.id)
        rules = self.rules[known.city]
        owed = owed_reports(known, facts, on, self.calendar, rules)
        closing = rules.closed_period_wd
        open_ends = [duty.period_end for duty in owed if self.calendar.addwd(duty.period_end, closing) >= on]
        return ReadingPart(
            key=f"i{facts.id}",
            task=task,
            period_end=open_ends[0] if open_ends else None,
            seen=self.seen.get((number, facts.code), 0),
        )


def _standing(facts: Milestone, effective_due_on: date | None, on: date) -> date | None:
    """The date that can be confirmed; None where it has passed."""
    found = standing_date(facts.forecast.date if facts.forecast else None, effective_due_on, on)
    return found if found is not None and found >= on else None


def _evidence_types(session: Session, project_ids: Collection[int]) -> dict[int, str | None]:
    statement = select(MilestoneRecord.id, MilestoneRecord.evidence_type_id)
    rows = session.execute(statement.where(MilestoneRecord.project_id.in_(project_ids)))
    return {row.id: row.evidence_type_id for row in rows}
