"""The claim that waits for a decision, with everything the PMO has to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord
from pmo.db.models.files import FileRecord
from pmo.db.models.milestones import ClaimRecord, EvidenceDecisionRecord
from pmo.queries.names import Name, evidence_types, names_of_people


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A claim without a decision; ``file`` is the name of an uploaded file, ``size`` its bytes."""

    id: int
    completed_on: date
    submitted_on: date
    claimed_by: Name | None
    evidence_type: Name | None
    document_number: str | None
    document_date: date | None
    link: str | None
    file_id: int | None
    file: str | None
    size: int | None
    text: str | None


def waiting_claim(session: Session, milestone_id: int) -> WaitingClaim | None:
    """The newest claim of a milestone that nobody has decided, or None."""
    row = session.execute(
        select(ClaimRecord, EntryRecord.entered_by, FileRecord.name, FileRecord.size)
        .join(EntryRecord, EntryRecord.id == ClaimRecord.entry_id)
        .outerjoin(FileRecord, FileRecord.id == ClaimRecord.file_id)
        .outerjoin(EvidenceDecisionRecord, EvidenceDecisionRecord.claim_id == ClaimRecord.id)
        .where(ClaimRecord.milestone_id == milestone_id, EvidenceDecisionRecord.id.is_(None))
        .order_by(ClaimRecord.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    claim: ClaimRecord = row.ClaimRecord
    return WaitingClaim(
        id=claim.id,
        completed_on=claim.completed_on,
        submitted_on=claim.submitted_on,
        claimed_by=names_of_people(session, [row.entered_by]).get(row.entered_by),
        evidence_type=evidence_types(session).get(claim.evidence_type_id),
        document_number=claim.document_number,
        document_date=claim.document_date,
        link=claim.link,
        file_id=claim.file_id,
        file=row.name,
        size=row.size,
        text=claim.text,
    )
