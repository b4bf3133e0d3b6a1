"""The demonstration's clock: one row, used by every command (PRODUCT 5, the demo)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime


class DemoClockRecord(Base):
    """What time it is in the demonstration. No row: the time is the machine's."""

    __tablename__ = "demo_clock"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    now_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_as_of: Mapped[date]


class SkippedEventRecord(Base):
    """An event of the demonstration log that contradicts what a visitor entered: listed, not entered."""

    __tablename__ = "skipped_events"
    log_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    event_on: Mapped[date]
    why: Mapped[str] = mapped_column(String(300))
