"""Reports on indicators: which are owed, which one alerts ask for, and whether two in a row were red (DOMAIN 3.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.indicator import Indicator, judged_reading, next_period_end
from pmo.domain.indicator_verdict import assess_indicator
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project
from pmo.domain.reporting import ReportDuty, report_duties, reporting_starts_on


def owed_reports(
    project: Project, indicator: Indicator, on: date, calendar: WorkingCalendar, rules: RuleSet
) -> list[ReportDuty]:
    """Reports whose period has ended and for which there is no reading, due or not yet; none after the final one."""
    return [duty for duty in _unanswered(project, indicator, on, calendar, rules) if duty.period_end < on]


def latest_owed_report(
    project: Project, indicator: Indicator, on: date, calendar: WorkingCalendar, rules: RuleSet
) -> ReportDuty | None:
    """The newest report that is due by ``on`` and not there, or None.

    Only the newest is asked for: before a period falls due, all three levels have heard of the one before it.
    """
    if any(pause.covers(on) for pause in project.pauses):
        return None
    due = [duty for duty in _unanswered(project, indicator, on, calendar, rules) if duty.due_on <= on]
    return due[-1] if due else None


def red_in_two_reports(
    project: Project, indicator: Indicator, calendar: WorkingCalendar, rules: RuleSet
) -> date | None:
    """End of the latest reported period if it and the one before it were red by their readings; critical ones only."""
    latest = judged_reading(indicator)
    if not indicator.critical or latest is None:
        return None
    ends = sorted({told.period_end for told in indicator.readings if told.period_end <= latest.period_end})
    if len(ends) < 2 or next_period_end(ends[-2], indicator.frequency) != ends[-1]:
        return None
    start = reporting_starts_on(indicator, project.start_on, project.tracked_since)
    for end in ends[-2:]:
        known = replace(indicator, readings=tuple(told for told in indicator.readings if told.period_end <= end))
        if assess_indicator(known, end, calendar, rules, start).severity != 2:
            return None
    return latest.period_end


def _unanswered(
    project: Project, indicator: Indicator, on: date, calendar: WorkingCalendar, rules: RuleSet
) -> list[ReportDuty]:
    """Duties without a reading, oldest first; none once the final reading is in."""
    reading = judged_reading(indicator)
    if reading is not None and reading.period_end >= indicator.target_on:
        return []
    start = reporting_starts_on(indicator, project.start_on, project.tracked_since)
    return [
        duty
        for duty in report_duties(indicator, start, on, calendar, rules, project.pauses)
        if reading is None or duty.period_end > reading.period_end
    ]
