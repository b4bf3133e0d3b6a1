"""What the filters of the overview offer: the places and lists that occur among the projects somebody sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import CityRecord, DistrictRecord, PriorityRecord, SectorRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.domain.access import Actor
from pmo.queries.names import Name
from pmo.queries.visibility import visible_to

Choices = tuple[tuple[str, Name], ...]


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """(id, name) for each filter; a list of one has nothing to choose and is not shown."""

    cities: Choices
    areas: Choices
    departments: Choices
    priorities: Choices
    sectors: Choices
    districts: Choices


def filter_choices(session: Session, actor: Actor, city: str) -> FilterChoices:
    """Choices among the visible projects of a city, or of all visible cities where ``city`` is empty."""
    seen = visible_to(actor)
    here = seen & (ProjectRecord.city_id == city) if city else seen
    project = ProjectRecord
    return FilterChoices(
        cities=_used(session, CityRecord, project.city_id, seen, CityRecord.position),
        areas=_used(session, CuratorAreaRecord, project.area_id, here, CuratorAreaRecord.id),
        departments=_used(session, DepartmentRecord, project.department_id, here, DepartmentRecord.name_ru),
        priorities=_used(session, PriorityRecord, project.priority_id, here, PriorityRecord.position),
        sectors=_used(session, SectorRecord, project.sector_id, here, SectorRecord.position),
        districts=_districts(session, here),
    )


def _used(session: Session, record: Any, column: Any, seen: ColumnElement[bool], order: Any) -> Choices:
    used = select(column).where(seen)
    statement = select(record.id, record.name_ru, record.name_kk, record.name_en)
    rows = session.execute(statement.where(record.id.in_(used)).order_by(order, record.id))
    return tuple((row.id, Name.of(row)) for row in rows)


def _districts(session: Session, seen: ColumnElement[bool]) -> Choices:
    used = (
        select(ProjectDistrictRecord.district_id)
        .join(ProjectRecord, ProjectRecord.id == ProjectDistrictRecord.project_id)
        .where(seen)
    )
    record = DistrictRecord
    statement = select(record.id, record.name_ru, record.name_kk, record.name_en)
    rows = session.execute(statement.where(record.id.in_(used)).order_by(record.name_ru, record.id))
    return tuple((row.id, Name.of(row)) for row in rows)
