"""What is said of a milestone: claimed done, evidence judged, forecast moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord
from pmo.db.models.files import FileRecord
from pmo.db.models.lifecycle import CancellationRecord
from pmo.db.models.milestones import (
    ClaimRecord,
    EvidenceDecisionRecord,
    ForecastRecord,
    MilestoneRecord,
)
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.domain.errors import RuleBroken
from pmo.domain.milestone import NOT_STATED
from pmo.domain.planning import faults_of_day
from pmo.queries.calendar import working_calendar
from pmo.queries.milestone_facts import standing_due_date
from pmo.services import audit
from pmo.services.acts import Act, enter, milestone_for
from pmo.services.answers import acknowledge_by_forecast


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a completion: a document with number and date, a link, or a stored file."""

    type_id: str | None = None
    document_number: str | None = None
    document_date: date | None = None
    link: str | None = None
    file_id: int | None = None
    text: str | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is something the PMO can look at."""
        return bool((self.document_number and self.document_date) or self.link or self.file_id)


def claim_completion(
    session: Session, act: Act, milestone_id: int, completed_on: date, evidence: Evidence
) -> ClaimRecord:
    """A manager says it is done and shows the evidence. It waits for the PMO.

    Raises RuleBroken ``completion_in_future``, ``evidence_missing``, ``already_done``, ``already_claimed``,
    ``milestone_cancelled`` (DOMAIN 1.4, edge cases).
    """
    milestone, project = milestone_for(session, act.actor, Action.CLAIM, milestone_id)
    refuse_ended(session, milestone, act)
    if open_claim(session, milestone_id) is not None:
        raise RuleBroken("already_claimed", None, milestone=milestone.code)
    if completed_on > act.on:
        raise RuleBroken("completion_in_future", "completed_on", today=act.on)
    if not act.is_replayed and not evidence.is_shown:
        raise RuleBroken("evidence_missing", "document_number")
    if evidence.document_date and evidence.document_date > act.on:
        raise RuleBroken("document_in_future", "document_date", today=act.on)
    if evidence.link and not evidence.link.lower().startswith(("https://", "http://")):
        raise RuleBroken("link_not_web", "link")
    if evidence.file_id is not None:
        _refuse_foreign_file(session, project, evidence.file_id)
    entry = enter(
        session,
        act,
        project,
        "completion_claimed",
        milestone.code,
        completed_on=completed_on,
        evidence=evidence.type_id,
        document=evidence.document_number,
        file=evidence.file_id,
    )
    claim = ClaimRecord(
        entry_id=entry.id,
        milestone_id=milestone_id,
        completed_on=completed_on,
        submitted_on=act.on,
        evidence_type_id=evidence.type_id,
        document_number=evidence.document_number,
        document_date=evidence.document_date,
        link=evidence.link,
        file_id=evidence.file_id,
        text=evidence.text,
    )
    session.add(claim)
    session.flush()
    return claim


def accept_evidence(session: Session, act: Act, milestone_id: int, text: str | None = None) -> None:
    """The PMO accepts: the milestone is done on the date the evidence states.

    Raises RuleBroken ``no_open_claim``, ``own_claim``.
    """
    _decide(session, act, milestone_id, "evidence_accepted", None, text)


def return_evidence(session: Session, act: Act, milestone_id: int, reason_id: str, text: str | None = None) -> None:
    """The PMO returns the evidence: the claim is dropped, the clock never stopped. Raises RuleBroken."""
    _decide(session, act, milestone_id, "evidence_rejected", reason_id, text)


def move_forecast(
    session: Session, act: Act, milestone_id: int, expected_on: date, reason_id: str, text: str | None = None
) -> None:
    """The manager expects another date, for a reason.

    To an alert it is an answer: its author counts as having acknowledged. The same words told twice on one day are one
    forecast: a button pressed twice adds nothing to the ledger.
    Raises RuleBroken ``forecast_in_past``, ``reason_missing``, ``already_done``, ``milestone_cancelled``.
    """
    milestone, project = milestone_for(session, act.actor, Action.FORECAST, milestone_id)
    refuse_ended(session, milestone, act)
    if expected_on < act.on:
        raise RuleBroken("forecast_in_past", "expected_on", today=act.on)
    for fault in faults_of_day(expected_on, "expected_on"):
        raise fault.as_refusal()
    if reason_id == NOT_STATED and not act.is_replayed:
        raise RuleBroken("reason_missing", "reason_id")
    if not act.is_replayed and _was_just_said(session, act, milestone_id, expected_on, reason_id, text):
        return
    entry = enter(session, act, project, "forecast", milestone.code, expected_on=expected_on, reason=reason_id)
    session.add(
        ForecastRecord(
            entry_id=entry.id, milestone_id=milestone_id, expected_on=expected_on, reason_id=reason_id, text=text
        )
    )
    session.flush()
    if not act.is_replayed:
        acknowledge_by_forecast(session, act, milestone, project)


def open_claim(session: Session, milestone_id: int) -> ClaimRecord | None:
    """The claim that waits for a decision."""
    return session.scalar(
        select(ClaimRecord)
        .outerjoin(EvidenceDecisionRecord, EvidenceDecisionRecord.claim_id == ClaimRecord.id)
        .where(ClaimRecord.milestone_id == milestone_id, EvidenceDecisionRecord.id.is_(None))
        .order_by(ClaimRecord.id.desc())
        .limit(1)
    )


def is_done(session: Session, milestone_id: int) -> bool:
    """Whether the PMO accepted the evidence."""
    statement = (
        select(EvidenceDecisionRecord.id)
        .join(ClaimRecord, ClaimRecord.id == EvidenceDecisionRecord.claim_id)
        .where(ClaimRecord.milestone_id == milestone_id, EvidenceDecisionRecord.accepted.is_(True))
    )
    return session.scalar(statement.limit(1)) is not None


def refuse_ended(session: Session, milestone: MilestoneRecord, act: Act) -> None:
    """Nothing more is said of what is over. Raises RuleBroken ``milestone_cancelled``, ``already_done``."""
    statement = select(CancellationRecord.effective_on).where(
        CancellationRecord.project_id == milestone.project_id,
        (CancellationRecord.milestone_id == milestone.id) | CancellationRecord.milestone_id.is_(None),
        CancellationRecord.effective_on <= act.on,
    )
    since = session.scalar(statement.limit(1))
    if since is not None:
        raise RuleBroken("milestone_cancelled", None, milestone=milestone.code, since=since)
    if is_done(session, milestone.id):
        raise RuleBroken("already_done", None, milestone=milestone.code)


def _decide(session: Session, act: Act, milestone_id: int, kind: str, reason_id: str | None, text: str | None) -> None:
    milestone, project = milestone_for(session, act.actor, Action.DECIDE_EVIDENCE, milestone_id)
    claim = open_claim(session, milestone_id)
    if claim is None:
        raise RuleBroken("no_open_claim", None, milestone=milestone.code)
    if session.scalar(select(EntryRecord.entered_by).where(EntryRecord.id == claim.entry_id)) == act.actor.person:
        raise RuleBroken("own_claim", None, milestone=milestone.code)  # four eyes: a performer may be of the office
    accepted = kind == "evidence_accepted"
    if not accepted and not reason_id:
        raise RuleBroken("reason_missing", "reason_id")
    entry = enter(session, act, project, kind, milestone.code, completed_on=claim.completed_on, reason=reason_id)
    session.add(
        EvidenceDecisionRecord(entry_id=entry.id, claim_id=claim.id, accepted=accepted, reason_id=reason_id, text=text)
    )
    session.flush()
    if accepted:
        _void_overdue_history(session, act, milestone, project, claim)


def _void_overdue_history(
    session: Session, act: Act, milestone: MilestoneRecord, project: ProjectRecord, claim: ClaimRecord
) -> None:
    """Evidence that states a completion in time voids the days it was shown as overdue, and says so in the log."""
    due = standing_due_date(session, milestone.id)
    if due is None:
        return
    effective = working_calendar(session, project.city_id).roll(due)
    if claim.completed_on <= effective < claim.submitted_on:
        audit.note(
            session,
            at=act.recorded_at,
            actor=act.actor.person,
            action="overdue_voided",
            item=f"{project.city_id}/{milestone.code}",
            after={"completed_on": claim.completed_on, "due_on": effective, "claimed_on": claim.submitted_on},
        )


def _was_just_said(
    session: Session, act: Act, milestone_id: int, expected_on: date, reason_id: str, text: str | None
) -> bool:
    last = session.execute(
        select(ForecastRecord, EntryRecord.event_on)
        .join(EntryRecord, EntryRecord.id == ForecastRecord.entry_id)
        .where(ForecastRecord.milestone_id == milestone_id)
        .order_by(EntryRecord.entered_at.desc(), ForecastRecord.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.event_on != act.on:
        return False
    forecast: ForecastRecord = last.ForecastRecord
    return (forecast.expected_on, forecast.reason_id, forecast.text) == (expected_on, reason_id, text)


def _refuse_foreign_file(session: Session, project: ProjectRecord, file_id: int) -> None:
    """Evidence is a file of the same project."""
    if session.scalar(select(FileRecord.project_id).where(FileRecord.id == file_id)) != project.id:
        raise RuleBroken("unknown_file", "file")
