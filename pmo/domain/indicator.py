"""Indicators: the facts known of one, and its status against its trajectory (DOMAIN 1.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from pmo.domain.calendar import ONE_DAY, WorkingCalendar
from pmo.domain.milestone import Pause
from pmo.domain.policy import TIE, RuleSet, at_least, at_most


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
        baseline_assumed=_is_baseline_assumed(indicator),
    )
    if on < reporting_start:
        return facts
    if reading is None:
        return _without_reading(facts)
    judged = _judge(indicator, reading, facts, rules, on, reporting_start)
    return _with_staleness(judged)


def reporting_starts_on(indicator: Indicator, project_start: date, tracked_since: date) -> date:
    """The day reporting duties begin: the latest of baseline date, project start and start of tracking (DOMAIN 1.2).

    For ``period`` indicators the day before the window enters the maximum too.
    """
    starts = [indicator.baseline_on, project_start, tracked_since]
    if indicator.kind is Kind.PERIOD and indicator.window_start:
        starts.append(indicator.window_start - ONE_DAY)
    return max(starts)


@dataclass(frozen=True, slots=True)
class ReportDuty:
    """A reading that is owed: for which period, and by which day."""

    period_end: date
    due_on: date


def report_duties(
    indicator: Indicator,
    reporting_start: date,
    on: date,
    calendar: WorkingCalendar,
    rules: RuleSet,
    pauses: Sequence[Pause] = (),
) -> list[ReportDuty]:
    """Duties from the reporting start to the next one that waits for a reading on ``on``, oldest period first.

    The first period end lies strictly after the start. A duty that falls due inside a pause is waived; the last one so
    waived is owed again ``report_grace_wd`` working days after the resume (DOMAIN 1.5). Nothing is owed once the final
    reading is in, nor, while a pause is open, from its start on.
    """
    reading = judged_reading(indicator)
    answered_until = reading.period_end if reading else date.min
    is_final = answered_until >= indicator.target_on
    duties: dict[date, ReportDuty] = {}
    waived: dict[date, ReportDuty] = {}
    period_end = reporting_start
    while True:
        period_end = next_period_end(period_end, indicator.frequency)
        if is_final and period_end > answered_until:
            break
        duty: ReportDuty | None = ReportDuty(period_end, calendar.addwd(period_end, rules.report_grace_wd))
        resumed_on = None
        while duty and (pause := next((pause for pause in pauses if pause.covers(duty.due_on)), None)):
            resumed_on = pause.resumed_on
            duty = ReportDuty(period_end, calendar.addwd(resumed_on, rules.report_grace_wd)) if resumed_on else None
        if duty is None:
            break
        if resumed_on:
            waived[resumed_on] = duty
            continue
        duties[period_end] = duty
        if duty.due_on >= on and period_end > answered_until:
            break
    duties.update((duty.period_end, duty) for duty in waived.values())
    return [duties[period_end] for period_end in sorted(duties)]


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
    readings = [latest[end] for end in sorted(latest) if _is_in_window(indicator, end)]
    final = next((reading for reading in readings if reading.period_end >= indicator.target_on), None)
    return final or (readings[-1] if readings else None)


def expected_value(indicator: Indicator, day: date) -> float | None:
    """e(t): what the trajectory expects on ``day``, in the indicator's unit; None where there is no baseline or target.

    A range indicator expects the nearest bound of its band, or, when its baseline lies outside, the way there.
    """
    if indicator.direction is Direction.RANGE:
        (low, high), baseline = _band(indicator), indicator.baseline
        if baseline is None or low <= baseline <= high:
            return None
        target: float | None = high if baseline > high else low
    else:
        baseline, target = _baseline_of(indicator), indicator.target
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
        if _is_in_window(indicator, told.period_end) and told.period_end <= reading.period_end:
            latest[told.period_end] = told.value
    points = [(end.toordinal(), latest[end]) for end in sorted(latest)][-6:]
    if len(points) == 1:
        baseline = _baseline_of(indicator)
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


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - ONE_DAY


def _is_in_window(indicator: Indicator, period_end: date) -> bool:
    if indicator.kind is not Kind.PERIOD or indicator.window_start is None:
        return True
    window_end = next_period_end(indicator.target_on - ONE_DAY, indicator.frequency)
    return indicator.window_start <= period_end <= window_end


def _baseline_of(indicator: Indicator) -> float | None:
    """B as the trajectory uses it: 0 for flows, and for running totals whose start nobody wrote down."""
    if indicator.kind is Kind.PERIOD:
        return 0.0
    return 0.0 if _is_baseline_assumed(indicator) else indicator.baseline


def _is_baseline_assumed(indicator: Indicator) -> bool:
    unknown = indicator.baseline is None
    return unknown and indicator.kind is Kind.CUMULATIVE and indicator.direction is Direction.UP


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


def _band(indicator: Indicator) -> tuple[float, float]:
    assert indicator.low is not None
    assert indicator.high is not None
    return indicator.low, indicator.high


def _distance(value: float, low: float, high: float) -> float:
    return max(low - value, value - high, 0.0)


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
    baseline = _baseline_of(indicator)
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
    (low, high), baseline = _band(indicator), indicator.baseline
    start_gap = _distance(baseline, low, high) if baseline is not None else 0.0
    gap = _distance(reading.value, low, high)
    if start_gap > TIE and not facts.is_final:
        expected = expected_value(indicator, reading.period_end)
        assert expected is not None
        planned = (start_gap - _distance(expected, low, high)) / start_gap
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
