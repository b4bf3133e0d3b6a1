"""A row for each period of each job (RELIABILITY 1.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime


class JobRunRecord(Base):
    """Who does, or did, one period of a job. ``city_id`` is ``*`` for jobs of the whole installation.

    ``fence`` rises with each takeover; only its latest holder can mark the run done, in the transaction of its effects.
    """

    __tablename__ = "job_runs"
    __table_args__ = (CheckConstraint("state in ('running', 'done', 'failed')", name="state"),)
    job: Mapped[str] = mapped_column(String(30), primary_key=True)
    city_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[str] = mapped_column(String(30), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    fence: Mapped[int] = mapped_column(Integer, default=1)
    owner: Mapped[str] = mapped_column(String(40))
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    counts: Mapped[dict[str, Any]]
