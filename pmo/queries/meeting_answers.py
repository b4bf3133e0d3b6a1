"""What was answered about the items of an agenda: to alerts, by evidence, with new dates, with a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.answers import AnswerRecord
from pmo.db.models.changes import ChangeRequestRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import ReadingRecord
from pmo.db.models.milestones import ClaimRecord, EvidenceDecisionRecord, ForecastRecord
from pmo.queries.names import Name, names_of_people

HEARD = (
    "acknowledged",
    "snoozed",
    "muted",
    "help_wanted",
    "forecast_confirmed",
    "forecast",
    "completion_claimed",
    "evidence_rejected",
    "change_requested",
    "indicator",
)
"""The acts that are an answer in the eyes of a meeting."""
LATEST = 3
"""So many of each item are told; of values only the last."""


@dataclass(frozen=True, slots=True)
class AnswerHeard:
    """One act about an item: ``day`` is the date it gives, ``reason`` the code said with it."""

    item: str
    kind: str
    on: date
    person: Name | None
    day: date | None
    value: float | None
    reason: str | None
    text: str | None


def answers_heard(
    session: Session, project_ids: Sequence[int], items: Sequence[str], at: datetime
) -> dict[int, list[AnswerHeard]]:
    """The latest answers about some items up to an instant, by project id, newest first."""
    entry, forecast, claim, answer = EntryRecord, ForecastRecord, ClaimRecord, AnswerRecord
    ruling, reading, request = EvidenceDecisionRecord, ReadingRecord, ChangeRequestRecord
    statement = (
        select(
            entry.project_id,
            entry.item,
            entry.kind,
            entry.event_on,
            entry.entered_by,
            func.coalesce(forecast.expected_on, claim.completed_on, answer.until, reading.period_end).label("day"),
            reading.value,
            func.coalesce(forecast.reason_id, ruling.reason_id, request.reason_id).label("reason"),
            func.coalesce(forecast.text, claim.text, answer.text, ruling.text, reading.text, request.text).label(
                "text"
            ),
        )
        .outerjoin(forecast, forecast.entry_id == entry.id)
        .outerjoin(claim, claim.entry_id == entry.id)
        .outerjoin(answer, answer.entry_id == entry.id)
        .outerjoin(ruling, ruling.entry_id == entry.id)
        .outerjoin(reading, reading.entry_id == entry.id)
        .outerjoin(request, request.entry_id == entry.id)
        .where(
            entry.project_id.in_(project_ids),
            entry.item.in_(items),
            entry.kind.in_(HEARD),
            entry.entered_at <= at,
        )
        .order_by(entry.entered_at.desc(), entry.id.desc())
    )
    rows = session.execute(statement).all()
    people = names_of_people(session, {row.entered_by for row in rows})
    found: dict[int, list[AnswerHeard]] = {}
    spoken: Counter[tuple[int, str]] = Counter()
    for row in rows:
        key = row.project_id, row.item
        spoken[key] += 1
        if spoken[key] <= (1 if row.value is not None else LATEST):
            found.setdefault(row.project_id, []).append(
                AnswerHeard(
                    row.item,
                    row.kind,
                    row.event_on,
                    people.get(row.entered_by),
                    row.day,
                    row.value,
                    row.reason,
                    row.text,
                )
            )
    return found
