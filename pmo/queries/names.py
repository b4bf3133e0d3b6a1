"""Names in three languages by id; the reader's one is chosen when the page is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import (
    DistrictRecord,
    EvidenceTypeRecord,
    MilestoneTypeRecord,
    PriorityRecord,
    ReasonCodeRecord,
    SectorRecord,
    UnitRecord,
)
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import PersonRecord


@dataclass(frozen=True, slots=True)
class Name:
    """A name or a post's title, for the filter ``name``."""

    name_ru: str
    name_kk: str
    name_en: str

    @classmethod
    def of(cls, row: Any) -> Name:
        """The name of a record, or of a row that has its columns ``name_ru``, ``name_kk``, ``name_en``."""
        return cls(row.name_ru, row.name_kk, row.name_en)


Names = dict[str | None, Name]


def names_of_people(session: Session, ids: Iterable[str | None]) -> Names:
    """Titles of posts."""
    person = PersonRecord
    statement = select(person.id, person.title_ru, person.title_kk, person.title_en)
    return {
        row.id: Name(row.title_ru, row.title_kk, row.title_en)
        for row in session.execute(statement.where(person.id.in_([one for one in ids if one])))
    }


def names_of_areas(session: Session, ids: Iterable[str | None]) -> Names:
    """Areas of the deputy akims."""
    return _names(session, CuratorAreaRecord, ids)


def names_of_departments(session: Session, ids: Iterable[str | None]) -> Names:
    """Departments."""
    return _names(session, DepartmentRecord, ids)


def names_of_districts(session: Session, ids: Iterable[str | None]) -> Names:
    """Districts."""
    return _names(session, DistrictRecord, ids)


def priorities(session: Session) -> Names:
    """Priorities in their order."""
    return _list(session, PriorityRecord)


def sectors(session: Session) -> Names:
    """Sectors in their order."""
    return _list(session, SectorRecord)


def units(session: Session) -> Names:
    """Units of measure."""
    return _list(session, UnitRecord)


def reason_codes(session: Session) -> Names:
    """Why dates move, evidence is returned, projects are stopped."""
    return _list(session, ReasonCodeRecord)


def evidence_types(session: Session) -> Names:
    """What proves that a milestone is done."""
    return _list(session, EvidenceTypeRecord)


def milestone_types(session: Session) -> Names:
    """What kind of result a milestone is."""
    return _list(session, MilestoneTypeRecord)


def _names(session: Session, record: Any, ids: Iterable[str | None]) -> Names:
    statement = select(record.id, record.name_ru, record.name_kk, record.name_en)
    wanted = [one for one in ids if one]
    return {row.id: Name.of(row) for row in session.execute(statement.where(record.id.in_(wanted)))}


def _list(session: Session, record: Any) -> Names:
    statement = select(record.id, record.name_ru, record.name_kk, record.name_en).order_by(record.position, record.id)
    return {row.id: Name.of(row) for row in session.execute(statement)}
