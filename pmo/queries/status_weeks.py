"""What became of the statuses of a city's projects: the weeks of a digest's picture."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pmo.db.models.assessments import StatusChangeRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.project import ProjectStatus
from pmo.domain.status_weeks import StatusChange

_CHANGES = (
    select(
        StatusChangeRecord.project_id,
        StatusChangeRecord.changed_on,
        StatusChangeRecord.new_status,
        StatusChangeRecord.new_severity,
    )
    .join(ProjectRecord, ProjectRecord.id == StatusChangeRecord.project_id)
    .where(
        ProjectRecord.city_id == bindparam("city"),
        StatusChangeRecord.item_kind == "project",
        StatusChangeRecord.changed_on <= bindparam("day"),
    )
    .order_by(StatusChangeRecord.changed_on, StatusChangeRecord.id)
)


def status_changes(session: Session, city: str, until: date) -> dict[int, list[StatusChange]]:
    """Changes of the statuses of projects up to a day, by project id, oldest first."""
    found: dict[int, list[StatusChange]] = {}
    for row in session.execute(_CHANGES, {"city": city, "day": until}):
        change = StatusChange(row.changed_on, ProjectStatus(row.new_status), row.new_severity)
        found.setdefault(row.project_id, []).append(change)
    return found
