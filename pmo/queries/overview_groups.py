"""The overview's list under headings: curators, departments, priorities, sectors or districts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.projects import ProjectDistrictRecord
from pmo.domain.project import ProjectStatus
from pmo.queries.choices import Choices, FilterChoices
from pmo.queries.names import Name
from pmo.queries.overview import Line

GROUPINGS = ("area", "department", "priority", "sector", "district")
"""What a list can be grouped by; each is also the name of the filter that opens one group alone."""


@dataclass(frozen=True, slots=True)
class Group:
    """One heading with its lines in the order of the list. ``id`` and ``name`` are empty for projects that have none.

    A project of several districts stands under each of them.
    """

    id: str
    name: Name | None
    lines: tuple[Line, ...]
    counts: Mapping[ProjectStatus, int]
    attention: int


def grouped(session: Session, lines: Sequence[Line], by: str, choices: FilterChoices) -> list[Group]:
    """Groups in the order of the filter's choices, those without lines left out. ``by`` is one of GROUPINGS."""
    belongs = _districts(session, lines) if by == "district" else {line.id: (getattr(line, by),) for line in lines}
    named = _choices(choices, by)
    found: dict[str, list[Line]] = {id_: [] for id_, _ in named}
    for line in lines:
        for id_ in belongs.get(line.id, ("",)):
            found.setdefault(id_, []).append(line)
    names = dict(named)
    return [_group(id_, names.get(id_), members) for id_, members in found.items() if members]


def _group(id_: str, name: Name | None, lines: Iterable[Line]) -> Group:
    kept = tuple(lines)
    return Group(
        id=id_,
        name=name,
        lines=kept,
        counts=Counter(line.status for line in kept),
        attention=sum(line.needs_attention for line in kept),
    )


def _choices(choices: FilterChoices, by: str) -> Choices:
    return {
        "area": choices.areas,
        "department": choices.departments,
        "priority": choices.priorities,
        "sector": choices.sectors,
        "district": choices.districts,
    }[by]


def _districts(session: Session, lines: Sequence[Line]) -> dict[int, tuple[str, ...]]:
    statement = (
        select(ProjectDistrictRecord.project_id, ProjectDistrictRecord.district_id)
        .where(ProjectDistrictRecord.project_id.in_([line.id for line in lines]))
        .order_by(ProjectDistrictRecord.district_id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for project, district in session.execute(statement):
        found[project] = (*found.get(project, ()), district)
    return found
