"""What the database already has, as the importer compares a file with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import (
    CityRecord,
    DistrictRecord,
    EvidenceTypeRecord,
    MilestoneTypeRecord,
    PriorityRecord,
    ReasonCodeRecord,
    SectorRecord,
    UnitRecord,
)
from pmo.db.models.indicators import IndicatorRecord, ReadingRecord, TrajectoryPointRecord
from pmo.db.models.milestones import (
    BaselineDateRecord,
    ClaimRecord,
    DependencyRecord,
    EvidenceDecisionRecord,
    MilestoneRecord,
)
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.domain.access import Actor, Role
from pmo.domain.milestone import Dependency
from pmo.exchange.authors import Authors
from pmo.exchange.portfolio_rows import Known

TERMS: dict[str, type[Any]] = {
    "priorities": PriorityRecord,
    "sectors": SectorRecord,
    "units": UnitRecord,
    "milestone_types": MilestoneTypeRecord,
    "evidence_types": EvidenceTypeRecord,
    "reason_codes": ReasonCodeRecord,
}
"""The lists that projects choose from, by their names in a file."""


@dataclass(frozen=True, slots=True)
class StoredPlans:
    """Projects by city and code, their items by project and code, and the facts that an import may not contradict.

    ``due_on`` are the dates of a milestone by version, ``completed_on`` of an accepted claim, ``claimed`` the
    milestones with a claim that waits, ``readings`` every value told, by indicator and period end.
    """

    projects: Mapping[tuple[str, str], ProjectRecord]
    districts: Mapping[int, set[str]]
    milestones: Mapping[int, Mapping[str, MilestoneRecord]]
    links: Mapping[int, tuple[Dependency, ...]]
    due_on: Mapping[int, list[date]]
    completed_on: Mapping[int, date]
    claimed: set[int]
    indicators: Mapping[int, Mapping[str, IndicatorRecord]]
    points: Mapping[int, list[TrajectoryPointRecord]]
    readings: Mapping[tuple[int, date], list[float]]


def known_things(session: Session) -> Known:
    """Ids of everything that a file may refer to."""
    projects: dict[str, set[str]] = defaultdict(set)
    for row in session.execute(select(ProjectRecord.code, ProjectRecord.city_id)):
        projects[row.code].add(row.city_id)
    people = list(session.execute(select(PersonRecord.id, PersonRecord.city_id, PersonRecord.email)))
    return Known(
        cities=frozenset(session.scalars(select(CityRecord.id))),
        terms={name: frozenset(session.scalars(select(record.id))) for name, record in TERMS.items()},
        districts=_cities_of(session, DistrictRecord),
        departments=_cities_of(session, DepartmentRecord),
        areas=_cities_of(session, CuratorAreaRecord),
        people={row.id: row.city_id for row in people},
        emails={row.email.lower(): row.id for row in people},
        projects={code: frozenset(cities) for code, cities in projects.items()},
    )


def authors(session: Session) -> Authors:
    """Every post with its own rights."""
    areas: dict[str, set[str]] = defaultdict(set)
    for row in session.execute(select(CuratorAreaRecord.id, CuratorAreaRecord.holder_id)):
        areas[row.holder_id].add(row.id)
    columns = (PersonRecord.id, PersonRecord.city_id, PersonRecord.role, PersonRecord.department_id)
    return Authors(
        Actor(row.id, row.city_id, Role(row.role), row.department_id, frozenset(areas.get(row.id, ())))
        for row in session.execute(select(*columns).order_by(PersonRecord.id))
    )


def stored_plans(session: Session) -> StoredPlans:
    """All projects with what an import compares; a dozen statements whatever their number."""
    milestones: dict[int, dict[str, MilestoneRecord]] = defaultdict(dict)
    codes: dict[int, str] = {}
    for milestone in session.scalars(select(MilestoneRecord)):
        milestones[milestone.project_id][milestone.code] = milestone
        codes[milestone.id] = milestone.code
    links: dict[int, list[Dependency]] = defaultdict(list)
    for link in session.scalars(select(DependencyRecord)):
        links[link.milestone_id].append(Dependency(codes[link.predecessor_id], link.type, link.lag_wd))
    due_on: dict[int, list[date]] = defaultdict(list)
    dates = select(BaselineDateRecord.milestone_id, BaselineDateRecord.due_on).order_by(BaselineDateRecord.version)
    for row in session.execute(dates):
        due_on[row.milestone_id].append(row.due_on)
    completed_on, claimed = _claims(session)
    indicators: dict[int, dict[str, IndicatorRecord]] = defaultdict(dict)
    for indicator in session.scalars(select(IndicatorRecord)):
        indicators[indicator.project_id][indicator.code] = indicator
    points: dict[int, list[TrajectoryPointRecord]] = defaultdict(list)
    for point in session.scalars(select(TrajectoryPointRecord).order_by(TrajectoryPointRecord.on)):
        points[point.indicator_id].append(point)
    readings: dict[tuple[int, date], list[float]] = defaultdict(list)
    told = select(ReadingRecord.indicator_id, ReadingRecord.period_end, ReadingRecord.value).order_by(ReadingRecord.id)
    for reading in session.execute(told):
        readings[reading.indicator_id, reading.period_end].append(reading.value)
    districts: dict[int, set[str]] = defaultdict(set)
    for place in session.scalars(select(ProjectDistrictRecord)):
        districts[place.project_id].add(place.district_id)
    return StoredPlans(
        projects={(project.city_id, project.code): project for project in session.scalars(select(ProjectRecord))},
        districts=districts,
        milestones=milestones,
        links={number: tuple(found) for number, found in links.items()},
        due_on=due_on,
        completed_on=completed_on,
        claimed=claimed,
        indicators=indicators,
        points=points,
        readings=readings,
    )


def _cities_of(session: Session, record: type[Any]) -> dict[str, str]:
    return {row.id: row.city_id for row in session.execute(select(record.id, record.city_id))}


def _claims(session: Session) -> tuple[dict[int, date], set[int]]:
    statement = (
        select(ClaimRecord.milestone_id, ClaimRecord.completed_on, EvidenceDecisionRecord.accepted)
        .outerjoin(EvidenceDecisionRecord, EvidenceDecisionRecord.claim_id == ClaimRecord.id)
        .order_by(ClaimRecord.id)
    )
    completed_on: dict[int, date] = {}
    claimed: set[int] = set()
    for row in session.execute(statement):
        if row.accepted:
            completed_on[row.milestone_id] = row.completed_on
        elif row.accepted is None:
            claimed.add(row.milestone_id)
    return completed_on, claimed
