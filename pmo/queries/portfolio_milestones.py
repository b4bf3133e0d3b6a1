"""All milestones of the projects that a filter of the overview leaves, project by project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.milestones import MilestoneRecord
from pmo.domain.milestone import MilestoneAssessment
from pmo.queries.names import Name
from pmo.queries.overview import Line, Overview
from pmo.queries.status import stored_assessments


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A milestone as it was judged, with its name."""

    judged: MilestoneAssessment
    name: Name


@dataclass(frozen=True, slots=True)
class ProjectMilestones:
    """One project's milestones in the order of its plan."""

    line: Line
    name: Name
    milestones: tuple[PlannedMilestone, ...]


def portfolio_milestones(session: Session, found: Overview) -> list[ProjectMilestones]:
    """The chosen projects in their order, each with its milestones. A fixed number of statements."""
    ids = [line.id for line in found.chosen]
    judged = {**stored_assessments(session, ids), **{n: one for n, one in found.computed.items() if n in set(ids)}}
    names = _names(session, ids)
    return [
        ProjectMilestones(
            line,
            Name(*line.names),
            tuple(PlannedMilestone(item, names[item.id]) for item in judged[line.id].milestones),
        )
        for line in found.chosen
    ]


def _names(session: Session, project_ids: list[int]) -> Mapping[int, Name]:
    record = MilestoneRecord
    statement = select(record.id, record.name_ru, record.name_kk, record.name_en).where(
        record.project_id.in_(project_ids)
    )
    return {row.id: Name.of(row) for row in session.execute(statement)}
