"""The departments and areas of a city as its administrator sees them, and what hangs on each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.organisation import (
    CuratorAreaRecord,
    DepartmentHeadRecord,
    DepartmentRecord,
    DepartmentSuccessionRecord,
    PlannedChangeRecord,
)
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.alerts import AlertState
from pmo.queries.names import Name, names_of_areas, names_of_people


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """One department, alive or abolished, with its head, its successors and how much hangs on it."""

    id: str
    name: Name
    head: Name | None
    since: date
    until: date | None
    projects: int
    people: int
    successors: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One curator's area with its holder and the number of its projects."""

    id: str
    name: Name
    holder_id: str | None
    holder: Name | None
    projects: int


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A change that waits for its day; ``names`` are those of what closes, or of the area."""

    id: int
    kind: str
    effective_on: date
    reason: str
    names: tuple[Name, ...]
    to: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class HangingProject:
    """A project of a department with what goes along with it."""

    id: int
    code: str
    name: Name
    area: Name | None
    indicators: int
    open_alerts: int


@dataclass(frozen=True, slots=True)
class HangingPerson:
    """A post of a department."""

    id: str
    title: Name
    role: str


@dataclass(frozen=True, slots=True)
class Hanging:
    """Everything that hangs on one department that is to close."""

    id: str
    name: Name
    since: date
    projects: tuple[HangingProject, ...]
    people: tuple[HangingPerson, ...]


def departments_of(session: Session, city: str) -> list[DepartmentLine]:
    """All departments of a city, the living first, by name in Russian."""
    records = _departments(session, city)
    projects = _counts(session, ProjectRecord.department_id)
    people = _counts(session, PersonRecord.department_id, PersonRecord.is_active)
    heads = _heads(session)
    titles = names_of_people(session, heads.values())
    names = {one.id: Name.of(one) for one in records}
    successors: dict[str, list[Name]] = {}
    for link in session.scalars(select(DepartmentSuccessionRecord).order_by(DepartmentSuccessionRecord.successor_id)):
        if link.successor_id in names:
            successors.setdefault(link.predecessor_id, []).append(names[link.successor_id])
    return [
        DepartmentLine(
            one.id,
            names[one.id],
            titles.get(heads.get(one.id)),
            one.valid_from,
            one.valid_until,
            projects.get(one.id, 0),
            people.get(one.id, 0),
            tuple(successors.get(one.id, ())),
        )
        for one in sorted(records, key=lambda one: (one.valid_until is not None, one.name_ru))
    ]


def areas_of(session: Session, city: str) -> list[AreaLine]:
    """The curators' areas of a city."""
    area = CuratorAreaRecord
    records = list(session.scalars(select(area).where(area.city_id == city).order_by(area.id)))
    titles = names_of_people(session, [one.holder_id for one in records])
    projects = _counts(session, ProjectRecord.area_id)
    return [
        AreaLine(one.id, Name.of(one), one.holder_id, titles.get(one.holder_id), projects.get(one.id, 0))
        for one in records
    ]


def planned_changes_of(session: Session, city: str) -> list[PlannedLine]:
    """What waits for its day, the earliest first."""
    planned = PlannedChangeRecord
    waiting = (planned.city_id == city) & planned.done_at.is_(None) & planned.withdrawn_at.is_(None)
    records = list(session.scalars(select(planned).where(waiting).order_by(planned.effective_on, planned.id)))
    departments = {one.id: Name.of(one) for one in _departments(session, city)}
    areas = names_of_areas(session, [one.plan.get("area") for one in records])
    people = names_of_people(session, [one.plan.get("holder") for one in records])
    lines = []
    names: tuple[Name, ...]
    to: tuple[Name, ...]
    for one in records:
        if one.kind == "area":
            holder = people.get(one.plan["holder"])
            names, to = (areas[one.plan["area"]],), (holder,) if holder else ()
        else:
            new = {row["id"]: Name(row["name_ru"], row["name_kk"], row["name_en"]) for row in one.plan["opening"]}
            known = {**departments, **new}
            names = tuple(known[code] for code in one.plan["closing"])
            given = {*one.plan["closing"].values(), *one.plan["projects"].values(), *one.plan["people"].values(), *new}
            to = tuple(known[code] for code in sorted(given))
        lines.append(PlannedLine(one.id, one.kind, one.effective_on, one.reason, names, to))
    return lines


def hanging_on(session: Session, city: str, departments: Collection[str]) -> list[Hanging]:
    """What hangs on living departments of a city, in the order of their names."""
    records = [one for one in _departments(session, city) if one.id in departments and one.valid_until is None]
    ids = [one.id for one in records]
    project, area = ProjectRecord, CuratorAreaRecord
    statement = (
        select(project, area).join(area, area.id == project.area_id).where(project.department_id.in_(ids))
    ).order_by(project.code)
    rows = session.execute(statement).all()
    numbers = [row[0].id for row in rows]
    indicators = _counts(session, IndicatorRecord.project_id, IndicatorRecord.project_id.in_(numbers))
    alert = AlertRecord
    is_open = alert.ended_at.is_(None) & (alert.state != AlertState.LAPSED.value) & alert.project_id.in_(numbers)
    alerts = _counts(session, alert.project_id, is_open)
    person = PersonRecord
    people = list(session.scalars(select(person).where(person.department_id.in_(ids)).order_by(person.title_ru)))
    return [
        Hanging(
            one.id,
            Name.of(one),
            one.valid_from,
            tuple(
                HangingProject(
                    row[0].id,
                    row[0].code,
                    Name.of(row[0]),
                    Name.of(row[1]),
                    indicators.get(row[0].id, 0),
                    alerts.get(row[0].id, 0),
                )
                for row in rows
                if row[0].department_id == one.id
            ),
            tuple(
                HangingPerson(post.id, Name(post.title_ru, post.title_kk, post.title_en), post.role)
                for post in people
                if post.department_id == one.id
            ),
        )
        for one in sorted(records, key=lambda one: one.name_ru)
    ]


def _departments(session: Session, city: str) -> list[DepartmentRecord]:
    department = DepartmentRecord
    return list(session.scalars(select(department).where(department.city_id == city).order_by(department.id)))


def _heads(session: Session) -> dict[str, str]:
    head = DepartmentHeadRecord
    return {one.department_id: one.person_id for one in session.scalars(select(head).where(head.valid_until.is_(None)))}


def _counts(session: Session, column: Any, condition: Any = None) -> dict[Any, int]:
    statement = select(column, func.count()).where(column.is_not(None)).group_by(column)
    if condition is not None:
        statement = statement.where(condition)
    return {row[0]: row[1] for row in session.execute(statement)}
