"""Departments are merged, split, renamed and abolished on a day; everything passes to a successor."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.organisation import (
    DepartmentHeadRecord,
    DepartmentRecord,
    DepartmentSuccessionRecord,
    PlannedChangeRecord,
)
from pmo.db.models.people import PersonRecord, RoleGrantRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import HEADING, Action, Role
from pmo.domain.calendar import ONE_DAY
from pmo.domain.errors import RuleBroken
from pmo.domain.recipients import Role as Capacity
from pmo.domain.reform import Life, Reform, as_plan, faults_of_reform
from pmo.services.acts import Act
from pmo.services.administration import active_post, demand_in_city, note, own, refuse_no_reason
from pmo.services.departures import replace_head
from pmo.services.handing_over import hand_over_project, lock_projects_where, open_alerts, pass_alerts


def plan_reform(session: Session, act: Act, reform: Reform, reason: str | None) -> PlannedChangeRecord:
    """Enters a reform: one of today is carried out at once, a later one by the night job of its day.

    Raises NotAllowed; RuleBroken of ``faults_of_reform``, ``reason_missing``, ``unknown_choice`` for a head or a thing
    that is not of the departments, ``head_needs_role``, ``reform_overlaps`` where a planned one touches the same
    departments.
    """
    city = act.actor.city
    demand_in_city(act.actor, Action.MANAGE_DEPARTMENTS, city)
    said = refuse_no_reason(reason)
    known = _locked(session, city)
    for fault in faults_of_reform(reform, {one.id: Life(one.valid_from, one.valid_until) for one in known}, act.on):
        raise fault.as_refusal()
    for place, new in enumerate(reform.opening):
        if session.get(DepartmentRecord, new.id) is not None:
            raise RuleBroken("code_taken", f"new-{place + 1}-code", code=new.id)
        if new.head is not None:
            head = active_post(session, city, new.head, f"new-{place + 1}-head")
            if Role(head.role) not in HEADING:
                raise RuleBroken("head_needs_role", f"new-{place + 1}-head")
    _refuse_overlap(session, city, reform)
    record = PlannedChangeRecord(
        city_id=city,
        kind="reform",
        effective_on=reform.effective_on,
        plan=as_plan(reform),
        reason=said,
        entered_at=act.at,
        entered_by=act.actor.person,
    )
    session.add(record)
    session.flush()
    after = {"effective_on": reform.effective_on, "reason": said, **as_plan(reform)}
    note(session, act, "reform_planned", f"planned_changes/{record.id}", after=after)
    if reform.effective_on == act.on:
        carry_out_reform(session, act, reform)
        record.done_at = act.at
        session.flush()
    return record


def appoint_head(session: Session, act: Act, department: str, head: str | None) -> None:
    """A post heads a department from today; projects of the former head, or of nobody, go to it with their alerts.

    Raises NotFound, NotAllowed; RuleBroken ``department_closed``, ``unknown_choice``, ``head_needs_role``,
    ``head_already``.
    """
    demand_in_city(act.actor, Action.MANAGE_DEPARTMENTS, act.actor.city)
    record = own(session, act, DepartmentRecord, department)
    if record.valid_until is not None and record.valid_until < act.on:
        raise RuleBroken("department_closed", "head", since=record.valid_until)
    person = active_post(session, act.actor.city, head, "head")
    if Role(person.role) not in HEADING:
        raise RuleBroken("head_needs_role", "head")
    former = session.scalars(_present_heads().where(DepartmentHeadRecord.department_id == department)).all()
    if any(one.person_id == person.id for one in former):
        raise RuleBroken("head_already", "head")
    if former:
        replace_head(session, act, former[-1], person.id)
    else:
        session.add(DepartmentHeadRecord(department_id=department, person_id=person.id, valid_from=act.on))
        after = {"head": person.id, "since": act.on}
        note(session, act, "head_appointed", f"departments/{department}", {"head": None}, after)
    _seat(person, department)
    last = former[-1].person_id if former else None
    for project in lock_projects_where(session, ProjectRecord.department_id == department):
        _move(session, act, project, department, last, person.id)


def carry_out_reform(session: Session, act: Act, reform: Reform) -> None:
    """Does what was planned, on the day of the act: its last day is the day before for what closes."""
    city = act.actor.city
    _open(session, act, reform)
    heads = _heads(session)
    departments = {one.id: one for one in _locked(session, city) if one.id in reform.closing}
    projects = lock_projects_where(session, ProjectRecord.department_id.in_(departments))
    people = list(session.scalars(select(PersonRecord).where(PersonRecord.department_id.in_(departments))))
    links = set(reform.successions)
    for project in projects:
        old = project.department_id
        successor = reform.successor_of_project(project.id, old)
        links.add((old, successor))
        _move(session, act, project, successor, heads.get(old), heads.get(successor))
    for person in people:
        old = person.department_id or ""
        successor = reform.successor_of_person(person.id, old)
        links.add((old, successor))
        person.department_id = successor
        person.version += 1
    for department in departments.values():
        _close(session, act, department, reform)
    for old, successor in sorted(links):
        if session.get(DepartmentSuccessionRecord, (old, successor)) is None:
            session.add(DepartmentSuccessionRecord(predecessor_id=old, successor_id=successor, effective_on=act.on))
    session.flush()
    note(
        session, act, "reform_done", "departments",
        {"departments": sorted(departments)},
        {
            "opened": [new.id for new in reform.opening],
            "projects": {project.code: project.department_id for project in projects},
            "people": {person.id: person.department_id for person in people},
        },
    )  # fmt: skip


def _locked(session: Session, city: str) -> list[DepartmentRecord]:
    """The departments of a city: two reforms of it are entered one after the other."""
    return list(
        session.scalars(
            select(DepartmentRecord)
            .where(DepartmentRecord.city_id == city)
            .order_by(DepartmentRecord.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def _refuse_overlap(session: Session, city: str, reform: Reform) -> None:
    for other in waiting_reforms(session, city):
        plan = other.plan
        named = {*plan["closing"], *plan["closing"].values(), *plan["projects"].values(), *plan["people"].values()}
        named |= {new["id"] for new in plan["opening"]}
        if named & reform.departments:
            raise RuleBroken("reform_overlaps", "closing", day=other.effective_on)


def waiting_reforms(session: Session, city: str) -> Iterable[PlannedChangeRecord]:
    """Reforms of a city that are entered and not yet carried out."""
    planned = PlannedChangeRecord
    return session.scalars(
        select(planned).where(
            planned.city_id == city, planned.kind == "reform", planned.done_at.is_(None), planned.withdrawn_at.is_(None)
        )
    )


def _open(session: Session, act: Act, reform: Reform) -> None:
    for new in reform.opening:
        names = {"name_ru": new.name_ru, "name_kk": new.name_kk, "name_en": new.name_en}
        session.add(DepartmentRecord(id=new.id, city_id=act.actor.city, valid_from=act.on, **names))
        session.flush()
        head = session.get(PersonRecord, new.head) if new.head else None
        if head is not None and head.is_active and Role(head.role) in HEADING:
            session.add(DepartmentHeadRecord(department_id=new.id, person_id=head.id, valid_from=act.on))
            _seat(head, new.id)
    session.flush()


def _seat(head: PersonRecord, department: str) -> None:
    """A head belongs to the department it heads; the head of the project management office to none."""
    if Role(head.role) is Role.DEPARTMENT_HEAD and head.department_id != department:
        head.department_id = department
        head.version += 1


def _present_heads() -> Select[DepartmentHeadRecord]:
    head = DepartmentHeadRecord
    return select(head).where(head.valid_until.is_(None)).order_by(head.id)


def _heads(session: Session) -> dict[str, str]:
    return {one.department_id: one.person_id for one in session.scalars(_present_heads())}


def _move(
    session: Session, act: Act, project: ProjectRecord, department: str, old_head: str | None, new_head: str | None
) -> None:
    """The project and, where its owner was the old head, the owner's duty and open alerts."""
    changes: dict[str, object] = {"department_id": department}
    owner = project.owner_id
    if new_head is not None and owner != new_head and owner in (old_head, None):
        changes["owner_id"] = new_head
    hand_over_project(session, act, project, changes)
    if "owner_id" in changes and owner is not None and new_head is not None:
        alerts = session.scalars(
            select(AlertRecord).where(
                open_alerts(),
                AlertRecord.project_id == project.id,
                AlertRecord.recipient_id == owner,
                AlertRecord.role == Capacity.OWNER.value,
            )
        )
        pass_alerts(session, act, list(alerts), new_head)


def _close(session: Session, act: Act, department: DepartmentRecord, reform: Reform) -> None:
    """Its last day was yesterday; its heads end with it, and roles for a time go on in the successor."""
    department.valid_until = act.on - ONE_DAY
    for head in session.scalars(
        select(DepartmentHeadRecord).where(
            DepartmentHeadRecord.department_id == department.id, DepartmentHeadRecord.valid_until.is_(None)
        )
    ):
        head.valid_until = max(act.on - ONE_DAY, head.valid_from)
    for grant in session.scalars(
        select(RoleGrantRecord).where(
            RoleGrantRecord.department_id == department.id,
            RoleGrantRecord.withdrawn_at.is_(None),
            RoleGrantRecord.ends_on >= act.on,
        )
    ):
        grant.department_id = reform.closing[department.id]
