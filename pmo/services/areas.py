"""The areas of the curators change hands, from a day on (DOMAIN 3.0; issue: nothing is orphaned)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.organisation import CuratorAreaRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Role
from pmo.domain.errors import RuleBroken
from pmo.domain.recipients import Role as Capacity
from pmo.services.acts import Act
from pmo.services.administration import active_post, note, own
from pmo.services.handing_over import hand_over_project, lock_projects_where, open_alerts, pass_alerts


def give_area(session: Session, act: Act, area: str, holder: str | None) -> None:
    """An area gets another holder, or none, now. The caller has asked for the right.

    Projects of the area that the last holder curated, and the open alerts about them, go to the new one; a vacant area
    leaves them without a curator, and the next level is told (DOMAIN 3.2, role vacant). Raises NotFound; RuleBroken
    ``unknown_choice``, ``area_needs_curator``.
    """
    record = own(session, act, CuratorAreaRecord, area)
    if holder is not None:
        refuse_no_curator(active_post(session, record.city_id, holder, "holder_id"))
    last = record.holder_id
    if last == holder:
        return
    record.holder_id = holder
    session.flush()
    note(session, act, "area_given", f"areas/{area}", {"holder": last}, {"holder": holder})
    of_last = ProjectRecord.curator_id == last if last else ProjectRecord.curator_id.is_(None)
    projects = lock_projects_where(session, (ProjectRecord.area_id == area) & of_last)
    for project in projects:
        hand_over_project(session, act, project, {"curator_id": holder})
    if last and holder:
        alerts = session.scalars(
            select(AlertRecord).where(
                open_alerts(),
                AlertRecord.recipient_id == last,
                AlertRecord.role == Capacity.CURATOR.value,
                AlertRecord.project_id.in_([project.id for project in projects]),
            )
        )
        pass_alerts(session, act, list(alerts), holder)


def refuse_no_curator(person: PersonRecord) -> None:
    """Only a deputy akim or the chief of staff holds an area. Raises RuleBroken ``area_needs_curator``."""
    if not Role(person.role).is_curator:
        raise RuleBroken("area_needs_curator", "holder_id")
