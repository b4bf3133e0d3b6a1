"""An assessment carries its own best-before date (ARCHITECTURE 4).

``changes_on`` is exact: on every day before it the statuses, severities, components and rules are those of today,
on the day itself at least one differs, provided no new fact is entered.

Time moves an assessment in two ways. On the days that the facts name, directly or by a rule, anything may change.
Between two such days only overdue milestones move, with all that they push; they move one way, so colours there only
worsen. Equal at both ends of such a stretch is therefore equal throughout, and where the ends differ the first day
that differs is found by halving.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pmo.domain.calendar import LAST_DAY, ONE_DAY, WorkingCalendar
from pmo.domain.components import slow_spending_from
from pmo.domain.indicator import Indicator, judged_reading
from pmo.domain.milestone import Milestone, Pause
from pmo.domain.milestone_verdict import effective_due
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, ProjectAssessment, ProjectStatus
from pmo.domain.reporting import report_duties, reporting_starts_on
from pmo.domain.verdict import judge_project

HORIZON = LAST_DAY - timedelta(days=400)
"""Nobody asks what changes after this; it leaves the calendar room for what is expected even later."""


def assess_project(project: Project, on: date, calendar: WorkingCalendar, rules: RuleSet) -> ProjectAssessment:
    """Assessment of what is known of a project on a day, with its best-before date.

    ``project`` holds only what was known; cut it with ``known_until`` first.
    """
    outlook = _Outlook(project, on, calendar, rules)
    return replace(outlook.today, changes_on=outlook.changes_on(), fresh_until=outlook.fresh_until())


def signature(assessment: ProjectAssessment) -> tuple[object, ...]:
    """Everything that counts as a change: statuses, severities, components and rules, but no running numbers."""
    return (
        assessment.status,
        assessment.severity,
        tuple(assessment.components.items()),
        tuple((item.code, item.status, item.severity) for item in assessment.milestones),
        tuple((item.code, item.status, item.severity) for item in assessment.indicators),
        tuple(sorted((reason.rule, reason.item, reason.severity or 0) for reason in assessment.reasons)),
    )


class _Outlook:
    """The days after ``on``, as far as today's facts decide them. No day is judged twice."""

    def __init__(self, project: Project, on: date, calendar: WorkingCalendar, rules: RuleSet) -> None:
        self.project, self.on, self.calendar, self.rules = project, on, calendar, rules
        self.today = judge_project(project, on, calendar, rules)
        self._judged = {on: self.today}
        self._signature = signature(self.today)
        named = {day for day in _dates_in(project, on, calendar, rules) if on < day <= HORIZON}
        last = max(named, default=on) + timedelta(days=_settling_days(rules))
        self._stops = [*sorted(named), min(last, HORIZON)]

    def changes_on(self) -> date | None:
        """First later day with another signature."""
        before = self.on
        for stop in self._stops:
            if self._is_slipping(before) and self._differs(stop - ONE_DAY):
                return self._first_difference(before, stop - ONE_DAY)
            if self._differs(stop):
                return stop
            before = stop
        return None

    def fresh_until(self) -> date | None:
        """Last day on which all numbers, not only the signature, are still those of today."""
        day = self.on
        for stop in self._stops:
            while day < stop:
                day = min(self._next_move(day), stop)
                if replace(self._judge(day), on=self.on) != self.today:
                    return day - ONE_DAY
        return None

    def _judge(self, day: date) -> ProjectAssessment:
        if day not in self._judged:
            self._judged[day] = judge_project(self.project, day, self.calendar, self.rules)
        return self._judged[day]

    def _differs(self, day: date) -> bool:
        return signature(self._judge(day)) != self._signature

    def _first_difference(self, same: date, other: date) -> date:
        while (other - same).days > 1:
            middle = same + (other - same) // 2
            if self._differs(middle):
                other = middle
            else:
                same = middle
        return other

    def _next_move(self, day: date) -> date:
        """First later day on which a number may move without a date of the facts."""
        if self._judge(day).status is ProjectStatus.PAUSED:
            return day + ONE_DAY  # the length of the pause is told in calendar days
        return self.calendar.addwd(day, 1) if self._is_slipping(day) else LAST_DAY

    def _is_slipping(self, day: date) -> bool:
        """Whether an open milestone is past its date, so that its expected finish moves with the calendar."""
        if self._judge(day).status is ProjectStatus.CANCELLED:
            return False
        for milestone in self.project.milestones:
            cancelled = milestone.cancellation is not None and milestone.cancellation.effective_on <= day
            due = None if cancelled or milestone.accepted_claim else effective_due(milestone, self.calendar)
            if due is not None and due < day:
                return True
        return False


def _settling_days(rules: RuleSet) -> int:
    """After the last date in the plan every count of overdue days has passed its last limit within this time."""
    working_days = max(rules.overdue_red_wd, rules.critical_overdue_red_wd, rules.critical_forecast_red_wd)
    return rules.red_slip_days + 2 * working_days + 60


def _dates_in(project: Project, on: date, calendar: WorkingCalendar, rules: RuleSet) -> Iterator[date]:
    """Every date written in the facts, or derived from them, on which a rule may change its answer."""
    yield project.start_on
    yield project.start_on + timedelta(days=rules.no_date_days + 1)
    yield slow_spending_from(project, rules)
    if project.cancellation:
        yield project.cancellation.effective_on
    yield from _edges(project.pauses)
    for override in project.overrides:
        yield from (override.starts_on, override.ends_on + ONE_DAY)
    for report in project.costs:
        yield report.on
    for issue in project.issues:
        yield issue.due_on + ONE_DAY
        if issue.closed_on:
            yield issue.closed_on
    for milestone in project.milestones:
        yield from _dates_of_milestone(milestone, calendar, rules)
    for indicator in project.indicators:
        yield from _dates_of_indicator(indicator, project, on, calendar, rules)


def _edges(pauses: Sequence[Pause]) -> Iterator[date]:
    for pause in pauses:
        yield pause.starts_on
        if pause.resumed_on:
            yield pause.resumed_on


def _dates_of_milestone(milestone: Milestone, calendar: WorkingCalendar, rules: RuleSet) -> Iterator[date]:
    due = effective_due(milestone, calendar)
    if due:
        yield from (due - timedelta(days=rules.due_soon_days), due + ONE_DAY)
    if milestone.forecast:
        yield from (milestone.forecast.date, milestone.forecast.date + ONE_DAY)
    if milestone.cancellation:
        yield milestone.cancellation.effective_on
    yield from _edges(milestone.pauses)


def _dates_of_indicator(
    indicator: Indicator, project: Project, on: date, calendar: WorkingCalendar, rules: RuleSet
) -> Iterator[date]:
    """Start of reporting, end of the wait for a baseline, and the days on which a missing report counts.

    Reports are counted up to two, and up to two after the target date; later ones only move the next due date.
    """
    start = reporting_starts_on(indicator, project.start_on, project.tracked_since)
    yield start
    yield start + timedelta(days=rules.no_baseline_days + 1)
    reading = judged_reading(indicator)
    settled_on = max([on, start, indicator.target_on, *_edges(project.pauses)])
    two_periods = timedelta(days=62 * indicator.frequency.months + 4 * rules.report_grace_wd + 31)
    duties = report_duties(indicator, start, min(settled_on + two_periods, HORIZON), calendar, rules, project.pauses)
    owed = sorted(duty.due_on for duty in duties if reading is None or duty.period_end > reading.period_end)
    after_target = [due for due in owed if due > indicator.target_on]
    coming = [due for due in owed if due >= on]
    for due in (*owed[:2], *after_target[:2], *coming[:1]):
        yield due + ONE_DAY
