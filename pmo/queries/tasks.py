"""What waits for an answer of one person, across projects: the first page of a manager (PRODUCT 2, promise 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.changes import ChangeRequestRecord, ChangeRulingRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import ClaimRecord, EvidenceDecisionRecord, MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import RIGHTS, Action, Actor, Scope
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.decisions import FINAL_OUTCOMES
from pmo.domain.indicator import judged_reading
from pmo.domain.ladder import EP_1
from pmo.domain.milestone import Milestone, MilestoneAssessment, MilestoneStatus
from pmo.domain.policy import RuleSet
from pmo.domain.portfolio import GREY
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.reports import owed_reports
from pmo.queries.alerts import open_items_told
from pmo.queries.calendar import working_calendar
from pmo.queries.escalated import escalated_to
from pmo.queries.histories import Histories
from pmo.queries.names import Name, Names, names_of_people, units
from pmo.queries.open_alerts import OpenAlert
from pmo.queries.overview import Moment
from pmo.queries.replies import plans_wanted
from pmo.queries.revisions import KINDS, as_they_were, records_then
from pmo.queries.rules import CityRules
from pmo.queries.status import computed_at, computed_where_stale, stored_assessments
from pmo.queries.visibility import permitted_to, posts_of


@dataclass(frozen=True, slots=True)
class Subject:
    """What a task is about: the project, and the milestone or indicator in it."""

    project_id: int
    project_code: str
    project_name: Name
    id: int
    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class MilestoneTask:
    """A milestone that is overdue, due soon or at risk, or whose evidence came back.

    ``performer`` is named where it is somebody else's: a head of department sees the whole department's. ``was_told``
    is whether an alert about it was told to the person and still waits for an answer.
    """

    subject: Subject
    judged: MilestoneAssessment
    performer: Name | None
    returned_on: date | None = None
    returned_reason: str | None = None
    waits_for_review: bool = False
    was_told: bool = False


@dataclass(frozen=True, slots=True)
class ReportTask:
    """A reading that is owed: for which period and by which day. ``missed`` reports are due and not there."""

    subject: Subject
    period_end: date
    due_on: date
    missed: int
    last_value: float | None
    last_period_end: date | None
    unit: Name | None
    performer: Name | None


@dataclass(frozen=True, slots=True)
class EvidenceTask:
    """Evidence that the PMO has to judge, with the working days it has waited."""

    subject: Subject
    completed_on: date
    submitted_on: date
    waits_wd: int
    document_number: str | None
    document_date: date | None


@dataclass(frozen=True, slots=True)
class ChangeTask:
    """A request for new dates that waits for the PMO's check or for the curator's word."""

    id: int
    project_id: int
    project_code: str
    project_name: Name
    asked_on: date
    waits_wd: int
    reason: str
    dates: Mapping[str, date]
    is_checked: bool


@dataclass(frozen=True, slots=True)
class PlanTask:
    """A recovery plan that the person owes for a project off track, by which day."""

    project_id: int
    project_code: str
    project_name: Name
    since: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Tasks:
    """Everything that waits for one person, each list in the order in which to work through it."""

    escalated: tuple[OpenAlert, ...] = ()
    plans: tuple[PlanTask, ...] = ()
    returned: tuple[MilestoneTask, ...] = ()
    overdue: tuple[MilestoneTask, ...] = ()
    reports: tuple[ReportTask, ...] = ()
    upcoming: tuple[MilestoneTask, ...] = ()
    evidence: tuple[EvidenceTask, ...] = ()
    to_check: tuple[ChangeTask, ...] = ()
    to_rule: tuple[ChangeTask, ...] = ()

    @property
    def count(self) -> int:
        """How many answers are wanted now; what is only coming up is not counted."""
        mine = (self.escalated, self.plans, self.returned, self.overdue, self.reports)
        others = (self.evidence, self.to_check, self.to_rule)
        return sum(len(tasks) for tasks in (*mine, *others))


def tasks_of(session: Session, actor: Actor, moment: Moment, rules: CityRules, histories: Histories) -> Tasks:
    """What waits for the actor, or for a post they stand in for, at a moment."""
    calendar = working_calendar(session, actor.city, moment.at)
    returned, overdue, reports, upcoming = _managing(session, actor, moment, rules, histories, calendar)
    return Tasks(
        escalated=escalated_to(session, actor, moment, rules, histories),
        plans=tuple(_plans(session, actor, moment, calendar)),
        returned=tuple(returned),
        overdue=tuple(sorted(overdue, key=_longest_overdue_first)),
        reports=tuple(sorted(reports, key=lambda task: (task.due_on, task.subject.code))),
        upcoming=tuple(
            sorted(upcoming, key=lambda task: (task.judged.effective_due_on or date.max, task.subject.code))
        ),
        evidence=tuple(_evidence(session, actor, moment, calendar)),
        to_check=tuple(
            task for task in _changes(session, actor, Action.CHECK_CHANGE, moment, calendar) if not task.is_checked
        ),
        to_rule=tuple(_changes(session, actor, Action.RULE_CHANGE, moment, calendar)),
    )


def _plans(session: Session, actor: Actor, moment: Moment, calendar: WorkingCalendar) -> Iterator[PlanTask]:
    wanted = plans_wanted(session, actor, moment.on, moment.at)
    records = session.scalars(select(ProjectRecord).where(ProjectRecord.id.in_(wanted)).order_by(ProjectRecord.code))
    for record in records:
        asked = wanted[record.id]
        yield PlanTask(
            project_id=record.id,
            project_code=record.code,
            project_name=Name.of(record),
            since=date.fromisoformat(asked.period),
            due_on=calendar.addwd(asked.raised_on, EP_1.recovery_plan_wd),
        )


def _longest_overdue_first(task: MilestoneTask) -> tuple[object, ...]:
    return -(task.judged.severity or 0), not task.judged.critical, -task.judged.days_overdue, task.subject.code


_Managed = tuple[list[MilestoneTask], list[MilestoneTask], list[ReportTask], list[MilestoneTask]]


def _managing(
    session: Session, actor: Actor, moment: Moment, rules: CityRules, histories: Histories, calendar: WorkingCalendar
) -> _Managed:
    """Tasks of those who answer for milestones and indicators: a manager's own, a head's whole department."""
    returned: list[MilestoneTask] = []
    overdue: list[MilestoneTask] = []
    reports: list[ReportTask] = []
    upcoming: list[MilestoneTask] = []
    managed = select(ProjectRecord).where(permitted_to(actor, Action.CLAIM), ProjectRecord.entered_at <= moment.at)
    records = records_then(session, session.scalars(managed), moment.at)
    if not records:
        return returned, overdue, reports, upcoming
    assessments = _assessments(session, records, moment, rules, histories)
    things = _Things(session, records, actor, moment.at)
    places = {record.city_id for record in records.values()}
    in_force = {city: rules.on(session, city, moment.on, moment.at) for city in places}
    for number, whole in histories.load(session, list(records)).items():
        known, assessment = known_until(whole, moment.at), assessments.get(number)
        if known is None or assessment is None:
            continue
        facts = {item.id: item for item in known.milestones}
        for judged in assessment.milestones:
            task = things.milestone_task(records[number], facts[judged.id], judged)
            if task is None or judged.status.is_done:
                continue
            if task.returned_on:
                returned.append(task)
            elif judged.status is MilestoneStatus.OVERDUE:
                overdue.append(task)
            elif judged.status in (MilestoneStatus.DUE_SOON, MilestoneStatus.AT_RISK, MilestoneStatus.UNDER_REVIEW):
                upcoming.append(task)
        if assessment.status not in GREY:
            reports += things.report_tasks(records[number], known, moment.on, calendar, in_force[known.city])
    return returned, overdue, reports, upcoming


def _assessments(
    session: Session, records: Mapping[int, ProjectRecord], moment: Moment, rules: CityRules, histories: Histories
) -> Mapping[int, ProjectAssessment]:
    if moment.is_past:
        return computed_at(session, list(records), moment.at, moment.on, rules, histories)
    cities = {record.city_id for record in records.values()}
    return {
        **stored_assessments(session, list(records)),
        **computed_where_stale(session, cities, moment.at, rules, histories),
    }


def _sees_department(actor: Actor) -> bool:
    return any(RIGHTS[post.role].get(Action.CLAIM) is Scope.DEPARTMENT for post in (actor, *actor.others))


class _Things:
    """Names and performers of everything in some projects, loaded at once."""

    def __init__(self, session: Session, projects: Mapping[int, ProjectRecord], actor: Actor, at: datetime) -> None:
        self.posts, self.whole_department = set(posts_of(actor)), _sees_department(actor)
        self.told = open_items_told(session, actor.city, sorted(self.posts), at)
        self.milestones = _rows(session, MilestoneRecord, list(projects), at, MilestoneRecord.performer_id)
        self.indicators = _rows(session, IndicatorRecord, list(projects), at, IndicatorRecord.unit_id)
        self.units: Names = units(session)
        managers = [project.manager_id for project in projects.values()]
        self.people = names_of_people(session, [*managers, *(row.performer_id for row in self.milestones.values())])

    def milestone_task(
        self, project: ProjectRecord, facts: Milestone, judged: MilestoneAssessment
    ) -> MilestoneTask | None:
        """The milestone as a task of one of the posts, or None if it is nobody's here."""
        row = self.milestones[facts.id]
        performer = row.performer_id or project.manager_id
        if performer not in self.posts and not self.whole_department:
            return None
        last = facts.claims[-1] if facts.claims else None
        decision = last.decision if last else None
        is_returned = decision is not None and not decision.accepted
        return MilestoneTask(
            subject=_subject(project, row),
            judged=judged,
            performer=None if performer in self.posts else self.people.get(performer),
            returned_on=decision.decided_on if decision and is_returned else None,
            returned_reason=decision.reason if decision and is_returned else None,
            waits_for_review=facts.open_claim is not None,
            was_told=facts.code in self.told,
        )

    def report_tasks(
        self, project: ProjectRecord, known: Project, on: date, calendar: WorkingCalendar, rules: RuleSet
    ) -> Iterator[ReportTask]:
        """Reports of a project whose period has ended; the newest of each indicator stands for the missing ones."""
        if project.manager_id not in self.posts and not self.whole_department:
            return
        performer = None if project.manager_id in self.posts else self.people.get(project.manager_id)
        for indicator in known.indicators:
            owed = owed_reports(known, indicator, on, calendar, rules)
            if not owed:
                continue
            row, reading = self.indicators[indicator.id], judged_reading(indicator)
            yield ReportTask(
                subject=_subject(project, row),
                period_end=owed[-1].period_end,
                due_on=owed[0].due_on,
                missed=sum(duty.due_on < on for duty in owed),
                last_value=reading.value if reading else None,
                last_period_end=reading.period_end if reading else None,
                unit=self.units.get(row.unit_id),
                performer=performer,
            )


def _evidence(session: Session, actor: Actor, moment: Moment, calendar: WorkingCalendar) -> Iterator[EvidenceTask]:
    decided = (
        select(EvidenceDecisionRecord.claim_id)
        .join(EntryRecord, EntryRecord.id == EvidenceDecisionRecord.entry_id)
        .where(EntryRecord.entered_at <= moment.at)
    )
    statement = (
        select(ClaimRecord, MilestoneRecord, ProjectRecord)
        .join(EntryRecord, EntryRecord.id == ClaimRecord.entry_id)
        .join(MilestoneRecord, MilestoneRecord.id == ClaimRecord.milestone_id)
        .join(ProjectRecord, ProjectRecord.id == MilestoneRecord.project_id)
        .where(
            permitted_to(actor, Action.DECIDE_EVIDENCE),
            EntryRecord.entered_at <= moment.at,
            ClaimRecord.id.not_in(decided),
            EntryRecord.entered_by.is_distinct_from(actor.person),  # four eyes: one's own claim is judged by another
        )
        .order_by(ClaimRecord.submitted_on, ClaimRecord.id)
    )
    rows = session.execute(statement).all()
    projects = records_then(session, (row[2] for row in rows), moment.at)
    milestones = records_then(session, (row[1] for row in rows), moment.at)
    for claim, milestone, project in rows:
        yield EvidenceTask(
            subject=_subject(projects[project.id], milestones[milestone.id]),
            completed_on=claim.completed_on,
            submitted_on=claim.submitted_on,
            waits_wd=calendar.wd(claim.submitted_on, moment.on),
            document_number=claim.document_number,
            document_date=claim.document_date,
        )


def _changes(
    session: Session, actor: Actor, action: Action, moment: Moment, calendar: WorkingCalendar
) -> Iterator[ChangeTask]:
    said = (
        select(ChangeRulingRecord.request_id, ChangeRulingRecord.outcome)
        .join(EntryRecord, EntryRecord.id == ChangeRulingRecord.entry_id)
        .where(EntryRecord.entered_at <= moment.at)
        .subquery()
    )
    closed = select(said.c.request_id).where(said.c.outcome.in_(FINAL_OUTCOMES))
    checked = select(said.c.request_id).where(said.c.outcome == "checked")
    request = ChangeRequestRecord
    statement = (
        select(request, ProjectRecord, EntryRecord.event_on, request.id.in_(checked).label("is_checked"))
        .join(EntryRecord, EntryRecord.id == request.entry_id)
        .join(ProjectRecord, ProjectRecord.id == request.project_id)
        .where(permitted_to(actor, action), EntryRecord.entered_at <= moment.at, request.id.not_in(closed))
        .order_by(EntryRecord.event_on, request.id)
    )
    rows = session.execute(statement).all()
    projects = records_then(session, (row[1] for row in rows), moment.at)
    for record, now, asked_on, is_checked in rows:
        project = projects[now.id]
        yield ChangeTask(
            id=record.id,
            project_id=project.id,
            project_code=project.code,
            project_name=Name.of(project),
            asked_on=asked_on,
            waits_wd=calendar.wd(asked_on, moment.on),
            reason=record.reason_id,
            dates={code: date.fromisoformat(day) for code, day in record.dates.items()},
            is_checked=bool(is_checked),
        )


def _rows(session: Session, record: Any, project_ids: Sequence[int], at: datetime, *more: Any) -> dict[int, Any]:
    """Items of some projects by id, as they were at an instant."""
    statement = select(record.id, record.code, record.name_ru, record.name_kk, record.name_en, *more)
    rows = session.execute(statement.where(record.project_id.in_(project_ids))).all()
    return {row.id: row for row in as_they_were(session, KINDS[record], rows, at)}


def _subject(project: ProjectRecord, item: Any) -> Subject:
    return Subject(project.id, project.code, Name.of(project), item.id, item.code, Name.of(item))
