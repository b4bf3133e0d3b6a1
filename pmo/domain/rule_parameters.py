"""The numbers of the rule set that a city may change: what for, in which unit, within which bounds (DOMAIN 1.2).

Bounds keep a slip of the pen out; relations keep the rules in their senses: amber begins before red, a phase is early
before it is mature. What is refused here would make a rule that can never fire, or one that divides by zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite
from typing import Any

from pmo.domain.planning import Fault
from pmo.domain.policy import STANDARD, TIE, RuleSet

Number = int | float


class Unit(StrEnum):
    """What a number counts. Shares are stored as fractions and written in percent."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    SHARE = "share"
    TIMES = "times"
    FACTOR = "factor"

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self in (Unit.WORKING_DAYS, Unit.DAYS, Unit.TIMES)


class Topic(StrEnum):
    """What a number is for, in the order of the page."""

    MILESTONES = "milestones"
    SCHEDULE = "schedule"
    INDICATORS = "indicators"
    REPORTS = "reports"
    COMPONENTS = "components"
    MONEY = "money"
    GUARDS = "guards"
    PORTFOLIO = "portfolio"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number: the field of ``RuleSet`` it is, and the least and greatest value it may take."""

    name: str
    topic: Topic
    unit: Unit
    least: Number
    greatest: Number

    @property
    def standard(self) -> Number:
        """Its value in the standard."""
        return value_of(STANDARD, self.name)


@dataclass(frozen=True, slots=True)
class Relation:
    """``less`` stays below ``more``; where ``may_equal``, or reaches it."""

    less: str
    more: str
    may_equal: bool = False

    def holds(self, rules: RuleSet) -> bool:
        """Whether two numbers of a rule set stand as they should."""
        gap = value_of(rules, self.more) - value_of(rules, self.less)
        return gap > -TIE if self.may_equal else gap > TIE


PARAMETERS = (
    Parameter("due_soon_days", Topic.MILESTONES, Unit.DAYS, 1, 90),
    Parameter("forecast_tolerance_wd", Topic.MILESTONES, Unit.WORKING_DAYS, 0, 60),
    Parameter("critical_forecast_red_wd", Topic.MILESTONES, Unit.WORKING_DAYS, 1, 250),
    Parameter("critical_overdue_red_wd", Topic.MILESTONES, Unit.WORKING_DAYS, 1, 60),
    Parameter("overdue_red_wd", Topic.MILESTONES, Unit.WORKING_DAYS, 1, 120),
    Parameter("no_date_days", Topic.MILESTONES, Unit.DAYS, 0, 365),
    Parameter("evidence_review_wd", Topic.MILESTONES, Unit.WORKING_DAYS, 1, 60),
    Parameter("gap_compression", Topic.MILESTONES, Unit.SHARE, 0.1, 1.0),
    Parameter("amber_variance", Topic.SCHEDULE, Unit.SHARE, 0.01, 0.9),
    Parameter("red_variance", Topic.SCHEDULE, Unit.SHARE, 0.02, 0.95),
    Parameter("amber_slip_days", Topic.SCHEDULE, Unit.DAYS, 1, 365),
    Parameter("red_slip_days", Topic.SCHEDULE, Unit.DAYS, 2, 730),
    Parameter("slip_floor_days", Topic.SCHEDULE, Unit.DAYS, 1, 90),
    Parameter("early_phase", Topic.INDICATORS, Unit.SHARE, 0.01, 0.5),
    Parameter("mature_phase", Topic.INDICATORS, Unit.SHARE, 0.02, 0.9),
    Parameter("hold_amber", Topic.INDICATORS, Unit.SHARE, 0.0, 0.5),
    Parameter("hold_red", Topic.INDICATORS, Unit.SHARE, 0.01, 1.0),
    Parameter("nearly_achieved", Topic.INDICATORS, Unit.SHARE, 0.5, 0.99),
    Parameter("zero_target_scale", Topic.INDICATORS, Unit.FACTOR, 0.01, 1_000_000.0),
    Parameter("range_tolerance", Topic.INDICATORS, Unit.SHARE, 0.01, 1.0),
    Parameter("range_scale_floor", Topic.INDICATORS, Unit.SHARE, 0.01, 1.0),
    Parameter("trend_floor", Topic.INDICATORS, Unit.SHARE, 0.5, 1.0),
    Parameter("report_grace_wd", Topic.REPORTS, Unit.WORKING_DAYS, 1, 60),
    Parameter("no_baseline_days", Topic.REPORTS, Unit.DAYS, 0, 365),
    Parameter("closed_period_wd", Topic.REPORTS, Unit.WORKING_DAYS, 2, 250),
    Parameter("delivery_green", Topic.COMPONENTS, Unit.SHARE, 0.02, 1.0),
    Parameter("delivery_amber", Topic.COMPONENTS, Unit.SHARE, 0.01, 0.99),
    Parameter("delivery_few", Topic.COMPONENTS, Unit.TIMES, 1, 20),
    Parameter("delivery_light", Topic.COMPONENTS, Unit.SHARE, 0.0, 1.0),
    Parameter("indicators_green", Topic.COMPONENTS, Unit.SHARE, 0.02, 1.0),
    Parameter("indicators_amber", Topic.COMPONENTS, Unit.SHARE, 0.01, 0.99),
    Parameter("cost_amber", Topic.MONEY, Unit.SHARE, 0.01, 1.0),
    Parameter("cost_red", Topic.MONEY, Unit.SHARE, 0.02, 3.0),
    Parameter("slow_spending", Topic.MONEY, Unit.SHARE, 0.01, 1.0),
    Parameter("slow_spending_after", Topic.MONEY, Unit.SHARE, 0.0, 1.0),
    Parameter("rebaseline_growth", Topic.GUARDS, Unit.SHARE, 0.01, 3.0),
    Parameter("rebaseline_count", Topic.GUARDS, Unit.TIMES, 1, 20),
    Parameter("override_max_days", Topic.GUARDS, Unit.DAYS, 1, 180),
    Parameter("long_pause_days", Topic.GUARDS, Unit.DAYS, 1, 730),
    Parameter("portfolio_red_share", Topic.PORTFOLIO, Unit.SHARE, 0.02, 1.0),
    Parameter("portfolio_amber_red_share", Topic.PORTFOLIO, Unit.SHARE, 0.01, 0.99),
    Parameter("portfolio_amber_share", Topic.PORTFOLIO, Unit.SHARE, 0.01, 1.0),
    Parameter("flagship_red_days", Topic.PORTFOLIO, Unit.DAYS, 1, 365),
    Parameter("small_group", Topic.PORTFOLIO, Unit.TIMES, 1, 50),
    Parameter("punctuality_days", Topic.PORTFOLIO, Unit.DAYS, 7, 730),
)
"""Every number of the rule set; nothing in it is out of a city's reach but its name."""

BY_NAME: Mapping[str, Parameter] = {parameter.name: parameter for parameter in PARAMETERS}

RELATIONS = (
    Relation("critical_overdue_red_wd", "overdue_red_wd", may_equal=True),
    Relation("forecast_tolerance_wd", "critical_forecast_red_wd"),
    Relation("amber_variance", "red_variance"),
    Relation("amber_slip_days", "red_slip_days"),
    Relation("slip_floor_days", "amber_slip_days", may_equal=True),
    Relation("early_phase", "mature_phase"),
    Relation("hold_amber", "hold_red"),
    Relation("report_grace_wd", "closed_period_wd"),
    Relation("delivery_amber", "delivery_green"),
    Relation("indicators_amber", "indicators_green"),
    Relation("cost_amber", "cost_red"),
    Relation("portfolio_amber_red_share", "portfolio_red_share"),
    Relation("portfolio_amber_red_share", "portfolio_amber_share"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is another one in two rule sets."""

    parameter: Parameter
    before: Number
    after: Number


def value_of(rules: RuleSet, name: str) -> Number:
    """One number of a rule set."""
    value: Number = getattr(rules, name)
    return value


def values_of(rules: RuleSet) -> dict[str, Number]:
    """Every number of a rule set by name."""
    return {parameter.name: value_of(rules, parameter.name) for parameter in PARAMETERS}


def rules_with(version: str, values: Mapping[str, Number], standard: RuleSet = STANDARD) -> RuleSet:
    """A rule set of the given numbers; what is missing among them is the standard's, what is no number is left out."""
    given: dict[str, Any] = {name: value for name, value in values.items() if name in BY_NAME}
    return replace(standard, version=version, **given)


def differences(before: RuleSet, after: RuleSet) -> tuple[Difference, ...]:
    """The numbers that two rule sets do not share, in the order of the page."""
    return tuple(
        Difference(parameter, value_of(before, parameter.name), value_of(after, parameter.name))
        for parameter in PARAMETERS
        if abs(value_of(before, parameter.name) - value_of(after, parameter.name)) > TIE
    )


def faults_of_rules(rules: RuleSet) -> list[Fault]:
    """Numbers outside their bounds, then pairs that stand the wrong way round; each at its field.

    A pair is only spoken of where both of its numbers are within bounds.
    """
    outside = {parameter.name: parameter for parameter in PARAMETERS if not _is_within(parameter, rules)}
    faults = [_out_of_bounds(parameter) for parameter in outside.values()]
    return faults + list(_upside_down(rules, outside))


def _upside_down(rules: RuleSet, outside: Mapping[str, Parameter]) -> Iterable[Fault]:
    for relation in RELATIONS:
        if relation.less in outside or relation.more in outside or relation.holds(rules):
            continue
        code = "parameter_above" if relation.may_equal else "parameter_not_below"
        yield Fault(code, relation.less, {"parameter": relation.more, "value": value_of(rules, relation.more)})


def _is_within(parameter: Parameter, rules: RuleSet) -> bool:
    value = value_of(rules, parameter.name)
    fits = isfinite(value) and (not parameter.unit.is_whole or value == int(value))
    return fits and parameter.least - TIE < value < parameter.greatest + TIE


def _out_of_bounds(parameter: Parameter) -> Fault:
    values = {"parameter": parameter.name, "least": parameter.least, "greatest": parameter.greatest}
    return Fault("parameter_out_of_bounds", parameter.name, values)
