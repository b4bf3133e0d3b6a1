"""Updates of those who manage, what was said in return, and what office and curator hold. Nothing is ever changed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Entered


class UpdateRecord(Entered, Base):
    """What the manager says of a project: the own view as a colour, a paragraph, the decision that is wanted.

    ``view`` is 0 green, 1 amber, 2 red, None where none was given. Everything empty is "as it stands".
    """

    __tablename__ = "updates"
    __table_args__ = (
        CheckConstraint("view in (0, 1, 2)", name="view"),
        CheckConstraint("decision_level in ('owner', 'curator', 'akim', 'pmo')", name="decision_level"),
        CheckConstraint("(decision is null) = (decision_level is null)", name="decision"),
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    view: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    decision_level: Mapped[str | None] = mapped_column(String(20))


class UpdateReplyRecord(Entered, Base):
    """A head of department or a curator has read an update; with a question it is asked back."""

    __tablename__ = "update_replies"
    __table_args__ = (
        CheckConstraint("kind in ('acknowledged', 'asked')", name="kind"),
        CheckConstraint("(kind = 'asked') = (question is not null)", name="question"),
    )
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    question: Mapped[str | None] = mapped_column(Text)


class QuestionAnswerRecord(Entered, Base):
    """What the manager answers to a question, within the next update."""

    __tablename__ = "question_answers"
    reply_id: Mapped[int] = mapped_column(ForeignKey("update_replies.id"), unique=True)
    update_id: Mapped[int] = mapped_column(ForeignKey("updates.id"))
    text: Mapped[str] = mapped_column(Text)


class DateConfirmationRecord(Entered, Base):
    """The manager confirms that a milestone still holds the date that is expected."""

    __tablename__ = "date_confirmations"
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    expected_on: Mapped[date]


class ConfidenceRecord(Entered, Base):
    """How sure the office is that the project delivers, and why."""

    __tablename__ = "confidences"
    __table_args__ = (CheckConstraint("level in ('high', 'medium', 'low')", name="level"),)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    level: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)


class CuratorViewRecord(Entered, Base):
    """How those who steer see a project themselves, 0 green, 1 amber, 2 red, and why."""

    __tablename__ = "curator_views"
    __table_args__ = (CheckConstraint("view in (0, 1, 2)", name="view"),)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    view: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
