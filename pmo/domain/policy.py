"""The rule set: every threshold of the status rules, with one version (DOMAIN 1.2).

A result names the version that made it, so a city may change a number without rewriting its past.
"""

from __future__ import annotations

from dataclasses import dataclass

TIE = 1e-9
"""Two numbers closer than this are equal; equal counts on the better side (DOMAIN 1.2).

Where the rule's own sign puts the limit on the worse side ("30% and more is red"), the sign decides.
"""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Thresholds of status. Shares are fractions (0.10 is 10%), ``_wd`` are working days, ``_days`` calendar days."""

    version: str = "ST-1"

    due_soon_days: int = 14
    forecast_tolerance_wd: int = 5
    critical_forecast_red_wd: int = 20
    critical_overdue_red_wd: int = 3
    overdue_red_wd: int = 11
    no_date_days: int = 30
    evidence_review_wd: int = 5
    gap_compression: float = 0.8

    amber_variance: float = 0.10
    red_variance: float = 0.30
    amber_slip_days: int = 30
    red_slip_days: int = 90
    slip_floor_days: int = 8

    early_phase: float = 0.05
    mature_phase: float = 0.20
    hold_amber: float = 0.05
    hold_red: float = 0.10
    nearly_achieved: float = 0.95
    zero_target_scale: float = 1.0
    range_tolerance: float = 0.10
    range_scale_floor: float = 0.10
    report_grace_wd: int = 10
    no_baseline_days: int = 60
    trend_floor: float = 0.9

    delivery_green: float = 0.90
    delivery_amber: float = 0.70
    delivery_few: int = 3
    delivery_light: float = 0.30
    indicators_green: float = 0.80
    indicators_amber: float = 0.50

    cost_amber: float = 0.10
    cost_red: float = 0.30
    slow_spending: float = 0.70
    slow_spending_after: float = 0.25

    rebaseline_growth: float = 0.30
    rebaseline_count: int = 2
    override_max_days: int = 30
    long_pause_days: int = 90

    portfolio_red_share: float = 0.20
    portfolio_amber_red_share: float = 0.10
    portfolio_amber_share: float = 0.40
    flagship_red_days: int = 30
    small_group: int = 5
    punctuality_days: int = 90

    closed_period_wd: int = 30


STANDARD = RuleSet()


def at_least(value: float, limit: float) -> bool:
    """``value >= limit``, a tie counting as reached."""
    return value > limit - TIE


def at_most(value: float, limit: float) -> bool:
    """``value <= limit``, a tie counting as within."""
    return value < limit + TIE
