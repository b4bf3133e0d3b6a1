"""Projects by their codes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.projects import ProjectRecord


def project_ids_by_code(session: Session, city_id: str, code: str | None = None) -> list[int]:
    """Ids of the projects of a city, or of the one with that code; in the order of their codes."""
    statement = select(ProjectRecord.id).where(ProjectRecord.city_id == city_id).order_by(ProjectRecord.code)
    if code is not None:
        statement = statement.where(ProjectRecord.code == code)
    return list(session.scalars(statement))


@dataclass(frozen=True, slots=True)
class ProjectPosts:
    """A project and the posts that answer for it."""

    id: int
    manager: str | None
    owner: str | None
    curator: str | None


def project_posts(session: Session, city_id: str, code: str) -> ProjectPosts | None:
    """The posts of a project, or None where the city has no project of that code."""
    project = ProjectRecord
    statement = select(project.id, project.manager_id, project.owner_id, project.curator_id)
    row = session.execute(statement.where(project.city_id == city_id, project.code == code)).one_or_none()
    return ProjectPosts(*row) if row else None


@dataclass(frozen=True, slots=True)
class NamedProject:
    """A project for a list to choose from."""

    id: int
    code: str
    name_ru: str
    name_kk: str
    name_en: str


def projects_of_city(session: Session, city_id: str) -> list[NamedProject]:
    """All projects of a city, in the order of their codes."""
    project = ProjectRecord
    statement = select(project.id, project.code, project.name_ru, project.name_kk, project.name_en)
    rows = session.execute(statement.where(project.city_id == city_id).order_by(project.code))
    return [NamedProject(*row) for row in rows]
