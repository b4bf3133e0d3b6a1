"""Adds people from the command line: the first administrator, and whoever scripts bring."""

from __future__ import annotations

from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import CityRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.access import Role
from pmo.domain.errors import RuleBroken
from pmo.services import audit
from pmo.services.passwords import hash_password, set_password


def add_person(
    session: Session,
    email: str,
    city_id: str,
    role: Role,
    person_id: str | None,
    language: str,
    password: str | None,
    now: datetime,
) -> str:
    """Makes a post, or gives a known one its address, role, language and password; returns its id.

    ``person_id`` names a post that may already be known; without it a new one is made, named after the address.
    Raises RuleBroken ``unknown_city``, ``email_invalid``, ``email_taken``, ``person_elsewhere``, or for the password.
    """
    if session.get(CityRecord, city_id) is None:
        raise RuleBroken("unknown_city", "city", city=city_id)
    address = _checked(email)
    holder = session.scalar(select(PersonRecord).where(func.lower(PersonRecord.email) == address.lower()))
    known = session.get(PersonRecord, person_id) if person_id else holder
    if holder is not None and known is not None and holder.id != known.id:
        raise RuleBroken("email_taken", "email", email=address)
    if holder is not None and known is None:
        raise RuleBroken("email_taken", "email", email=address)
    if known is not None and known.city_id != city_id:
        raise RuleBroken("person_elsewhere", "person", person=known.id, city=known.city_id)
    if known is None:
        known = PersonRecord(
            id=person_id or address.lower(),
            city_id=city_id,
            title_ru=address,
            title_kk=address,
            title_en=address,
            is_active=True,
            created_at=now,
        )
        session.add(known)
    known.email, known.role, known.language = address, role.value, language
    session.flush()
    if password is not None:
        set_password(session, known.id, password, now)
    audit.note(
        session,
        at=now,
        actor=None,
        action="person_added",
        item=f"{city_id}/{known.id}",
        after={"role": role.value, "language": language, "has_password": password is not None},
    )
    return known.id


def give_everybody(session: Session, password: str) -> int:
    """One password for every post: for the demonstration only, which prints it. Returns how many posts there are."""
    posts = len(list(session.scalars(select(PersonRecord.id))))
    session.execute(update(PersonRecord).values(password_hash=hash_password(password)))
    return posts


def _checked(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise RuleBroken("email_invalid", "email", email=email) from error
