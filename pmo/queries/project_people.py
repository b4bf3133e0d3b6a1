"""The posts that answer for a project, how to reach them, and who stands in for them on a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.people import AbsenceRecord, PersonRecord
from pmo.domain.access import ProjectScope
from pmo.queries.names import Name, names_of_people


@dataclass(frozen=True, slots=True)
class ProjectPost:
    """One post. ``capacity`` is curator, owner, manager or performer; a performer has ``items``, the milestones.

    ``substitute`` acts on the day, up to ``until``.
    """

    capacity: str
    title: Name
    email: str
    items: tuple[str, ...] = ()
    substitute: Name | None = None
    until: date | None = None


_POSTS = select(
    PersonRecord.id, PersonRecord.title_ru, PersonRecord.title_kk, PersonRecord.title_en, PersonRecord.email
).where(PersonRecord.id.in_(bindparam("posts", expanding=True)))
_PERFORMERS = (
    select(MilestoneRecord.performer_id, MilestoneRecord.code)
    .where(MilestoneRecord.project_id == bindparam("project"), MilestoneRecord.performer_id.is_not(None))
    .order_by(MilestoneRecord.position, MilestoneRecord.id)
)
_ABSENT = (
    select(AbsenceRecord.person_id, AbsenceRecord.substitute_id, AbsenceRecord.ends_on)
    .where(
        AbsenceRecord.person_id.in_(bindparam("posts", expanding=True)),
        AbsenceRecord.withdrawn_at.is_(None),
        AbsenceRecord.starts_on <= bindparam("day"),
        AbsenceRecord.ends_on >= bindparam("day"),
    )
    .order_by(AbsenceRecord.id)
)


def people_of_project(session: Session, project_id: int, scope: ProjectScope, on: date) -> list[ProjectPost]:
    """From the curator down to the performers of single milestones; vacant posts are left out."""
    named = [("curator", scope.curator), ("owner", scope.owner), ("manager", scope.manager)]
    items: dict[str, list[str]] = defaultdict(list)
    for performer, code in session.execute(_PERFORMERS, {"project": project_id}):
        items[performer or ""].append(code)
    capacities = [*named, *(("performer", post) for post in items)]
    posts = sorted({post for _, post in capacities if post})
    known = {row.id: row for row in session.execute(_POSTS, {"posts": posts})}
    absent = {row.person_id: row for row in session.execute(_ABSENT, {"posts": posts, "day": on})}
    acting = names_of_people(session, [row.substitute_id for row in absent.values()])
    found = []
    for capacity, post in capacities:
        person = known.get(post or "")
        if person is None:
            continue
        absence = absent.get(person.id)
        found.append(
            ProjectPost(
                capacity=capacity,
                title=Name(person.title_ru, person.title_kk, person.title_en),
                email=person.email,
                items=tuple(items[person.id]) if capacity == "performer" else (),
                substitute=acting.get(absence.substitute_id) if absence else None,
                until=absence.ends_on if absence else None,
            )
        )
    return found
