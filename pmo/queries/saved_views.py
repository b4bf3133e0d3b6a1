"""Somebody's saved views of the overview."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.saved_views import SavedViewRecord


@dataclass(frozen=True, slots=True)
class SavedView:
    """``query`` as in the address, without its question mark."""

    id: int
    name: str
    query: str


def saved_views(session: Session, person: str) -> list[SavedView]:
    """The views of one person, oldest first."""
    statement = select(SavedViewRecord).where(SavedViewRecord.person_id == person).order_by(SavedViewRecord.id)
    return [SavedView(record.id, record.name, record.query) for record in session.scalars(statement)]
