"""Sets the demonstration's clock."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.clock import DemoClockRecord

ONLY = 1


def set_demo_clock(session: Session, now_at: datetime, started_as_of: date | None) -> None:
    """The demonstration's present instant. ``started_as_of`` is given once, when it is built."""
    record = session.get(DemoClockRecord, ONLY)
    if record is None:
        assert started_as_of is not None
        session.add(DemoClockRecord(id=ONLY, now_at=now_at, started_as_of=started_as_of))
    else:
        record.now_at = now_at
    session.flush()


def demo_start(session: Session) -> date | None:
    """The day for which the demonstration was built."""
    return session.scalar(select(DemoClockRecord.started_as_of))
