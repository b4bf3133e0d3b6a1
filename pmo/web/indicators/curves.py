"""The curve of an indicator as a page shows it: the drawing, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pmo.charts.trajectory import ON_A_PHONE, ONE_OF_SEVERAL, TrajectoryChart, span_of, trajectory_svg
from pmo.domain.indicator import Direction, Indicator, Interpolation, Kind
from pmo.domain.trajectory import expected_value
from pmo.i18n import formats, gettext
from pmo.i18n.labels import label
from pmo.i18n.names import name_of
from pmo.queries.project_page import IndicatorLine

FLOW_POINTS = 24
"""A seasonal flow has no corner points of its own; so many are taken evenly."""


@dataclass(frozen=True, slots=True)
class CurveRow:
    """One period of the table under the curve; ``deviation`` is actual minus expected, in the unit."""

    period_end: date
    actual: float
    expected: float | None
    deviation: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """``svg`` is ready for the page; ``rows`` newest period first. ``narrow`` is the drawing for a phone, of a curve
    that stands alone."""

    svg: str
    rows: tuple[CurveRow, ...]
    narrow: str = ""


def curve_of(line: IndicatorLine, today: date) -> Curve:
    """The curve of an indicator on a day, in the reader's language."""
    chart = _chart(line, today)
    narrow = replace(chart, key=f"{chart.key}-narrow", size=ON_A_PHONE)
    return Curve(trajectory_svg(chart), _rows(line), trajectory_svg(narrow))


def curves_of(lines: Sequence[IndicatorLine], today: date) -> dict[str, Curve]:
    """The curves of several indicators as small multiples: one size and one time axis for all; by code."""
    charts = {line.facts.code: _chart(line, today) for line in lines}
    spans = [span_of(chart) for chart in charts.values()]
    between = (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None
    return {
        line.facts.code: Curve(
            trajectory_svg(replace(charts[line.facts.code], size=ONE_OF_SEVERAL, between=between)), _rows(line)
        )
        for line in lines
    }


def _chart(line: IndicatorLine, today: date) -> TrajectoryChart:
    indicator, judged = line.facts, line.judged
    is_projected = judged.projected is not None and judged.observed_on and judged.observed_on < indicator.target_on
    return TrajectoryChart(
        key=f"curve-{indicator.id}",
        title=gettext("Trajectory of %(code)s", code=indicator.code),
        description=_in_words(line),
        today=today,
        plan=_plan(indicator),
        is_step=indicator.interpolation is Interpolation.STEP,
        readings=tuple(
            (on, value) for on, value in _points(indicator) if judged.observed_on is None or on <= judged.observed_on
        ),
        target=(indicator.target_on, indicator.target) if indicator.target is not None else None,
        band=(indicator.low, indicator.high) if indicator.low is not None and indicator.high is not None else None,
        expected=(judged.observed_on, judged.expected) if judged.observed_on and judged.expected is not None else None,
        projected=(indicator.target_on, judged.projected) if is_projected and judged.projected is not None else None,
        severity=judged.severity,
    )


def _points(indicator: Indicator) -> list[tuple[date, float]]:
    """The last value entered for each period, in the order of the periods."""
    return sorted({reading.period_end: reading.value for reading in indicator.readings}.items())


def _rows(line: IndicatorLine) -> tuple[CurveRow, ...]:
    return tuple(
        CurveRow(on, value, expected, None if expected is None else value - expected)
        for on, value in reversed(_points(line.facts))
        for expected in [expected_value(line.facts, on)]
    )


def _plan(indicator: Indicator) -> tuple[tuple[date, float], ...]:
    """Where the expected value turns, from its start to the target date."""
    start = indicator.baseline_on
    if indicator.kind is Kind.PERIOD and indicator.window_start:
        start = indicator.window_start
    days = {start, indicator.target_on, *(on for on, _ in indicator.trajectory if start < on < indicator.target_on)}
    if indicator.kind is Kind.PERIOD:
        length = (indicator.target_on - start).days
        days |= {start + timedelta(days=length * part // FLOW_POINTS) for part in range(FLOW_POINTS)}
    values = ((on, expected_value(indicator, on)) for on in sorted(days))
    return tuple((on, value) for on, value in values if value is not None)


def _in_words(line: IndicatorLine) -> str:
    judged, indicator = line.judged, line.facts
    unit = name_of(line.unit)
    aim = formats.number(indicator.target)
    if indicator.direction is Direction.RANGE:
        aim = f"{formats.number(indicator.low)}–{formats.number(indicator.high)}"
    return gettext(
        "%(status)s. Actual %(actual)s, expected %(expected)s, target %(target)s %(unit)s by %(day)s.",
        status=label("indicator_status", judged.status),
        actual=formats.number(judged.actual),
        expected=formats.number(judged.expected),
        target=aim,
        unit=unit,
        day=formats.day(indicator.target_on),
    )
