"""What one page of the overview shows of each project beyond its line; a fixed number of statements for any page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord, ReadingRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.comments import ASIDE
from pmo.domain.indicator import IndicatorAssessment
from pmo.domain.milestone import MilestoneAssessment, MilestoneStatus
from pmo.domain.project import ProjectAssessment
from pmo.domain.reason import Reason
from pmo.queries.names import Name, names_of_areas, names_of_departments, names_of_people
from pmo.queries.overview import Line, Overview
from pmo.queries.revisions import as_they_were
from pmo.queries.status import stored_assessments

LATEST_READINGS = 8


@dataclass(frozen=True, slots=True)
class Trend:
    """The shape of the indicator that matters most: the last values, and where they stand against the plan."""

    code: str
    values: tuple[float, ...]
    severity: int | None
    trend_below_target: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of PRODUCT 3. ``days_overdue`` is of the milestone that is overdue longest.

    ``answers`` is the post from whom an answer is wanted: who performs the item of the first reason.
    """

    line: Line
    name: Name
    area: Name | None
    curator: Name | None
    department: Name | None
    manager: Name | None
    next_milestone: MilestoneAssessment | None
    next_name: Name | None
    done: int
    milestones: int
    days_overdue: int
    trend: Trend | None
    last_entry_at: datetime | None
    reason: Reason | None
    reason_name: Name | None
    answers: Name | None


def rows_for(session: Session, lines: Sequence[Line], found: Overview, at: datetime) -> list[Row]:
    """Rows for the lines of a page, in their order."""
    ids = [line.id for line in lines]
    assessments = {**stored_assessments(session, ids), **_only(found.computed, ids)}
    items = item_names(session, ids, at)
    performers = performers_of(session, ids, at)
    people = names_of_people(
        session, {post for line in lines for post in (line.manager, line.curator)} | set(performers.values())
    )
    areas = names_of_areas(session, {line.area for line in lines})
    departments = names_of_departments(session, {line.department for line in lines})
    entries = last_entries(session, ids, at)
    readings = _latest_readings(session, ids, at)
    rows = []
    for line in lines:
        judged = assessments[line.id]
        upcoming = next_milestone(judged.milestones)
        reason = judged.reasons[0] if judged.reasons else None
        answering = performers.get((line.id, reason.item), line.manager) if reason else line.manager
        rows.append(
            Row(
                line=line,
                name=Name(*line.names),
                area=areas.get(line.area),
                curator=people.get(line.curator),
                department=departments.get(line.department),
                manager=people.get(line.manager),
                next_milestone=upcoming,
                next_name=items.get((line.id, upcoming.code)) if upcoming else None,
                done=sum(item.status.is_done for item in judged.milestones),
                milestones=sum(item.status is not MilestoneStatus.CANCELLED for item in judged.milestones),
                days_overdue=max((item.days_overdue for item in judged.milestones), default=0),
                trend=_trend(judged.indicators, readings),
                last_entry_at=entries.get(line.id),
                reason=reason,
                reason_name=items.get((line.id, reason.item)) if reason else None,
                answers=people.get(answering),
            )
        )
    return rows


def sorted_rows(rows: Sequence[Row], key: str) -> list[Row]:
    """Rows by what only rows know: ``manager``, ``next``, ``done``, ``entry``; a leading minus turns it round."""
    by = ROW_SORTS[key.removeprefix("-")]
    return sorted(rows, key=lambda row: (*by(row), row.line.city, row.line.code), reverse=key.startswith("-"))


ROW_SORTS: Mapping[str, Callable[[Row], tuple[Any, ...]]] = {
    "manager": lambda row: (row.line.department, row.line.manager or ""),
    "next": lambda row: (
        -row.days_overdue,
        (row.next_milestone and row.next_milestone.effective_due_on) or date.max,
    ),
    "done": lambda row: (row.done / row.milestones if row.milestones else 0.0,),
    "indicator": lambda row: (-(row.trend.severity or 0) if row.trend else 1,),
    "entry": lambda row: (row.last_entry_at.timestamp() if row.last_entry_at else 0.0,),
}


def next_milestone(milestones: Sequence[MilestoneAssessment]) -> MilestoneAssessment | None:
    """The open milestone that is due first, overdue ones included; those without a date come last."""
    closed = (MilestoneStatus.CANCELLED, MilestoneStatus.PAUSED)
    waiting = [item for item in milestones if not item.status.is_done and item.status not in closed]
    return min(waiting, key=lambda item: (item.effective_due_on or date.max, item.code), default=None)


def last_entries(session: Session, project_ids: Sequence[int], at: datetime) -> dict[int, datetime]:
    """When somebody last entered a fact about each project, up to an instant; a comment is none."""
    statement = (
        select(EntryRecord.project_id, func.max(EntryRecord.entered_at).label("at"))
        .where(EntryRecord.project_id.in_(project_ids), EntryRecord.entered_at <= at, EntryRecord.kind.not_in(ASIDE))
        .group_by(EntryRecord.project_id)
    )
    return {row.project_id: row.at for row in session.execute(statement)}


def _only(computed: Mapping[int, ProjectAssessment], ids: Sequence[int]) -> dict[int, ProjectAssessment]:
    return {number: computed[number] for number in ids if number in computed}


def project_names(session: Session, ids: Sequence[int], at: datetime) -> dict[int, Name]:
    project = ProjectRecord
    statement = select(project.id, project.name_ru, project.name_kk, project.name_en).where(project.id.in_(ids))
    rows = as_they_were(session, "project", session.execute(statement).all(), at)
    return {row.id: Name.of(row) for row in rows}


def item_names(session: Session, ids: Sequence[int], at: datetime) -> dict[tuple[int, str], Name]:
    """Names of milestones and indicators at an instant, by project and code."""
    found = {}
    for kind, item in (("milestone", MilestoneRecord), ("indicator", IndicatorRecord)):
        statement = select(item.id, item.project_id, item.code, item.name_ru, item.name_kk, item.name_en)
        rows = session.execute(statement.where(item.project_id.in_(ids))).all()
        for row in as_they_were(session, kind, rows, at):
            found[row.project_id, row.code] = Name.of(row)
    return found


def performers_of(session: Session, ids: Sequence[int], at: datetime) -> dict[tuple[int, str], str]:
    """Posts named for single milestones at an instant, by project and code."""
    item = MilestoneRecord
    statement = select(item.id, item.project_id, item.code, item.performer_id).where(item.project_id.in_(ids))
    rows = as_they_were(session, "milestone", session.execute(statement).all(), at)
    return {(row.project_id, row.code): row.performer_id for row in rows if row.performer_id is not None}


def _latest_readings(session: Session, ids: Sequence[int], at: datetime) -> dict[int, list[float]]:
    """The last values of each indicator in the order of their periods; of two for one period the later entry."""
    statement = (
        select(ReadingRecord.indicator_id, ReadingRecord.period_end, ReadingRecord.value)
        .join(EntryRecord, EntryRecord.id == ReadingRecord.entry_id)
        .where(EntryRecord.project_id.in_(ids), EntryRecord.entered_at <= at)
        .order_by(ReadingRecord.indicator_id, ReadingRecord.period_end, EntryRecord.entered_at, ReadingRecord.id)
    )
    found: dict[int, dict[date, float]] = {}
    for row in session.execute(statement):
        found.setdefault(row.indicator_id, {})[row.period_end] = row.value
    return {number: list(values.values())[-LATEST_READINGS:] for number, values in found.items()}


def _trend(indicators: Sequence[IndicatorAssessment], readings: Mapping[int, list[float]]) -> Trend | None:
    """Of the indicator that is worst, then critical, then heaviest."""
    worst = max(
        indicators,
        key=lambda item: (-1 if item.severity is None else item.severity, item.critical, item.weight),
        default=None,
    )
    if worst is None:
        return None
    return Trend(worst.code, tuple(readings.get(worst.id, ())), worst.severity, worst.trend_below_target)
