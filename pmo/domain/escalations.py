"""What climbs beside the ladder: a project off track and its plan, requests, reports, evidence, red indicators.

Each is a generator of the alerts that a morning brings (DOMAIN 3.2, other triggers). ``…_levels`` say who hears of it
on which day, lowest first: the pages that say what comes next ask them too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from pmo.domain.alerts import ItemKind, NewAlert, ladder_run
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.ladder import EP_1, NOT_DELIVERED, Delivery, EscalationPolicy, Rung
from pmo.domain.milestone import Milestone, MilestoneAssessment, MilestoneStatus
from pmo.domain.project import ProjectStatus
from pmo.domain.recipients import Posts, Role
from pmo.domain.reports import latest_owed_report, red_in_two_reports
from pmo.domain.situation import Situation, milestone_facts

Levels = tuple[tuple[Role, date], ...]
"""Roles, lowest first, each with the first day on which it is told."""


def report_levels(due_on: date, calendar: WorkingCalendar, policy: EscalationPolicy = EP_1) -> Levels:
    """Who hears of a report that was due on a day and is not there."""
    return (
        (Role.MANAGER, due_on),
        (Role.OWNER, calendar.addwd(due_on, policy.report_owner_wd)),
        (Role.CURATOR, calendar.addwd(due_on, policy.report_curator_wd)),
    )


def review_levels(submitted_on: date, calendar: WorkingCalendar, policy: EscalationPolicy = EP_1) -> Levels:
    """Who hears of evidence that was handed in on a day and is not judged."""
    return (
        (Role.PMO_ANALYST, calendar.addwd(submitted_on, policy.review_analyst_wd + 1)),
        (Role.PMO_HEAD, calendar.addwd(submitted_on, policy.review_head_wd)),
    )


def above_a_missing_plan(posts: Posts) -> Role:
    """Who hears that a recovery plan is missing: the chief of staff; where he is the curator, the akim."""
    curates = posts.chief_of_staff is not None and posts.chief_of_staff == posts.curator
    return Role.AKIM if curates else Role.CHIEF_OF_STAFF


def off_track(here: Situation) -> Iterator[NewAlert]:
    """The project turned red: manager, owner and curator; the owner owes a recovery plan."""
    known = here.open_alerts(here.project.code, Rung.OFF_TRACK)
    roles = [] if known else [Role.MANAGER, Role.OWNER, Role.CURATOR]
    fresh = here.still_to_tell(roles, Rung.OFF_TRACK, here.cast.posts, known)
    if not fresh:
        return
    period = known[0].period if known else ""
    began = date.fromisoformat(period) if period else here.began(lambda day: day.status is ProjectStatus.OFF_TRACK)
    act_by = here.morning.calendar.addwd(here.morning.on, here.morning.policy.recovery_plan_wd)
    facts: dict[str, object] = {
        "severity": here.assessment.severity,
        "status": here.assessment.status.value,
        "slip_days": here.assessment.slip_days,
        "since": began,
        "action": "recovery_plan",
        "act_by": act_by,
    }
    for addressee in fresh:
        yield NewAlert(
            ItemKind.PROJECT,
            here.project.code,
            Rung.OFF_TRACK,
            addressee,
            period=began.isoformat(),
            facts=facts,
        )


def plan_missing(here: Situation) -> Iterator[NewAlert]:
    """No recovery plan in 5 working days: the level above is told."""
    asked = here.open_alerts(here.project.code, Rung.OFF_TRACK)
    if not asked:
        return
    period, asked_on = asked[0].period, asked[0].raised_on
    act_by = here.morning.calendar.addwd(asked_on, here.morning.policy.recovery_plan_wd)
    if here.morning.on <= act_by or here.answered.has_plan(here.project.code, period):
        return
    if any((alert.rung, alert.period) == (Rung.PLAN_MISSING, period) for alert in here.past):
        return
    posts = here.cast.posts
    facts: dict[str, object] = {
        "severity": here.assessment.severity,
        "status": here.assessment.status.value,
        "slip_days": here.assessment.slip_days,
        "since": date.fromisoformat(period),
        "asked_on": asked_on,
        "plan_due_on": act_by,
        "days_overdue": here.morning.calendar.wd(act_by, here.morning.on),
        "told": [{"rung": Rung.OFF_TRACK.value, "on": asked_on, "people": [alert.recipient for alert in asked]}],
        "action": "ask_for_plan",
        "act_by": None,
    }
    for addressee in here.told([above_a_missing_plan(posts)], Rung.PLAN_MISSING, posts):
        yield NewAlert(ItemKind.PROJECT, here.project.code, Rung.PLAN_MISSING, addressee, period=period, facts=facts)


def change_waiting(here: Situation) -> Iterator[NewAlert]:
    """A change request undecided for 5 working days: its approver, the curator (DOMAIN 3.2, supersession)."""
    calendar, policy = here.morning.calendar, here.morning.policy
    for request in here.requests:
        due_on = calendar.addwd(request.asked_on, policy.change_ruling_wd)
        if request.project != here.project.id or here.morning.on < due_on:
            continue
        if any((alert.rung, alert.period) == (Rung.CHANGE_WAITING, request.period) for alert in here.past):
            continue
        facts: dict[str, object] = {
            "severity": here.assessment.severity,
            "status": here.assessment.status.value,
            "request": request.id,
            "asked_on": request.asked_on,
            "items": list(request.items),
            "reason": request.reason,
            "was_checked": request.was_checked,
            "days_waiting": calendar.wd(request.asked_on, here.morning.on),
            "action": "rule_change",
            "act_by": here.morning.on,
        }
        for addressee in here.told([Role.CURATOR], Rung.CHANGE_WAITING, here.cast.posts):
            yield NewAlert(
                ItemKind.PROJECT,
                here.project.code,
                Rung.CHANGE_WAITING,
                addressee,
                period=request.period,
                facts=facts,
            )


def report_missing(here: Situation) -> Iterator[NewAlert]:
    """A value that was due and is not there."""
    morning = here.morning
    judged = {item.code: item for item in here.assessment.indicators}
    for indicator in here.project.indicators:
        duty = latest_owed_report(here.project, indicator, morning.on, morning.calendar, morning.rules)
        if duty is None:
            continue
        levels = report_levels(duty.due_on, morning.calendar, morning.policy)
        mine = judged[indicator.code]
        facts: dict[str, object] = {
            "severity": mine.severity or 0,
            "status": mine.status.value,
            "critical": indicator.critical,
            "weight": indicator.weight,
            "period_end": duty.period_end,
            "due_on": duty.due_on,
            "days_overdue": morning.calendar.wd(duty.due_on, morning.on),
            "missed_reports": mine.missed_reports,
            "action": "enter_reading",
            "act_by": morning.on,
        }
        yield from _climbing(
            here,
            ItemKind.INDICATOR,
            indicator.code,
            Rung.REPORT_MISSING,
            duty.period_end,
            levels,
            here.cast.posts,
            facts,
        )


def indicator_red(here: Situation) -> Iterator[NewAlert]:
    """A critical indicator red in two reports running: the curator."""
    judged = {item.code: item for item in here.assessment.indicators}
    for indicator in here.project.indicators:
        period_end = red_in_two_reports(here.project, indicator, here.morning.calendar, here.morning.rules)
        if period_end is None:
            continue
        known = here.open_alerts(indicator.code, Rung.INDICATOR_RED)
        period = known[0].period if known else period_end.isoformat()
        roles = [] if known else [Role.CURATOR]
        mine = judged[indicator.code]
        facts: dict[str, object] = {
            "severity": mine.severity,
            "status": mine.status.value,
            "critical": True,
            "weight": indicator.weight,
            "period_end": period_end,
            "actual": mine.actual,
            "expected": mine.expected,
            "ratio": mine.ratio,
            "action": "ask_for_measures",
            "act_by": None,
        }
        for addressee in here.still_to_tell(roles, Rung.INDICATOR_RED, here.cast.posts, known):
            yield NewAlert(
                ItemKind.INDICATOR, indicator.code, Rung.INDICATOR_RED, addressee, period=period, facts=facts
            )


def evidence_waiting(here: Situation, milestone: Milestone, judged: MilestoneAssessment) -> Iterator[NewAlert]:
    """A claim that the office has not judged."""
    claim = milestone.open_claim
    if claim is None or judged.status is MilestoneStatus.CANCELLED:
        return
    calendar = here.morning.calendar
    levels = review_levels(claim.submitted_on, calendar, here.morning.policy)
    facts = milestone_facts(judged) | {
        "submitted_on": claim.submitted_on,
        "claimed_completed_on": claim.completed_on,
        "days_waiting": calendar.wd(claim.submitted_on, here.morning.on),
        "action": "decide_evidence",
        "act_by": here.morning.on,
    }
    yield from _climbing(
        here,
        ItemKind.MILESTONE,
        milestone.code,
        Rung.EVIDENCE_WAITING,
        claim.submitted_on,
        levels,
        here.cast.posts,
        facts,
        (judged.version or 0, ladder_run(here.project, milestone, here.morning.on)),
    )


def _climbing(
    here: Situation,
    kind: ItemKind,
    item: str,
    rung: Rung,
    period: date,
    levels: Levels,
    posts: Posts,
    facts: Mapping[str, object],
    climb: tuple[int, int] = (0, 0),
) -> Iterator[NewAlert]:
    """Level after level, each from its own day on, one a day; a level whose people all know is passed over."""
    mine = [alert for alert in here.past if (alert.item, alert.rung, alert.period) == (item, rung, period.isoformat())]
    if any(alert.raised_on >= here.morning.on for alert in mine):
        return
    knowing = {alert.recipient for alert in mine}
    note = NOT_DELIVERED if mine and all(alert.delivery is Delivery.FAILED for alert in mine) else None
    for role, due_on in levels:
        if due_on > here.morning.on:
            return
        fresh = [addressee for addressee in here.told([role], rung, posts) if addressee.person not in knowing]
        if fresh:
            for addressee in fresh:
                noted = replace(addressee, note=addressee.note or note)
                yield NewAlert(kind, item, rung, noted, *climb, period.isoformat(), facts=facts)
            return
