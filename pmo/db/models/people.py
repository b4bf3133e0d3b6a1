"""People as posts: a title, an address, a language; who stands in for whom (DOMAIN 3.0, 3.2 absence)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime


class PersonRecord(Base):
    """A post that signs in. ``role`` is one of ``pmo.domain.access.Role``; ``version`` rises with each edit."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("language in ('ru', 'kk', 'en')", name="language"),)
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    title_ru: Mapped[str] = mapped_column(String(300))
    title_kk: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    language: Mapped[str] = mapped_column(String(2))
    department_id: Mapped[str | None] = mapped_column(ForeignKey("departments.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")


class CityAccessRecord(Base):
    """The right to look at another city's portfolio, given explicitly."""

    __tablename__ = "city_access"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"), primary_key=True)


class MailChoiceRecord(Base):
    """What somebody chose about regular mail (``pmo.domain.mail_choices``); the last row of a choice counts.

    It belongs to no project, so it bears what an entry would: when it counts from, when it was written down, who said
    it, and through which door (``web``, or ``unsubscribe`` for the link of a mail).
    """

    __tablename__ = "mail_choices"
    __table_args__ = (CheckConstraint("choice in ('weekly_digest', 'daily_digest', 'all_in_order')", name="choice"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    choice: Mapped[str] = mapped_column(String(20))
    wanted: Mapped[bool]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    source: Mapped[str] = mapped_column(String(20))


class AbsenceRecord(Base):
    """Someone is away, someone else acts: for these dates, both ends included."""

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="order"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    substitute_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoleGrantRecord(Base):
    """A further role for a time, both days included: acting head of a department, of an area, of the office.

    ``department_id`` goes with a role of a department, ``area_id`` with a curator's; both are empty for the others.
    """

    __tablename__ = "role_grants"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="order"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    department_id: Mapped[str | None] = mapped_column(ForeignKey("departments.id"))
    area_id: Mapped[str | None] = mapped_column(ForeignKey("curator_areas.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
