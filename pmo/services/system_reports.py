"""What another system reports of an indicator or a milestone: the acts of the pages, said once and never by mistake.

What stands already and is told again enters nothing. What replaces something names what it replaces by its
``version``: a program cannot see that somebody corrected the value by hand meanwhile, so it is told instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from pmo.domain.access import Action
from pmo.domain.errors import Conflict, RuleBroken
from pmo.domain.milestone import NOT_STATED
from pmo.queries.names import reason_codes
from pmo.queries.standing_facts import StandingForecast, StandingReading, forecasts_of, standing_readings
from pmo.services.acts import Act, indicator_for, milestone_for
from pmo.services.indicators import enter_reading
from pmo.services.milestones import move_forecast

Fact = TypeVar("Fact", StandingReading, StandingForecast)


@dataclass(frozen=True, slots=True)
class ToldReading:
    """A value for a period; ``version`` is that of the reading it replaces, None where nothing was told yet."""

    period_end: date
    value: float
    note: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ToldForecast:
    """A date, why, and the ``version`` of the forecast it replaces."""

    expected_on: date
    reason: str
    note: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Reported(Generic[Fact]):
    """What stands now; ``is_new`` unless it stood already. ``code`` is of the indicator or milestone."""

    code: str
    fact: Fact
    is_new: bool


def report_reading(session: Session, act: Act, indicator_id: int, told: ToldReading) -> Reported[StandingReading]:
    """Enters a value. Raises NotFound, NotAllowed; Conflict with what stands; RuleBroken as ``enter_reading``."""
    indicator, _ = indicator_for(session, act.actor, Action.READING, indicator_id)
    standing = _reading(session, act, indicator_id, told.period_end)
    if standing and (standing.value, standing.note) == (told.value, told.note):
        return Reported(indicator.code, standing, is_new=False)
    if told.version != (standing.version if standing else None):
        raise Conflict(_of_reading(standing))
    enter_reading(session, act, indicator_id, told.period_end, told.value, told.note)
    entered = _reading(session, act, indicator_id, told.period_end)
    assert entered is not None
    return Reported(indicator.code, entered, is_new=True)


def report_forecast(session: Session, act: Act, milestone_id: int, told: ToldForecast) -> Reported[StandingForecast]:
    """Moves a forecast. Raises NotFound, NotAllowed; Conflict with what stands; RuleBroken as ``move_forecast``."""
    milestone, _ = milestone_for(session, act.actor, Action.FORECAST, milestone_id)
    standing = _forecast(session, act, milestone_id)
    if standing and (standing.expected_on, standing.reason, standing.note) == (
        told.expected_on,
        told.reason,
        told.note,
    ):
        return Reported(milestone.code, standing, is_new=False)
    if told.reason == NOT_STATED or told.reason not in reason_codes(session):
        raise RuleBroken("unknown_choice", "reason_id")
    if told.version != (standing.version if standing else None):
        raise Conflict(_of_forecast(standing))
    move_forecast(session, act, milestone_id, told.expected_on, told.reason, told.note)
    entered = _forecast(session, act, milestone_id)
    assert entered is not None
    return Reported(milestone.code, entered, is_new=True)


def _reading(session: Session, act: Act, indicator_id: int, period_end: date) -> StandingReading | None:
    told = standing_readings(session, [indicator_id], act.at).get(indicator_id, ())
    return next((reading for reading in told if reading.period_end == period_end), None)


def _forecast(session: Session, act: Act, milestone_id: int) -> StandingForecast | None:
    told = forecasts_of(session, [milestone_id], act.at).get(milestone_id, ())
    return told[-1] if told else None


def _of_reading(standing: StandingReading | None) -> dict[str, object]:
    if standing is None:
        return {"version": None}
    return {"version": standing.version, "period_end": standing.period_end, "value": standing.value}


def _of_forecast(standing: StandingForecast | None) -> dict[str, object]:
    if standing is None:
        return {"version": None}
    return {"version": standing.version, "expected_on": standing.expected_on, "reason": standing.reason}
