"""Who could sign in: the list of ``pmo user list``."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.people import PersonRecord


@dataclass(frozen=True, slots=True)
class Account:
    """A post and whether anybody can sign in as it."""

    id: str
    city: str
    role: str
    email: str
    language: str
    is_active: bool
    can_sign_in: bool


def accounts(session: Session, city_id: str | None = None) -> list[Account]:
    """Every post of a city, or of all; by city and id."""
    statement = select(PersonRecord).order_by(PersonRecord.city_id, PersonRecord.id)
    if city_id is not None:
        statement = statement.where(PersonRecord.city_id == city_id)
    return [
        Account(
            record.id,
            record.city_id,
            record.role,
            record.email,
            record.language,
            record.is_active,
            record.is_active and record.password_hash is not None,
        )
        for record in session.scalars(statement)
    ]
