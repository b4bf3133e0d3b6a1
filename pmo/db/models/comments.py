"""Comments on projects, and their withdrawals. Nothing is ever changed or deleted."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Entered


class CommentRecord(Entered, Base):
    """What somebody says of a project, or of one milestone or indicator of it: the item is the entry's.

    ``text`` is plain, with its line breaks. ``reply_to_id`` is the comment that is answered, which is no reply itself.
    """

    __tablename__ = "comments"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    text: Mapped[str] = mapped_column(Text)


class CommentWithdrawalRecord(Entered, Base):
    """A comment is taken back: from then on its place says by whom and when; the words stay in the record."""

    __tablename__ = "comment_withdrawals"
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), unique=True)
