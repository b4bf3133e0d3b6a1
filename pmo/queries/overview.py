"""The overview: which projects somebody sees, how many stand how, and the lines of one page (PRODUCT 3).

The number of statements does not depend on the number of projects. Everything shown or counted comes from one list of
lines, so a count and the list it opens cannot disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.assessments import ProjectAssessmentRecord, StatusChangeRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.domain.access import Actor
from pmo.domain.portfolio import GREY, Figures, Standing, roll_up
from pmo.domain.project import ProjectAssessment, ProjectStatus
from pmo.domain.search import matches
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.overview_filter import Wanted
from pmo.queries.overview_past import chosen_then
from pmo.queries.rules import CityRules
from pmo.queries.status import computed_at, computed_where_stale
from pmo.queries.visibility import posts_of, visible_to

ATTENTION = "attention"
"""The filter of status that means amber or red, whatever the state is called."""

PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One project as far as counting, sorting and rolling up need it.

    ``slip_days`` is against the current plan, ``original_slip_days`` against version 0, in calendar days. ``since`` is
    the day on which the status began. ``names`` are Russian, Kazakh, English.
    """

    id: int
    code: str
    city: str
    area: str
    department: str
    manager: str | None
    owner: str | None
    curator: str | None
    priority: str
    sector: str
    weight: float
    flagship: bool
    budget_mln: float | None
    status: ProjectStatus
    severity: int | None
    slip_days: int | None
    original_slip_days: int | None
    moved_times: int
    moved_days: int
    since: date
    names: tuple[str, str, str]

    @property
    def needs_attention(self) -> bool:
        """Whether the project is amber or red now."""
        return bool(self.severity) and self.status not in GREY


@dataclass(frozen=True, slots=True)
class Overview:
    """``everything`` is what the filters of place leave, ``chosen`` what the filter of status leaves of that.

    ``computed`` holds the assessments that did not come from the store, by project id.
    """

    day: date
    everything: tuple[Line, ...]
    chosen: tuple[Line, ...]
    counts: Mapping[ProjectStatus, int]
    attention: tuple[Line, ...]
    figures: Figures
    computed: Mapping[int, ProjectAssessment]


@dataclass(frozen=True, slots=True)
class Moment:
    """When the page is about: ``at`` cuts the facts, ``on`` is the day; ``is_past`` where a reader asked for one."""

    at: datetime
    on: date
    is_past: bool = False


def overview(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    moment: Moment,
    rules: CityRules,
    histories: Histories,
) -> Overview:
    """The projects that the actor sees and the filter wants, worst first."""
    rows = _rows(session, actor, wanted, moment)
    computed = _computed(session, rows, moment, rules, histories)
    began = _beginnings(session, [row.id for row in rows], moment.on)
    lines = [_line(row, computed.get(row.id), began.get(row.id), moment.on) for row in rows]
    found = (line for line in lines if line and matches(wanted.text, line.code, *line.names))
    everything = tuple(sorted(found, key=_worst_first))
    attention = tuple(line for line in everything if line.needs_attention)
    calendar = working_calendar(session, actor.city, moment.at)
    in_force = rules.on(session, wanted.city or actor.city, moment.on, moment.at)
    return Overview(
        day=moment.on,
        everything=everything,
        chosen=tuple(line for line in everything if _is_chosen(line, wanted.status)),
        counts=Counter(line.status for line in everything),
        attention=attention,
        figures=roll_up([_standing(line) for line in everything], moment.on, calendar, in_force),
        computed=computed,
    )


def _rows(session: Session, actor: Actor, wanted: Wanted, moment: Moment) -> Sequence[Any]:
    """Visible projects that the filters of place leave; in the past by what the projects were then."""
    seen = _LINES.where(visible_to(actor), ProjectRecord.entered_at <= moment.at)
    if moment.is_past:
        return chosen_then(session, session.execute(seen).all(), wanted, posts_of(actor), moment.at)
    return session.execute(seen.where(*_places(wanted, actor))).all()


def page_of(lines: Sequence[Line], after: int | None, size: int = PAGE) -> tuple[Sequence[Line], int | None]:
    """One page of a list, paged by key: the lines behind the project ``after``, and the key of the next page."""
    start = next((place + 1 for place, line in enumerate(lines) if line.id == after), 0)
    page = lines[start : start + size]
    return page, page[-1].id if page and start + size < len(lines) else None


def sorted_lines(lines: Sequence[Line], key: str) -> list[Line]:
    """Lines in another order: ``code``, ``slip``, ``since``, ``department`` …; a leading minus turns it round."""
    by = SORTS.get(key.removeprefix("-"))
    return sorted(lines, key=by, reverse=key.startswith("-")) if by else list(lines)


SORTS: Mapping[str, Any] = {
    "code": lambda line: (line.city, line.code),
    "slip": lambda line: (line.original_slip_days or 0, line.city, line.code),
    "since": lambda line: (line.since, line.city, line.code),
    "city": lambda line: (line.city, line.code),
    "department": lambda line: (line.department, line.city, line.code),
    "curator": lambda line: (line.area, line.city, line.code),
}

_LINES = select(
    ProjectRecord.id,
    ProjectRecord.code,
    ProjectRecord.name_ru,
    ProjectRecord.name_kk,
    ProjectRecord.name_en,
    ProjectRecord.city_id,
    ProjectRecord.area_id,
    ProjectRecord.department_id,
    ProjectRecord.manager_id,
    ProjectRecord.owner_id,
    ProjectRecord.curator_id,
    ProjectRecord.priority_id,
    ProjectRecord.sector_id,
    ProjectRecord.weight,
    ProjectRecord.flagship,
    ProjectRecord.budget_mln,
    ProjectAssessmentRecord.status,
    ProjectAssessmentRecord.severity,
    ProjectAssessmentRecord.slip_days,
    ProjectAssessmentRecord.original_slip_days,
    ProjectAssessmentRecord.moved_times,
    ProjectAssessmentRecord.moved_days,
).outerjoin(ProjectAssessmentRecord, ProjectAssessmentRecord.project_id == ProjectRecord.id)


def _places(wanted: Wanted, actor: Actor) -> list[ColumnElement[bool]]:
    project = ProjectRecord
    chosen = [
        (project.city_id, wanted.city),
        (project.area_id, wanted.area),
        (project.department_id, wanted.department),
        (project.priority_id, wanted.priority),
        (project.sector_id, wanted.sector),
    ]
    conditions: list[ColumnElement[bool]] = [column == value for column, value in chosen if value]
    if wanted.district:
        there = select(ProjectDistrictRecord.project_id).where(ProjectDistrictRecord.district_id == wanted.district)
        conditions.append(project.id.in_(there))
    if wanted.mine:
        posts = posts_of(actor)
        performs = select(MilestoneRecord.project_id).where(MilestoneRecord.performer_id.in_(posts))
        conditions.append(
            or_(
                project.manager_id.in_(posts),
                project.owner_id.in_(posts),
                project.curator_id.in_(posts),
                project.id.in_(performs),
            )
        )
    return conditions


def _computed(
    session: Session, rows: Sequence[Any], moment: Moment, rules: CityRules, histories: Histories
) -> dict[int, ProjectAssessment]:
    if moment.is_past:
        return computed_at(session, [row.id for row in rows], moment.at, moment.on, rules, histories)
    return computed_where_stale(session, {row.city_id for row in rows}, moment.at, rules, histories)


def _beginnings(session: Session, project_ids: Sequence[int], on: date) -> dict[int, tuple[date, str]]:
    """The last change of a project's own status up to a day: when, and to what."""
    change = StatusChangeRecord
    last = (
        select(func.max(change.id).label("id"))
        .where(change.item_kind == "project", change.changed_on <= on, change.project_id.in_(project_ids))
        .group_by(change.project_id)
        .subquery()
    )
    statement = select(change.project_id, change.changed_on, change.new_status).join(last, last.c.id == change.id)
    return {row.project_id: (row.changed_on, row.new_status) for row in session.execute(statement)}


def _line(row: Any, computed: ProjectAssessment | None, began: tuple[date, str] | None, on: date) -> Line | None:
    if computed is None and row.status is None:
        return None
    status = computed.status if computed else ProjectStatus(row.status)
    line = Line(
        id=row.id,
        code=row.code,
        city=row.city_id,
        area=row.area_id,
        department=row.department_id,
        manager=row.manager_id,
        owner=row.owner_id,
        curator=row.curator_id,
        priority=row.priority_id,
        sector=row.sector_id,
        weight=row.weight,
        flagship=row.flagship,
        budget_mln=row.budget_mln,
        status=status,
        severity=row.severity,
        slip_days=row.slip_days,
        original_slip_days=row.original_slip_days,
        moved_times=row.moved_times or 0,
        moved_days=row.moved_days or 0,
        since=began[0] if began and began[1] == status.value else on,
        names=(row.name_ru, row.name_kk, row.name_en),
    )
    if computed is None:
        return line
    return replace(
        line,
        severity=computed.severity,
        slip_days=computed.slip_days,
        original_slip_days=computed.original_slip_days,
        moved_times=computed.moved_times,
        moved_days=computed.moved_days,
    )


def _is_chosen(line: Line, status: str) -> bool:
    if not status:
        return True
    return line.needs_attention if status == ATTENTION else line.status == status


def _worst_first(line: Line) -> tuple[object, ...]:
    grey = line.status in GREY
    return grey, -(line.severity or 0), line.city, line.code


def _standing(line: Line) -> Standing:
    return Standing(
        code=line.code,
        status=line.status,
        severity=None if line.status in GREY else line.severity,
        status_since=line.since,
        weight=line.weight,
        budget_weight=line.budget_mln or 0.0,
        flagship=line.flagship,
    )
