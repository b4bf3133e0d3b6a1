"""Cities and their zones."""

from __future__ import annotations

from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import CityRecord
from pmo.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class City:
    """A city as the other layers see it."""

    id: str
    name_ru: str
    name_kk: str
    name_en: str
    timezone: str
    currency: str
    calendar: str
    has_demonstration_data: bool

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)


_CITY = select(*(getattr(CityRecord, each.name) for each in fields(City))).where(CityRecord.id == bindparam("city"))
"""Columns, for a record that nobody holds would be loaded whole each time it is asked for."""


def cities(session: Session) -> list[City]:
    """All cities in their order."""
    return [
        _city(record) for record in session.scalars(select(CityRecord).order_by(CityRecord.position, CityRecord.id))
    ]


def city(session: Session, city_id: str) -> City:
    """One city. Raises NotFound."""
    row = session.execute(_CITY, {"city": city_id}).one_or_none()
    if row is None:
        raise NotFound
    return City(*row)


def city_zone(session: Session, city_id: str) -> ZoneInfo:
    """A city's time zone. Raises NotFound."""
    return city(session, city_id).zone


def _city(record: CityRecord) -> City:
    return City(
        record.id,
        record.name_ru,
        record.name_kk,
        record.name_en,
        record.timezone,
        record.currency,
        record.calendar,
        record.has_demonstration_data,
    )
