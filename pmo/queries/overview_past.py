"""The filters of the overview on a past day: by what the projects were then, not by what they were edited to since.

Says of each project what the conditions of SQL in ``pmo.queries.overview`` say of the present; a test compares both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.clock import local_day
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.domain.access import Actor
from pmo.queries.overview_filter import Wanted
from pmo.queries.places import city_zone
from pmo.queries.revisions import as_they_were, fields_then
from pmo.queries.visibility import visible_to

PEOPLE = ("manager_id", "owner_id", "curator_id")


def chosen_then(
    session: Session, rows: Sequence[Any], wanted: Wanted, posts: Sequence[str], at: datetime
) -> Sequence[Any]:
    """The rows as they were at an instant, as far as the filters of place want them. ``posts`` are the reader's own."""
    then = as_they_were(session, "project", rows, at)
    kept = [row for row in then if _is_in_place(row, wanted)]
    if wanted.district:
        kept = _in_district(session, kept, wanted.district, at)
    if wanted.mine:
        performing = _performed_by(session, [row.id for row in kept], posts, at)
        kept = [row for row in kept if row.id in performing or any(getattr(row, post) in posts for post in PEOPLE)]
    return kept


def tracked_from(session: Session, actor: Actor, city: str) -> date | None:
    """The local day on which the first project was entered that the actor sees in a city; in any where it is empty."""
    first = select(ProjectRecord.entered_at, ProjectRecord.city_id).where(visible_to(actor))
    if city:
        first = first.where(ProjectRecord.city_id == city)
    row = session.execute(first.order_by(ProjectRecord.entered_at).limit(1)).one_or_none()
    return local_day(row.entered_at, city_zone(session, row.city_id)) if row else None


def _is_in_place(row: Any, wanted: Wanted) -> bool:
    pairs = (
        (row.city_id, wanted.city),
        (row.area_id, wanted.area),
        (row.department_id, wanted.department),
        (row.priority_id, wanted.priority),
        (row.sector_id, wanted.sector),
    )
    return all(not asked or value == asked for value, asked in pairs)


def _in_district(session: Session, rows: Sequence[Any], district: str, at: datetime) -> list[Any]:
    there = set(
        session.scalars(select(ProjectDistrictRecord.project_id).where(ProjectDistrictRecord.district_id == district))
    )
    then = fields_then(session, "project", [row.id for row in rows], at)

    def was_there(number: int) -> bool:
        named = then.get(number, {}).get("districts")
        return number in there if named is None else district in named

    return [row for row in rows if was_there(row.id)]


def _performed_by(session: Session, project_ids: Sequence[int], posts: Sequence[str], at: datetime) -> frozenset[int]:
    item = MilestoneRecord
    statement = select(item.id, item.project_id, item.performer_id).where(
        item.project_id.in_(project_ids), item.entered_at <= at
    )
    then = as_they_were(session, "milestone", session.execute(statement).all(), at)
    return frozenset(row.project_id for row in then if row.performer_id in posts)
