"""The entry behind every fact: who said it, when it became true, when it was entered (ARCHITECTURE 4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Entered, UtcDateTime


class EntryRecord(Base):
    """One act of entering, in the order in which they came.

    ``kind`` is the name of the act (``completion_claimed``, ``reading`` …), ``item`` the code of what it is about.
    ``entered_at`` decides what is known on a past date; ``recorded_at`` is the clock on the wall when the row was
    written (PRODUCT 5, time of facts). ``log_key`` and ``log_digest`` identify an event of an imported log.
    """

    __tablename__ = "entries"
    __table_args__ = (Index("ix_entries_project_id_entered_at", "project_id", "entered_at"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[str] = mapped_column(String(40))
    item: Mapped[str] = mapped_column(String(60))
    event_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    source: Mapped[str] = mapped_column(String(20))
    log_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    log_digest: Mapped[str | None] = mapped_column(String(64))


class RevisionRecord(Entered, Base):
    """What a project, milestone or indicator was after an edit; the first revision is its creation.

    ``fields`` are the attributes by their column names. Status on a past date uses the revision of that date.
    """

    __tablename__ = "revisions"
    item_kind: Mapped[str] = mapped_column(String(10))
    item_id: Mapped[int] = mapped_column(Integer, index=True)
    fields: Mapped[dict[str, Any]]
