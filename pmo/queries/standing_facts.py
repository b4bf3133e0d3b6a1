"""Readings and forecasts that stand at a moment, each with its number: what a correction must name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord, ReadingRecord
from pmo.db.models.milestones import ForecastRecord, MilestoneRecord
from pmo.domain.access import Actor
from pmo.domain.errors import NotFound
from pmo.queries.project_page import visible_project


@dataclass(frozen=True, slots=True)
class StandingReading:
    """The value that stands for a period. ``version`` is the number of the fact."""

    version: int
    period_end: date
    value: float
    note: str | None
    is_correction: bool
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class StandingForecast:
    """A date at which a milestone was expected. ``version`` is the number of the fact; the last one stands."""

    version: int
    expected_on: date
    reason: str
    note: str | None
    entered_at: datetime


def standing_readings(
    session: Session, indicator_ids: Sequence[int], at: datetime
) -> dict[int, tuple[StandingReading, ...]]:
    """The standing value of each period by indicator, the oldest period first. One statement."""
    reading = ReadingRecord
    statement = (
        select(reading, EntryRecord.entered_at)
        .join(EntryRecord, EntryRecord.id == reading.entry_id)
        .where(reading.indicator_id.in_(indicator_ids), EntryRecord.entered_at <= at)
        .order_by(reading.indicator_id, reading.period_end, EntryRecord.entered_at, reading.id)
    )
    found: dict[int, dict[date, StandingReading]] = {}
    for row, entered_at in session.execute(statement):
        standing = StandingReading(row.id, row.period_end, row.value, row.text, row.is_correction, entered_at)
        found.setdefault(row.indicator_id, {})[row.period_end] = standing
    return {number: tuple(periods.values()) for number, periods in found.items()}


def forecasts_of(
    session: Session, milestone_ids: Sequence[int], at: datetime
) -> dict[int, tuple[StandingForecast, ...]]:
    """Every forecast by milestone, the one that stands last. One statement."""
    forecast = ForecastRecord
    statement = (
        select(forecast, EntryRecord.entered_at)
        .join(EntryRecord, EntryRecord.id == forecast.entry_id)
        .where(forecast.milestone_id.in_(milestone_ids), EntryRecord.entered_at <= at)
        .order_by(forecast.milestone_id, EntryRecord.entered_at, forecast.id)
    )
    found: dict[int, list[StandingForecast]] = {}
    for row, entered_at in session.execute(statement):
        told = StandingForecast(row.id, row.expected_on, row.reason_id, row.text, entered_at)
        found.setdefault(row.milestone_id, []).append(told)
    return {number: tuple(forecasts) for number, forecasts in found.items()}


def indicator_code(session: Session, actor: Actor, indicator_id: int) -> str:
    """The code of an indicator whose project the actor may see. Raises NotFound."""
    return _code(session, actor, session.get(IndicatorRecord, indicator_id))


def milestone_code(session: Session, actor: Actor, milestone_id: int) -> str:
    """The code of a milestone whose project the actor may see. Raises NotFound."""
    return _code(session, actor, session.get(MilestoneRecord, milestone_id))


def _code(session: Session, actor: Actor, record: Any) -> str:
    if record is None:
        raise NotFound
    visible_project(session, actor, record.project_id)
    return str(record.code)
