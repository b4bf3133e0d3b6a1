"""Somebody's saved views of the overview."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.saved_views import SavedViewRecord


@dataclass(frozen=True, slots=True)
class SavedView:
    """``query`` as in the address, without its question mark."""

    id: int
    name: str
    query: str

    @property
    def filters(self) -> dict[str, str]:
        """The query as names and values."""
        return dict(parse_qsl(self.query))


def saved_views(session: Session, person: str) -> list[SavedView]:
    """The views of one person, oldest first."""
    statement = select(SavedViewRecord).where(SavedViewRecord.person_id == person).order_by(SavedViewRecord.id)
    return [SavedView(record.id, record.name, record.query) for record in session.scalars(statement)]
