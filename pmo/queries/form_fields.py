"""What the forms are prefilled with: the fields of a project, milestone or indicator as they stand, and its version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import DistrictRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import BaselineDateRecord, MilestoneRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.queries.names import Name, Names


@dataclass(frozen=True, slots=True)
class ProjectFields:
    """A project's own fields."""

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
    budget_mln: float | None
    weight: float
    flagship: bool
    districts: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class MilestoneFields:
    """A milestone's own fields; ``has_date`` tells whether a baseline date stands."""

    code: str
    name_ru: str
    name_kk: str
    name_en: str
    type_id: str
    evidence_type_id: str | None
    performer_id: str | None
    weight: float
    critical: bool
    min_duration_wd: int | None
    has_date: bool
    version: int


@dataclass(frozen=True, slots=True)
class IndicatorFields:
    """Those fields of an indicator that no rule reads; the rest is ``pmo.domain.indicator.Indicator``."""

    name_ru: str
    name_kk: str
    name_en: str
    unit_id: str
    source: str | None
    version: int


@dataclass(frozen=True, slots=True)
class PlacesOfCity:
    """What a project of a city can belong to."""

    departments: Names
    areas: Names
    districts: Names


def project_fields(session: Session, project_id: int) -> ProjectFields:
    """The fields of a project that is known to be there."""
    record = session.get_one(ProjectRecord, project_id)
    districts = session.scalars(
        select(ProjectDistrictRecord.district_id)
        .where(ProjectDistrictRecord.project_id == project_id)
        .order_by(ProjectDistrictRecord.district_id)
    )
    own = {name: getattr(record, name) for name in ProjectFields.__slots__ if name != "districts"}
    return ProjectFields(**own, districts=tuple(districts))


def milestone_fields(session: Session, milestone_id: int) -> MilestoneFields:
    """The fields of a milestone that is known to be there."""
    record = session.get_one(MilestoneRecord, milestone_id)
    dated = session.scalar(
        select(BaselineDateRecord.id).where(BaselineDateRecord.milestone_id == milestone_id).limit(1)
    )
    own = {name: getattr(record, name) for name in MilestoneFields.__slots__ if name != "has_date"}
    return MilestoneFields(**own, has_date=dated is not None)


def indicator_fields(session: Session, indicator_id: int) -> IndicatorFields:
    """The fields of an indicator that is known to be there."""
    record = session.get_one(IndicatorRecord, indicator_id)
    return IndicatorFields(**{name: getattr(record, name) for name in IndicatorFields.__slots__})


def places_of(session: Session, city: str, day: date) -> PlacesOfCity:
    """Departments that exist on the day, areas and districts of a city."""
    department = DepartmentRecord
    alive = (department.valid_until.is_(None)) | (department.valid_until >= day)
    return PlacesOfCity(
        departments=_named(session, department, (department.city_id == city) & alive, department.name_ru),
        areas=_named(session, CuratorAreaRecord, CuratorAreaRecord.city_id == city, CuratorAreaRecord.id),
        districts=_named(session, DistrictRecord, DistrictRecord.city_id == city, DistrictRecord.name_ru),
    )


def _named(session: Session, record: type, condition: object, order: object) -> Names:
    statement = select(record.id, record.name_ru, record.name_kk, record.name_en)  # type: ignore[attr-defined]
    rows = session.execute(statement.where(condition).order_by(order))  # type: ignore[arg-type]
    return {row.id: Name.of(row) for row in rows}
