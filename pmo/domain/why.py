"""Why somebody is told of an item on a day, and why not: the policy read backwards (DOMAIN 3.2, EP-1).

The morning is planned as the job plans it; what it leaves out is explained by the first rule that held it back. Codes
and values only: ``pmo.i18n.explanations`` makes them sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from pmo.domain.alerts import Cast, Morning, NewAlert, PastAlert, Plan, climb_of, past_rungs
from pmo.domain.answers import Answered, waiting
from pmo.domain.ladder import (
    ESCALATIONS,
    LADDER,
    REMINDERS,
    Climb,
    Delivery,
    PastRung,
    Rung,
    Standing,
    next_rung,
)
from pmo.domain.milestone import Milestone, MilestoneAssessment
from pmo.domain.milestone_verdict import effective_due
from pmo.domain.project import Project, ProjectAssessment, ProjectStatus
from pmo.domain.recipients import Posts, Role, levels
from pmo.domain.reports import latest_owed_report


class Why(StrEnum):
    """One rule that lets an alert go out, or holds it back."""

    TOLD = "told"
    LAPSED = "lapsed"
    POST_NOT_IN_USE = "post_not_in_use"
    DAY_OFF = "day_off"
    PROJECT_RESTS = "project_rests"
    NO_PART = "no_part"
    NO_DATE = "no_date"
    NOTHING_OWED = "nothing_owed"
    UNDER_REVIEW = "under_review"
    FORECAST_CONFIRMED = "forecast_confirmed"
    ONE_RUNG_A_DAY = "one_rung_a_day"
    MAIL_UNDERWAY = "mail_underway"
    NOT_DUE = "not_due"
    NOT_YOUR_LEVEL = "not_your_level"
    ANSWERED = "answered"
    ABSENT = "absent"
    SUPERSEDED = "superseded"
    LAST_TOLD = "last_told"
    NEVER_TOLD = "never_told"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule with its dates and codes; people are ids of posts."""

    code: Why
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One project on one morning: what was known, who answers for it, and what the job makes of it.

    ``past`` bears on the morning, as the job sees it; ``history`` is everything ever told of the item before it.
    """

    project: Project
    assessment: ProjectAssessment
    past: Sequence[PastAlert]
    history: Sequence[PastAlert]
    cast: Cast
    morning: Morning
    answered: Answered
    plan: Plan


def told_because(rung: Rung, role: Role, critical: bool, facts: Mapping[str, object], **more: object) -> Explanation:
    """Why somebody in a role is told of a rung. ``facts`` are those of the alert, of them the dates are kept."""
    kept = ("effective_due_on", "days_overdue", "expected_on", "period_end", "asked_on", "submitted_on", "plan_due_on")
    values = {name: facts[name] for name in kept if facts.get(name) is not None}
    joins = joins_at(role, critical) if rung in LADDER else None
    return Explanation(
        Why.TOLD, {"rung": rung.value, "role": role.value, "joins_at": joins.value if joins else None, **values, **more}
    )


def joins_at(role: Role, critical: bool) -> Rung | None:
    """The first rung after the date that goes to a role (the table of DOMAIN 3.2)."""
    return next((rung for rung in ESCALATIONS if role in levels(rung, critical)), None)


def explain(case: Case, item: str, person: str, in_use: bool) -> tuple[Explanation, ...]:
    """Why a person is told of an item on the morning of the case, or why not: the decisive rule first.

    ``in_use`` is whether the post still has a holder.
    """
    mine = [alert for alert in case.plan.raised if (alert.item, alert.addressee.person) == (item, person)]
    told = tuple(_told(case, alert) for alert in mine if alert.delivery is not Delivery.LAPSED)
    if told:
        return told
    return (*_withheld(case, item, person, in_use), *_before(case, item, person))


def _told(case: Case, alert: NewAlert) -> Explanation:
    absence = next((one for one in case.cast.absences if one.person == alert.addressee.person), None)
    milestone = _milestone(case, alert.item)
    return told_because(
        alert.rung,
        alert.addressee.role,
        milestone.critical if milestone else False,
        alert.facts,
        channel=alert.addressee.channel.value,
        stands_for=alert.addressee.stands_for,
        note=alert.addressee.note,
        substitute=absence.substitute if absence else None,
    )


def _withheld(case: Case, item: str, person: str, in_use: bool) -> Iterator[Explanation]:
    on, calendar = case.morning.on, case.morning.calendar
    if not in_use:
        yield Explanation(Why.POST_NOT_IN_USE)
        return
    if not calendar.is_working(on):
        yield Explanation(Why.DAY_OFF, {"on": on, "next_on": calendar.roll(on)})
        return
    if case.assessment.status in (ProjectStatus.NOT_STARTED, ProjectStatus.CANCELLED):
        yield Explanation(Why.PROJECT_RESTS, {"status": case.assessment.status.value})
        return
    for alert in case.plan.raised:
        if (alert.item, alert.addressee.person, alert.delivery) == (item, person, Delivery.LAPSED):
            yield Explanation(Why.LAPSED, {"rung": alert.rung.value})
    milestone = _milestone(case, item)
    roles = _roles(case.cast.of_milestone(item) if milestone else case.cast.posts, case, person)
    if not roles:
        yield Explanation(Why.NO_PART)
        return
    if milestone is not None:
        judged = next(one for one in case.assessment.milestones if one.code == item)
        yield from _ladder(case, milestone, judged, person, roles)
    else:
        yield from _beside_the_ladder(case, item, roles)


def _ladder(
    case: Case, milestone: Milestone, judged: MilestoneAssessment, person: str, roles: Sequence[Role]
) -> Iterator[Explanation]:
    climb = climb_of(case.project, milestone, judged, case.morning)
    if climb is None:
        yield Explanation(Why.NO_DATE)
        return
    climb = waiting(milestone.code, climb, case.answered)
    if climb.standing is Standing.RESTING:
        yield Explanation(Why.NOTHING_OWED, {"status": judged.status.value})
        return
    if climb.standing is Standing.HELD:
        yield _held(case, milestone)
        return
    today = {
        alert.rung
        for alert in case.plan.raised
        if alert.item == milestone.code and alert.rung in LADDER and alert.delivery is not Delivery.LAPSED
    }
    for rung in today:
        if set(roles) & set(levels(rung, milestone.critical)):
            yield from _spared(case, milestone, climb, person)
        else:
            joins = joins_at(roles[-1], milestone.critical)
            on = _day_of(case, climb, rung, joins) if joins else None
            values = {"rung": rung.value, "role": roles[-1].value, "joins_at": joins.value if joins else None, "on": on}
            yield Explanation(Why.NOT_YOUR_LEVEL, values)
    if not today:
        yield _nothing_today(case, milestone, climb, roles[-1])


def _held(case: Case, milestone: Milestone) -> Explanation:
    claim = milestone.open_claim
    submitted_on = claim.submitted_on if claim else None
    calendar, policy = case.morning.calendar, case.morning.policy
    due = effective_due(milestone, calendar)
    is_late = submitted_on is not None and due is not None and submitted_on > due
    until = calendar.addwd(submitted_on, policy.late_claim_hold_wd) if submitted_on and is_late else None
    return Explanation(Why.UNDER_REVIEW, {"submitted_on": submitted_on, "until": until})


def _spared(case: Case, milestone: Milestone, climb: Climb, person: str) -> Iterator[Explanation]:
    """Their level is told today, they are not: they answered, or somebody acts for them."""
    given = [
        answer
        for answer in case.answered.about(milestone.code, climb)
        if answer.person == person and (answer.until is None or case.morning.on <= answer.until)
    ]
    if given:
        last = given[-1]
        yield Explanation(Why.ANSWERED, {"kind": last.kind.value, "on": last.on, "until": last.until})
    for absence in case.cast.absences:
        if absence.person == person:
            yield Explanation(Why.ABSENT, {"substitute": absence.substitute, "until": absence.ends_on})


def _nothing_today(case: Case, milestone: Milestone, climb: Climb, role: Role) -> Explanation:
    on = case.morning.on
    mine = [alert for alert in case.past if alert.item == milestone.code]
    rungs = past_rungs(mine)
    if climb.waits_until is not None and climb.is_waiting(on) and on > climb.due_on:
        return Explanation(Why.FORECAST_CONFIRMED, {"until": climb.waits_until})
    if any(past.rung.is_escalation and past.raised_on >= on for past in rungs):
        return Explanation(Why.ONE_RUNG_A_DAY)
    underway = _underway(rungs, climb)
    if underway is not None and on > climb.due_on:
        return Explanation(Why.MAIL_UNDERWAY, {"rung": underway.rung.value, "raised_on": underway.raised_on})
    # As seen on the evening before: what might come today did not.
    following = next_rung(climb, rungs, on - timedelta(days=1), case.morning.calendar, case.morning.policy)
    rung, due_on = following or (Rung.WEEKLY, case.morning.calendar.roll(on + timedelta(days=7 - on.weekday())))
    joins = joins_at(role, milestone.critical)
    return Explanation(
        Why.NOT_DUE,
        {
            "rung": rung.value,
            "on": due_on,
            "due_on": climb.due_on,
            "joins_at": joins.value if joins and role not in levels(rung, milestone.critical) else None,
            "role": role.value,
        },
    )


def _underway(rungs: Sequence[PastRung], climb: Climb) -> PastRung | None:
    return next(
        (
            past
            for past in rungs
            if past.rung.is_escalation
            and (past.version, past.run) == (climb.version, climb.run)
            and past.delivery is Delivery.QUEUED
        ),
        None,
    )


def _day_of(case: Case, climb: Climb, today: Rung, joins: Rung) -> date:
    """The earliest day of a later rung: its own, and one rung a working day after today's."""
    morning = case.morning
    own = morning.calendar.addwd(climb.counts_from, morning.policy.escalation_wd[ESCALATIONS.index(joins)])
    if today not in ESCALATIONS:
        return own
    steps = ESCALATIONS.index(joins) - ESCALATIONS.index(today)
    return max(own, morning.calendar.addwd(morning.on, steps))


def _beside_the_ladder(case: Case, item: str, roles: Sequence[Role]) -> Iterator[Explanation]:
    """Projects and indicators: nothing is wrong, or the level's day has not come."""
    indicator = next((one for one in case.project.indicators if one.code == item), None)
    if indicator is None:
        yield Explanation(Why.NOTHING_OWED, {"status": case.assessment.status.value})
        return
    morning, policy = case.morning, case.morning.policy
    duty = latest_owed_report(case.project, indicator, morning.on, morning.calendar, morning.rules)
    after = {Role.MANAGER: 0, Role.OWNER: policy.report_owner_wd, Role.CURATOR: policy.report_curator_wd}
    own = [after[role] for role in roles if role in after]
    if duty is None or not own:
        status = next(one.status for one in case.assessment.indicators if one.code == item)
        yield Explanation(Why.NOTHING_OWED, {"status": status.value})
        return
    due_on = morning.calendar.addwd(duty.due_on, min(own)) if min(own) else duty.due_on
    if due_on > morning.on:
        yield Explanation(
            Why.NOT_DUE,
            {"rung": Rung.REPORT_MISSING.value, "on": due_on, "due_on": duty.due_on, "role": roles[-1].value},
        )


def _before(case: Case, item: str, person: str) -> Iterator[Explanation]:
    """What the person heard of the item last, and whether a new date made that void."""
    mine = [
        alert
        for alert in case.history
        if (alert.item, alert.recipient) == (item, person) and alert.delivery is not Delivery.LAPSED
    ]
    if not mine:
        yield Explanation(Why.NEVER_TOLD)
        return
    last = max(mine, key=lambda alert: (alert.raised_on, alert.id))
    milestone = _milestone(case, item)
    baseline = milestone.baseline if milestone else None
    if (
        baseline is not None
        and last.rung in (*REMINDERS, *ESCALATIONS, Rung.WEEKLY)
        and last.version < baseline.version
    ):
        yield Explanation(Why.SUPERSEDED, {"due_on": baseline.due_on, "approved_on": baseline.approved_on})
    yield Explanation(Why.LAST_TOLD, {"rung": last.rung.value, "on": last.raised_on})


def _milestone(case: Case, item: str) -> Milestone | None:
    return next((one for one in case.project.milestones if one.code == item), None)


def _roles(posts: Posts, case: Case, person: str) -> list[Role]:
    """The roles a person holds for an item, or stands in for on the day; lowest first."""
    acted_for = {absence.person for absence in case.cast.absences if absence.substitute == person}
    return [role for role in Role if posts.holder(role) in {person, *acted_for}]
