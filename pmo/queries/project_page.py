"""One project with everything that its page shows, as known at a moment. A fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.assessments import StatusChangeRecord
from pmo.db.models.changes import ChangeRequestRecord, ChangeRulingRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.money import IssueRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.domain.access import Actor, ProjectScope
from pmo.domain.decisions import FINAL_OUTCOMES
from pmo.domain.errors import NotFound, NotTrackedYet
from pmo.domain.indicator import Indicator, IndicatorAssessment
from pmo.domain.milestone import Milestone, MilestoneAssessment
from pmo.domain.portfolio import GREY
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.remedy import Remedy, nearest_remedy
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.names import (
    Name,
    Names,
    names_of_areas,
    names_of_departments,
    names_of_districts,
    names_of_people,
    priorities,
    sectors,
    units,
)
from pmo.queries.overview import Moment
from pmo.queries.replies import OwnReplies, own_replies
from pmo.queries.revisions import KINDS, as_it_was, as_they_were, fields_then
from pmo.queries.rules import CityRules
from pmo.queries.status import assessment_on, current_assessment
from pmo.queries.visibility import open_to, scope_of
from pmo.queries.voices import Voices, voices_of

RED = 2
"""The worst severity."""


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone in the project's table: its name, its facts, and what the rules say of it."""

    name: Name
    performer: Name | None
    performer_id: str | None
    facts: Milestone
    judged: MilestoneAssessment


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator in the project's table."""

    name: Name
    unit: Name | None
    source: str | None
    facts: Indicator
    judged: IndicatorAssessment


@dataclass(frozen=True, slots=True)
class People:
    """Titles of those who answer for a project."""

    manager: Name | None
    owner: Name | None
    curator: Name | None


@dataclass(frozen=True, slots=True)
class OpenChange:
    """A request for new dates that nobody has approved, refused or returned; ``is_checked`` once the PMO passed it."""

    id: int
    asked_on: date
    reason: str
    text: str | None
    dates: Mapping[str, date]
    is_checked: bool


@dataclass(frozen=True, slots=True)
class IssueLine:
    """A problem with the day by which it must be solved; ``closed_on`` is None while it is open."""

    code: str
    text: str
    critical: bool
    due_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """``since`` is the day the status began; ``remedy`` the nearest acts that make the colour better."""

    id: int
    code: str
    city: str
    name: Name
    area: Name | None
    department: Name | None
    priority: Name | None
    sector: Name | None
    districts: tuple[Name, ...]
    people: People
    budget_mln: float | None
    scope: ProjectScope
    facts: Project
    assessment: ProjectAssessment
    since: date
    remedy: Remedy | None
    milestones: tuple[MilestoneLine, ...]
    indicators: tuple[IndicatorLine, ...]
    issues: tuple[IssueLine, ...]
    open_change: OpenChange | None
    published: tuple[str, ...]
    replies: OwnReplies
    voices: Voices

    @property
    def takes_updates(self) -> bool:
        """Whether an update is asked for: not of what has not begun, is paused or over, as on the form of updates."""
        return self.assessment.status not in GREY

    @property
    def can_be_worse(self) -> bool:
        """Whether a colour worse than the computed one exists; red that was set by hand may be renewed."""
        severity = self.assessment.severity
        is_by_hand = any(reason.rule == "GD-OVERRIDE" for reason in self.assessment.reasons)
        return severity is not None and (severity < RED or is_by_hand)

    @property
    def item_names(self) -> dict[str, Name]:
        """Names of milestones and indicators by code."""
        milestones = {line.facts.code: line.name for line in self.milestones}
        return milestones | {line.facts.code: line.name for line in self.indicators}


def visible_project(session: Session, actor: Actor, project_id: int) -> ProjectRecord:
    """The record of a project that the actor may see. Raises NotFound."""
    found = session.scalar(select(ProjectRecord).where(ProjectRecord.id == project_id, open_to(actor)))
    if found is None:
        raise NotFound
    return found


def project_page(
    session: Session, actor: Actor, project_id: int, moment: Moment, rules: CityRules, histories: Histories
) -> ProjectPage:
    """The page of a project that the actor may see. Raises NotFound; NotTrackedYet for what was entered later."""
    record = as_it_was(session, visible_project(session, actor, project_id), moment.at)
    facts, assessment = known_and_judged(session, record, moment, rules, histories)
    people = names_of_people(
        session, [record.manager_id, record.owner_id, record.curator_id, *_performers(session, record, moment.at)]
    )
    districts = _districts(session, record, moment.at)
    in_force = rules.on(session, record.city_id, moment.on, moment.at)
    return ProjectPage(
        id=record.id,
        code=record.code,
        city=record.city_id,
        name=Name.of(record),
        area=names_of_areas(session, [record.area_id]).get(record.area_id),
        department=names_of_departments(session, [record.department_id]).get(record.department_id),
        priority=priorities(session).get(record.priority_id),
        sector=sectors(session).get(record.sector_id),
        districts=tuple(names_of_districts(session, districts).values()),
        people=People(people.get(record.manager_id), people.get(record.owner_id), people.get(record.curator_id)),
        budget_mln=record.budget_mln,
        scope=scope_of(session, record.id),
        facts=facts,
        assessment=assessment,
        since=_since(session, record.id, assessment),
        remedy=nearest_remedy(facts, assessment, working_calendar(session, record.city_id, moment.at), in_force),
        milestones=_milestone_lines(session, facts, assessment, people, moment.at),
        indicators=_indicator_lines(session, facts, assessment, moment.at),
        issues=_issue_lines(session, facts),
        open_change=open_change(session, record.id, moment),
        published=tuple(record.provenance.get("from_seed") or ()),
        replies=own_replies(session, record.city_id, record.id, record.code, actor, moment.on, moment.at),
        voices=voices_of(session, [record.id], moment.at)[record.id],
    )


def known_and_judged(
    session: Session, record: ProjectRecord, moment: Moment, rules: CityRules, histories: Histories
) -> tuple[Project, ProjectAssessment]:
    """The facts known at the moment and their assessment. Raises NotTrackedYet before the project was entered."""
    whole = histories.load(session, [record.id]).get(record.id)
    facts = known_until(whole, moment.at) if whole else None
    if moment.is_past:
        assessment = assessment_on(session, record.id, moment.at, moment.on, rules, histories)
    else:
        assessment = current_assessment(session, record.id, record.city_id, moment.at, rules, histories)
    if facts is None or assessment is None:
        raise NotTrackedYet(record.tracked_since)
    return facts, assessment


def open_change(session: Session, project_id: int, moment: Moment) -> OpenChange | None:
    """The request for new dates that is open at a moment."""
    rulings = (
        select(ChangeRulingRecord.request_id, ChangeRulingRecord.outcome)
        .join(EntryRecord, EntryRecord.id == ChangeRulingRecord.entry_id)
        .join(ChangeRequestRecord, ChangeRequestRecord.id == ChangeRulingRecord.request_id)
        .where(ChangeRequestRecord.project_id == project_id, EntryRecord.entered_at <= moment.at)
    )
    outcomes: dict[int, set[str]] = {}
    for row in session.execute(rulings):
        outcomes.setdefault(row.request_id, set()).add(row.outcome)
    requests = (
        select(ChangeRequestRecord, EntryRecord.event_on)
        .join(EntryRecord, EntryRecord.id == ChangeRequestRecord.entry_id)
        .where(ChangeRequestRecord.project_id == project_id, EntryRecord.entered_at <= moment.at)
        .order_by(ChangeRequestRecord.id.desc())
    )
    for request, asked_on in session.execute(requests):
        said = outcomes.get(request.id, set())
        if not said.intersection(FINAL_OUTCOMES):
            return OpenChange(
                id=request.id,
                asked_on=asked_on,
                reason=request.reason_id,
                text=request.text,
                dates={code: date.fromisoformat(day) for code, day in request.dates.items()},
                is_checked="checked" in said,
            )
    return None


def _since(session: Session, project_id: int, assessment: ProjectAssessment) -> date:
    change = StatusChangeRecord
    last = session.execute(
        select(change.changed_on, change.new_status)
        .where(change.item_kind == "project", change.project_id == project_id, change.changed_on <= assessment.on)
        .order_by(change.id.desc())
        .limit(1)
    ).one_or_none()
    return last.changed_on if last and last.new_status == assessment.status.value else assessment.on


def _performers(session: Session, record: ProjectRecord, at: datetime) -> list[str | None]:
    rows = _rows(session, MilestoneRecord, record.id, at, MilestoneRecord.performer_id)
    return [row.performer_id for row in rows.values()]


def _districts(session: Session, record: ProjectRecord, at: datetime) -> list[str]:
    then = fields_then(session, "project", [record.id], at).get(record.id, {})
    now = select(ProjectDistrictRecord.district_id).where(ProjectDistrictRecord.project_id == record.id)
    return list(then["districts"] if "districts" in then else session.scalars(now))


def _milestone_lines(
    session: Session, facts: Project, assessment: ProjectAssessment, people: Names, at: datetime
) -> tuple[MilestoneLine, ...]:
    rows = _rows(session, MilestoneRecord, facts.id, at, MilestoneRecord.performer_id)
    known = {milestone.id: milestone for milestone in facts.milestones}
    return tuple(
        MilestoneLine(
            Name.of(rows[item.id]),
            people.get(rows[item.id].performer_id),
            rows[item.id].performer_id,
            known[item.id],
            item,
        )
        for item in assessment.milestones
    )


def _indicator_lines(
    session: Session, facts: Project, assessment: ProjectAssessment, at: datetime
) -> tuple[IndicatorLine, ...]:
    rows = _rows(session, IndicatorRecord, facts.id, at, IndicatorRecord.unit_id, IndicatorRecord.source)
    known = {indicator.id: indicator for indicator in facts.indicators}
    words = units(session)
    return tuple(
        IndicatorLine(
            Name.of(rows[item.id]), words.get(rows[item.id].unit_id), rows[item.id].source, known[item.id], item
        )
        for item in assessment.indicators
    )


def _issue_lines(session: Session, facts: Project) -> tuple[IssueLine, ...]:
    """Issues known at the moment, open ones first."""
    statement = select(IssueRecord.code, IssueRecord.text).where(IssueRecord.project_id == facts.id)
    texts = {row.code: row.text for row in session.execute(statement)}
    lines = (
        IssueLine(issue.code, texts.get(issue.code, ""), issue.critical, issue.due_on, issue.closed_on)
        for issue in facts.issues
    )
    return tuple(sorted(lines, key=lambda line: (line.closed_on is not None, line.due_on, line.code)))


def _rows(session: Session, record: Any, project_id: int, at: datetime, *more: Any) -> dict[int, Any]:
    """Items of a project by id, with the names they had at an instant."""
    statement = select(record.id, record.name_ru, record.name_kk, record.name_en, *more)
    rows = session.execute(statement.where(record.project_id == project_id)).all()
    return {row.id: row for row in as_they_were(session, KINDS[record], rows, at)}
