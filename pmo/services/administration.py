"""What the acts of an administrator share: the right to a city, posts and places of that city, and its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.access import Action, Actor, may_in_city
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.services import audit
from pmo.services.acts import Act

Place = TypeVar("Place", PersonRecord, DepartmentRecord, CuratorAreaRecord)


def demand_in_city(actor: Actor, action: Action, city: str) -> None:
    """Raises NotAllowed without the right to the city."""
    if not may_in_city(actor, action, city):
        raise NotAllowed(action)


def own(session: Session, act: Act, record: type[Place], number: str) -> Place:
    """A post, department or area of the actor's city, locked for the transaction. Raises NotFound."""
    found = session.scalar(
        select(record)
        .where(record.id == number, record.city_id == act.actor.city)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def active_post(session: Session, city: str, person: str | None, field: str) -> PersonRecord:
    """A post of the city that is in use. Raises RuleBroken ``unknown_choice``."""
    found = session.get(PersonRecord, person) if person else None
    if found is None or found.city_id != city or not found.is_active:
        raise RuleBroken("unknown_choice", field)
    return found


def refuse_no_reason(reason: str | None) -> str:
    """A reason as it is stored. Raises RuleBroken ``reason_missing``."""
    said = (reason or "").strip()
    if not said:
        raise RuleBroken("reason_missing", "reason")
    return said


def note(
    session: Session,
    act: Act,
    action: str,
    item: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Tells the audit log what was done to something of the actor's city."""
    audit.note(
        session,
        at=act.recorded_at,
        actor=act.actor.person,
        action=action,
        item=f"{act.actor.city}/{item}",
        before=before,
        after=after,
    )
