"""What projects, milestones and indicators are called, for lists that were judged and know only codes and ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.queries.names import Name


def names_in(session: Session, city: str) -> Mapping[tuple[str, int], Name]:
    """Names of everything in the projects of a city, by its noun (project, milestone, indicator) and id."""
    projects = select(ProjectRecord.id).where(ProjectRecord.city_id == city)
    inside: tuple[tuple[str, Any, ColumnElement[bool]], ...] = (
        ("project", ProjectRecord, ProjectRecord.city_id == city),
        ("milestone", MilestoneRecord, MilestoneRecord.project_id.in_(projects)),
        ("indicator", IndicatorRecord, IndicatorRecord.project_id.in_(projects)),
    )
    found: dict[tuple[str, int], Name] = {}
    for noun, record, where in inside:
        columns = select(record.id, record.name_ru, record.name_kk, record.name_en).where(where)
        found |= {(noun, number): Name(ru, kk, en) for number, ru, kk, en in session.execute(columns)}
    return found
