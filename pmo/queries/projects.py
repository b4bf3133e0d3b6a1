"""Projects by their codes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.projects import ProjectRecord


def project_ids_by_code(session: Session, city_id: str, code: str | None = None) -> list[int]:
    """Ids of the projects of a city, or of the one with that code; in the order of their codes."""
    statement = select(ProjectRecord.id).where(ProjectRecord.city_id == city_id).order_by(ProjectRecord.code)
    if code is not None:
        statement = statement.where(ProjectRecord.code == code)
    return list(session.scalars(statement))
