"""Cities and the lists that projects choose from, each name in three languages."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Named


class CityRecord(Named, Base):
    """A city with its time zone, currency and holiday calendar."""

    __tablename__ = "cities"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    timezone: Mapped[str] = mapped_column(String(60))
    currency: Mapped[str] = mapped_column(String(3))
    calendar: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(Integer, default=0)
    has_demonstration_data: Mapped[bool] = mapped_column(default=False)


class DistrictRecord(Named, Base):
    """A district of a city."""

    __tablename__ = "districts"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"), index=True)


class Term(Named):
    """An entry of a list, in the list's own order."""

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, default=0)


class PriorityRecord(Term, Base):
    """A priority of the Address."""

    __tablename__ = "priorities"


class SectorRecord(Term, Base):
    """A sector of the city's life."""

    __tablename__ = "sectors"


class UnitRecord(Term, Base):
    """A unit of measure."""

    __tablename__ = "units"


class MilestoneTypeRecord(Term, Base):
    """What kind of result a milestone is: a decision, a document, a launch …"""

    __tablename__ = "milestone_types"


class EvidenceTypeRecord(Term, Base):
    """What proves that a milestone is done."""

    __tablename__ = "evidence_types"


class ReasonCodeRecord(Term, Base):
    """Why a date moved, evidence was returned, a project was stopped."""

    __tablename__ = "reason_codes"
