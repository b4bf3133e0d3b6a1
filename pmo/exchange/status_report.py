"""Assessments as the contract of ``pmo status`` writes them (PRODUCT 5, JSON)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pmo.domain.indicator import IndicatorAssessment
from pmo.domain.milestone import MilestoneAssessment
from pmo.domain.project import ProjectAssessment
from pmo.domain.reason import Reason, Value

DECIMALS = 6


def status_report(assessments: Iterable[ProjectAssessment]) -> list[dict[str, Any]]:
    """A list sorted by city, then code. Unknown is None and never absent; dates are ISO texts."""
    ordered = sorted(assessments, key=lambda assessment: (assessment.city, assessment.code))
    return [_project(assessment) for assessment in ordered]


def _project(assessment: ProjectAssessment) -> dict[str, Any]:
    return {
        "code": assessment.code,
        "city": assessment.city,
        "status": assessment.status.value,
        "severity": assessment.severity,
        "reasons": [_reason(reason) for reason in assessment.reasons],
        "components": dict(assessment.components),
        "changes_on": _plain(assessment.changes_on),
        "milestones": [_milestone(milestone) for milestone in assessment.milestones],
        "indicators": [_indicator(indicator) for indicator in assessment.indicators],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.rule,
        "item": reason.item,
        "values": {name: _plain(value) for name, value in reason.values.items()},
        "limit": _plain(reason.limit),
        "severity": reason.severity,
    }


def _milestone(milestone: MilestoneAssessment) -> dict[str, Any]:
    return {
        "code": milestone.code,
        "status": milestone.status.value,
        "severity": milestone.severity,
        "due_on": _plain(milestone.due_on),
        "effective_due_on": _plain(milestone.effective_due_on),
        "expected_on": _plain(milestone.expected_on),
        "days_overdue": milestone.days_overdue,
    }


def _indicator(indicator: IndicatorAssessment) -> dict[str, Any]:
    return {
        "code": indicator.code,
        "status": indicator.status.value,
        "severity": indicator.severity,
        "actual": indicator.actual,
        "expected": None if indicator.expected is None else round(indicator.expected, DECIMALS),
        "ratio": None if indicator.ratio is None else round(indicator.ratio, DECIMALS),
    }


def _plain(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value
