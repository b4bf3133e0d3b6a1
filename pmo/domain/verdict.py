"""The verdict on a project: lifecycle first, colour second, guards last (DOMAIN 1.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.components import (
    Component,
    cost_component,
    indicator_component,
    issue_component,
    milestone_component,
    schedule_component,
)
from pmo.domain.indicator import IndicatorAssessment, IndicatorStatus
from pmo.domain.indicator_verdict import assess_indicator
from pmo.domain.milestone import MilestoneAssessment, MilestoneStatus
from pmo.domain.milestone_verdict import Setting, assess_milestones
from pmo.domain.policy import RuleSet, at_least
from pmo.domain.project import Project, ProjectAssessment, ProjectStatus
from pmo.domain.reason import Reason, Value, ranked
from pmo.domain.reporting import reporting_starts_on

COLOURS = (ProjectStatus.ON_TRACK, ProjectStatus.AT_RISK, ProjectStatus.OFF_TRACK)
UNCOLOURED: dict[str, int | None] = {"M": None, "S": None, "I": None, "C": None, "R": None}


def judge_project(project: Project, on: date, calendar: WorkingCalendar, rules: RuleSet) -> ProjectAssessment:
    """Assessment of what is known of a project on a day, without its best-before date.

    ``project`` holds only what was known; cut it with ``known_until`` first.
    """
    cancelled = project.cancellation is not None and project.cancellation.effective_on <= on
    setting = Setting(on, calendar, rules, project.start_on, project.pauses, cancelled)
    milestones = assess_milestones(project.milestones, setting)
    indicators = tuple(
        assess_indicator(
            indicator,
            on,
            calendar,
            rules,
            reporting_starts_on(indicator, project.start_on, project.tracked_since),
            project.pauses,
        )
        for indicator in project.indicators
    )
    schedule, slip = schedule_component(project.code, milestones, project.start_on, rules)
    parts = {
        "M": milestone_component(project.code, milestones, on, rules),
        "S": schedule,
        "I": indicator_component(project.code, indicators, rules),
        "C": cost_component(project, on, rules),
        "R": issue_component(project, on),
    }
    components = {name: part.severity for name, part in parts.items()}
    status, severity, reasons = _state(project, on, milestones, indicators, parts, calendar, rules)
    if status in (ProjectStatus.CANCELLED, ProjectStatus.NOT_STARTED, ProjectStatus.PAUSED):
        components = UNCOLOURED
    return ProjectAssessment(
        code=project.code,
        city=project.city,
        on=on,
        status=status,
        severity=severity,
        reasons=ranked(reasons),
        components=components,
        milestones=milestones,
        indicators=indicators,
        rule_set=rules.version,
        calendar=calendar.version,
        slip_days=slip,
        original_slip_days=_original_slip(milestones, calendar),
        moved_times=len(project.rebaselines),
        moved_days=_moved_days(milestones, calendar),
    )


def _state(
    project: Project,
    on: date,
    milestones: Sequence[MilestoneAssessment],
    indicators: Sequence[IndicatorAssessment],
    parts: dict[str, Component],
    calendar: WorkingCalendar,
    rules: RuleSet,
) -> tuple[ProjectStatus, int | None, list[Reason]]:
    """State, severity and unranked reasons; the first lifecycle row that holds wins."""
    if project.cancellation and project.cancellation.effective_on <= on:
        values: dict[str, Value] = {"since": project.cancellation.effective_on, "reason": project.cancellation.reason}
        return ProjectStatus.CANCELLED, None, [Reason("LC-CANCELLED", project.code, values)]
    if on < project.start_on:
        started = Reason("LC-NOT-STARTED", project.code, {"start_on": project.start_on}, project.start_on)
        return ProjectStatus.NOT_STARTED, None, [started]
    pause = next((pause for pause in project.pauses if pause.covers(on)), None)
    if pause:
        paused = Reason("LC-PAUSED", project.code, {"since": pause.starts_on, "days": (on - pause.starts_on).days})
        return ProjectStatus.PAUSED, None, [paused]
    living = [milestone for milestone in milestones if milestone.status is not MilestoneStatus.CANCELLED]
    if living and all(milestone.status.is_done for milestone in living):
        return _finished(project, on, indicators, parts)
    reasons = [reason for part in parts.values() for reason in part.reasons]
    if parts["M"].severity is None and parts["I"].severity is None:
        reasons.append(Reason("PN-1", project.code, {}, None, 1))
    guards = _guards(project, on, milestones, calendar, rules)
    judged = [part.severity for part in parts.values() if part.severity is not None]
    severity = max([*judged, *(reason.severity or 0 for reason in [*reasons, *guards])], default=0)
    if any(reason.rule == "PN-1" for reason in reasons) and severity < 2:
        return ProjectStatus.NO_DATA, severity, [*reasons, *guards]
    return COLOURS[severity], severity, [*reasons, *guards]


def _finished(
    project: Project, on: date, indicators: Sequence[IndicatorAssessment], parts: dict[str, Component]
) -> tuple[ProjectStatus, int | None, list[Reason]]:
    """All milestones are done: completed, completed with shortfall, or closing with the indicators' colour."""
    if all(indicator.status is IndicatorStatus.ACHIEVED for indicator in indicators):
        return ProjectStatus.COMPLETED, None, [Reason("LC-COMPLETED", project.code)]
    short = sum(indicator.status is not IndicatorStatus.ACHIEVED for indicator in indicators)
    if all(indicator.is_final or indicator.missed_after_target >= 2 for indicator in indicators):
        reason = Reason("LC-SHORTFALL", project.code, {"short": short, "of": len(indicators)})
        return ProjectStatus.COMPLETED_WITH_SHORTFALL, None, [reason, *parts["I"].reasons]
    reasons = [Reason("LC-CLOSING", project.code, {"open": short, "of": len(indicators)}), *parts["I"].reasons]
    override = _override(project, on)  # a person may make any colour worse, also the last one
    reasons += [override] if override else []
    return ProjectStatus.CLOSING, max(reason.severity or 0 for reason in reasons), reasons


def _guards(
    project: Project,
    on: date,
    milestones: Sequence[MilestoneAssessment],
    calendar: WorkingCalendar,
    rules: RuleSet,
) -> list[Reason]:
    """What only makes a colour worse: the PMO's override and the memory of re-baselines."""
    guards = (_override(project, on), _rebaseline_memory(project, milestones, calendar, rules))
    return [reason for reason in guards if reason]


def _override(project: Project, on: date) -> Reason | None:
    """GD-OVERRIDE: the worst colour set by hand that holds on the day; of equals the one entered last."""
    current = [override for override in project.overrides if override.starts_on <= on <= override.ends_on]
    if not current:
        return None
    worst = max(reversed(current), key=lambda override: (override.severity, override.entered_at))
    values: dict[str, Value] = {"reason": worst.reason, "since": worst.starts_on}
    return Reason("GD-OVERRIDE", project.code, values, worst.ends_on, worst.severity)


def _rebaseline_memory(
    project: Project, milestones: Sequence[MilestoneAssessment], calendar: WorkingCalendar, rules: RuleSet
) -> Reason | None:
    """GD-REBASELINE: a plan moved far or often stays amber until a milestone is next done on time.

    "Next" is finished on or after the day of the last approval and accepted after it: work that was finished before
    does not show that the new dates hold.
    """
    if not project.rebaselines:
        return None
    original, current = _ends(milestones, calendar)
    if original is None or current is None:
        return None
    growth = (current - original).days / max(1, (original - project.start_on).days)
    moved = len(project.rebaselines)
    often = moved > rules.rebaseline_count
    if not often and not at_least(growth, rules.rebaseline_growth):
        return None
    latest = max(project.rebaselines, key=lambda change: change.entered_at)
    kept = {milestone.code for milestone in milestones if milestone.status is MilestoneStatus.DONE_ON_TIME}
    for milestone in project.milestones:
        claim = milestone.accepted_claim
        if claim is None or claim.decision is None or milestone.code not in kept:
            continue
        if claim.completed_on >= latest.approved_on and claim.decision.entered_at > latest.entered_at:
            return None
    values: dict[str, Value] = {"moved": moved, "days": (current - original).days, "growth": round(growth, 6)}
    limit = rules.rebaseline_count if often else rules.rebaseline_growth
    return Reason("GD-REBASELINE", project.code, values, limit, 1)


def _ends(milestones: Sequence[MilestoneAssessment], calendar: WorkingCalendar) -> tuple[date | None, date | None]:
    """End of the plan in version 0 and in the current one: the latest effective due dates."""
    living = [milestone for milestone in milestones if milestone.status is not MilestoneStatus.CANCELLED]
    original = [calendar.roll(milestone.original_due_on) for milestone in living if milestone.original_due_on]
    current = [milestone.effective_due_on for milestone in living if milestone.effective_due_on]
    return max(original, default=None), max(current, default=None)


def _original_slip(milestones: Sequence[MilestoneAssessment], calendar: WorkingCalendar) -> int | None:
    """Expected end against the end of version 0, in calendar days."""
    original, _ = _ends(milestones, calendar)
    finishes = [milestone.expected_on for milestone in milestones if milestone.expected_on and milestone.due_on]
    return (max(finishes) - original).days if original and finishes else None


def _moved_days(milestones: Sequence[MilestoneAssessment], calendar: WorkingCalendar) -> int:
    original, current = _ends(milestones, calendar)
    return (current - original).days if original and current else 0
