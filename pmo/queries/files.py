"""Stored evidence, for those who may see its project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pmo.db.models.files import FileRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Actor
from pmo.domain.errors import NotFound
from pmo.queries.visibility import visible_to


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file without its content; ``size`` in bytes, ``sha256`` in hexadecimal."""

    id: int
    project_id: int
    name: str
    media_type: str
    size: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime


_ABOUT = (
    select(
        FileRecord.id,
        FileRecord.project_id,
        FileRecord.name,
        FileRecord.media_type,
        FileRecord.size,
        FileRecord.sha256,
        FileRecord.uploaded_by,
        FileRecord.uploaded_at,
    )
    .join(ProjectRecord, ProjectRecord.id == FileRecord.project_id)
    .where(FileRecord.id == bindparam("file"))
)
_CONTENT = select(FileRecord.content).where(FileRecord.id == bindparam("file"))


def file_seen_by(session: Session, actor: Actor, file_id: int) -> StoredFile:
    """A file of a project that the actor may see. Raises NotFound."""
    row = session.execute(_ABOUT.where(visible_to(actor)), {"file": file_id}).one_or_none()
    if row is None:
        raise NotFound
    return StoredFile(*row)


def file_content(session: Session, file: StoredFile) -> bytes:
    """The bytes of a file that the actor was found to see."""
    return session.execute(_CONTENT, {"file": file.id}).scalar_one()
