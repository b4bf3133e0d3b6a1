"""Comments on a project as they stood at a moment: threads, newest first, and the traces of what was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from pmo.db.models.comments import CommentRecord, CommentWithdrawalRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.remarks import Remark
from pmo.queries.names import Name, Names, names_of_people


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """By whom and when a comment was taken back."""

    on: date
    author: Name | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on ``item``, a code. ``text`` is None once it was taken back. ``replies`` stand oldest first."""

    id: int
    item: str
    on: date
    at: datetime
    author_id: str | None
    author: Name | None
    text: str | None
    withdrawal: Withdrawal | None
    replies: tuple[Comment, ...] = ()

    @property
    def standing(self) -> int:
        """How many comments of the thread were not taken back."""
        return (self.withdrawal is None) + sum(reply.standing for reply in self.replies)


def comments_on(session: Session, project_id: int, at: datetime) -> tuple[Comment, ...]:
    """Threads on a project up to an instant, newest first."""
    entry, withdrawn, taken_back = EntryRecord, aliased(EntryRecord), CommentWithdrawalRecord
    withdrawals = (
        select(taken_back.comment_id, withdrawn.event_on, withdrawn.entered_by)
        .join(withdrawn, withdrawn.id == taken_back.entry_id)
        .where(withdrawn.project_id == project_id, withdrawn.entered_at <= at)
        .subquery()
    )
    statement = (
        select(
            CommentRecord.id,
            CommentRecord.reply_to_id,
            CommentRecord.text,
            entry.item,
            entry.event_on,
            entry.entered_at,
            entry.entered_by,
            withdrawals.c.event_on.label("withdrawn_on"),
            withdrawals.c.entered_by.label("withdrawn_by"),
        )
        .join(entry, entry.id == CommentRecord.entry_id)
        .outerjoin(withdrawals, withdrawals.c.comment_id == CommentRecord.id)
        .where(CommentRecord.project_id == project_id, entry.entered_at <= at)
        .order_by(entry.entered_at, CommentRecord.id)
    )
    rows = session.execute(statement).all()
    people = names_of_people(session, {person for row in rows for person in (row.entered_by, row.withdrawn_by)})
    replies: dict[int, list[Comment]] = {}
    for row in rows:
        if row.reply_to_id is not None:
            replies.setdefault(row.reply_to_id, []).append(_comment(row, people))
    heads = [row for row in rows if row.reply_to_id is None]
    return tuple(_comment(row, people, replies.get(row.id, ())) for row in reversed(heads))


def remarks_since(session: Session, city_id: str, since: datetime, at: datetime) -> dict[int, list[Remark]]:
    """Comments on a city's projects after an instant and up to another that still stand then, oldest first."""
    withdrawn = aliased(EntryRecord)
    taken_back = (
        select(CommentWithdrawalRecord.comment_id)
        .join(withdrawn, withdrawn.id == CommentWithdrawalRecord.entry_id)
        .where(withdrawn.entered_at <= at)
    )
    entry = EntryRecord
    statement = (
        select(CommentRecord.project_id, CommentRecord.text, entry.item, entry.entered_by, entry.event_on)
        .join(entry, entry.id == CommentRecord.entry_id)
        .join(ProjectRecord, ProjectRecord.id == CommentRecord.project_id)
        .where(ProjectRecord.city_id == city_id, entry.entered_at > since, entry.entered_at <= at)
        .where(CommentRecord.id.not_in(taken_back))
        .order_by(entry.entered_at, CommentRecord.id)
    )
    found: dict[int, list[Remark]] = {}
    for row in session.execute(statement):
        remark = Remark(row.project_id, row.item, row.entered_by, row.event_on, row.text)
        found.setdefault(row.project_id, []).append(remark)
    return found


def standing(threads: Sequence[Comment]) -> int:
    """How many comments stand: replies counted, those taken back not."""
    return sum(thread.standing for thread in threads)


def _comment(row: Any, people: Names, replies: Sequence[Comment] = ()) -> Comment:
    is_withdrawn = row.withdrawn_on is not None
    return Comment(
        id=row.id,
        item=row.item,
        on=row.event_on,
        at=row.entered_at,
        author_id=row.entered_by,
        author=people.get(row.entered_by),
        text=None if is_withdrawn else row.text,
        withdrawal=Withdrawal(row.withdrawn_on, people.get(row.withdrawn_by)) if is_withdrawn else None,
        replies=tuple(replies),
    )
