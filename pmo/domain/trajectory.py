"""The trajectory of an indicator: what is expected of it on a day, and where it leads (DOMAIN 1.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pmo.domain.calendar import ONE_DAY
from pmo.domain.indicator import Direction, Indicator, Interpolation, Kind, Reading, is_in_window


def expected_value(indicator: Indicator, day: date) -> float | None:
    """e(t): what the trajectory expects on ``day``, in the indicator's unit; None where there is no baseline or target.

    A range indicator expects the nearest bound of its band, or, when its baseline lies outside, the way there.
    """
    if indicator.direction is Direction.RANGE:
        (low, high), baseline = band_of(indicator), indicator.baseline
        if baseline is None or low <= baseline <= high:
            return None
        target: float | None = high if baseline > high else low
    else:
        baseline, target = known_baseline(indicator), indicator.target
    if baseline is None or target is None:
        return None
    if indicator.kind is Kind.PERIOD:
        return target * _window_share(indicator, day)
    return _between(
        baseline,
        indicator.baseline_on,
        indicator.trajectory,
        target,
        indicator.target_on,
        day,
        indicator.interpolation,
    )


def projected_value(indicator: Indicator, reading: Reading) -> float | None:
    """P = A + r(tt − ta): where the last up to six readings lead to on the target date (DOMAIN 1.5, early warning)."""
    latest: dict[date, float] = {}
    for told in indicator.readings:
        if is_in_window(indicator, told.period_end) and told.period_end <= reading.period_end:
            latest[told.period_end] = told.value
    points = [(end.toordinal(), latest[end]) for end in sorted(latest)][-6:]
    if len(points) == 1:
        baseline = known_baseline(indicator)
        start = _progress_start(indicator)
        if baseline is None or reading.period_end <= start:
            return None
        slope = (reading.value - baseline) / (reading.period_end - start).days
    else:
        mean_day = sum(day for day, _ in points) / len(points)
        mean_value = sum(value for _, value in points) / len(points)
        spread = sum((day - mean_day) ** 2 for day, _ in points)
        slope = sum((day - mean_day) * (value - mean_value) for day, value in points) / spread
    return reading.value + slope * max(0, (indicator.target_on - reading.period_end).days)


def known_baseline(indicator: Indicator) -> float | None:
    """B as the trajectory uses it: 0 for flows, and for running totals whose start nobody wrote down."""
    if indicator.kind is Kind.PERIOD:
        return 0.0
    return 0.0 if is_baseline_assumed(indicator) else indicator.baseline


def is_baseline_assumed(indicator: Indicator) -> bool:
    """Whether a running total counts from 0 because nobody wrote down its start (DOMAIN 1.5, edge cases)."""
    unknown = indicator.baseline is None
    return unknown and indicator.kind is Kind.CUMULATIVE and indicator.direction is Direction.UP


def band_of(indicator: Indicator) -> tuple[float, float]:
    """Bounds of a range indicator."""
    assert indicator.low is not None
    assert indicator.high is not None
    return indicator.low, indicator.high


def distance_to_band(value: float, low: float, high: float) -> float:
    """How far a value lies outside the band; 0 inside."""
    return max(low - value, value - high, 0.0)


def _progress_start(indicator: Indicator) -> date:
    if indicator.kind is Kind.PERIOD and indicator.window_start:
        return indicator.window_start - ONE_DAY
    return indicator.baseline_on


def _window_share(indicator: Indicator, day: date) -> float:
    assert indicator.window_start is not None
    if day < indicator.window_start:
        return 0.0
    if day >= indicator.target_on:
        return 1.0
    if indicator.shares:
        before = indicator.window_start - ONE_DAY
        return _between(0.0, before, indicator.shares, 1.0, indicator.target_on, day, Interpolation.LINEAR)
    return ((day - indicator.window_start).days + 1) / ((indicator.target_on - indicator.window_start).days + 1)


def _between(
    start_value: float,
    start: date,
    points: Sequence[tuple[date, float]],
    end_value: float,
    end: date,
    day: date,
    interpolation: Interpolation,
) -> float:
    """The trajectory through (start, start_value), the points between, and (end, end_value)."""
    if day <= start:
        return start_value
    if day >= end:
        return end_value
    known = [(start, start_value), *((when, value) for when, value in points if start < when < end), (end, end_value)]
    position = max(index for index, (when, _) in enumerate(known) if when <= day)
    (left, left_value), (right, right_value) = known[position], known[position + 1]
    if interpolation is Interpolation.STEP:
        return left_value
    return left_value + (right_value - left_value) * (day - left).days / (right - left).days
