"""What an address of a post must be, and what goes with the former one."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import AddressChangeRecord, PasswordLinkRecord
from pmo.domain.errors import RuleBroken

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def check_free_address(session: Session, address: str, person: str | None) -> None:
    """Raises RuleBroken ``bad_address``, ``address_taken`` where another post than ``person`` has it."""
    if not ADDRESS.fullmatch(address) or len(address) > 254:
        raise RuleBroken("bad_address", "email")
    holder = session.scalar(select(PersonRecord.id).where(func.lower(PersonRecord.email) == address.lower()))
    if holder is not None and holder != person:
        raise RuleBroken("address_taken", "email")


def note_changed_address(session: Session, record: PersonRecord, former: str, by: str, at: datetime) -> None:
    """Somebody else has changed the address of a post: both addresses are told (``own_address.tell_of_changes``), and
    links that went to the former one open nothing any more."""
    void_waiting(session, record.id, at)
    void_links(session, record.id, at)
    session.add(
        AddressChangeRecord(
            person_id=record.id,
            former=former,
            address=record.email,
            asked_by=by,
            asked_at=at,
            expires_at=at,
            done_at=at,
        )
    )


def void_links(session: Session, person: str, at: datetime) -> None:
    """Links for a password that lie in the mailbox of the former address."""
    link = PasswordLinkRecord
    session.execute(update(link).where(link.person_id == person, link.used_at.is_(None)).values(used_at=at))


def void_waiting(session: Session, person: str, at: datetime) -> None:
    """What the post asked for and has not confirmed."""
    table = AddressChangeRecord
    waits = (table.person_id == person) & table.done_at.is_(None) & (table.expires_at > at)
    session.execute(update(table).where(waits).values(expires_at=at))


def is_changed_here(session: Session, person: str) -> bool:
    """Whether the address of a post was changed in the tracker, so that an import leaves it as it is."""
    table = AddressChangeRecord
    done = select(table.id).where(table.person_id == person, table.done_at.is_not(None))
    return session.scalar(done.limit(1)) is not None
