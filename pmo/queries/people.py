"""People: who somebody is, what they hold, whom they stand in for, and who may sign in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import CityRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import AbsenceRecord, CityAccessRecord, PersonRecord, RoleGrantRecord
from pmo.domain.access import Actor, Role
from pmo.queries.places import City


@dataclass(frozen=True, slots=True)
class Person:
    """A post as pages show it. ``city`` is its city; ``department`` and its names are None outside departments."""

    id: str
    role: Role
    title_ru: str
    title_kk: str
    title_en: str
    email: str
    language: str
    is_active: bool
    city: City
    department: str | None
    department_ru: str | None
    department_kk: str | None
    department_en: str | None

    @property
    def department_name(self) -> dict[str, str | None]:
        """The department's name in three languages, for ``name_of``."""
        return {"ru": self.department_ru, "kk": self.department_kk, "en": self.department_en}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is needed to check a sign-in."""

    person: str
    password_hash: str | None
    is_active: bool


_PEOPLE: Any = (
    select(
        PersonRecord.id,
        PersonRecord.role,
        PersonRecord.title_ru,
        PersonRecord.title_kk,
        PersonRecord.title_en,
        PersonRecord.email,
        PersonRecord.language,
        PersonRecord.is_active,
        CityRecord.id.label("city_id"),
        CityRecord.name_ru,
        CityRecord.name_kk,
        CityRecord.name_en,
        CityRecord.timezone,
        CityRecord.currency,
        CityRecord.calendar,
        CityRecord.has_demonstration_data,
        PersonRecord.department_id,
        DepartmentRecord.name_ru.label("department_ru"),
        DepartmentRecord.name_kk.label("department_kk"),
        DepartmentRecord.name_en.label("department_en"),
    )
    .join(CityRecord, CityRecord.id == PersonRecord.city_id)
    .outerjoin(DepartmentRecord, DepartmentRecord.id == PersonRecord.department_id)
)
_ONE = _PEOPLE.where(PersonRecord.id == bindparam("person"))
_ACTIVE = _PEOPLE.where(PersonRecord.is_active).order_by(CityRecord.position, CityRecord.id, PersonRecord.id)
_OF_CITY = _ACTIVE.where(PersonRecord.city_id == bindparam("city"))
_CREDENTIALS = select(PersonRecord.id, PersonRecord.password_hash, PersonRecord.is_active)
_BY_EMAIL = _CREDENTIALS.where(func.lower(PersonRecord.email) == bindparam("email"))
_BY_ID = _CREDENTIALS.where(PersonRecord.id == bindparam("person"))
_HELD: Any = select(PersonRecord.id, PersonRecord.city_id, PersonRecord.role, PersonRecord.department_id)
_POST = _HELD.where(PersonRecord.id == bindparam("person"), PersonRecord.is_active)
_ABSENT = (
    _HELD.join(AbsenceRecord, AbsenceRecord.person_id == PersonRecord.id)
    .where(
        AbsenceRecord.substitute_id == bindparam("person"),
        AbsenceRecord.starts_on <= bindparam("day"),
        AbsenceRecord.ends_on >= bindparam("day"),
        AbsenceRecord.withdrawn_at.is_(None),
    )
    .order_by(PersonRecord.id)
    .distinct()
)
_AREAS: Any = select(CuratorAreaRecord.id, CuratorAreaRecord.holder_id).where(
    CuratorAreaRecord.holder_id.in_(bindparam("people", expanding=True))
)
_GRANTS = (
    select(RoleGrantRecord.role, RoleGrantRecord.department_id, RoleGrantRecord.area_id)
    .where(
        RoleGrantRecord.person_id == bindparam("person"),
        RoleGrantRecord.starts_on <= bindparam("day"),
        RoleGrantRecord.ends_on >= bindparam("day"),
        RoleGrantRecord.withdrawn_at.is_(None),
    )
    .order_by(RoleGrantRecord.id)
)
_CITIES_GIVEN = select(CityAccessRecord.city_id).where(CityAccessRecord.person_id == bindparam("person"))


def person(session: Session, person_id: str) -> Person | None:
    """One post with its city and department, active or not."""
    row = session.execute(_ONE, {"person": person_id}).one_or_none()
    return _person(row) if row else None


def active_people(session: Session) -> list[Person]:
    """Every post that may sign in, by city."""
    return [_person(row) for row in session.execute(_ACTIVE)]


def people_of_city(session: Session, city: str) -> list[Person]:
    """Every active post of a city."""
    return [_person(row) for row in session.execute(_OF_CITY, {"city": city})]


def credentials_of_address(session: Session, email: str) -> Credentials | None:
    """Who signs in with an address; capitals and spaces around it do not matter."""
    row = session.execute(_BY_EMAIL, {"email": email.strip().lower()}).one_or_none()
    return Credentials(*row) if row else None


def credentials_of(session: Session, person_id: str) -> Credentials | None:
    """The same by the id of the post."""
    row = session.execute(_BY_ID, {"person": person_id}).one_or_none()
    return Credentials(*row) if row else None


def actor_for(session: Session, person_id: str, on: date) -> Actor | None:
    """Somebody with the rights of a day: own post, areas held, cities given, roles given for a time that hold on the
    day, and the posts they stand in for then.

    None for an unknown or inactive post. A substitute of a substitute acts for nobody: absences do not chain. A
    substitute gets the absent post, not the further roles that were given to its holder for a time.
    """
    own = session.execute(_POST, {"person": person_id}).one_or_none()
    if own is None:
        return None
    absent = session.execute(_ABSENT, {"person": person_id, "day": on}).all()
    areas = _areas_of(session, [own.id, *(post.id for post in absent)])
    return _actor(
        own,
        areas,
        extra_cities=frozenset(session.scalars(_CITIES_GIVEN, {"person": person_id})),
        acts_for=tuple(_actor(post, areas) for post in absent if post.id != own.id),
        grants=tuple(
            Actor(
                person=own.id,
                city=own.city_id,
                role=Role(grant.role),
                department=grant.department_id,
                areas=frozenset({grant.area_id} if grant.area_id else ()),
            )
            for grant in session.execute(_GRANTS, {"person": person_id, "day": on})
        ),
    )


def _areas_of(session: Session, people: Sequence[str]) -> dict[str, frozenset[str]]:
    held: dict[str, set[str]] = {}
    for area, holder in session.execute(_AREAS, {"people": people}):
        held.setdefault(holder, set()).add(area)
    return {holder: frozenset(areas) for holder, areas in held.items()}


def _actor(
    post: Row[Any],
    areas: dict[str, frozenset[str]],
    extra_cities: frozenset[str] = frozenset(),
    acts_for: tuple[Actor, ...] = (),
    grants: tuple[Actor, ...] = (),
) -> Actor:
    return Actor(
        person=post.id,
        city=post.city_id,
        role=Role(post.role),
        department=post.department_id,
        areas=areas.get(post.id, frozenset()),
        extra_cities=extra_cities,
        acts_for=acts_for,
        grants=grants,
    )


def _person(row: Row[Any]) -> Person:
    city = City(
        row.city_id,
        row.name_ru,
        row.name_kk,
        row.name_en,
        row.timezone,
        row.currency,
        row.calendar,
        row.has_demonstration_data,
    )
    return Person(
        id=row.id,
        role=Role(row.role),
        title_ru=row.title_ru,
        title_kk=row.title_kk,
        title_en=row.title_en,
        email=row.email,
        language=row.language,
        is_active=row.is_active,
        city=city,
        department=row.department_id,
        department_ru=row.department_ru,
        department_kk=row.department_kk,
        department_en=row.department_en,
    )
