"""Requests for new baseline dates: asked by the manager, checked by the PMO, ruled on by the curator (DOMAIN 3.0)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.changes import ChangeRequestRecord, ChangeRulingRecord
from pmo.db.models.milestones import BaselineDateRecord, MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.domain.decisions import FINAL_OUTCOMES
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.milestone import NOT_STATED
from pmo.domain.planning import faults_of_day
from pmo.queries.milestone_facts import standing_due_date
from pmo.services.acts import Act, enter, project_for
from pmo.services.lifecycle import is_cancelled
from pmo.services.milestones import is_done


def request_change(
    session: Session, act: Act, project_id: int, dates: Mapping[str, date], reason_id: str, text: str | None = None
) -> ChangeRequestRecord:
    """The manager asks for new dates, by milestone code.

    Only one request of a project is open at a time. Raises RuleBroken ``change_pending``, ``nothing_to_change``,
    ``unknown_milestone``, ``already_done``, ``already_cancelled``, ``date_unchanged``, ``new_date_in_past``,
    ``reason_missing``.
    """
    project = project_for(session, act.actor, Action.REQUEST_CHANGE, project_id)
    if open_request(session, project_id) is not None:
        raise RuleBroken("change_pending")
    if not act.is_replayed:
        if not dates:
            raise RuleBroken("nothing_to_change", "dates")
        if reason_id == NOT_STATED:
            raise RuleBroken("reason_missing", "reason_id")
        for code, due_on in dates.items():
            if due_on < act.on:
                raise RuleBroken("new_date_in_past", "dates", milestone=code, today=act.on)
    _movable(session, project, dates)
    entry = enter(session, act, project, "change_requested", project.code, dates=dict(dates), reason=reason_id)
    request = ChangeRequestRecord(
        entry_id=entry.id,
        project_id=project_id,
        reason_id=reason_id,
        text=text,
        dates={code: day.isoformat() for code, day in dates.items()},
    )
    session.add(request)
    session.flush()
    return request


def check_change(session: Session, act: Act, request_id: int, text: str | None = None) -> None:
    """The PMO has checked the request and passes it on to the curator.

    Raises RuleBroken ``change_decided``, ``change_checked``.
    """
    _request_for(session, act, request_id, Action.CHECK_CHANGE)
    checked = select(ChangeRulingRecord.id).where(
        ChangeRulingRecord.request_id == request_id, ChangeRulingRecord.outcome == "checked"
    )
    if session.scalar(checked.limit(1)) is not None:
        raise RuleBroken("change_checked")
    _rule(session, act, request_id, Action.CHECK_CHANGE, "checked", text)


def return_change(session: Session, act: Act, request_id: int, text: str) -> None:
    """The PMO sends the request back, with a reason. Raises RuleBroken ``change_decided``, ``reason_missing``."""
    if not text.strip():
        raise RuleBroken("reason_missing", "text")
    _rule(session, act, request_id, Action.CHECK_CHANGE, "returned", text)


def refuse_change(session: Session, act: Act, request_id: int, text: str) -> None:
    """The curator refuses; the old dates stand. Raises RuleBroken ``change_decided``, ``reason_missing``."""
    if not text.strip():
        raise RuleBroken("reason_missing", "text")
    _rule(session, act, request_id, Action.RULE_CHANGE, "refused", text)


def approve_change(
    session: Session, act: Act, request_id: int, text: str | None = None, dates: Mapping[str, date] | None = None
) -> None:
    """The curator approves: the dates become the next version of the baseline, from this day on.

    The PMO's check comes first by custom, not by force: a curator does not wait for an idle office.
    ``dates`` replace the requested ones where a log names them only with the approval. Raises RuleBroken.
    """
    request, project = _request_for(session, act, request_id, Action.RULE_CHANGE)
    approved = dates or {code: date.fromisoformat(day) for code, day in request.dates.items()}
    if not approved:
        raise RuleBroken("nothing_to_change", "dates")
    milestones = _movable(session, project, approved)
    entry = enter(session, act, project, "rebaseline", project.code, dates=dict(approved), request=request_id)
    session.add(ChangeRulingRecord(entry_id=entry.id, request_id=request_id, outcome="approved", text=text))
    for code, due_on in approved.items():
        milestone = milestones[code]
        version = session.scalar(
            select(func.max(BaselineDateRecord.version)).where(BaselineDateRecord.milestone_id == milestone.id)
        )
        session.add(
            BaselineDateRecord(
                entry_id=entry.id,
                milestone_id=milestone.id,
                version=0 if version is None else version + 1,
                due_on=due_on,
                approved_on=act.on,
                change_id=request_id,
            )
        )
    session.flush()


def open_request(session: Session, project_id: int) -> ChangeRequestRecord | None:
    """The request of a project that nobody has approved, refused or returned."""
    decided = select(ChangeRulingRecord.request_id).where(ChangeRulingRecord.outcome.in_(FINAL_OUTCOMES))
    return session.scalar(
        select(ChangeRequestRecord)
        .where(ChangeRequestRecord.project_id == project_id, ChangeRequestRecord.id.not_in(decided))
        .order_by(ChangeRequestRecord.id.desc())
        .limit(1)
    )


def _rule(session: Session, act: Act, request_id: int, action: Action, outcome: str, text: str | None) -> None:
    _, project = _request_for(session, act, request_id, action)
    entry = enter(session, act, project, f"change_{outcome}", project.code, request=request_id, reason=text)
    session.add(ChangeRulingRecord(entry_id=entry.id, request_id=request_id, outcome=outcome, text=text))
    session.flush()


def _request_for(
    session: Session, act: Act, request_id: int, action: Action
) -> tuple[ChangeRequestRecord, ProjectRecord]:
    request = session.get(ChangeRequestRecord, request_id)
    if request is None:
        raise NotFound
    project = project_for(session, act.actor, action, request.project_id)
    decided = session.scalar(
        select(ChangeRulingRecord.outcome).where(
            ChangeRulingRecord.request_id == request_id, ChangeRulingRecord.outcome.in_(FINAL_OUTCOMES)
        )
    )
    if decided:
        raise RuleBroken("change_decided", None, outcome=decided)
    return request, project


def _movable(session: Session, project: ProjectRecord, dates: Mapping[str, date]) -> dict[str, MilestoneRecord]:
    """The milestones by code, each open and given a new date that differs from the current one."""
    milestones = {
        milestone.code: milestone
        for milestone in session.scalars(select(MilestoneRecord).where(MilestoneRecord.project_id == project.id))
    }
    for code, due_on in dates.items():
        if code not in milestones:
            raise RuleBroken("unknown_milestone", "dates", milestone=code)
        if is_done(session, milestones[code].id):
            raise RuleBroken("already_done", "dates", milestone=code)
        if is_cancelled(session, project.id, milestones[code].id):
            raise RuleBroken("already_cancelled", "dates", item=code)
        for fault in faults_of_day(due_on, "dates"):
            raise fault.as_refusal()
        if standing_due_date(session, milestones[code].id) == due_on:
            raise RuleBroken("date_unchanged", "dates", milestone=code)
    return milestones
