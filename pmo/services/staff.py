"""Posts are added and edited by an administrator (DOMAIN 3.0: people)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import CityRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import CityAccessRecord, PersonRecord
from pmo.domain.access import Action, Role
from pmo.domain.errors import Conflict, RuleBroken
from pmo.i18n import LANGUAGES
from pmo.queries.belongings import SUITABLE, belongings_of
from pmo.services.acts import Act
from pmo.services.addresses import check_free_address, note_changed_address
from pmo.services.administration import demand_in_city, note, own
from pmo.services.areas import give_area

CODE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
IN_DEPARTMENT = frozenset({Role.DEPARTMENT_HEAD, Role.PROJECT_MANAGER})
"""Posts that belong to a department."""

COLUMNS = ("title_ru", "title_kk", "title_en", "email", "language", "role", "department_id")


@dataclass(frozen=True, slots=True)
class PostPlan:
    """What a post is. ``areas`` are those it holds, ``extra_cities`` those it may look at besides its own."""

    title_ru: str
    title_kk: str
    title_en: str
    email: str
    language: str
    role: Role
    department_id: str | None = None
    areas: frozenset[str] = field(default_factory=frozenset)
    extra_cities: frozenset[str] = field(default_factory=frozenset)


def add_post(session: Session, act: Act, code: str, plan: PostPlan) -> PersonRecord:
    """A new post of the actor's city, without a password: it signs in once it was invited.

    Raises NotAllowed; RuleBroken ``bad_code``, ``code_taken`` and those of ``edit_post``.
    """
    demand_in_city(act.actor, Action.MANAGE_PEOPLE, act.actor.city)
    if not CODE.fullmatch(code):
        raise RuleBroken("bad_code", "code")
    if session.get(PersonRecord, code) is not None:
        raise RuleBroken("code_taken", "code", code=code)
    _refuse_bad_plan(session, act, plan, None)
    record = PersonRecord(
        id=code, city_id=act.actor.city, is_active=True, created_at=act.at, version=1, **_columns(plan)
    )
    session.add(record)
    session.flush()
    _give_cities(session, record, plan)
    note(session, act, "post_added", f"people/{code}", after={**_columns(plan), "extra_cities": plan.extra_cities})
    _give_areas(session, act, record, plan)
    session.flush()
    return record


def edit_post(session: Session, act: Act, person: str, plan: PostPlan, version: int) -> PersonRecord:
    """Titles, address, language, role, department, areas and extra cities of a post; ``version`` as the form saw it.

    Areas taken or given up change hands today, with their projects. Raises NotFound, NotAllowed, Conflict; RuleBroken
    ``bad_address``, ``address_taken``, ``unknown_language``, ``department_missing``, ``department_unwanted``,
    ``department_closed``, ``unknown_choice``, ``area_needs_curator``, ``own_role``, ``last_administrator``,
    ``role_has_duties``.
    """
    demand_in_city(act.actor, Action.MANAGE_PEOPLE, act.actor.city)
    record = own(session, act, PersonRecord, person)
    before = {**standing(session, record)}
    if record.version != version:
        raise Conflict(before)
    _refuse_bad_plan(session, act, plan, record)
    if plan.role is not Role(record.role):
        _refuse_role(session, act, record, plan)
    changed = {name: value for name, value in _columns(plan).items() if getattr(record, name) != value}
    for name, value in changed.items():
        setattr(record, name, value)
    record.version += 1
    if "email" in changed:
        note_changed_address(session, record, str(before["email"]), act.actor.person, act.recorded_at)
    _give_cities(session, record, plan)
    after = {**changed, "extra_cities": sorted(plan.extra_cities)}
    note(session, act, "post_edited", f"people/{person}", {name: before[name] for name in after}, after)
    _give_areas(session, act, record, plan)
    session.flush()
    return record


def standing(session: Session, record: PersonRecord) -> dict[str, Any]:
    """A post as the form shows it: its columns, ``areas``, ``extra_cities`` and ``version``."""
    areas = select(CuratorAreaRecord.id).where(CuratorAreaRecord.holder_id == record.id)
    cities = select(CityAccessRecord.city_id).where(CityAccessRecord.person_id == record.id)
    return {
        **{name: getattr(record, name) for name in COLUMNS},
        "areas": sorted(session.scalars(areas)),
        "extra_cities": sorted(session.scalars(cities)),
        "version": record.version,
    }


def other_administrators(session: Session, record: PersonRecord) -> bool:
    """Whether the city has another active administrator than this one."""
    statement = select(PersonRecord.id).where(
        PersonRecord.city_id == record.city_id,
        PersonRecord.role == Role.ADMINISTRATOR.value,
        PersonRecord.is_active,
        PersonRecord.id != record.id,
    )
    return session.scalar(statement.limit(1)) is not None


def _columns(plan: PostPlan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in COLUMNS} | {"role": plan.role.value, "email": plan.email.strip()}


def _refuse_bad_plan(session: Session, act: Act, plan: PostPlan, record: PersonRecord | None) -> None:
    check_free_address(session, plan.email.strip(), record.id if record else None)
    if plan.language not in LANGUAGES:
        raise RuleBroken("unknown_language", "language")
    _refuse_bad_department(session, act, plan, record)
    if plan.areas and not plan.role.is_curator:
        raise RuleBroken("area_needs_curator", "areas")
    cities = set(session.scalars(select(CityRecord.id)))
    if not plan.extra_cities <= cities - {act.actor.city}:
        raise RuleBroken("unknown_choice", "extra_cities")
    areas = set(session.scalars(select(CuratorAreaRecord.id).where(CuratorAreaRecord.city_id == act.actor.city)))
    if not plan.areas <= areas:
        raise RuleBroken("unknown_choice", "areas")


def _refuse_bad_department(session: Session, act: Act, plan: PostPlan, record: PersonRecord | None) -> None:
    if plan.department_id is None:
        if plan.role in IN_DEPARTMENT:
            raise RuleBroken("department_missing", "department_id")
        return
    if plan.role not in IN_DEPARTMENT:
        raise RuleBroken("department_unwanted", "department_id")
    department = session.get(DepartmentRecord, plan.department_id)
    if department is None or department.city_id != act.actor.city:
        raise RuleBroken("unknown_choice", "department_id")
    kept = record is not None and record.department_id == plan.department_id
    if not kept and department.valid_until is not None and department.valid_until < act.on:
        raise RuleBroken("department_closed", "department_id", since=department.valid_until)


def _refuse_role(session: Session, act: Act, record: PersonRecord, plan: PostPlan) -> None:
    """Nobody changes their own role, an administrator stays, and duties that the new role could not do go first."""
    if record.id == act.actor.person:
        raise RuleBroken("own_role", "role")
    if record.role == Role.ADMINISTRATOR.value and not other_administrators(session, record):
        raise RuleBroken("last_administrator", "role")
    duties = [duty for duty in belongings_of(session, record, act.on).duties if plan.role not in SUITABLE[duty]]
    if duties:
        raise RuleBroken("role_has_duties", "role")


def _give_cities(session: Session, record: PersonRecord, plan: PostPlan) -> None:
    session.execute(delete(CityAccessRecord).where(CityAccessRecord.person_id == record.id))
    session.add_all(CityAccessRecord(person_id=record.id, city_id=city) for city in sorted(plan.extra_cities))


def _give_areas(session: Session, act: Act, record: PersonRecord, plan: PostPlan) -> None:
    held = select(CuratorAreaRecord.id).where(CuratorAreaRecord.holder_id == record.id)
    before = set(session.scalars(held))
    for area in sorted(plan.areas - before):
        give_area(session, act, area, record.id)
    for area in sorted(before - plan.areas):
        give_area(session, act, area, None)
