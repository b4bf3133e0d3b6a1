"""What a milestone is: created and corrected by the office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import RevisionRecord
from pmo.db.models.milestones import BaselineDateRecord, DependencyRecord, MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.domain.errors import Conflict, RuleBroken
from pmo.domain.milestone import Dependency, Milestone
from pmo.domain.planning import LONGEST_LAG_WD, faults_of_day, faults_of_links
from pmo.services.acts import Act, enter, milestone_for, project_for, refuse_stranger
from pmo.services.revisions import changes_since_last


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


REVISED = (
    "name_ru",
    "name_kk",
    "name_en",
    "weight",
    "critical",
    "min_duration_wd",
    "performer_id",
    "type_id",
    "evidence_type_id",
)
"""The columns of a milestone that an edit may change, and that a revision keeps."""


def create_milestone(session: Session, act: Act, project_id: int, plan: MilestonePlan) -> MilestoneRecord:
    """The office adds a milestone, with its date in version 0. Raises RuleBroken."""
    project = project_for(session, act.actor, Action.EDIT, project_id)
    _refuse_bad_plan(session, project, plan, None)
    entry = enter(session, act, project, "milestone_created", plan.code, due_on=plan.due_on)
    milestone = MilestoneRecord(
        project_id=project_id,
        code=plan.code,
        position=_next_position(session, project_id) if plan.position is None else plan.position,
        entered_at=act.at,
        provenance=dict(plan.provenance or {}),
        **{name: getattr(plan, name) for name in REVISED},
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
    session.add(revision_of_milestone(entry.id, milestone, plan.predecessors))
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
    for name in REVISED:
        setattr(milestone, name, getattr(plan, name))
    milestone.version += 1
    changes = changes_since_last(session, "milestone", milestone_id, _fields(milestone, plan.predecessors))
    first_date = {"due_on": plan.due_on} if plan.due_on else {}
    entry = enter(session, act, project, "milestone_edited", milestone.code, changes, **first_date)
    if plan.due_on:
        session.add(
            BaselineDateRecord(
                entry_id=entry.id, milestone_id=milestone_id, version=0, due_on=plan.due_on, approved_on=act.on
            )
        )
    session.execute(delete(DependencyRecord).where(DependencyRecord.milestone_id == milestone_id))
    _link(session, milestone, plan.predecessors)
    session.add(revision_of_milestone(entry.id, milestone, plan.predecessors))
    session.flush()
    return milestone


def revision_of_milestone(entry_id: int, milestone: MilestoneRecord, links: Iterable[Dependency]) -> RevisionRecord:
    """What the milestone is from this entry on, so that an earlier day keeps what it was then (decision 1)."""
    fields = _fields(milestone, links)
    return RevisionRecord(entry_id=entry_id, item_kind="milestone", item_id=milestone.id, fields=fields)


def _fields(milestone: MilestoneRecord, links: Iterable[Dependency]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(milestone, name) for name in REVISED}
    fields["predecessors"] = [{"code": link.predecessor, "type": link.type, "lag_wd": link.lag_wd} for link in links]
    return fields


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


def _next_position(session: Session, project_id: int) -> int:
    highest = session.scalar(select(func.max(MilestoneRecord.position)).where(MilestoneRecord.project_id == project_id))
    return (highest or 0) + 1
