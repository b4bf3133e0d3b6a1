"""What happens to a milestone: claimed done, evidence judged, forecast moved; created and edited by the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord, RevisionRecord
from pmo.db.models.files import FileRecord
from pmo.db.models.lifecycle import CancellationRecord
from pmo.db.models.milestones import (
    BaselineDateRecord,
    ClaimRecord,
    DependencyRecord,
    EvidenceDecisionRecord,
    ForecastRecord,
    MilestoneRecord,
)
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.domain.errors import Conflict, RuleBroken
from pmo.domain.milestone import Dependency, Milestone
from pmo.domain.planning import LONGEST_LAG_WD, faults_of_day, faults_of_links
from pmo.queries.calendar import working_calendar
from pmo.services import audit
from pmo.services.acts import Act, enter, milestone_for, project_for, refuse_stranger
from pmo.services.answers import acknowledge_by_forecast

NOT_STATED = "not_stated"


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


@dataclass(frozen=True, slots=True)
class MilestonePlan:
    """What a milestone is. ``predecessors`` are links within the project; ``due_on`` is the first baseline date."""

    code: str
    name_ru: str
    name_kk: str
    name_en: str
    type_id: str
    weight: float = 1.0
    critical: bool = False
    evidence_type_id: str | None = None
    performer_id: str | None = None
    min_duration_wd: int | None = None
    predecessors: tuple[Dependency, ...] = ()
    due_on: date | None = None
    position: int | None = None
    provenance: Mapping[str, object] | None = None


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


def create_milestone(session: Session, act: Act, project_id: int, plan: MilestonePlan) -> MilestoneRecord:
    """The office adds a milestone, with its date in version 0. Raises RuleBroken."""
    project = project_for(session, act.actor, Action.EDIT, project_id)
    _refuse_bad_plan(session, project, plan, None)
    entry = enter(session, act, project, "milestone_created", plan.code, due_on=plan.due_on)
    milestone = MilestoneRecord(
        project_id=project_id,
        code=plan.code,
        name_ru=plan.name_ru,
        name_kk=plan.name_kk,
        name_en=plan.name_en,
        type_id=plan.type_id,
        evidence_type_id=plan.evidence_type_id,
        performer_id=plan.performer_id,
        weight=plan.weight,
        critical=plan.critical,
        min_duration_wd=plan.min_duration_wd,
        position=_next_position(session, project_id) if plan.position is None else plan.position,
        entered_at=act.at,
        provenance=dict(plan.provenance or {}),
    )
    session.add(milestone)
    session.flush()
    if plan.due_on:
        session.add(
            BaselineDateRecord(
                entry_id=entry.id, milestone_id=milestone.id, version=0, due_on=plan.due_on, approved_on=act.on
            )
        )
    _link(session, milestone, plan.predecessors)
    session.add(_revision(entry.id, milestone, plan))
    session.flush()
    return milestone


def edit_milestone(session: Session, act: Act, milestone_id: int, plan: MilestonePlan, version: int) -> MilestoneRecord:
    """The office corrects what a milestone is; its dates move by change requests only.

    ``version`` is the one the form was opened with. Raises Conflict when somebody saved since, RuleBroken otherwise.
    """
    milestone, project = milestone_for(session, act.actor, Action.EDIT, milestone_id)
    if milestone.version != version:
        raise Conflict({"name_ru": milestone.name_ru, "weight": milestone.weight, "critical": milestone.critical})
    _refuse_bad_plan(session, project, plan, milestone)
    has_date = session.scalar(select(func.count()).where(BaselineDateRecord.milestone_id == milestone_id))
    if plan.due_on and has_date:
        raise RuleBroken("date_needs_change_request", "due_on")
    entry = enter(session, act, project, "milestone_edited", milestone.code, weight=plan.weight, critical=plan.critical)
    for name in ("name_ru", "name_kk", "name_en", "type_id", "evidence_type_id", "performer_id"):
        setattr(milestone, name, getattr(plan, name))
    milestone.weight, milestone.critical = plan.weight, plan.critical
    milestone.min_duration_wd = plan.min_duration_wd
    milestone.version += 1
    if plan.due_on:
        session.add(
            BaselineDateRecord(
                entry_id=entry.id, milestone_id=milestone_id, version=0, due_on=plan.due_on, approved_on=act.on
            )
        )
    session.execute(delete(DependencyRecord).where(DependencyRecord.milestone_id == milestone_id))
    _link(session, milestone, plan.predecessors)
    session.add(_revision(entry.id, milestone, plan))
    session.flush()
    return milestone


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
    due = session.scalar(
        select(BaselineDateRecord.due_on)
        .where(BaselineDateRecord.milestone_id == milestone.id)
        .order_by(BaselineDateRecord.version.desc())
        .limit(1)
    )
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
        .order_by(ForecastRecord.id.desc())
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


def _refuse_bad_plan(
    session: Session, project: ProjectRecord, plan: MilestonePlan, current: MilestoneRecord | None
) -> None:
    others = [
        milestone
        for milestone in _milestones_with_links(session, project.id)
        if current is None or milestone.id != current.id
    ]
    if any(milestone.code == plan.code for milestone in others):
        raise RuleBroken("code_taken", "code", code=plan.code)
    if plan.weight <= 0:
        raise RuleBroken("weight_not_positive", "weight")
    if not 0 <= (plan.min_duration_wd or 0) <= LONGEST_LAG_WD:
        raise RuleBroken("duration_out_of_range", "min_duration_wd", most=LONGEST_LAG_WD)
    refuse_stranger(session, project.city_id, plan.performer_id, "performer_id")
    faults = faults_of_day(plan.due_on, "due_on")
    new = Milestone(id=current.id if current else 0, code=plan.code, predecessors=plan.predecessors)
    for fault in [*faults, *faults_of_links([*others, new])]:
        raise fault.as_refusal()


def _milestones_with_links(session: Session, project_id: int) -> list[Milestone]:
    records = list(session.scalars(select(MilestoneRecord).where(MilestoneRecord.project_id == project_id)))
    codes = {record.id: record.code for record in records}
    links: dict[int, list[Dependency]] = {}
    for link in session.scalars(select(DependencyRecord).where(DependencyRecord.milestone_id.in_(codes))):
        links.setdefault(link.milestone_id, []).append(Dependency(codes[link.predecessor_id], link.type, link.lag_wd))
    return [
        Milestone(id=record.id, code=record.code, predecessors=tuple(links.get(record.id, ()))) for record in records
    ]


def _link(session: Session, milestone: MilestoneRecord, predecessors: Sequence[Dependency]) -> None:
    ids: dict[str, int] = {
        row.code: row.id
        for row in session.execute(
            select(MilestoneRecord.id, MilestoneRecord.code).where(MilestoneRecord.project_id == milestone.project_id)
        )
    }
    for link in predecessors:
        session.add(
            DependencyRecord(
                milestone_id=milestone.id, predecessor_id=ids[link.predecessor], type=link.type, lag_wd=link.lag_wd
            )
        )


def _revision(entry_id: int, milestone: MilestoneRecord, plan: MilestonePlan) -> RevisionRecord:
    links = [{"code": link.predecessor, "type": link.type, "lag_wd": link.lag_wd} for link in plan.predecessors]
    return RevisionRecord(
        entry_id=entry_id,
        item_kind="milestone",
        item_id=milestone.id,
        fields={
            "name_ru": plan.name_ru,
            "name_kk": plan.name_kk,
            "name_en": plan.name_en,
            "weight": plan.weight,
            "critical": plan.critical,
            "min_duration_wd": plan.min_duration_wd,
            "performer_id": plan.performer_id,
            "type_id": plan.type_id,
            "evidence_type_id": plan.evidence_type_id,
            "predecessors": links,
        },
    )


def _next_position(session: Session, project_id: int) -> int:
    highest = session.scalar(select(func.max(MilestoneRecord.position)).where(MilestoneRecord.project_id == project_id))
    return (highest or 0) + 1
