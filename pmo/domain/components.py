"""The five components of a project's colour: milestones, schedule, indicators, cost, issues (DOMAIN 1.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor, fsum

from pmo.domain.indicator import IndicatorAssessment, IndicatorStatus
from pmo.domain.milestone import MilestoneAssessment, MilestoneStatus
from pmo.domain.policy import TIE, RuleSet, at_least
from pmo.domain.project import Project
from pmo.domain.reason import Reason, Value


@dataclass(frozen=True, slots=True)
class Component:
    """A component's severity, 0 to 2 or None without data, with the reasons of severity 1 and 2 behind it."""

    severity: int | None
    reasons: tuple[Reason, ...] = ()


NO_DATA = Component(None)


def milestone_component(code: str, milestones: Sequence[MilestoneAssessment], on: date, rules: RuleSet) -> Component:
    """M: critical milestones (PM-A), the others capped at amber (PM-B), and the delivery index (PM-C)."""
    counted = [milestone for milestone in milestones if milestone.severity is not None]
    if not counted:
        return NO_DATA
    reasons = []
    for milestone in counted:
        severity = milestone.severity or 0
        if severity:
            rule, shown = ("PM-A", severity) if milestone.critical else ("PM-B", 1)
            values, limit = milestone_receipt(milestone, rules)
            reasons.append(Reason(rule, milestone.code, values, limit, shown, milestone.weight))
    reasons += _delivery(code, milestones, on, rules)
    return _worst(reasons)


def milestone_receipt(milestone: MilestoneAssessment, rules: RuleSet) -> tuple[dict[str, Value], Value]:
    """Inputs and crossed limit of a milestone's own rule."""
    values: dict[str, Value] = {"rule": milestone.rule, "status": milestone.status.value}
    values["due_on"] = milestone.effective_due_on
    if milestone.status is MilestoneStatus.OVERDUE:
        red_from = rules.critical_overdue_red_wd if milestone.critical else rules.overdue_red_wd
        values["days_overdue"] = milestone.days_overdue
        values["expected_on"] = milestone.expected_on
        return values, red_from - 1 if milestone.severity == 2 else 0
    if milestone.status is MilestoneStatus.AT_RISK:
        values |= {"expected_on": milestone.expected_on, "slip_wd": milestone.slip_wd, "driver": milestone.driver}
        return values, rules.critical_forecast_red_wd if milestone.severity == 2 else rules.forecast_tolerance_wd
    return values, rules.no_date_days


def schedule_component(
    code: str, milestones: Sequence[MilestoneAssessment], start_on: date, rules: RuleSet
) -> tuple[Component, int | None]:
    """S (PS-1) with the slip it rests on: max EF − max E in calendar days."""
    living = [milestone for milestone in milestones if milestone.status is not MilestoneStatus.CANCELLED]
    ends = [milestone.effective_due_on for milestone in living if milestone.effective_due_on]
    finishes = [milestone.expected_on for milestone in living if milestone.expected_on and milestone.effective_due_on]
    if not ends or not finishes:
        return NO_DATA, None
    slip = (max(finishes) - max(ends)).days
    variance = slip / max(1, (max(ends) - start_on).days)
    is_small = slip < rules.amber_slip_days and not at_least(variance, rules.amber_variance)
    if slip < rules.slip_floor_days or is_small:
        severity = 0
    elif at_least(variance, rules.red_variance) or slip > rules.red_slip_days:
        severity = 2
    else:
        severity = 1
    if not severity:
        return Component(0), slip
    by_share = at_least(variance, rules.red_variance if severity == 2 else rules.amber_variance)
    values: dict[str, Value] = {
        "slip_days": slip,
        "variance": round(variance, 6),
        "planned_end": max(ends),
        "expected_end": max(finishes),
    }
    if by_share:
        limit: float = rules.red_variance if severity == 2 else rules.amber_variance
        values["measure"] = "variance"
    else:
        limit = rules.red_slip_days if severity == 2 else rules.amber_slip_days
        values["measure"] = "slip_days"
    return Component(severity, (Reason("PS-1", code, values, limit, severity),)), slip


def indicator_component(code: str, indicators: Sequence[IndicatorAssessment], rules: RuleSet) -> Component:
    """I: critical indicators (PI-A), the others capped at amber (PI-B), and the weighted index (PI-C)."""
    counted = [indicator for indicator in indicators if indicator.severity is not None]
    if not counted:
        return NO_DATA
    reasons = []
    for indicator in counted:
        severity = indicator.severity or 0
        if severity:
            rule, shown = ("PI-A", severity) if indicator.critical else ("PI-B", 1)
            reasons.append(
                Reason(rule, indicator.code, _indicator_receipt(indicator), indicator.limit, shown, indicator.weight)
            )
    total = fsum(indicator.weight for indicator in counted)
    if total:
        index = fsum(indicator.weight * (1 - (indicator.severity or 0) / 2) for indicator in counted) / total
        if not at_least(index, rules.indicators_green):
            amber = at_least(index, rules.indicators_amber)
            limit = rules.indicators_green if amber else rules.indicators_amber
            reasons.append(Reason("PI-C", code, {"index": round(index, 6)}, limit, 1 if amber else 2))
    return _worst(reasons)


def cost_component(project: Project, on: date, rules: RuleSet) -> Component:
    """C: overrun of the estimate (PC-1) and slow spending (PC-2), from the latest report on money."""
    reports = [report for report in project.costs if report.on <= on]
    if not reports:
        return NO_DATA
    latest = max(reversed(reports), key=lambda report: (report.on, report.entered_at))  # of equals the one told last
    reasons = []
    judged = False
    if latest.estimate is not None and latest.budget:
        judged = True
        overrun = (latest.estimate - latest.budget) / latest.budget
        if at_least(overrun, rules.cost_amber):
            severity = 2 if at_least(overrun, rules.cost_red) else 1
            values: dict[str, Value] = {
                "overrun": round(overrun, 6),
                "budget": latest.budget,
                "estimate": latest.estimate,
                "on": latest.on,
            }
            limit = rules.cost_red if severity == 2 else rules.cost_amber
            reasons.append(Reason("PC-1", project.code, values, limit, severity))
    if latest.spent is not None and latest.planned:
        judged = True
        share = latest.spent / latest.planned
        if on >= slow_spending_from(project, rules) and not at_least(share, rules.slow_spending):
            values = {"share": round(share, 6), "spent": latest.spent, "planned": latest.planned}
            reasons.append(Reason("PC-2", project.code, values, rules.slow_spending, 1))
    return _worst(reasons) if judged else NO_DATA


def slow_spending_from(project: Project, rules: RuleSet) -> date:
    """First day after a quarter of the project's duration: before it slow spending says nothing."""
    duration = (project.end_on - project.start_on).days
    return project.start_on + timedelta(days=floor(duration * rules.slow_spending_after + TIE) + 1)


def issue_component(project: Project, on: date) -> Component:
    """R (PR-1): a critical issue still open after its due date."""
    known = [issue for issue in project.issues if issue.critical]
    if not known:
        return NO_DATA
    late = [issue for issue in known if issue.due_on < on and (issue.closed_on is None or issue.closed_on > on)]
    return _worst([Reason("PR-1", project.code, {"issue": issue.code}, issue.due_on, 1) for issue in late])


def _delivery(code: str, milestones: Sequence[MilestoneAssessment], on: date, rules: RuleSet) -> list[Reason]:
    """PM-C: the weighted share of what was due that is done or waits for review."""
    living = [milestone for milestone in milestones if milestone.status is not MilestoneStatus.CANCELLED]
    due = [
        milestone
        for milestone in living
        if milestone.status is not MilestoneStatus.PAUSED
        and milestone.effective_due_on
        and milestone.effective_due_on < on
    ]
    due_weight = fsum(milestone.weight for milestone in due)
    if not due_weight:
        return []
    done_weight = fsum(
        milestone.weight
        for milestone in due
        if milestone.status.is_done or milestone.status is MilestoneStatus.UNDER_REVIEW
    )
    index = done_weight / due_weight
    if at_least(index, rules.delivery_green):
        return []
    severity = 1 if at_least(index, rules.delivery_amber) else 2
    total = fsum(milestone.weight for milestone in living)
    few = len(due) < rules.delivery_few and not at_least(due_weight / total, rules.delivery_light)
    if few:
        severity = 1
    values: dict[str, Value] = {
        "index": round(index, 6),
        "due": len(due),
        "due_weight": due_weight,
        "done_weight": done_weight,
    }
    limit = rules.delivery_amber if severity == 2 else rules.delivery_green
    return [Reason("PM-C", code, values, limit, severity)]


def _indicator_receipt(indicator: IndicatorAssessment) -> dict[str, Value]:
    values: dict[str, Value] = {
        "rule": indicator.rule,
        "status": indicator.status.value,
        "actual": indicator.actual,
        "expected": _rounded(indicator.expected),
        "ratio": _rounded(indicator.ratio),
        "observed_on": indicator.observed_on,
    }
    if indicator.deviation is not None:
        values["deviation"] = _rounded(indicator.deviation)
    if indicator.status in (IndicatorStatus.STALE, IndicatorStatus.NO_CURRENT_DATA, IndicatorStatus.NO_DATA):
        values["missed_reports"] = indicator.missed_reports
    return values


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _worst(reasons: Sequence[Reason]) -> Component:
    return Component(max((reason.severity or 0 for reason in reasons), default=0), tuple(reasons))
