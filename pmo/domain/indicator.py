"""Indicators: what is known of one, and the shape of its assessment (DOMAIN 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pmo.domain.calendar import ONE_DAY


class IndicatorStatus(StrEnum):
    """Status words of DOMAIN 1.5."""

    NOT_STARTED = "not_started"
    NO_DATA_YET = "no_data_yet"
    NO_DATA = "no_data"
    ACHIEVED = "achieved"
    NEARLY_ACHIEVED = "nearly_achieved"
    MISSED = "missed"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    STALE = "stale"
    NO_CURRENT_DATA = "no_current_data"
    NO_BASELINE = "no_baseline"


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    RANGE = "range"


class Kind(StrEnum):
    """Level at the period end, running total since the baseline date, or flow that restarts each window."""

    POINT = "point"
    CUMULATIVE = "cumulative"
    PERIOD = "period"


class Interpolation(StrEnum):
    """How the expected value runs between the points of the trajectory."""

    LINEAR = "linear"
    STEP = "step"


class Frequency(StrEnum):
    """How often a reading is owed; the value is told at the end of each such period."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"

    @property
    def months(self) -> int:
        """Length of a period in months."""
        return 1 if self is Frequency.MONTHLY else 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A value told for the period that ends on ``period_end``. A later entry for the same end supersedes."""

    period_end: date
    value: float
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Indicator:
    """All that is known of an indicator. Values are in its own unit; ``trajectory`` are (date, value) in date order.

    ``shares`` is a seasonal table for ``period`` indicators: (date, cumulative share of the target from 0 to 1).
    ``low`` and ``high`` are the band of a range indicator, which has no ``target``.
    """

    id: int
    code: str
    direction: Direction
    kind: Kind
    baseline_on: date
    target_on: date
    baseline: float | None = 0.0
    target: float | None = None
    low: float | None = None
    high: float | None = None
    trajectory: tuple[tuple[date, float], ...] = ()
    shares: tuple[tuple[date, float], ...] = ()
    interpolation: Interpolation = Interpolation.LINEAR
    frequency: Frequency = Frequency.MONTHLY
    window_start: date | None = None
    zero_scale: float | None = None
    weight: float = 1.0
    critical: bool = False
    entered_at: datetime | None = None
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorAssessment:
    """What the rules say of one indicator on one day.

    ``actual`` and ``expected`` are in the indicator's unit, both taken at ``observed_on`` (the period end of the
    judged reading). ``ratio`` is k = a/p, uncapped; None where it is undefined. ``missed_reports`` counts reports whose
    due day passed without a reading. ``next_report_due_on`` is the day by which the next reading is owed.
    """

    id: int
    code: str
    status: IndicatorStatus
    severity: int | None
    rule: str
    weight: float
    critical: bool
    actual: float | None = None
    expected: float | None = None
    ratio: float | None = None
    progress: float | None = None
    deviation: float | None = None
    limit: float | date | None = None
    observed_on: date | None = None
    is_final: bool = False
    missed_reports: int = 0
    missed_after_target: int = 0
    next_report_due_on: date | None = None
    baseline_assumed: bool = False
    projected: float | None = None
    trend_below_target: bool = False


def next_period_end(day: date, frequency: Frequency) -> date:
    """First end of a reporting period strictly after ``day``: month ends, or ends of calendar quarters."""
    end = _month_end(day.year, day.month)
    while end <= day or end.month % frequency.months:
        end = _month_end(end.year + end.month // 12, end.month % 12 + 1)
    return end


def judged_reading(indicator: Indicator) -> Reading | None:
    """The reading that the status is about, or None.

    The latest by period end, and of those for one period the latest entered; once a period ends on or after the target
    date, the first such (the final one). A ``period`` indicator counts only readings of its own window.
    """
    latest: dict[date, Reading] = {}
    for reading in indicator.readings:
        latest[reading.period_end] = reading
    readings = [latest[end] for end in sorted(latest) if is_in_window(indicator, end)]
    final = next((reading for reading in readings if reading.period_end >= indicator.target_on), None)
    return final or (readings[-1] if readings else None)


def is_in_window(indicator: Indicator, period_end: date) -> bool:
    """Whether a reading belongs to the indicator: past its window's end it belongs to the next one (DOMAIN 1.5)."""
    if indicator.kind is not Kind.PERIOD or indicator.window_start is None:
        return True
    window_end = next_period_end(indicator.target_on - ONE_DAY, indicator.frequency)
    return indicator.window_start <= period_end <= window_end


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - ONE_DAY
