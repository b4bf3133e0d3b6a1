"""The portfolio in the database as rows of a file, for export: imported again it changes nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import CityRecord, DistrictRecord
from pmo.db.models.organisation import (
    CuratorAreaRecord,
    DepartmentHeadRecord,
    DepartmentRecord,
    DepartmentSuccessionRecord,
)
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Role
from pmo.domain.indicator import Indicator
from pmo.exchange.fields import Names
from pmo.exchange.portfolio_rows import (
    AreaRow,
    CityRow,
    DepartmentRow,
    DistrictRow,
    IndicatorRow,
    MilestoneRow,
    PersonRow,
    Portfolio,
    ProjectRow,
    TermRow,
)
from pmo.queries.history import indicator_fields
from pmo.queries.import_state import TERMS, StoredPlans, stored_plans


def portfolio_of(session: Session, city_ids: frozenset[str]) -> Portfolio:
    """Everything of some cities, and the lists that all cities share."""
    cities = list(
        session.scalars(
            select(CityRecord).where(CityRecord.id.in_(city_ids)).order_by(CityRecord.position, CityRecord.id)
        )
    )
    stored = stored_plans(session)
    projects = sorted(
        (project for project in stored.projects.values() if project.city_id in city_ids),
        key=lambda project: (project.city_id, project.code),
    )
    return Portfolio(
        is_demonstration=any(city.has_demonstration_data for city in cities),
        cities=tuple(CityRow(city.id, _names(city), city.timezone, city.currency, city.calendar) for city in cities),
        terms={
            name: tuple(
                TermRow(term.id, _names(term))
                for term in session.scalars(select(record).order_by(record.position, record.id))
            )
            for name, record in TERMS.items()
        },
        districts=tuple(
            DistrictRow(row.id, _names(row), row.city_id) for row in _of(session, DistrictRecord, city_ids)
        ),
        departments=_departments(session, city_ids),
        areas=tuple(
            AreaRow(row.id, _names(row), row.city_id, row.holder_id)
            for row in _of(session, CuratorAreaRecord, city_ids)
        ),
        people=tuple(_person(row) for row in _of(session, PersonRecord, city_ids)),
        projects=tuple(_project(stored, project) for project in projects),
    )


def _of(session: Session, record: type[Any], city_ids: frozenset[str]) -> list[Any]:
    return list(session.scalars(select(record).where(record.city_id.in_(city_ids)).order_by(record.city_id, record.id)))


def _departments(session: Session, city_ids: frozenset[str]) -> tuple[DepartmentRow, ...]:
    present = select(DepartmentHeadRecord).where(DepartmentHeadRecord.valid_until.is_(None))
    heads = {head.department_id: head.person_id for head in session.scalars(present.order_by(DepartmentHeadRecord.id))}
    successors: dict[str, list[str]] = {}
    for link in session.scalars(select(DepartmentSuccessionRecord).order_by(DepartmentSuccessionRecord.successor_id)):
        successors.setdefault(link.predecessor_id, []).append(link.successor_id)
    return tuple(
        DepartmentRow(
            row.id,
            _names(row),
            row.city_id,
            heads.get(row.id),
            row.valid_from,
            row.valid_until,
            tuple(successors.get(row.id, ())),
        )
        for row in _of(session, DepartmentRecord, city_ids)
    )


def _person(row: PersonRecord) -> PersonRow:
    title = Names(row.title_ru, row.title_kk, row.title_en)
    return PersonRow(row.id, row.city_id, Role(row.role), title, row.email, row.language, row.department_id)


def _project(stored: StoredPlans, project: ProjectRecord) -> ProjectRow:
    return ProjectRow(
        path=(),
        code=project.code,
        city=project.city_id,
        names=_names(project),
        sector=project.sector_id,
        priority=project.priority_id,
        department=project.department_id,
        area=project.area_id,
        districts=tuple(sorted(stored.districts.get(project.id, ()))),
        owner=project.owner_id,
        manager=project.manager_id,
        curator=project.curator_id,
        start_on=project.start_on,
        end_on=project.end_on,
        budget_mln=project.budget_mln,
        weight=project.weight,
        flagship=project.flagship,
        tracked_since=project.tracked_since,
        provenance=project.provenance,
        milestones=_milestones(stored, project),
        indicators=_indicators(stored, project),
    )


def _milestones(stored: StoredPlans, project: ProjectRecord) -> tuple[MilestoneRow, ...]:
    rows = []
    for record in sorted(stored.milestones.get(project.id, {}).values(), key=lambda row: (row.position, row.id)):
        dates = stored.due_on.get(record.id, [])
        completed_on = stored.completed_on.get(record.id)
        rows.append(
            MilestoneRow(
                path=(),
                code=record.code,
                names=_names(record),
                type=record.type_id,
                evidence=record.evidence_type_id,
                performer=record.performer_id,
                weight=record.weight,
                critical=record.critical,
                min_duration_wd=record.min_duration_wd,
                predecessors=stored.links.get(record.id, ()),
                due_on=dates[0] if dates else None,
                # What was completed later is an event, not part of the plan.
                actual_on=completed_on if completed_on and completed_on <= project.tracked_since else None,
                position=record.position,
                provenance=record.provenance,
            )
        )
    return tuple(rows)


def _indicators(stored: StoredPlans, project: ProjectRecord) -> tuple[IndicatorRow, ...]:
    rows = []
    for record in sorted(stored.indicators.get(project.id, {}).values(), key=lambda row: (row.position, row.id)):
        fields = indicator_fields(record, stored.points.get(record.id, ()))
        early = [
            (day, values[0])
            for (number, day), values in stored.readings.items()
            if number == record.id and day <= project.tracked_since
        ]
        actual_on, actual = max(early) if early else (None, None)
        rows.append(
            IndicatorRow(
                path=(),
                names=_names(record),
                unit=record.unit_id,
                rule=Indicator(id=0, code=record.code, **fields),
                source=record.source,
                actual=actual,
                actual_on=actual_on,
                position=record.position,
                provenance=record.provenance,
            )
        )
    return tuple(rows)


def _names(record: Any) -> Names:
    return Names(record.name_ru, record.name_kk, record.name_en)
