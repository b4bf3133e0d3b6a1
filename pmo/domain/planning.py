"""What a plan must satisfy before it is taken: asked by the forms, the services and the importer alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pmo.domain.calendar import FIRST_DAY, LAST_DAY
from pmo.domain.errors import RuleBroken
from pmo.domain.indicator import Direction, Indicator, Kind
from pmo.domain.milestone import Milestone
from pmo.domain.milestone_verdict import in_dependency_order

LONGEST_SPAN = timedelta(days=366)
LONGEST_LAG_WD = 2000
"""Working days between two milestones, also the longest of shortest durations: eight years."""
LATEST_PLAN = date(LAST_DAY.year - 10, 12, 31)
"""Later dates in a plan are slips of the pen; the calendar needs room behind the last date."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a plan: which field, and the code of what is expected instead."""

    code: str
    field: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def as_refusal(self) -> RuleBroken:
        """The same as an exception."""
        return RuleBroken(self.code, self.field, **self.values)


def faults_of_day(day: date | None, name: str) -> list[Fault]:
    """A date of a plan lies between 2000 and 2050."""
    if day is not None and not FIRST_DAY <= day <= LATEST_PLAN:
        return [Fault("date_out_of_range", name, {"first": FIRST_DAY, "last": LATEST_PLAN})]
    return []


def faults_of_span(starts_on: date, ends_on: date, today: date) -> list[Fault]:
    """Days of a duty for a time, both included: in order, not all in the past, a year at most."""
    faults = faults_of_day(starts_on, "starts_on") + faults_of_day(ends_on, "ends_on")
    if ends_on < starts_on:
        faults.append(Fault("span_upside_down", "ends_on", {"starts_on": starts_on}))
    elif ends_on < today:
        faults.append(Fault("span_over", "ends_on", {"today": today}))
    elif ends_on - starts_on > LONGEST_SPAN:
        faults.append(Fault("span_too_long", "ends_on"))
    return faults


def faults_of_project(start_on: date, end_on: date, weight: float) -> list[Fault]:
    """Dates in order and in range, a positive weight."""
    faults = faults_of_day(start_on, "start_on") + faults_of_day(end_on, "end_on")
    if end_on < start_on:
        faults.append(Fault("end_before_start", "end_on", {"start_on": start_on}))
    if weight <= 0:
        faults.append(Fault("weight_not_positive", "weight"))
    return faults


def faults_of_indicator(indicator: Indicator) -> list[Fault]:
    """DOMAIN 1.5: the target on the right side of the baseline, a band in order, a trajectory between the two dates."""
    faults = faults_of_day(indicator.baseline_on, "baseline_on") + faults_of_day(indicator.target_on, "target_on")
    if indicator.weight <= 0:
        faults.append(Fault("weight_not_positive", "weight"))
    if indicator.target_on <= indicator.baseline_on:
        faults.append(Fault("target_before_baseline", "target_on", {"baseline_on": indicator.baseline_on}))
    if indicator.direction is Direction.RANGE:
        faults += _faults_of_band(indicator)
    elif indicator.target is None:
        faults.append(Fault("target_missing", "target"))
    elif indicator.kind is not Kind.PERIOD and indicator.baseline is not None:
        wrong = indicator.target - indicator.baseline
        if (indicator.direction is Direction.UP and wrong < 0) or (indicator.direction is Direction.DOWN and wrong > 0):
            faults.append(
                Fault(
                    "target_on_wrong_side",
                    "target",
                    {
                        "direction": indicator.direction.value,
                        "baseline": indicator.baseline,
                        "target": indicator.target,
                    },
                )
            )
    if indicator.kind is Kind.PERIOD:
        faults += _faults_of_window(indicator)
    days = [on for on, _ in indicator.trajectory]
    if len(set(days)) != len(days):
        faults.append(Fault("trajectory_day_twice", "trajectory"))
    if any(not indicator.baseline_on <= on <= indicator.target_on for on in days):
        faults.append(
            Fault("trajectory_outside", "trajectory", {"from": indicator.baseline_on, "to": indicator.target_on})
        )
    return faults


def faults_of_links(milestones: Sequence[Milestone]) -> list[Fault]:
    """Every predecessor exists and no chain of links returns to itself."""
    codes = {milestone.code for milestone in milestones}
    faults = [
        Fault("unknown_predecessor", "depends_on", {"milestone": milestone.code, "predecessor": link.predecessor})
        for milestone in milestones
        for link in milestone.predecessors
        if link.predecessor not in codes
    ]
    try:
        in_dependency_order(milestones)
    except RuleBroken as refusal:
        faults.append(Fault(refusal.code, "depends_on", refusal.values))
    return faults


def _faults_of_band(indicator: Indicator) -> list[Fault]:
    if indicator.low is None or indicator.high is None:
        return [Fault("band_missing", "low" if indicator.low is None else "high")]
    if indicator.low > indicator.high:
        return [Fault("band_upside_down", "high", {"low": indicator.low, "high": indicator.high})]
    return []


def _faults_of_window(indicator: Indicator) -> list[Fault]:
    if indicator.window_start is None:
        return [Fault("window_missing", "window_start")]
    if indicator.window_start > indicator.target_on:
        return [Fault("window_after_target", "window_start", {"target_on": indicator.target_on})]
    return []
