"""Evidence that is uploaded: checked, and kept in the database, so that one backup holds everything."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from pmo.db.models.files import FileRecord
from pmo.domain.access import Action
from pmo.exchange.evidence_files import read_evidence
from pmo.services import audit
from pmo.services.acts import Act, project_for


def store_evidence(session: Session, act: Act, project_id: int, name: str, content: bytes, limit: int) -> FileRecord:
    """Keeps a file for a project; ``limit`` is the largest size in bytes..

    Raises RuleBroken as ``read_evidence`` does.
    """
    project = project_for(session, act.actor, Action.CLAIM, project_id)
    file = read_evidence(name, content, limit)
    digest = hashlib.sha256(file.content).hexdigest()
    record = FileRecord(
        project_id=project_id,
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        sha256=digest,
        content=file.content,
        uploaded_by=act.actor.person,
        uploaded_at=act.at,
    )
    session.add(record)
    session.flush()
    audit.note(
        session,
        at=act.recorded_at,
        actor=act.actor.person,
        action="file_stored",
        item=f"{project.city_id}/{project.code}",
        after={"file": record.id, "name": file.name, "sha256": digest, "size": len(file.content)},
    )
    return record
