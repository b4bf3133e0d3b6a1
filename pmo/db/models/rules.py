"""The versions of a city's rule set; the standard lives in the code and is no row (DOMAIN 1.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime

STANDING = text("withdrawn_at is null")


class RuleVersionRecord(Base):
    """One version: every number of it, from which day it holds, who planned it and why.

    A row is never changed but once: ``withdrawn_at`` is set while its day is still to come. A number is used once in a
    city, also by a version that was withdrawn.
    """

    __tablename__ = "rule_versions"
    __table_args__ = (
        UniqueConstraint("city_id", "number"),
        CheckConstraint("number >= 2", name="number"),
        Index(
            "uq_rule_versions_standing",
            "city_id",
            "valid_from",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date]
    numbers: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(300))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))

    @property
    def name(self) -> str:
        """What results are marked with: ST-2, ST-3, …"""
        return f"ST-{self.number}"
