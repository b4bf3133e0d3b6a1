"""People name filters of the overview and forget them again. Nobody sees another person's."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.saved_views import SavedViewRecord
from pmo.domain.errors import NotFound, RuleBroken
from pmo.services import audit
from pmo.services.acts import Act

MOST = 20
LONGEST_QUERY = 1000


def save_view(session: Session, act: Act, name: str, query: str) -> SavedViewRecord:
    """Names a filter, or gives a name that is known another filter. Raises RuleBroken ``views_full``, ``view_long``."""
    if len(query) > LONGEST_QUERY:
        raise RuleBroken("view_long", "name")
    own = SavedViewRecord.person_id == act.actor.person
    record = session.scalar(select(SavedViewRecord).where(own, SavedViewRecord.name == name))
    before = record.query if record else None
    if record is None:
        if (session.scalar(select(func.count()).select_from(SavedViewRecord).where(own)) or 0) >= MOST:
            raise RuleBroken("views_full", "name", most=MOST)
        record = SavedViewRecord(person_id=act.actor.person, name=name, query=query, created_at=act.at)
        session.add(record)
    record.query = query
    session.flush()
    _note(session, act, "view_saved", name, before, query)
    return record


def forget_view(session: Session, act: Act, view_id: int) -> None:
    """Takes a view of one's own away. Raises NotFound."""
    record = session.get(SavedViewRecord, view_id)
    if record is None or record.person_id != act.actor.person:
        raise NotFound
    session.delete(record)
    _note(session, act, "view_forgotten", record.name, record.query, None)


def _note(session: Session, act: Act, action: str, name: str, before: str | None, after: str | None) -> None:
    """``before`` and ``after`` are the view's query."""
    audit.note(
        session,
        at=act.recorded_at,
        actor=act.actor.person,
        action=action,
        item=f"{act.actor.person}/{name}",
        before=None if before is None else {"query": before},
        after=None if after is None else {"query": after},
    )
