"""Evidence that is uploaded: checked, and kept in the database, so that one backup holds everything."""

from __future__ import annotations

import hashlib
from typing import NewType

from sqlalchemy.orm import Session

from pmo.db.models.files import FileRecord
from pmo.domain.access import Action
from pmo.exchange.evidence_files import EvidenceFile, read_evidence
from pmo.services import audit, virus_scanner
from pmo.services.acts import Act, project_for

CheckedFile = NewType("CheckedFile", EvidenceFile)
"""A file that went through ``check_evidence``: nothing else is stored."""


def check_evidence(name: str, content: bytes, limit: int, scanner: virus_scanner.Place | None) -> CheckedFile:
    """Judges an upload of at most ``limit`` bytes, as it came; ``scanner`` is None where none is set up.

    Call it before a transaction begins: a scanner thinks for seconds. Raises RuleBroken as ``read_evidence`` and then
    ``refuse_virus`` do.
    """
    file = read_evidence(name, content, limit)
    if scanner is not None:
        virus_scanner.refuse_virus(scanner, file.name, content)
    return CheckedFile(file)


def store_evidence(session: Session, act: Act, project_id: int, file: CheckedFile) -> FileRecord:
    """Keeps a file for a project. Raises NotFound, NotAllowed."""
    project = project_for(session, act.actor, Action.CLAIM, project_id)
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
