"""Projects themselves: created, edited, handed over by the office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import DistrictRecord
from pmo.db.models.entries import RevisionRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.domain.access import Action, may_in_city
from pmo.domain.errors import Conflict, NotAllowed, RuleBroken
from pmo.domain.planning import faults_of_project
from pmo.services.acts import Act, enter, project_for, refuse_stranger
from pmo.services.revisions import changes_since_last


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """What a project is. ``budget_mln`` in millions of the city's currency."""

    code: str
    name_ru: str
    name_kk: str
    name_en: str
    sector_id: str
    priority_id: str
    department_id: str
    area_id: str
    owner_id: str | None
    manager_id: str | None
    curator_id: str | None
    start_on: date
    end_on: date
    budget_mln: float | None = None
    weight: float = 1.0
    flagship: bool = False
    districts: tuple[str, ...] = ()
    tracked_since: date | None = None
    provenance: Mapping[str, object] | None = None


PLAIN = tuple(
    field.name
    for field in fields(ProjectPlan)
    if field.name not in {"code", "districts", "tracked_since", "provenance"}
)
"""The columns of a project that an edit may change, and that a revision keeps."""


def create_project(session: Session, act: Act, city_id: str, plan: ProjectPlan) -> ProjectRecord:
    """The office adds a project; it is tracked from this day unless the plan says since when. Raises RuleBroken."""
    if not may_in_city(act.actor, Action.CREATE_PROJECT, city_id):
        raise NotAllowed(Action.CREATE_PROJECT)
    taken = select(ProjectRecord.id).where(ProjectRecord.city_id == city_id, ProjectRecord.code == plan.code)
    if session.scalar(taken) is not None:
        raise RuleBroken("code_taken", "code", code=plan.code)
    _refuse_bad_plan(session, city_id, plan)
    _refuse_closed_department(session, act, plan)
    project = ProjectRecord(
        city_id=city_id,
        code=plan.code,
        tracked_since=plan.tracked_since or act.on,
        entered_at=act.at,
        provenance=dict(plan.provenance or {}),
        version=1,
        **{name: getattr(plan, name) for name in PLAIN},
    )
    session.add(project)
    session.flush()
    entry = enter(session, act, project, "project_created", plan.code, name=plan.name_ru)
    _put_into_districts(session, project.id, plan)
    session.add(revision_of_project(entry.id, project, plan.districts))
    session.flush()
    return project


def edit_project(session: Session, act: Act, project_id: int, plan: ProjectPlan, version: int) -> ProjectRecord:
    """The office corrects a project or hands it over. ``version`` as in ``edit_milestone``.

    Raises Conflict, RuleBroken.
    """
    project = project_for(session, act.actor, Action.EDIT, project_id)
    if project.version != version:
        raise Conflict({name: getattr(project, name) for name in PLAIN})
    _refuse_bad_plan(session, project.city_id, plan)
    _refuse_closed_department(session, act, plan)
    for name in PLAIN:
        setattr(project, name, getattr(plan, name))
    project.version += 1
    changes = changes_since_last(session, "project", project_id, _fields(project, plan.districts))
    entry = enter(session, act, project, "project_edited", project.code, changes)
    session.execute(delete(ProjectDistrictRecord).where(ProjectDistrictRecord.project_id == project_id))
    _put_into_districts(session, project_id, plan)
    session.add(revision_of_project(entry.id, project, plan.districts))
    session.flush()
    return project


def _refuse_bad_plan(session: Session, city_id: str, plan: ProjectPlan) -> None:
    """Dates in order, a positive weight, and everything it points at in its own city."""
    for fault in faults_of_project(plan.start_on, plan.end_on, plan.weight):
        raise fault.as_refusal()
    if plan.budget_mln is not None and plan.budget_mln < 0:
        raise RuleBroken("amount_negative", "budget_mln")
    places: list[tuple[type[DepartmentRecord] | type[CuratorAreaRecord] | type[DistrictRecord], str, str]] = [
        (DepartmentRecord, plan.department_id, "department_id"),
        (CuratorAreaRecord, plan.area_id, "area_id"),
        *((DistrictRecord, district, "districts") for district in plan.districts),
    ]
    for record, place, field in places:
        if session.scalar(select(record.city_id).where(record.id == place)) != city_id:
            raise RuleBroken("unknown_choice", field)
    for field in ("owner_id", "manager_id", "curator_id"):
        refuse_stranger(session, city_id, getattr(plan, field), field)


def _refuse_closed_department(session: Session, act: Act, plan: ProjectPlan) -> None:
    """No project goes to a department that was abolished; one being abolished at this moment is waited for."""
    closed_on = session.scalar(
        select(DepartmentRecord.valid_until)
        .where(DepartmentRecord.id == plan.department_id)
        .with_for_update(read=True, key_share=True)
    )
    if closed_on is not None and closed_on < act.on and not act.is_replayed:
        raise RuleBroken("department_closed", "department_id", since=closed_on)


def _put_into_districts(session: Session, project_id: int, plan: ProjectPlan) -> None:
    session.add_all(ProjectDistrictRecord(project_id=project_id, district_id=district) for district in plan.districts)


def revision_of_project(entry_id: int, project: ProjectRecord, districts: Iterable[str]) -> RevisionRecord:
    """What the project is from this entry on, so that an earlier day keeps what it was then (decision 1)."""
    fields = _fields(project, districts)
    return RevisionRecord(entry_id=entry_id, item_kind="project", item_id=project.id, fields=fields)


def _fields(project: ProjectRecord, districts: Iterable[str]) -> dict[str, Any]:
    plain: dict[str, Any] = {name: getattr(project, name) for name in PLAIN}
    stored = {name: value.isoformat() if isinstance(value, date) else value for name, value in plain.items()}
    return {**stored, "districts": sorted(districts)}
