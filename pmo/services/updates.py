"""Updates: what those who manage say of a project, what is said in return, and the office's confidence (decision 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.assessments import ProjectAssessmentRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.lifecycle import CancellationRecord
from pmo.db.models.milestones import ForecastRecord, MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.models.updates import (
    ConfidenceRecord,
    CuratorViewRecord,
    DateConfirmationRecord,
    QuestionAnswerRecord,
    UpdateRecord,
    UpdateReplyRecord,
)
from pmo.domain.access import Action
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.domain.milestone_verdict import standing_date
from pmo.domain.project import ProjectStatus
from pmo.domain.voices import Confidence, Level, speaks_for
from pmo.queries.calendar import working_calendar
from pmo.queries.milestone_facts import standing_due_date
from pmo.queries.visibility import scope_of
from pmo.services.acts import Act, enter, milestone_for, project_for
from pmo.services.milestones import refuse_ended

COLOURS = (0, 1, 2)
COMPLETED = (ProjectStatus.COMPLETED.value, ProjectStatus.COMPLETED_WITH_SHORTFALL.value)


@dataclass(frozen=True, slots=True)
class Said:
    """What an update says. ``view`` is 0 green, 1 amber, 2 red; ``answer`` answers the question ``question_id``."""

    view: int | None = None
    text: str | None = None
    decision: str | None = None
    level: Level | None = None
    question_id: int | None = None
    answer: str | None = None


def send_update(session: Session, act: Act, project_id: int, said: Said) -> None:
    """The manager's word on a project; said twice on one day in the same words it is said once.

    Raises NotFound, NotAllowed; RuleBroken ``project_cancelled``, ``project_completed``, ``level_missing``,
    ``decision_missing``, ``question_answered``.
    """
    project = project_for(session, act.actor, Action.UPDATE, project_id)
    if not speaks_for(act.actor, scope_of(session, project.id)):
        raise NotAllowed(Action.UPDATE)
    _refuse_over(session, act, project)
    if said.view is not None and said.view not in COLOURS:
        raise RuleBroken("unknown_choice", "view")
    if said.decision and said.level is None:
        raise RuleBroken("level_missing", "level")
    if said.level is not None and not said.decision:
        raise RuleBroken("decision_missing", "decision")
    question = _open_question(session, project_id, said) if said.answer else None
    if question is None and _was_just_said(session, act, project_id, said):
        return
    entry = enter(session, act, project, "update", project.code, view=said.view, decision=said.level)
    update = UpdateRecord(
        entry_id=entry.id,
        project_id=project_id,
        view=said.view,
        text=said.text,
        decision=said.decision,
        decision_level=said.level.value if said.level else None,
    )
    session.add(update)
    session.flush()
    if question is not None:
        answered = enter(session, act, project, "question_answered", project.code, question=question.id)
        session.add(
            QuestionAnswerRecord(entry_id=answered.id, reply_id=question.id, update_id=update.id, text=said.answer)
        )
        session.flush()


def confirm_date(session: Session, act: Act, milestone_id: int, expected_on: date) -> None:
    """The manager confirms the date that stands: the own forecast if it lies ahead, else the effective due date.

    Confirmed again on the same day it enters nothing. Raises NotFound, NotAllowed; RuleBroken ``date_has_passed``,
    ``date_changed``, ``already_done``, ``milestone_cancelled``.
    """
    milestone, project = milestone_for(session, act.actor, Action.FORECAST, milestone_id)
    refuse_ended(session, milestone, act)
    standing = _standing_date(session, act, milestone, project)
    if standing is None or standing < act.on:
        raise RuleBroken("date_has_passed", None, milestone=milestone.code)
    if standing != expected_on:
        raise RuleBroken("date_changed", None, milestone=milestone.code, expected_on=standing)
    same = (
        select(DateConfirmationRecord.id)
        .join(EntryRecord, EntryRecord.id == DateConfirmationRecord.entry_id)
        .where(
            DateConfirmationRecord.milestone_id == milestone_id,
            DateConfirmationRecord.expected_on == expected_on,
            EntryRecord.event_on == act.on,
            EntryRecord.entered_by == act.actor.person,
        )
    )
    if session.scalar(same.limit(1)) is not None:
        return
    entry = enter(session, act, project, "date_confirmed", milestone.code, expected_on=expected_on)
    session.add(DateConfirmationRecord(entry_id=entry.id, milestone_id=milestone_id, expected_on=expected_on))
    session.flush()


def acknowledge_update(session: Session, act: Act, update_id: int) -> None:
    """A head of department or a curator has read it; once is enough.

    Raises NotFound, NotAllowed; RuleBroken ``own_update``.
    """
    update, project = _update_for(session, act, update_id)
    if _replied(session, act, update_id, "acknowledged", None):
        return
    entry = enter(session, act, project, "update_acknowledged", project.code, update=update.id)
    session.add(UpdateReplyRecord(entry_id=entry.id, update_id=update.id, kind="acknowledged", question=None))
    session.flush()


def ask_back(session: Session, act: Act, update_id: int, question: str | None) -> None:
    """A head of department or a curator asks; the manager sees it and answers in the next update.

    Raises NotFound, NotAllowed; RuleBroken ``own_update``, ``text_missing``.
    """
    update, project = _update_for(session, act, update_id)
    if not question:
        raise RuleBroken("text_missing", "question")
    if _replied(session, act, update_id, "asked", question):
        return
    entry = enter(session, act, project, "update_questioned", project.code, update=update.id)
    session.add(UpdateReplyRecord(entry_id=entry.id, update_id=update.id, kind="asked", question=question))
    session.flush()


def give_confidence(session: Session, act: Act, project_id: int, level: Confidence, text: str | None) -> None:
    """The office says how sure it is that the project delivers, and why; the colour does not notice.

    Raises NotFound, NotAllowed; RuleBroken ``text_missing``.
    """
    project = project_for(session, act.actor, Action.CONFIDENCE, project_id)
    if not text:
        raise RuleBroken("text_missing", "text")
    last = session.execute(
        select(ConfidenceRecord.level, ConfidenceRecord.text, EntryRecord.event_on, EntryRecord.entered_by)
        .join(EntryRecord, EntryRecord.id == ConfidenceRecord.entry_id)
        .where(ConfidenceRecord.project_id == project_id)
        .order_by(ConfidenceRecord.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and tuple(last) == (level.value, text, act.on, act.actor.person):
        return
    entry = enter(session, act, project, "confidence", project.code, level=level.value)
    session.add(ConfidenceRecord(entry_id=entry.id, project_id=project_id, level=level.value, text=text))
    session.flush()


def give_curator_view(session: Session, act: Act, project_id: int, view: int | None, text: str | None) -> None:
    """The curator or the akim says how they see the project themselves, and why; the colour does not notice.

    The same said twice on a day is said once. Raises NotFound, NotAllowed; RuleBroken ``unknown_choice``,
    ``text_missing``.
    """
    project = project_for(session, act.actor, Action.OWN_VIEW, project_id)
    if view not in COLOURS:
        raise RuleBroken("unknown_choice", "view")
    if not text:
        raise RuleBroken("text_missing", "text")
    last = session.execute(
        select(CuratorViewRecord.view, CuratorViewRecord.text, EntryRecord.event_on, EntryRecord.entered_by)
        .join(EntryRecord, EntryRecord.id == CuratorViewRecord.entry_id)
        .where(CuratorViewRecord.project_id == project_id)
        .order_by(CuratorViewRecord.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None and tuple(last) == (view, text, act.on, act.actor.person):
        return
    entry = enter(session, act, project, "curator_view", project.code, view=view)
    session.add(CuratorViewRecord(entry_id=entry.id, project_id=project_id, view=view, text=text))
    session.flush()


def _refuse_over(session: Session, act: Act, project: ProjectRecord) -> None:
    """Nobody reports on what is over. Raises RuleBroken ``project_cancelled``, ``project_completed``."""
    cancelled = select(CancellationRecord.effective_on).where(
        CancellationRecord.project_id == project.id,
        CancellationRecord.milestone_id.is_(None),
        CancellationRecord.effective_on <= act.on,
    )
    since = session.scalar(cancelled.limit(1))
    if since is not None:
        raise RuleBroken("project_cancelled", None, project=project.code, since=since)
    status = session.scalar(
        select(ProjectAssessmentRecord.status).where(ProjectAssessmentRecord.project_id == project.id)
    )
    if status in COMPLETED:
        raise RuleBroken("project_completed", None, project=project.code)


def _update_for(session: Session, act: Act, update_id: int) -> tuple[UpdateRecord, ProjectRecord]:
    update = session.get(UpdateRecord, update_id)
    if update is None:
        raise NotFound
    project = project_for(session, act.actor, Action.ACKNOWLEDGE_UPDATE, update.project_id)
    author = session.scalar(select(EntryRecord.entered_by).where(EntryRecord.id == update.entry_id))
    if author == act.actor.person:
        raise RuleBroken("own_update")
    return update, project


def _replied(session: Session, act: Act, update_id: int, kind: str, question: str | None) -> bool:
    """Whether the same person has already replied so."""
    statement = (
        select(UpdateReplyRecord.question)
        .join(EntryRecord, EntryRecord.id == UpdateReplyRecord.entry_id)
        .where(
            UpdateReplyRecord.update_id == update_id,
            UpdateReplyRecord.kind == kind,
            EntryRecord.entered_by == act.actor.person,
        )
    )
    return question in list(session.scalars(statement))


def _open_question(session: Session, project_id: int, said: Said) -> UpdateReplyRecord:
    found = session.scalar(
        select(UpdateReplyRecord)
        .join(UpdateRecord, UpdateRecord.id == UpdateReplyRecord.update_id)
        .outerjoin(QuestionAnswerRecord, QuestionAnswerRecord.reply_id == UpdateReplyRecord.id)
        .where(
            UpdateReplyRecord.id == said.question_id,
            UpdateReplyRecord.kind == "asked",
            UpdateRecord.project_id == project_id,
            QuestionAnswerRecord.id.is_(None),
        )
    )
    if found is None:
        raise RuleBroken("question_answered", "reply")
    return found


def _was_just_said(session: Session, act: Act, project_id: int, said: Said) -> bool:
    last = session.execute(
        select(UpdateRecord, EntryRecord)
        .join(EntryRecord, EntryRecord.id == UpdateRecord.entry_id)
        .where(UpdateRecord.project_id == project_id)
        .order_by(UpdateRecord.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return False
    update, entry = last
    stands = update.view, update.text, update.decision, update.decision_level, entry.event_on, entry.entered_by
    return stands == (said.view, said.text, said.decision, said.level, act.on, act.actor.person)


def _standing_date(session: Session, act: Act, milestone: MilestoneRecord, project: ProjectRecord) -> date | None:
    forecast_on = session.scalar(
        select(ForecastRecord.expected_on)
        .join(EntryRecord, EntryRecord.id == ForecastRecord.entry_id)
        .where(ForecastRecord.milestone_id == milestone.id)
        .order_by(EntryRecord.entered_at.desc(), ForecastRecord.id.desc())
        .limit(1)
    )
    due_on = standing_due_date(session, milestone.id)
    due = working_calendar(session, project.city_id).roll(due_on) if due_on else None
    return standing_date(forecast_on, due, act.on)
