"""What people say of projects: updates, replies, confidence, silence. A fixed number of statements for any number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord
from pmo.db.models.lifecycle import PauseRecord, ResumeRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.models.updates import (
    ConfidenceRecord,
    CuratorViewRecord,
    QuestionAnswerRecord,
    UpdateRecord,
    UpdateReplyRecord,
)
from pmo.domain.comments import ASIDE
from pmo.domain.portfolio import GREY
from pmo.domain.project import ProjectStatus
from pmo.domain.voices import WORDS, Confidence, Disagreement, Heard, Silence, disagreements, heard
from pmo.queries.names import Name, Names, names_of_people


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """What a manager said. ``view`` is 0 green, 1 amber, 2 red or None; ``entry`` orders what was said."""

    id: int
    entry: int
    on: date
    author_id: str | None
    author: Name | None
    view: int | None
    text: str | None
    decision: str | None
    level: str | None


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """A reply to an update: acknowledged, or a ``question`` with its answer, None while it waits."""

    id: int
    entry: int
    project_id: int
    update_id: int
    on: date
    author_id: str | None
    author: Name | None
    question: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class ConfidenceLine:
    """How sure the office is."""

    on: date
    author: Name | None
    level: Confidence
    text: str


@dataclass(frozen=True, slots=True)
class CuratorViewLine:
    """How the curator, or the akim, sees a project: ``view`` is 0 green, 1 amber, 2 red."""

    on: date
    author: Name | None
    view: int
    text: str


@dataclass(frozen=True, slots=True)
class Voices:
    """``update`` is the last one, ``view`` the last one that gave a view; ``replies`` are those to the last update.

    ``curator`` is the last view of those who steer, whoever of them gave it.

    ``questions`` wait for an answer, oldest first, whichever update they are about.
    """

    update: UpdateLine | None
    view: UpdateLine | None
    confidence: ConfidenceLine | None
    curator: CuratorViewLine | None
    replies: tuple[ReplyLine, ...]
    questions: tuple[ReplyLine, ...]
    heard: Heard

    def disagreements(self, status: ProjectStatus, severity: int | None) -> tuple[Disagreement, ...]:
        """Where they differ from the computed status; nothing outside the colours."""
        return disagreements(
            None if status in GREY else severity,
            self.view.view if self.view else None,
            self.confidence.level if self.confidence else None,
            self.curator.view if self.curator else None,
        )

    def silence(self, status: ProjectStatus, on: date) -> Silence | None:
        """How silent the project is; those that are paused, finished or not begun owe no word."""
        return None if status in GREY else self.heard.silence(on)

    def acknowledged_by(self, posts: Iterable[str]) -> bool:
        """Whether one of the posts has replied to the last update."""
        return any(reply.author_id in set(posts) for reply in self.replies)


def voices_of(session: Session, project_ids: Sequence[int], at: datetime) -> dict[int, Voices]:
    """The voices on each project as they stood at an instant."""
    updates = _newest(session, project_ids, at, UpdateRecord, UpdateRecord.id.is_not(None))
    views = _newest(session, project_ids, at, UpdateRecord, UpdateRecord.view.is_not(None))
    confidences = _newest(session, project_ids, at, ConfidenceRecord, ConfidenceRecord.id.is_not(None))
    own_views = _newest(session, project_ids, at, CuratorViewRecord, CuratorViewRecord.id.is_not(None))
    replies = _replies(session, project_ids, at)
    rows = [*updates.values(), *views.values(), *confidences.values(), *own_views.values(), *replies]
    people = names_of_people(session, {row.entered_by for row in rows})
    silences = heard_of(session, project_ids, at)
    lines = [_reply_line(row, people) for row in replies]
    found = {}
    for number in project_ids:
        update = _update_line(updates.get(number), people)
        own = [line for line in lines if line.project_id == number]
        found[number] = Voices(
            update=update,
            view=_update_line(views.get(number), people),
            confidence=_confidence_line(confidences.get(number), people),
            curator=_curator_line(own_views.get(number), people),
            replies=tuple(line for line in own if update and line.update_id == update.id),
            questions=tuple(line for line in own if line.question and line.answer is None),
            heard=silences[number],
        )
    return found


def heard_of(session: Session, project_ids: Sequence[int], at: datetime) -> dict[int, Heard]:
    """When each project was last heard of; silence counts not from before tracking, the start or the last resume."""
    entry = EntryRecord
    last = (
        select(entry.project_id, func.max(entry.event_on).label("day"))
        .where(entry.project_id.in_(project_ids), entry.entered_at <= at, entry.kind.in_(WORDS))
        .group_by(entry.project_id)
    )
    resumed = (
        select(PauseRecord.project_id, func.max(ResumeRecord.resumed_on).label("day"))
        .join(PauseRecord, PauseRecord.id == ResumeRecord.pause_id)
        .join(entry, entry.id == ResumeRecord.entry_id)
        .where(PauseRecord.project_id.in_(project_ids), PauseRecord.milestone_id.is_(None), entry.entered_at <= at)
        .group_by(PauseRecord.project_id)
    )
    words = {row.project_id: row.day for row in session.execute(last)}
    resumes = {row.project_id: row.day for row in session.execute(resumed)}
    project = ProjectRecord
    begins = select(project.id, project.tracked_since, project.start_on).where(project.id.in_(project_ids))
    return {
        row.id: heard(words.get(row.id), row.tracked_since, row.start_on, resumes.get(row.id))
        for row in session.execute(begins)
    }


def project_of_update(session: Session, update_id: int) -> int | None:
    """The project that an update is about, or None where there is no such update."""
    return session.scalar(select(UpdateRecord.project_id).where(UpdateRecord.id == update_id))


def newest_entries(
    session: Session, project_ids: Sequence[int], at: datetime, kinds: Sequence[str] = ()
) -> Mapping[tuple[int, str], int]:
    """The newest fact about each item, by project and code; with ``kinds`` only of those."""
    entry = EntryRecord
    statement = (
        select(entry.project_id, entry.item, func.max(entry.id).label("id"))
        .where(entry.project_id.in_(project_ids), entry.entered_at <= at, entry.kind.not_in(ASIDE))
        .group_by(entry.project_id, entry.item)
    )
    if kinds:
        statement = statement.where(entry.kind.in_(kinds))
    return {(row.project_id, row.item): row.id for row in session.execute(statement)}


def _newest(session: Session, project_ids: Sequence[int], at: datetime, record: Any, condition: Any) -> dict[int, Any]:
    """The last fact of a kind about each project, with its entry."""
    last = (
        select(func.max(record.id).label("id"))
        .join(EntryRecord, EntryRecord.id == record.entry_id)
        .where(record.project_id.in_(project_ids), EntryRecord.entered_at <= at, condition)
        .group_by(record.project_id)
        .subquery()
    )
    columns = [column for column in record.__table__.columns if column.name != "entry_id"]
    statement: Select[Any] = (
        select(*columns, EntryRecord.id.label("entry"), EntryRecord.event_on, EntryRecord.entered_by)
        .join(EntryRecord, EntryRecord.id == record.entry_id)
        .join(last, last.c.id == record.id)
    )
    return {row.project_id: row for row in session.execute(statement)}


def _replies(session: Session, project_ids: Sequence[int], at: datetime) -> list[Any]:
    """Every reply to updates of the projects, oldest first."""
    answered = (
        select(QuestionAnswerRecord.reply_id, QuestionAnswerRecord.text)
        .join(EntryRecord, EntryRecord.id == QuestionAnswerRecord.entry_id)
        .where(EntryRecord.entered_at <= at)
        .subquery()
    )
    reply = UpdateReplyRecord
    statement = (
        select(
            reply.id,
            reply.update_id,
            reply.question,
            UpdateRecord.project_id,
            EntryRecord.id.label("entry"),
            EntryRecord.event_on,
            EntryRecord.entered_by,
            answered.c.text.label("answer"),
        )
        .join(EntryRecord, EntryRecord.id == reply.entry_id)
        .join(UpdateRecord, UpdateRecord.id == reply.update_id)
        .outerjoin(answered, answered.c.reply_id == reply.id)
        .where(UpdateRecord.project_id.in_(project_ids), EntryRecord.entered_at <= at)
        .order_by(reply.id)
    )
    return list(session.execute(statement))


def _update_line(row: Any, people: Names) -> UpdateLine | None:
    if row is None:
        return None
    return UpdateLine(
        id=row.id,
        entry=row.entry,
        on=row.event_on,
        author_id=row.entered_by,
        author=people.get(row.entered_by),
        view=row.view,
        text=row.text,
        decision=row.decision,
        level=row.decision_level,
    )


def _reply_line(row: Any, people: Names) -> ReplyLine:
    return ReplyLine(
        id=row.id,
        entry=row.entry,
        project_id=row.project_id,
        update_id=row.update_id,
        on=row.event_on,
        author_id=row.entered_by,
        author=people.get(row.entered_by),
        question=row.question,
        answer=row.answer,
    )


def _confidence_line(row: Any, people: Names) -> ConfidenceLine | None:
    if row is None:
        return None
    return ConfidenceLine(row.event_on, people.get(row.entered_by), Confidence(row.level), row.text)


def _curator_line(row: Any, people: Names) -> CuratorViewLine | None:
    return CuratorViewLine(row.event_on, people.get(row.entered_by), row.view, row.text) if row else None
