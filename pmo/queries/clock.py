"""What time it is in the demonstration."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from pmo.db.models.clock import DemoClockRecord


def demo_moment(session: Session) -> datetime | None:
    """The demonstration's present instant, or None where this is no demonstration (or the database is still empty)."""
    if not inspect(session.connection()).has_table(DemoClockRecord.__tablename__):
        return None
    return session.scalar(select(DemoClockRecord.now_at))
