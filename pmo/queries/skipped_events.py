"""Events of the demonstration log that contradict what a visitor entered: listed, not entered (PRODUCT 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.clock import SkippedEventRecord


@dataclass(frozen=True, slots=True)
class SkippedEvent:
    """``project`` and ``item`` are codes, ``kind`` is the kind of entry it would have been."""

    on: date
    project: str
    kind: str
    item: str


def skipped_events(session: Session, city_id: str) -> list[SkippedEvent]:
    """The skipped events of a city, newest first. The key of an event is day/city/project/type/ref/period."""
    statement = select(SkippedEventRecord).order_by(SkippedEventRecord.event_on.desc(), SkippedEventRecord.log_key)
    found = []
    for record in session.scalars(statement):
        _, city, project, kind, item, _ = record.log_key.split("/", 5)
        if city == city_id:
            found.append(SkippedEvent(record.event_on, project, kind, item))
    return found
