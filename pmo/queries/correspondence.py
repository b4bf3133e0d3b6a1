"""Updates that somebody should read, and questions that somebody should answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import RIGHTS, Action, Actor, Scope
from pmo.domain.voices import STALE_AFTER
from pmo.queries.names import Name
from pmo.queries.overview import Moment
from pmo.queries.visibility import permitted_to, posts_of
from pmo.queries.voices import ReplyLine, UpdateLine, Voices, voices_of


@dataclass(frozen=True, slots=True)
class UpdateToRead:
    """The last update of a project that the reader has neither acknowledged nor asked about."""

    project_id: int
    code: str
    name: Name
    update: UpdateLine


@dataclass(frozen=True, slots=True)
class QuestionToAnswer:
    """A question about an update that waits for its manager."""

    project_id: int
    code: str
    name: Name
    question: ReplyLine


def updates_to_read(session: Session, actor: Actor, moment: Moment) -> list[UpdateToRead]:
    """For heads of departments and curators: updates of the last two weeks, the oldest first.

    Not for the akim, who may acknowledge but answers for no single project.
    """
    posts = (actor, *actor.others)
    if not any(RIGHTS[post.role].get(Action.ACKNOWLEDGE_UPDATE) in (Scope.DEPARTMENT, Scope.AREA) for post in posts):
        return []
    mine = posts_of(actor)
    earliest = moment.on - timedelta(days=STALE_AFTER)
    found = [
        UpdateToRead(record.id, record.code, Name.of(record), voices.update)
        for record, voices in _voiced(session, permitted_to(actor, Action.ACKNOWLEDGE_UPDATE), moment)
        if voices.update
        and voices.update.on >= earliest
        and voices.update.author_id not in mine
        and not voices.acknowledged_by(mine)
    ]
    return sorted(found, key=lambda one: (one.update.on, one.code))


def questions_to_answer(session: Session, actor: Actor, moment: Moment) -> list[QuestionToAnswer]:
    """For managers: questions about their own projects, the oldest first."""
    own = ProjectRecord.manager_id.in_(posts_of(actor)) & permitted_to(actor, Action.UPDATE)
    return [
        QuestionToAnswer(record.id, record.code, Name.of(record), question)
        for record, voices in _voiced(session, own, moment)
        for question in voices.questions
    ]


def reports_on_something(session: Session, actor: Actor) -> bool:
    """Whether the one form of the actor holds anything: a project managed, or a milestone performed."""
    posts = posts_of(actor)
    performs = select(MilestoneRecord.project_id).where(MilestoneRecord.performer_id.in_(posts))
    own = or_(ProjectRecord.manager_id.in_(posts), ProjectRecord.id.in_(performs))
    statement = select(ProjectRecord.id).where(own, permitted_to(actor, Action.UPDATE))
    return session.scalar(statement.limit(1)) is not None


def _voiced(session: Session, condition: ColumnElement[bool], moment: Moment) -> Iterator[tuple[ProjectRecord, Voices]]:
    statement = select(ProjectRecord).where(condition, ProjectRecord.entered_at <= moment.at)
    records = {record.id: record for record in session.scalars(statement.order_by(ProjectRecord.code))}
    if records:
        voices = voices_of(session, list(records), moment.at)
        yield from ((record, voices[number]) for number, record in records.items())
