"""The documents of a project: what was handed in as evidence, for what, and what the PMO said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from pmo.db.models.entries import EntryRecord
from pmo.db.models.files import FileRecord
from pmo.db.models.milestones import ClaimRecord, EvidenceDecisionRecord, MilestoneRecord
from pmo.queries.names import Name, evidence_types


class PaperState(StrEnum):
    """What became of a document."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Paper:
    """One claim's document: a number with its date, a link, an uploaded file of ``size`` bytes, or several of them."""

    milestone_id: int
    milestone: str
    type: Name | None
    submitted_on: date
    number: str | None
    dated: date | None
    link: str | None
    file_id: int | None
    file: str | None
    size: int | None
    state: PaperState
    decided_on: date | None


_CLAIMED, _DECIDED = aliased(EntryRecord), aliased(EntryRecord)
_PAPERS = (
    select(
        MilestoneRecord.id.label("milestone_id"),
        MilestoneRecord.code,
        ClaimRecord.evidence_type_id,
        ClaimRecord.submitted_on,
        ClaimRecord.document_number,
        ClaimRecord.document_date,
        ClaimRecord.link,
        ClaimRecord.file_id,
        FileRecord.name,
        FileRecord.size,
        EvidenceDecisionRecord.accepted,
        _DECIDED.event_on,
        _DECIDED.entered_at,
    )
    .join(MilestoneRecord, MilestoneRecord.id == ClaimRecord.milestone_id)
    .join(_CLAIMED, _CLAIMED.id == ClaimRecord.entry_id)
    .outerjoin(FileRecord, FileRecord.id == ClaimRecord.file_id)
    .outerjoin(EvidenceDecisionRecord, EvidenceDecisionRecord.claim_id == ClaimRecord.id)
    .outerjoin(_DECIDED, _DECIDED.id == EvidenceDecisionRecord.entry_id)
    .where(
        MilestoneRecord.project_id == bindparam("project"),
        _CLAIMED.entered_at <= bindparam("at"),
        or_(ClaimRecord.document_number.is_not(None), ClaimRecord.link.is_not(None), ClaimRecord.file_id.is_not(None)),
    )
    .order_by(ClaimRecord.submitted_on.desc(), ClaimRecord.id.desc())
)


def papers_of(session: Session, project_id: int, at: datetime) -> list[Paper]:
    """Documents handed in up to an instant, newest first; decisions made later are not known yet."""
    types = evidence_types(session)
    found = []
    for row in session.execute(_PAPERS, {"project": project_id, "at": at}):
        is_decided = row.entered_at is not None and row.entered_at <= at
        state = PaperState.WAITING
        if is_decided:
            state = PaperState.ACCEPTED if row.accepted else PaperState.RETURNED
        found.append(
            Paper(
                milestone_id=row.milestone_id,
                milestone=row.code,
                type=types.get(row.evidence_type_id),
                submitted_on=row.submitted_on,
                number=row.document_number,
                dated=row.document_date,
                link=row.link,
                file_id=row.file_id,
                file=row.name,
                size=row.size,
                state=state,
                decided_on=row.event_on if is_decided else None,
            )
        )
    return found
