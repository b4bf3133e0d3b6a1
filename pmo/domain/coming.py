"""What comes next of an open alert if nobody answers: what, to whom, and on which day at the earliest (DOMAIN 3.2).

The days are those of the ladder and of ``escalations``; who is away then is known on the morning itself only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pmo.domain.alerts import Morning, PastAlert, past_rungs
from pmo.domain.answers import Answered
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.escalations import Levels, above_a_missing_plan, report_levels, review_levels
from pmo.domain.ladder import Climb, PastRung, Rung, next_rung
from pmo.domain.project import Project
from pmo.domain.recipients import Posts, Role, addressees, levels
from pmo.domain.reports import latest_owed_report


@dataclass(frozen=True, slots=True)
class Coming:
    """What is told next; ``to`` are the posts, lowest first, a vacant one replaced by the level above."""

    rung: Rung
    on: date
    to: tuple[str, ...]


def next_step(
    climb: Climb, rungs: Sequence[PastRung], critical: bool, posts: Posts, on: date, calendar: WorkingCalendar
) -> Coming:
    """The next rung of a milestone's ladder; after O+14 it is told on the first working day of every ISO week."""
    weekly = Rung.WEEKLY, calendar.roll(on + timedelta(days=7 - on.weekday()))
    rung, day = next_rung(climb, rungs, on, calendar) or weekly
    return Coming(rung, day, _posts(levels(rung, critical), rung, posts))


def next_beside(
    past: Sequence[PastAlert], told: PastAlert, known: Project, posts: Posts, answered: Answered, morning: Morning
) -> Coming | None:
    """What follows an open alert beside the ladder; None where nobody above is told by the passing of time.

    ``told`` is the first row of the alert, ``past`` everything told of the project, ``known`` the project cut to what
    is known.
    """
    if told.rung is Rung.OFF_TRACK:
        return _missing_plan(past, told, known, posts, answered, morning)
    if told.rung is Rung.REPORT_MISSING:
        indicator = next((one for one in known.indicators if one.code == told.item), None)
        duty = latest_owed_report(known, indicator, morning.on, morning.calendar, morning.rules) if indicator else None
        if duty is None:
            return None
        return _next_level(past, told, duty.period_end, report_levels(duty.due_on, morning.calendar), posts, morning)
    if told.rung is Rung.EVIDENCE_WAITING:
        milestone = next((one for one in known.milestones if one.code == told.item), None)
        claim = milestone.open_claim if milestone else None
        if claim is None:
            return None
        chain = review_levels(claim.submitted_on, morning.calendar, morning.policy)
        return _next_level(past, told, claim.submitted_on, chain, posts, morning)
    return None


def _missing_plan(
    past: Iterable[PastAlert], told: PastAlert, known: Project, posts: Posts, answered: Answered, morning: Morning
) -> Coming | None:
    is_told = any((alert.rung, alert.period) == (Rung.PLAN_MISSING, told.period) for alert in past)
    if is_told or answered.has_plan(known.code, told.period):
        return None
    plan_due_on = morning.calendar.addwd(told.raised_on, morning.policy.recovery_plan_wd)
    day = morning.calendar.addwd(max(plan_due_on, morning.on), 1)
    return Coming(Rung.PLAN_MISSING, day, _posts([above_a_missing_plan(posts)], Rung.PLAN_MISSING, posts))


def _next_level(
    past: Iterable[PastAlert], told: PastAlert, period: date, chain: Levels, posts: Posts, morning: Morning
) -> Coming | None:
    """The lowest level that has somebody who does not know yet; one level a working day."""
    mine = (told.item, told.rung, period.isoformat())
    knowing = {alert.recipient for alert in past if (alert.item, alert.rung, alert.period) == mine}
    for role, due_on in chain:
        fresh = tuple(person for person in _posts([role], told.rung, posts) if person not in knowing)
        if fresh:
            return Coming(told.rung, max(due_on, morning.calendar.addwd(morning.on, 1)), fresh)
    return None


def _posts(roles: Sequence[Role], rung: Rung, posts: Posts) -> tuple[str, ...]:
    return tuple(addressee.person for addressee in addressees(roles, rung, posts, (), date.min))


def rungs_of(past: Iterable[PastAlert], item: str) -> list[PastRung]:
    """The rungs of one item's ladder."""
    return past_rungs(alert for alert in past if alert.item == item)
