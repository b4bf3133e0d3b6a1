"""What is to be told of one project on one morning (DOMAIN 3.2, EP-1).

Values in, values out. The project is cut to what was known, the alerts of the past come with what became of their
mails; running a morning twice raises nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pmo.domain import escalations
from pmo.domain.alerts import (
    Cast,
    ItemKind,
    Morning,
    NewAlert,
    PastAlert,
    Plan,
    climb_of,
    ladder_run,
    past_rungs,
    told_before,
)
from pmo.domain.answers import NOBODY_ANSWERED, Answered, quiet_people, said_below, spoken_to, waiting
from pmo.domain.decisions import OpenRequest
from pmo.domain.endings import endings
from pmo.domain.ladder import Delivery, PastRung, Rung, next_rung, step
from pmo.domain.milestone import Milestone, MilestoneAssessment, MilestoneStatus
from pmo.domain.project import Project, ProjectAssessment, ProjectStatus
from pmo.domain.recipients import Role, addressees, levels
from pmo.domain.situation import Judged, Situation, milestone_facts

WITHOUT_REPORTS = (ProjectStatus.PAUSED, ProjectStatus.COMPLETED, ProjectStatus.COMPLETED_WITH_SHORTFALL)


def plan_morning(
    project: Project,
    assessment: ProjectAssessment,
    past: Sequence[PastAlert],
    cast: Cast,
    morning: Morning,
    earlier: Judged,
    answered: Answered = NOBODY_ANSWERED,
    requests: Sequence[OpenRequest] = (),
) -> Plan:
    """Alerts to raise and to end for one project; nothing is raised on a day off.

    ``requests`` are the change requests that nobody has ruled on, of this project or of the whole city.
    """
    ended = tuple(endings(project, assessment, past, morning, answered, requests))
    if not morning.calendar.is_working(morning.on) or assessment.status in (
        ProjectStatus.NOT_STARTED,
        ProjectStatus.CANCELLED,
    ):
        return Plan(ended=ended)
    closed = {ending.alert for ending in ended}
    still_open = [alert for alert in past if alert.is_open and alert.id not in closed]
    here = Situation(project, assessment, past, still_open, cast, morning, earlier, answered, requests)
    return Plan(tuple(_everything(here)), ended)


def _everything(here: Situation) -> Iterator[NewAlert]:
    judged = {item.code: item for item in here.assessment.milestones}
    for milestone in here.project.milestones:
        yield from _ladder(here, milestone, judged[milestone.code])
        yield from _at_risk(here, milestone, judged[milestone.code])
        yield from escalations.evidence_waiting(here, milestone, judged[milestone.code])
    if here.assessment.status is ProjectStatus.OFF_TRACK:
        yield from escalations.off_track(here)
        yield from escalations.plan_missing(here)
    yield from escalations.change_waiting(here)
    if here.assessment.status not in WITHOUT_REPORTS:
        yield from escalations.report_missing(here)
        yield from escalations.indicator_red(here)


def _ladder(here: Situation, milestone: Milestone, judged: MilestoneAssessment) -> Iterator[NewAlert]:
    morning = here.morning
    climb = climb_of(here.project, milestone, judged, morning)
    if climb is None:
        return
    climb = waiting(milestone.code, climb, here.answered)
    mine = [alert for alert in here.past if alert.item == milestone.code]
    rungs = past_rungs(mine)
    today = step(climb, rungs, morning.on, morning.week, morning.calendar, morning.policy)
    posts = here.cast.of_milestone(milestone.code)
    for lapsed in today.lapsed:
        for addressee in addressees(levels(lapsed, milestone.critical), lapsed, posts, here.cast.absences, morning.on):
            yield NewAlert(
                ItemKind.MILESTONE, milestone.code, lapsed, addressee, climb.version, climb.run, "", Delivery.LAPSED
            )
    if today.rung is None:
        return
    facts = milestone_facts(judged) | {
        "told": told_before(mine, climb),
        "answers": [
            {"kind": one.kind.value, "on": one.on, "until": one.until, "text": one.text, "person": one.person}
            for one in said_below(milestone.code, climb, here.answered)
        ],
    }
    raised_now = [*rungs, PastRung(today.rung, climb.version, climb.run, morning.on, Delivery.QUEUED)]
    following = next_rung(climb, raised_now, morning.on, morning.calendar, morning.policy)
    if following:
        facts |= {"next_rung": following[0].value, "next_on": following[1]}
    facts["action"] = "claim_or_forecast"
    facts["act_by"] = climb.due_on if today.rung.is_reminder else (following[1] if following else None)
    facts["stocktake"] = today.rung is Rung.O_14 and milestone.critical
    period = morning.week or "" if today.rung is Rung.WEEKLY else ""
    quiet = quiet_people(milestone.code, climb, here.answered, morning.on)
    to = here.told(levels(today.rung, milestone.critical), today.rung, posts)
    for addressee in spoken_to(to, quiet, today.rung):
        noted = replace(addressee, note=addressee.note or today.note)
        yield NewAlert(
            ItemKind.MILESTONE, milestone.code, today.rung, noted, climb.version, climb.run, period, facts=facts
        )


def _at_risk(here: Situation, milestone: Milestone, judged: MilestoneAssessment) -> Iterator[NewAlert]:
    """Told when it begins; the curator is added when the predicted slip grows beyond his limit."""
    if judged.status is not MilestoneStatus.AT_RISK:
        return
    roles = [Role.MANAGER]
    if milestone.critical:
        roles.append(Role.OWNER)
    if (judged.slip_wd or 0) > here.morning.policy.curator_slip_wd:
        roles.append(Role.CURATOR)
    known = here.open_alerts(milestone.code, Rung.AT_RISK)
    fresh = here.still_to_tell(roles, Rung.AT_RISK, here.cast.of_milestone(milestone.code), known)
    if not fresh:
        return

    def was_so(day: ProjectAssessment) -> bool:
        return any(item.code == milestone.code and item.status is MilestoneStatus.AT_RISK for item in day.milestones)

    period = known[0].period if known else here.began(was_so).isoformat()
    facts = milestone_facts(judged) | {"action": "confirm_or_forecast", "act_by": judged.effective_due_on}
    climb = judged.version or 0, ladder_run(here.project, milestone, here.morning.on)
    for addressee in fresh:
        yield NewAlert(ItemKind.MILESTONE, milestone.code, Rung.AT_RISK, addressee, *climb, period, facts=facts)
