"""Requests for new baseline dates, and the rulings on them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Entered


class ChangeRequestRecord(Entered, Base):
    """A manager asks for new dates. ``dates`` maps milestone codes to ISO dates; a log may ask before it names them."""

    __tablename__ = "change_requests"
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    reason_id: Mapped[str] = mapped_column(ForeignKey("reason_codes.id"))
    text: Mapped[str | None] = mapped_column(Text)
    dates: Mapped[dict[str, Any]]


class ChangeRulingRecord(Entered, Base):
    """The PMO's check (``checked``, ``returned``) or the curator's word (``approved``, ``refused``)."""

    __tablename__ = "change_rulings"
    __table_args__ = (CheckConstraint("outcome in ('checked', 'returned', 'approved', 'refused')", name="outcome"),)
    request_id: Mapped[int] = mapped_column(ForeignKey("change_requests.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(10))
    text: Mapped[str | None] = mapped_column(Text)
