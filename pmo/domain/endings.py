"""How open alerts end: resolved, superseded, suspended or closed (DOMAIN 3.2, stop and supersession)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmo.domain.alerts import AlertState, Ending, Morning, PastAlert, ladder_run
from pmo.domain.answers import NOBODY_ANSWERED, Answered
from pmo.domain.decisions import OpenRequest
from pmo.domain.ladder import Rung
from pmo.domain.milestone import Milestone, MilestoneAssessment, MilestoneStatus
from pmo.domain.project import Project, ProjectAssessment, ProjectStatus
from pmo.domain.reports import latest_owed_report, red_in_two_reports


def endings(
    project: Project,
    assessment: ProjectAssessment,
    past: Sequence[PastAlert],
    morning: Morning,
    answered: Answered = NOBODY_ANSWERED,
    requests: Sequence[OpenRequest] = (),
) -> Iterator[Ending]:
    """The open alerts of a project that end this morning.

    An accepted milestone resolves everything about it, a cancellation closes it, a new baseline version supersedes the
    climb to the old date, a pause suspends it. An overdue milestone supersedes the warning that it would be late. A
    recovery plan, or the approver's word, ends the alert that asked for it.
    """
    milestones = {item.code: item for item in project.milestones}
    judged = {item.code: item for item in assessment.milestones}
    for alert in past:
        if not alert.is_open:
            continue
        milestone = milestones.get(alert.item)
        if milestone is not None:
            state = _ended_milestone(alert, project, milestone, judged[alert.item], morning)
        else:
            state = _ended_otherwise(alert, project, assessment, morning, answered, requests)
        if state is not None:
            yield Ending(alert.id, state)


def _ended_milestone(
    alert: PastAlert, project: Project, milestone: Milestone, judged: MilestoneAssessment, morning: Morning
) -> AlertState | None:
    if judged.status is MilestoneStatus.CANCELLED:
        return AlertState.CLOSED
    if judged.status.is_done:
        return AlertState.RESOLVED
    if alert.rung is Rung.EVIDENCE_WAITING:
        claim = milestone.open_claim
        waiting = claim is not None and claim.submitted_on.isoformat() == alert.period
        return None if waiting else AlertState.RESOLVED
    if alert.version != (judged.version or 0):
        return AlertState.SUPERSEDED
    resumed_since = alert.run != ladder_run(project, milestone, morning.on) and not alert.rung.is_reminder
    if judged.status is MilestoneStatus.PAUSED or resumed_since:
        return AlertState.SUSPENDED
    if alert.rung is Rung.AT_RISK and judged.status is not MilestoneStatus.AT_RISK:
        overdue = judged.status is MilestoneStatus.OVERDUE
        return AlertState.SUPERSEDED if overdue else AlertState.RESOLVED
    return None


def _ended_otherwise(
    alert: PastAlert,
    project: Project,
    assessment: ProjectAssessment,
    morning: Morning,
    answered: Answered,
    requests: Sequence[OpenRequest],
) -> AlertState | None:
    if assessment.status is ProjectStatus.CANCELLED:
        return AlertState.CLOSED
    if alert.rung is Rung.CHANGE_WAITING:
        waits = any(request.project == project.id and request.period == alert.period for request in requests)
        return None if waits else AlertState.RESOLVED
    if assessment.status is ProjectStatus.PAUSED:
        return AlertState.SUSPENDED
    if alert.rung is Rung.PLAN_MISSING and answered.has_plan(project.code, alert.period):
        return AlertState.RESOLVED
    if alert.rung in (Rung.OFF_TRACK, Rung.PLAN_MISSING):
        return None if assessment.status is ProjectStatus.OFF_TRACK else AlertState.RESOLVED
    indicator = next((item for item in project.indicators if item.code == alert.item), None)
    if indicator is None:
        return AlertState.CLOSED
    if alert.rung is Rung.REPORT_MISSING:
        duty = latest_owed_report(project, indicator, morning.on, morning.calendar, morning.rules)
        owed = duty is not None and alert.period <= duty.period_end.isoformat()
        told = any(reading.period_end.isoformat() >= alert.period for reading in indicator.readings)
        return None if owed and not told else AlertState.RESOLVED
    red = red_in_two_reports(project, indicator, morning.calendar, morning.rules)
    return None if red else AlertState.RESOLVED
