"""Pausing, resuming and cancelling; and the PMO's worse colour (DOMAIN 1.6, guards)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.lifecycle import CancellationRecord, OverrideRecord, PauseRecord, ResumeRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.domain.errors import RuleBroken
from pmo.domain.milestone import NOT_STATED
from pmo.domain.planning import faults_of_day
from pmo.domain.project import known_until
from pmo.domain.verdict import judge_project
from pmo.queries.calendar import working_calendar
from pmo.queries.history import project_history
from pmo.queries.rules import CITY_RULES
from pmo.services.acts import Act, enter, milestone_for, project_for
from pmo.services.milestones import is_done

WORSE = (1, 2)
"""Severities that can be set by hand."""


def pause_project(
    session: Session, act: Act, project_id: int, starts_on: date, reason_id: str, text: str | None = None
) -> None:
    """Work stops; while it does, nothing is overdue or stale.

    Raises RuleBroken ``already_paused``, ``already_cancelled``, ``already_done`` (a milestone), ``pause_overlaps``,
    ``date_out_of_range``, ``reason_missing``.
    """
    project = project_for(session, act.actor, Action.PAUSE, project_id)
    _pause(session, act, project, None, project.code, starts_on, reason_id, text)


def pause_milestone(
    session: Session, act: Act, milestone_id: int, starts_on: date, reason_id: str, text: str | None = None
) -> None:
    """The same for one milestone."""
    milestone, project = milestone_for(session, act.actor, Action.PAUSE, milestone_id)
    _pause(session, act, project, milestone.id, milestone.code, starts_on, reason_id, text)


def resume_project(session: Session, act: Act, project_id: int, resumed_on: date) -> None:
    """Work goes on; days overdue count from here. Raises RuleBroken ``not_paused``, ``resume_before_pause``."""
    project = project_for(session, act.actor, Action.RESUME, project_id)
    _resume(session, act, project, None, project.code, resumed_on)


def resume_milestone(session: Session, act: Act, milestone_id: int, resumed_on: date) -> None:
    """The same for one milestone."""
    milestone, project = milestone_for(session, act.actor, Action.RESUME, milestone_id)
    _resume(session, act, project, milestone.id, milestone.code, resumed_on)


def cancel_project(
    session: Session, act: Act, project_id: int, effective_on: date, reason_id: str, text: str | None = None
) -> None:
    """The akim drops the project; it leaves the figures and stays in the history.

    Raises RuleBroken ``already_cancelled``, ``already_done`` (a milestone), ``date_out_of_range``, ``reason_missing``.
    """
    project = project_for(session, act.actor, Action.CANCEL, project_id)
    _cancel(session, act, project, None, project.code, effective_on, reason_id, text)


def cancel_milestone(
    session: Session, act: Act, milestone_id: int, effective_on: date, reason_id: str, text: str | None = None
) -> None:
    """The akim drops one milestone."""
    milestone, project = milestone_for(session, act.actor, Action.CANCEL, milestone_id)
    _cancel(session, act, project, milestone.id, milestone.code, effective_on, reason_id, text)


def set_worse_colour(session: Session, act: Act, project_id: int, severity: int, ends_on: date, text: str) -> None:
    """The PMO makes the computed colour worse, with a reason and an end within the time that the rules allow; never
    better.

    Raises RuleBroken ``override_not_worse``, ``override_too_long``, ``reason_missing``, ``override_not_active``.
    """
    project = project_for(session, act.actor, Action.OVERRIDE, project_id)
    if not text.strip():
        raise RuleBroken("reason_missing", "text")
    rules = CITY_RULES.on(session, project.city_id, act.on, act.at)
    last_day = act.on + timedelta(days=rules.override_max_days)
    if not act.on <= ends_on <= last_day:
        raise RuleBroken("override_too_long", "ends_on", first=act.on, last=last_day)
    known = known_until(project_history(session, project_id), act.at)
    if known is None:
        raise RuleBroken("override_not_active")
    facts = replace(known, overrides=())  # what the rules say without anybody's word, so that a word can be renewed
    computed = judge_project(facts, act.on, working_calendar(session, project.city_id), rules)
    if computed.severity is None:
        raise RuleBroken("override_not_active", None, status=computed.status.value)
    if severity <= computed.severity or severity not in WORSE:
        raise RuleBroken("override_not_worse", "severity", severity=computed.severity)
    entry = enter(session, act, project, "override", project.code, severity=severity, ends_on=ends_on, reason=text)
    session.add(
        OverrideRecord(
            entry_id=entry.id,
            project_id=project_id,
            severity=severity,
            starts_on=act.on,
            ends_on=ends_on,
            text=text,
        )
    )
    session.flush()


def open_pause(session: Session, project_id: int, milestone_id: int | None) -> PauseRecord | None:
    """The pause that nobody has ended."""
    return session.scalar(
        select(PauseRecord)
        .outerjoin(ResumeRecord, ResumeRecord.pause_id == PauseRecord.id)
        .where(
            PauseRecord.project_id == project_id,
            PauseRecord.milestone_id.is_(None) if milestone_id is None else PauseRecord.milestone_id == milestone_id,
            ResumeRecord.id.is_(None),
        )
        .limit(1)
    )


def is_cancelled(session: Session, project_id: int, milestone_id: int | None) -> bool:
    """Whether the milestone, or the project it belongs to, was dropped, be it with effect from a later day."""
    statement = select(CancellationRecord.id).where(
        CancellationRecord.project_id == project_id,
        or_(CancellationRecord.milestone_id.is_(None), CancellationRecord.milestone_id == milestone_id),
    )
    return session.scalar(statement.limit(1)) is not None


def _pause(
    session: Session,
    act: Act,
    project: ProjectRecord,
    milestone_id: int | None,
    code: str,
    starts_on: date,
    reason_id: str,
    text: str | None,
) -> None:
    _refuse_ended(session, project.id, milestone_id, code)
    _refuse_bad_say(act, starts_on, "starts_on", reason_id)
    if open_pause(session, project.id, milestone_id):
        raise RuleBroken("already_paused", None, item=code)
    last = _last_resume(session, project.id, milestone_id)
    if last and starts_on < last:
        raise RuleBroken("pause_overlaps", "starts_on", resumed_on=last)
    entry = enter(session, act, project, "pause", code, starts_on=starts_on, reason=reason_id)
    session.add(
        PauseRecord(
            entry_id=entry.id,
            project_id=project.id,
            milestone_id=milestone_id,
            starts_on=starts_on,
            reason_id=reason_id,
            text=text,
        )
    )
    session.flush()


def _refuse_ended(session: Session, project_id: int, milestone_id: int | None, code: str) -> None:
    if is_cancelled(session, project_id, milestone_id):
        raise RuleBroken("already_cancelled", None, item=code)
    if milestone_id is not None and is_done(session, milestone_id):
        raise RuleBroken("already_done", None, milestone=code)


def _refuse_bad_say(act: Act, day: date, field: str, reason_id: str) -> None:
    for fault in faults_of_day(day, field):
        raise fault.as_refusal()
    if reason_id == NOT_STATED and not act.is_replayed:
        raise RuleBroken("reason_missing", "reason_id")


def _last_resume(session: Session, project_id: int, milestone_id: int | None) -> date | None:
    """The day on which work last went on after a pause."""
    of_item = PauseRecord.milestone_id.is_(None) if milestone_id is None else PauseRecord.milestone_id == milestone_id
    return session.scalar(
        select(func.max(ResumeRecord.resumed_on))
        .join(PauseRecord, PauseRecord.id == ResumeRecord.pause_id)
        .where(PauseRecord.project_id == project_id, of_item)
    )


def _resume(
    session: Session, act: Act, project: ProjectRecord, milestone_id: int | None, code: str, resumed_on: date
) -> None:
    pause = open_pause(session, project.id, milestone_id)
    if pause is None:
        raise RuleBroken("not_paused", None, item=code)
    for fault in faults_of_day(resumed_on, "resumed_on"):
        raise fault.as_refusal()
    if resumed_on < pause.starts_on:
        raise RuleBroken("resume_before_pause", "resumed_on", starts_on=pause.starts_on)
    entry = enter(session, act, project, "resume", code, resumed_on=resumed_on)
    session.add(ResumeRecord(entry_id=entry.id, pause_id=pause.id, resumed_on=resumed_on))
    session.flush()


def _cancel(
    session: Session,
    act: Act,
    project: ProjectRecord,
    milestone_id: int | None,
    code: str,
    effective_on: date,
    reason_id: str,
    text: str | None,
) -> None:
    _refuse_ended(session, project.id, milestone_id, code)
    _refuse_bad_say(act, effective_on, "effective_on", reason_id)
    entry = enter(session, act, project, "cancel", code, effective_on=effective_on, reason=reason_id)
    session.add(
        CancellationRecord(
            entry_id=entry.id,
            project_id=project.id,
            milestone_id=milestone_id,
            effective_on=effective_on,
            reason_id=reason_id,
            text=text,
        )
    )
    session.flush()
