"""The verdict on an indicator: its latest reading against its trajectory, then silence (DOMAIN 1.5, IN-1..IN-14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.indicator import (
    Direction,
    Indicator,
    IndicatorAssessment,
    IndicatorStatus,
    Kind,
    Reading,
    judged_reading,
)
from pmo.domain.milestone import Pause
from pmo.domain.policy import TIE, RuleSet, at_least, at_most
from pmo.domain.reporting import report_duties
from pmo.domain.trajectory import (
    band_of,
    distance_to_band,
    expected_value,
    is_baseline_assumed,
    known_baseline,
    projected_value,
)


def assess_indicator(
    indicator: Indicator,
    on: date,
    calendar: WorkingCalendar,
    rules: RuleSet,
    reporting_start: date,
    pauses: Sequence[Pause] = (),
) -> IndicatorAssessment:
    """Status on a day (DOMAIN 1.5, IN-1..IN-14). ``reporting_start`` as ``reporting_starts_on`` gives it."""
    duties = report_duties(indicator, reporting_start, on, calendar, rules, pauses)
    reading = judged_reading(indicator)
    owed = [duty for duty in duties if reading is None or duty.period_end > reading.period_end]
    missed = [duty for duty in owed if duty.due_on < on]
    if any(pause.covers(on) for pause in pauses):
        missed = []  # while a pause lasts nothing is stale (DOMAIN 1.6, pause)
    is_final = reading is not None and reading.period_end >= indicator.target_on
    facts = IndicatorAssessment(
        id=indicator.id,
        code=indicator.code,
        status=IndicatorStatus.NOT_STARTED,
        severity=None,
        rule="IN-1",
        weight=indicator.weight,
        critical=indicator.critical,
        is_final=is_final,
        missed_reports=len(missed),
        missed_after_target=sum(duty.due_on > indicator.target_on for duty in missed),
        next_report_due_on=min((duty.due_on for duty in owed if duty.due_on >= on), default=None),
        baseline_assumed=is_baseline_assumed(indicator),
    )
    if on < reporting_start:
        return facts
    if reading is None:
        return _without_reading(facts)
    judged = _judge(indicator, reading, facts, rules, on, reporting_start)
    return _with_staleness(judged)


def _without_reading(facts: IndicatorAssessment) -> IndicatorAssessment:
    if not facts.missed_reports:
        return replace(facts, status=IndicatorStatus.NO_DATA_YET, rule="IN-2")
    severity = 2 if facts.critical and facts.missed_reports >= 2 else 1
    return replace(facts, status=IndicatorStatus.NO_DATA, severity=severity, rule="IN-3", limit=severity)


def _judge(
    indicator: Indicator,
    reading: Reading,
    facts: IndicatorAssessment,
    rules: RuleSet,
    on: date,
    reporting_start: date,
) -> IndicatorAssessment:
    """The status by the reading alone, before silence is weighed."""
    facts = replace(facts, actual=reading.value, observed_on=reading.period_end)
    if indicator.direction is Direction.RANGE:
        return _judge_range(indicator, reading, facts, rules)
    assert indicator.target is not None
    baseline = known_baseline(indicator)
    expected = expected_value(indicator, reading.period_end)
    if baseline is None:
        return _judge_without_baseline(indicator, reading, facts, rules, on, reporting_start)
    if abs(indicator.target - baseline) < TIE:
        deviation = _shortfall(indicator, reading.value, rules)
        return _by_deviation(replace(facts, expected=indicator.target), deviation, rules)
    assert expected is not None
    span = indicator.target - baseline
    planned, reached = (expected - baseline) / span, (reading.value - baseline) / span
    projected = projected_value(indicator, reading)
    ahead = None if projected is None else (projected - baseline) / span
    if indicator.kind is Kind.PERIOD and indicator.direction is Direction.DOWN:
        # A flow to be kept low has an allowance, not a start to come down from: what is above it counts as missing.
        reached, ahead = 2 * planned - reached, None if ahead is None else 2 - ahead
    facts = replace(
        facts,
        expected=expected,
        projected=projected,
        trend_below_target=not facts.is_final and ahead is not None and not at_least(ahead, rules.trend_floor),
    )
    return _by_progress(facts, planned, reached, rules)


def _by_progress(facts: IndicatorAssessment, planned: float, reached: float, rules: RuleSet) -> IndicatorAssessment:
    """IN-4 to IN-10, on normalised progress."""
    ratio = reached / planned if abs(planned) > TIE else None
    facts = replace(facts, ratio=ratio, progress=reached)
    if facts.is_final:
        if at_least(reached, 1.0):
            return replace(facts, status=IndicatorStatus.ACHIEVED, severity=0, rule="IN-4", limit=1.0)
        if at_least(reached, rules.nearly_achieved):
            return replace(facts, status=IndicatorStatus.NEARLY_ACHIEVED, severity=1, rule="IN-5", limit=1.0)
        return replace(facts, status=IndicatorStatus.MISSED, severity=2, rule="IN-6", limit=rules.nearly_achieved)
    if not at_least(planned, rules.early_phase):
        fine = at_least(reached, -rules.early_phase)
        status = IndicatorStatus.ON_TRACK if fine else IndicatorStatus.AT_RISK
        return replace(facts, status=status, severity=int(not fine), rule="IN-7", limit=-rules.early_phase)
    assert ratio is not None
    green, red = 1 - rules.amber_variance, 1 - rules.red_variance
    if at_least(ratio, green):
        return replace(facts, status=IndicatorStatus.ON_TRACK, severity=0, rule="IN-8", limit=green)
    early = not at_least(planned, rules.mature_phase) and at_least(reached, 0.0)
    if at_least(ratio, red) or early:
        return replace(facts, status=IndicatorStatus.AT_RISK, severity=1, rule="IN-9", limit=green)
    return replace(facts, status=IndicatorStatus.OFF_TRACK, severity=2, rule="IN-10", limit=red)


def _by_deviation(facts: IndicatorAssessment, deviation: float, rules: RuleSet) -> IndicatorAssessment:
    """IN-13: a level to be kept."""
    severity = 0 if at_most(deviation, rules.hold_amber) else 1 if at_most(deviation, rules.hold_red) else 2
    limit = rules.hold_red if severity == 2 else rules.hold_amber
    return replace(
        facts,
        status=_held_word(severity, facts.is_final),
        severity=severity,
        rule="IN-13",
        deviation=deviation,
        limit=limit,
    )


def _held_word(severity: int, is_final: bool) -> IndicatorStatus:
    if is_final:
        return (IndicatorStatus.ACHIEVED, IndicatorStatus.NEARLY_ACHIEVED, IndicatorStatus.MISSED)[severity]
    return (IndicatorStatus.ON_TRACK, IndicatorStatus.AT_RISK, IndicatorStatus.OFF_TRACK)[severity]


def _shortfall(indicator: Indicator, actual: float, rules: RuleSet) -> float:
    """How far the value is on the wrong side of its target, as a share of it; negative on the better side."""
    assert indicator.target is not None
    scale = abs(indicator.target) or indicator.zero_scale or rules.zero_target_scale
    short = indicator.target - actual if indicator.direction is Direction.UP else actual - indicator.target
    return short / scale


def _judge_range(
    indicator: Indicator, reading: Reading, facts: IndicatorAssessment, rules: RuleSet
) -> IndicatorAssessment:
    """IN-14, or IN-7 to IN-10 on the distance to the band while its baseline still lies outside."""
    (low, high), baseline = band_of(indicator), indicator.baseline
    start_gap = distance_to_band(baseline, low, high) if baseline is not None else 0.0
    gap = distance_to_band(reading.value, low, high)
    if start_gap > TIE and not facts.is_final:
        expected = expected_value(indicator, reading.period_end)
        assert expected is not None
        planned = (start_gap - distance_to_band(expected, low, high)) / start_gap
        return _by_progress(replace(facts, expected=expected), planned, (start_gap - gap) / start_gap, rules)
    scale = max(high - low, rules.range_scale_floor * max(abs(low), abs(high)))
    deviation = gap / scale if scale else float(gap > TIE)
    severity = 0 if gap < TIE else 1 if at_most(deviation, rules.range_tolerance) else 2
    return replace(
        facts,
        status=_held_word(severity, facts.is_final),
        severity=severity,
        rule="IN-14",
        expected=low if abs(reading.value - low) < abs(reading.value - high) else high,
        deviation=deviation,
        limit=rules.range_tolerance if severity == 2 else 0.0,
    )


def _judge_without_baseline(
    indicator: Indicator,
    reading: Reading,
    facts: IndicatorAssessment,
    rules: RuleSet,
    on: date,
    reporting_start: date,
) -> IndicatorAssessment:
    """No baseline is known: a question for the first sixty days, amber afterwards, judged only at the target date.

    DOMAIN 1.5 gives the rule no id; IN-NB is ours. At the target date the value itself is held against the target.
    """
    if facts.is_final:
        deviation = _shortfall(indicator, reading.value, rules)
        facts = replace(facts, expected=indicator.target, deviation=deviation)
        if at_most(deviation, 0.0):
            return replace(facts, status=IndicatorStatus.ACHIEVED, severity=0, rule="IN-4", limit=0.0)
        if at_most(deviation, 1 - rules.nearly_achieved):
            return replace(facts, status=IndicatorStatus.NEARLY_ACHIEVED, severity=1, rule="IN-5", limit=0.0)
        return replace(facts, status=IndicatorStatus.MISSED, severity=2, rule="IN-6", limit=1 - rules.nearly_achieved)
    last_day = reporting_start + timedelta(days=rules.no_baseline_days)
    return replace(facts, status=IndicatorStatus.NO_BASELINE, severity=int(on > last_day), rule="IN-NB", limit=last_day)


def _with_staleness(judged: IndicatorAssessment) -> IndicatorAssessment:
    """IN-11 and IN-12: silence after the last reading."""
    if judged.is_final or not judged.missed_reports:
        return judged
    if judged.missed_reports == 1:
        severity = max(judged.severity or 0, 1)
        return replace(judged, status=IndicatorStatus.STALE, severity=severity, rule="IN-11", limit=1)
    severity = max(judged.severity or 0, 2 if judged.critical else 1)
    return replace(judged, status=IndicatorStatus.NO_CURRENT_DATA, severity=severity, rule="IN-12", limit=2)
