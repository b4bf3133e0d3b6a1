"""A further role for a time: given and taken back by an administrator (issue: time-limited roles)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import PersonRecord, RoleGrantRecord
from pmo.domain.access import Action, Role
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.planning import faults_of_span
from pmo.services.acts import Act
from pmo.services.administration import demand_in_city, note, own, refuse_no_reason
from pmo.services.staff import IN_DEPARTMENT


@dataclass(frozen=True, slots=True)
class GrantPlan:
    """Which role, where, from which day to which, both included, and why."""

    role: Role
    department_id: str | None
    area_id: str | None
    starts_on: date
    ends_on: date
    reason: str | None


def grant_role(session: Session, act: Act, person: str, plan: GrantPlan) -> RoleGrantRecord:
    """Somebody holds a further role for some days. Nobody gives one to themselves. Entered twice it is entered once.

    Raises NotFound, NotAllowed; RuleBroken ``own_role``, ``post_closed``, ``span_upside_down``, ``span_over``,
    ``span_too_long``, ``date_out_of_range``, ``reason_missing``, ``department_missing``, ``department_unwanted``,
    ``department_closed``, ``area_missing``, ``area_unwanted``, ``unknown_choice``, ``role_held``, ``grant_overlaps``.
    """
    demand_in_city(act.actor, Action.MANAGE_PEOPLE, act.actor.city)
    record = own(session, act, PersonRecord, person)
    if person == act.actor.person:
        raise RuleBroken("own_role")
    if not record.is_active:
        raise RuleBroken("post_closed")
    for fault in faults_of_span(plan.starts_on, plan.ends_on, act.on):
        raise fault.as_refusal()
    _refuse_bad_place(session, act, plan)
    reason = refuse_no_reason(plan.reason)
    if Role(record.role) is plan.role and plan.area_id is None and record.department_id == plan.department_id:
        raise RuleBroken("role_held", "role")
    for other in session.scalars(_same(person, plan)):
        if (other.starts_on, other.ends_on) == (plan.starts_on, plan.ends_on):
            return other
        raise RuleBroken("grant_overlaps", "starts_on", first=other.starts_on, last=other.ends_on)
    grant = RoleGrantRecord(
        person_id=person,
        role=plan.role.value,
        department_id=plan.department_id,
        area_id=plan.area_id,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        reason=reason,
        entered_at=act.at,
        entered_by=act.actor.person,
    )
    session.add(grant)
    session.flush()
    note(session, act, "role_granted", f"people/{person}", after=_said(grant))
    return grant


def withdraw_grant(session: Session, act: Act, person_id: str, grant_id: int) -> None:
    """Takes a role of a post back at once; twice is once. Raises NotFound, NotAllowed."""
    demand_in_city(act.actor, Action.MANAGE_PEOPLE, act.actor.city)
    grant = session.scalar(select(RoleGrantRecord).where(RoleGrantRecord.id == grant_id).with_for_update())
    if grant is None or grant.person_id != person_id:
        raise NotFound
    own(session, act, PersonRecord, person_id)
    if grant.withdrawn_at is None:
        grant.withdrawn_at = act.at
        session.flush()
        note(session, act, "role_withdrawn", f"people/{grant.person_id}", before=_said(grant))


def _refuse_bad_place(session: Session, act: Act, plan: GrantPlan) -> None:
    """A role of a department names the department, a curator's the area, the others nothing."""
    if plan.role in IN_DEPARTMENT and plan.department_id is None:
        raise RuleBroken("department_missing", "department_id")
    if plan.role not in IN_DEPARTMENT and plan.department_id is not None:
        raise RuleBroken("department_unwanted", "department_id")
    if plan.role.is_curator and plan.area_id is None:
        raise RuleBroken("area_missing", "area_id")
    if not plan.role.is_curator and plan.area_id is not None:
        raise RuleBroken("area_unwanted", "area_id")
    if plan.department_id is not None:
        department = session.get(DepartmentRecord, plan.department_id)
        if department is None or department.city_id != act.actor.city:
            raise RuleBroken("unknown_choice", "department_id")
        if department.valid_until is not None and department.valid_until < plan.starts_on:
            raise RuleBroken("department_closed", "department_id", since=department.valid_until)
    if plan.area_id is not None:
        area = session.get(CuratorAreaRecord, plan.area_id)
        if area is None or area.city_id != act.actor.city:
            raise RuleBroken("unknown_choice", "area_id")


def _same(person: str, plan: GrantPlan) -> Select[RoleGrantRecord]:
    """Standing grants of the same role and place that share a day with the plan."""
    grant = RoleGrantRecord
    return select(grant).where(
        grant.person_id == person,
        grant.role == plan.role.value,
        grant.department_id == plan.department_id if plan.department_id else grant.department_id.is_(None),
        grant.area_id == plan.area_id if plan.area_id else grant.area_id.is_(None),
        grant.withdrawn_at.is_(None),
        grant.starts_on <= plan.ends_on,
        grant.ends_on >= plan.starts_on,
    )


def _said(grant: RoleGrantRecord) -> dict[str, object]:
    names = ("role", "department_id", "area_id", "starts_on", "ends_on", "reason")
    return {name: getattr(grant, name) for name in names}
