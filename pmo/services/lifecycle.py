"""Pausing, resuming and cancelling; and the PMO's worse colour (DOMAIN 1.6, guards)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pmo.db.models.lifecycle import CancellationRecord, OverrideRecord, PauseRecord, ResumeRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.domain.errors import RuleBroken
from pmo.domain.policy import STANDARD
from pmo.domain.project import known_until
from pmo.domain.verdict import judge_project
from pmo.queries.calendar import working_calendar
from pmo.queries.history import project_history
from pmo.services.acts import Act, enter, milestone_for, project_for


def pause_project(
    session: Session, act: Act, project_id: int, starts_on: date, reason_id: str, text: str | None = None
) -> None:
    """Work stops; while it does, nothing is overdue or stale. Raises RuleBroken ``already_paused``."""
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
    """The akim drops the project; it leaves the figures and stays in the history. Raises RuleBroken."""
    project = project_for(session, act.actor, Action.CANCEL, project_id)
    _cancel(session, act, project, None, project.code, effective_on, reason_id, text)


def cancel_milestone(
    session: Session, act: Act, milestone_id: int, effective_on: date, reason_id: str, text: str | None = None
) -> None:
    """The akim drops one milestone."""
    milestone, project = milestone_for(session, act.actor, Action.CANCEL, milestone_id)
    _cancel(session, act, project, milestone.id, milestone.code, effective_on, reason_id, text)


def set_worse_colour(session: Session, act: Act, project_id: int, severity: int, ends_on: date, text: str) -> None:
    """The PMO makes the computed colour worse, with a reason and an end within thirty days; never better.

    Raises RuleBroken ``override_not_worse``, ``override_too_long``, ``reason_missing``, ``override_not_active``.
    """
    project = project_for(session, act.actor, Action.OVERRIDE, project_id)
    if not text.strip():
        raise RuleBroken("reason_missing", "text")
    last_day = act.on + timedelta(days=STANDARD.override_max_days)
    if not act.on <= ends_on <= last_day:
        raise RuleBroken("override_too_long", "ends_on", first=act.on, last=last_day)
    known = known_until(project_history(session, project_id), act.at)
    assert known is not None
    computed = judge_project(known, act.on, working_calendar(session, project.city_id), STANDARD)
    if computed.severity is None:
        raise RuleBroken("override_not_active", None, status=computed.status.value)
    if severity <= computed.severity:
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
    if _cancelled(session, project.id, milestone_id):
        raise RuleBroken("already_cancelled", None, item=code)
    if open_pause(session, project.id, milestone_id):
        raise RuleBroken("already_paused", None, item=code)
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


def _resume(
    session: Session, act: Act, project: ProjectRecord, milestone_id: int | None, code: str, resumed_on: date
) -> None:
    pause = open_pause(session, project.id, milestone_id)
    if pause is None:
        raise RuleBroken("not_paused", None, item=code)
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
    if _cancelled(session, project.id, milestone_id):
        raise RuleBroken("already_cancelled", None, item=code)
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


def _cancelled(session: Session, project_id: int, milestone_id: int | None) -> bool:
    statement = select(CancellationRecord.id).where(
        CancellationRecord.project_id == project_id,
        or_(CancellationRecord.milestone_id.is_(None), CancellationRecord.milestone_id == milestone_id),
    )
    return session.scalar(statement.limit(1)) is not None
