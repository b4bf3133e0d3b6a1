"""Comments on a project or one item of it, replies to them, and their withdrawal (decision 13)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.comments import CommentRecord, CommentWithdrawalRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.domain.comments import may_withdraw
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.queries.visibility import scope_of
from pmo.services.acts import Act, enter, project_for

LONGEST = 4000
"""Characters of a comment."""


def write_comment(session: Session, act: Act, project_id: int, text: str | None, item: str | None = None) -> int:
    """Says something of a project, or of its milestone or indicator ``item`` (a code). Returns the comment's id.

    The same words by the same post on the same day, pressed twice, are said once. Raises NotFound, NotAllowed;
    RuleBroken ``text_missing``, ``text_too_long``, ``unknown_choice``.
    """
    project = project_for(session, act.actor, Action.COMMENT, project_id)
    about = item or project.code
    if about != project.code and about not in _items(session, project_id):
        raise RuleBroken("unknown_choice", "item")
    return _say(session, act, project, about, text, None)


def reply_to_comment(session: Session, act: Act, project_id: int, comment_id: int, text: str | None) -> int:
    """Answers a comment; an answer is not answered again. Returns the id of the reply.

    Raises NotFound, NotAllowed; RuleBroken ``text_missing``, ``text_too_long``, ``reply_to_reply``,
    ``comment_withdrawn``.
    """
    project = project_for(session, act.actor, Action.COMMENT, project_id)
    comment, entry = _comment(session, project, comment_id)
    if comment.reply_to_id is not None:
        raise RuleBroken("reply_to_reply")
    if _is_withdrawn(session, comment_id):
        raise RuleBroken("comment_withdrawn")
    return _say(session, act, project, entry.item, text, comment_id)


def withdraw_comment(session: Session, act: Act, project_id: int, comment_id: int) -> None:
    """Takes a comment back: its place says by whom and when. Taken back again it enters nothing.

    Raises NotFound, NotAllowed.
    """
    project = project_for(session, act.actor, Action.VIEW, project_id)
    comment, entry = _comment(session, project, comment_id)
    if not may_withdraw(act.actor, entry.entered_by, scope_of(session, project_id)):
        raise NotAllowed(Action.WITHDRAW_COMMENT)
    if _is_withdrawn(session, comment_id):
        return
    withdrawn = enter(session, act, project, "comment_withdrawn", entry.item, comment=comment.id)
    session.add(CommentWithdrawalRecord(entry_id=withdrawn.id, comment_id=comment.id))
    session.flush()


def _say(session: Session, act: Act, project: ProjectRecord, about: str, text: str | None, reply_to: int | None) -> int:
    if not text:
        raise RuleBroken("text_missing", "text")
    if len(text) > LONGEST:
        raise RuleBroken("text_too_long", "text", most=LONGEST)
    said = _just_said(session, act, project, about, text, reply_to)
    if said is not None:
        return said
    entry = enter(session, act, project, "comment", about, reply_to=reply_to)
    comment = CommentRecord(entry_id=entry.id, project_id=project.id, reply_to_id=reply_to, text=text)
    session.add(comment)
    session.flush()
    return comment.id


def _just_said(
    session: Session, act: Act, project: ProjectRecord, about: str, text: str, reply_to: int | None
) -> int | None:
    """The author's last comment on the project, if it says the same of the same on the same day and still stands."""
    last = session.execute(
        select(CommentRecord, EntryRecord)
        .join(EntryRecord, EntryRecord.id == CommentRecord.entry_id)
        .where(CommentRecord.project_id == project.id, EntryRecord.entered_by == act.actor.person)
        .order_by(CommentRecord.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return None
    comment, entry = last
    same = (comment.text, comment.reply_to_id, entry.item, entry.event_on) == (text, reply_to, about, act.on)
    return comment.id if same and not _is_withdrawn(session, comment.id) else None


def _comment(session: Session, project: ProjectRecord, comment_id: int) -> tuple[CommentRecord, EntryRecord]:
    """A comment of the project with its entry. Raises NotFound."""
    found = session.execute(
        select(CommentRecord, EntryRecord)
        .join(EntryRecord, EntryRecord.id == CommentRecord.entry_id)
        .where(CommentRecord.id == comment_id, CommentRecord.project_id == project.id)
    ).one_or_none()
    if found is None:
        raise NotFound
    comment, entry = found
    return comment, entry


def _is_withdrawn(session: Session, comment_id: int) -> bool:
    taken_back = select(CommentWithdrawalRecord.id).where(CommentWithdrawalRecord.comment_id == comment_id)
    return session.scalar(taken_back) is not None


def _items(session: Session, project_id: int) -> set[str]:
    """Codes of the project's milestones and indicators."""
    return {
        code
        for item in (MilestoneRecord, IndicatorRecord)
        for code in session.scalars(select(item.code).where(item.project_id == project_id))
    }
