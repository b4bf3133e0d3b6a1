"""The posts of a city as its administrator sees them: closed ones too, with what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import PersonRecord, RoleGrantRecord
from pmo.domain.access import Role
from pmo.domain.search import matches
from pmo.queries.names import Name


@dataclass(frozen=True, slots=True)
class WantedPosts:
    """Which posts a list shows; an empty text does not narrow it. ``state`` is active, closed or empty."""

    search: str = ""
    role: str = ""
    department: str = ""
    state: str = "active"


@dataclass(frozen=True, slots=True)
class PostLine:
    """One post in a list."""

    id: str
    title: Name
    email: str
    role: Role
    department: Name | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """A role given for a time; ``place`` is the department or area that goes with it."""

    id: int
    role: Role
    place: Name | None
    starts_on: date
    ends_on: date
    reason: str


def posts_of_city(session: Session, city: str, wanted: WantedPosts) -> list[PostLine]:
    """The posts of a city that a list wants, by title in Russian."""
    person, department = PersonRecord, DepartmentRecord
    statement = (
        select(
            person,
            department.name_ru,
            department.name_kk,
            department.name_en,
        )
        .outerjoin(department, department.id == person.department_id)
        .where(person.city_id == city)
        .order_by(person.title_ru, person.id)
    )
    if wanted.role:
        statement = statement.where(person.role == wanted.role)
    if wanted.department:
        statement = statement.where(person.department_id == wanted.department)
    if wanted.state:
        statement = statement.where(person.is_active.is_(wanted.state == "active"))
    lines = [
        PostLine(
            row[0].id,
            Name(row[0].title_ru, row[0].title_kk, row[0].title_en),
            row[0].email,
            Role(row[0].role),
            Name.of(row) if row.name_ru else None,
            row[0].is_active,
        )
        for row in session.execute(statement)
    ]
    return [
        line
        for line in lines
        if matches(wanted.search, line.id, line.email, line.title.name_ru, line.title.name_kk, line.title.name_en)
    ]


def grants_of(session: Session, person: str, day: date) -> list[Grant]:
    """Roles given to somebody for a time that hold on the day or will, the earliest first."""
    return _grants(session, [person], day).get(person, [])


def grants_of_city(session: Session, city: str, day: date) -> dict[str, list[Grant]]:
    """The same for every post of a city that has any."""
    people = session.scalars(select(PersonRecord.id).where(PersonRecord.city_id == city)).all()
    return _grants(session, people, day)


def _grants(session: Session, people: Sequence[str], day: date) -> dict[str, list[Grant]]:
    grant, department, area = RoleGrantRecord, DepartmentRecord, CuratorAreaRecord
    statement = (
        select(grant, department, area)
        .outerjoin(department, department.id == grant.department_id)
        .outerjoin(area, area.id == grant.area_id)
        .where(grant.person_id.in_(people), grant.withdrawn_at.is_(None), grant.ends_on >= day)
        .order_by(grant.starts_on, grant.id)
    )
    found: dict[str, list[Grant]] = {}
    rows: Any = session.execute(statement)
    for record, its_department, its_area in rows:
        place = its_area if its_department is None else its_department
        found.setdefault(record.person_id, []).append(
            Grant(
                record.id,
                Role(record.role),
                Name.of(place) if place else None,
                record.starts_on,
                record.ends_on,
                record.reason,
            )
        )
    return found
