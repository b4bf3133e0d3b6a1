"""Addresses that send mail back: nothing goes there until somebody allows it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pmo.db.models.outbox import OutgoingMailRecord, ReturnedAddressRecord
from pmo.db.models.people import PersonRecord
from pmo.queries.names import Name


@dataclass(frozen=True, slots=True)
class ReturnedAddress:
    """An address that is shut now, whose it is, and the mail that came back."""

    id: int
    address: str
    person: Name
    reason: str
    returned_at: datetime
    mail_id: int


def shut_addresses() -> Select[str]:
    """The addresses that are shut now, in small letters; for use in other statements."""
    return select(ReturnedAddressRecord.address).where(ReturnedAddressRecord.allowed_at.is_(None))


def is_shut(address: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether a column of addresses names a shut one."""
    return func.lower(address).in_(shut_addresses())


def is_address_shut(session: Session, address: str) -> bool:
    """Whether mail to an address came back and nobody has allowed it since."""
    return session.scalar(shut_addresses().where(ReturnedAddressRecord.address == address.lower())) is not None


def returned_addresses(session: Session, city: str) -> list[ReturnedAddress]:
    """The shut addresses of a city, the newest first."""
    record = ReturnedAddressRecord
    statement = (
        select(
            record.id,
            record.address,
            record.reason,
            record.returned_at,
            record.mail_id,
            PersonRecord.title_ru,
            PersonRecord.title_kk,
            PersonRecord.title_en,
        )
        .join(OutgoingMailRecord, OutgoingMailRecord.id == record.mail_id)
        .join(PersonRecord, PersonRecord.id == OutgoingMailRecord.recipient_id)
        .where(OutgoingMailRecord.city_id == city, record.allowed_at.is_(None))
        .order_by(record.id.desc())
    )
    return [
        ReturnedAddress(
            row.id,
            row.address,
            Name(row.title_ru, row.title_kk, row.title_en),
            row.reason,
            row.returned_at,
            row.mail_id,
        )
        for row in session.execute(statement)
    ]
