"""What is to be told of one project on one morning (DOMAIN 3.2, EP-1).

Values in, values out. The project is cut to what was known, the alerts of the past come with what became of their
mails; running a morning twice raises nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

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
from pmo.domain.calendar import ONE_DAY
from pmo.domain.decisions import OpenRequest
from pmo.domain.endings import endings
from pmo.domain.ladder import NOT_DELIVERED, Delivery, PastRung, Rung, next_rung, step
from pmo.domain.milestone import Milestone, MilestoneAssessment, MilestoneStatus
from pmo.domain.project import Project, ProjectAssessment, ProjectStatus
from pmo.domain.recipients import NEXT_LEVEL, Addressee, Channel, Posts, Role, addressees, levels
from pmo.domain.reports import latest_owed_report, red_in_two_reports

LONGEST_SPELL_DAYS = 92
"""How far back the beginning of a status is looked for when it is first told."""

WITHOUT_REPORTS = (ProjectStatus.PAUSED, ProjectStatus.COMPLETED, ProjectStatus.COMPLETED_WITH_SHORTFALL)

Judged = Callable[[date], ProjectAssessment | None]
"""The project as it was known and judged at the end of an earlier day; None before it was known."""


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
    teller = _Teller(project, assessment, past, still_open, cast, morning, earlier, answered, requests)
    return Plan(tuple(teller.everything()), ended)


@dataclass(frozen=True, slots=True)
class _Teller:
    """The triggers of one project on one morning, each a generator of alerts."""

    project: Project
    assessment: ProjectAssessment
    past: Sequence[PastAlert]
    still_open: Sequence[PastAlert]
    cast: Cast
    morning: Morning
    earlier: Judged
    answered: Answered
    requests: Sequence[OpenRequest]

    def everything(self) -> Iterator[NewAlert]:
        judged = {item.code: item for item in self.assessment.milestones}
        for milestone in self.project.milestones:
            yield from self._ladder(milestone, judged[milestone.code])
            yield from self._at_risk(milestone, judged[milestone.code])
            yield from self._evidence_waiting(milestone, judged[milestone.code])
        if self.assessment.status is ProjectStatus.OFF_TRACK:
            yield from self._off_track()
            yield from self._plan_missing()
        yield from self._change_waiting()
        if self.assessment.status not in WITHOUT_REPORTS:
            yield from self._report_missing()
            yield from self._indicator_red()

    def _ladder(self, milestone: Milestone, judged: MilestoneAssessment) -> Iterator[NewAlert]:
        morning = self.morning
        climb = climb_of(self.project, milestone, judged, morning)
        if climb is None:
            return
        climb = waiting(milestone.code, climb, self.answered)
        mine = [alert for alert in self.past if alert.item == milestone.code]
        rungs = past_rungs(mine)
        today = step(climb, rungs, morning.on, morning.week, morning.calendar, morning.policy)
        posts = self.cast.of_milestone(milestone.code)
        for lapsed in today.lapsed:
            for addressee in addressees(
                levels(lapsed, milestone.critical), lapsed, posts, self.cast.absences, morning.on
            ):
                yield NewAlert(
                    ItemKind.MILESTONE, milestone.code, lapsed, addressee, climb.version, climb.run, "", Delivery.LAPSED
                )
        if today.rung is None:
            return
        facts = _milestone_facts(judged) | {
            "told": told_before(mine, climb),
            "answers": [
                {"kind": one.kind.value, "on": one.on, "until": one.until, "text": one.text, "person": one.person}
                for one in said_below(milestone.code, climb, self.answered)
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
        quiet = quiet_people(milestone.code, climb, self.answered, morning.on)
        to = self._to(levels(today.rung, milestone.critical), today.rung, posts)
        for addressee in spoken_to(to, quiet, today.rung):
            noted = replace(addressee, note=addressee.note or today.note)
            yield NewAlert(
                ItemKind.MILESTONE, milestone.code, today.rung, noted, climb.version, climb.run, period, facts=facts
            )

    def _at_risk(self, milestone: Milestone, judged: MilestoneAssessment) -> Iterator[NewAlert]:
        """Told when it begins; the curator is added when the predicted slip grows beyond his limit."""
        if judged.status is not MilestoneStatus.AT_RISK:
            return
        roles = [Role.MANAGER]
        if milestone.critical:
            roles.append(Role.OWNER)
        if (judged.slip_wd or 0) > self.morning.policy.curator_slip_wd:
            roles.append(Role.CURATOR)
        known = self._open(milestone.code, Rung.AT_RISK)
        fresh = self._to_rest(roles, Rung.AT_RISK, self.cast.of_milestone(milestone.code), known)
        if not fresh:
            return

        def was_so(day: ProjectAssessment) -> bool:
            return any(
                item.code == milestone.code and item.status is MilestoneStatus.AT_RISK for item in day.milestones
            )

        period = known[0].period if known else self._began(was_so).isoformat()
        facts = _milestone_facts(judged) | {"action": "confirm_or_forecast", "act_by": judged.effective_due_on}
        climb = judged.version or 0, ladder_run(self.project, milestone, self.morning.on)
        for addressee in fresh:
            yield NewAlert(ItemKind.MILESTONE, milestone.code, Rung.AT_RISK, addressee, *climb, period, facts=facts)

    def _off_track(self) -> Iterator[NewAlert]:
        known = self._open(self.project.code, Rung.OFF_TRACK)
        roles = [] if known else [Role.MANAGER, Role.OWNER, Role.CURATOR]
        fresh = self._to_rest(roles, Rung.OFF_TRACK, self.cast.posts, known)
        if not fresh:
            return
        period = known[0].period if known else ""
        began = date.fromisoformat(period) if period else self._began(lambda day: day.status is ProjectStatus.OFF_TRACK)
        act_by = self.morning.calendar.addwd(self.morning.on, self.morning.policy.recovery_plan_wd)
        facts: dict[str, object] = {
            "severity": self.assessment.severity,
            "status": self.assessment.status.value,
            "slip_days": self.assessment.slip_days,
            "since": began,
            "action": "recovery_plan",
            "act_by": act_by,
        }
        for addressee in fresh:
            yield NewAlert(
                ItemKind.PROJECT,
                self.project.code,
                Rung.OFF_TRACK,
                addressee,
                period=began.isoformat(),
                facts=facts,
            )

    def _plan_missing(self) -> Iterator[NewAlert]:
        """No recovery plan in 5 working days: the chief of staff; where he is the curator, the akim (DOMAIN 3.2)."""
        asked = self._open(self.project.code, Rung.OFF_TRACK)
        if not asked:
            return
        period, asked_on = asked[0].period, asked[0].raised_on
        act_by = self.morning.calendar.addwd(asked_on, self.morning.policy.recovery_plan_wd)
        if self.morning.on <= act_by or self.answered.has_plan(self.project.code, period):
            return
        if any((alert.rung, alert.period) == (Rung.PLAN_MISSING, period) for alert in self.past):
            return
        posts = self.cast.posts
        curates = posts.chief_of_staff is not None and posts.chief_of_staff == posts.curator
        facts: dict[str, object] = {
            "severity": self.assessment.severity,
            "status": self.assessment.status.value,
            "slip_days": self.assessment.slip_days,
            "since": date.fromisoformat(period),
            "asked_on": asked_on,
            "plan_due_on": act_by,
            "days_overdue": self.morning.calendar.wd(act_by, self.morning.on),
            "told": [{"rung": Rung.OFF_TRACK.value, "on": asked_on, "people": [alert.recipient for alert in asked]}],
            "action": "ask_for_plan",
            "act_by": None,
        }
        for addressee in self._to([Role.AKIM if curates else Role.CHIEF_OF_STAFF], Rung.PLAN_MISSING, posts):
            yield NewAlert(
                ItemKind.PROJECT, self.project.code, Rung.PLAN_MISSING, addressee, period=period, facts=facts
            )

    def _change_waiting(self) -> Iterator[NewAlert]:
        """A change request undecided for 5 working days: its approver, the curator (DOMAIN 3.2, supersession)."""
        calendar, policy = self.morning.calendar, self.morning.policy
        for request in self.requests:
            due_on = calendar.addwd(request.asked_on, policy.change_ruling_wd)
            if request.project != self.project.id or self.morning.on < due_on:
                continue
            if any((alert.rung, alert.period) == (Rung.CHANGE_WAITING, request.period) for alert in self.past):
                continue
            facts: dict[str, object] = {
                "severity": self.assessment.severity,
                "status": self.assessment.status.value,
                "request": request.id,
                "asked_on": request.asked_on,
                "items": list(request.items),
                "reason": request.reason,
                "was_checked": request.was_checked,
                "days_waiting": calendar.wd(request.asked_on, self.morning.on),
                "action": "rule_change",
                "act_by": self.morning.on,
            }
            for addressee in self._to([Role.CURATOR], Rung.CHANGE_WAITING, self.cast.posts):
                yield NewAlert(
                    ItemKind.PROJECT,
                    self.project.code,
                    Rung.CHANGE_WAITING,
                    addressee,
                    period=request.period,
                    facts=facts,
                )

    def _report_missing(self) -> Iterator[NewAlert]:
        morning, policy = self.morning, self.morning.policy
        judged = {item.code: item for item in self.assessment.indicators}
        for indicator in self.project.indicators:
            duty = latest_owed_report(self.project, indicator, morning.on, morning.calendar, morning.rules)
            if duty is None:
                continue
            chain = (
                (Role.MANAGER, duty.due_on),
                (Role.OWNER, morning.calendar.addwd(duty.due_on, policy.report_owner_wd)),
                (Role.CURATOR, morning.calendar.addwd(duty.due_on, policy.report_curator_wd)),
            )
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
            yield from self._chain(
                ItemKind.INDICATOR, indicator.code, Rung.REPORT_MISSING, duty.period_end, chain, self.cast.posts, facts
            )

    def _indicator_red(self) -> Iterator[NewAlert]:
        judged = {item.code: item for item in self.assessment.indicators}
        for indicator in self.project.indicators:
            period_end = red_in_two_reports(self.project, indicator, self.morning.calendar, self.morning.rules)
            if period_end is None:
                continue
            known = self._open(indicator.code, Rung.INDICATOR_RED)
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
            for addressee in self._to_rest(roles, Rung.INDICATOR_RED, self.cast.posts, known):
                yield NewAlert(
                    ItemKind.INDICATOR, indicator.code, Rung.INDICATOR_RED, addressee, period=period, facts=facts
                )

    def _evidence_waiting(self, milestone: Milestone, judged: MilestoneAssessment) -> Iterator[NewAlert]:
        claim = milestone.open_claim
        if claim is None or judged.status is MilestoneStatus.CANCELLED:
            return
        calendar, policy = self.morning.calendar, self.morning.policy
        chain = (
            (Role.PMO_ANALYST, calendar.addwd(claim.submitted_on, policy.review_analyst_wd + 1)),
            (Role.PMO_HEAD, calendar.addwd(claim.submitted_on, policy.review_head_wd)),
        )
        facts = _milestone_facts(judged) | {
            "submitted_on": claim.submitted_on,
            "claimed_completed_on": claim.completed_on,
            "days_waiting": calendar.wd(claim.submitted_on, self.morning.on),
            "action": "decide_evidence",
            "act_by": self.morning.on,
        }
        yield from self._chain(
            ItemKind.MILESTONE,
            milestone.code,
            Rung.EVIDENCE_WAITING,
            claim.submitted_on,
            chain,
            self.cast.posts,
            facts,
            (judged.version or 0, ladder_run(self.project, milestone, self.morning.on)),
        )

    def _chain(
        self,
        kind: ItemKind,
        item: str,
        rung: Rung,
        period: date,
        chain: Sequence[tuple[Role, date]],
        posts: Posts,
        facts: Mapping[str, object],
        climb: tuple[int, int] = (0, 0),
    ) -> Iterator[NewAlert]:
        """Level after level, each from its own day on, one a day; a level whose people all know is passed over."""
        mine = [
            alert for alert in self.past if (alert.item, alert.rung, alert.period) == (item, rung, period.isoformat())
        ]
        if any(alert.raised_on >= self.morning.on for alert in mine):
            return
        knowing = {alert.recipient for alert in mine}
        note = NOT_DELIVERED if mine and all(alert.delivery is Delivery.FAILED for alert in mine) else None
        for role, due_on in chain:
            if due_on > self.morning.on:
                return
            fresh = [addressee for addressee in self._to([role], rung, posts) if addressee.person not in knowing]
            if fresh:
                for addressee in fresh:
                    noted = replace(addressee, note=addressee.note or note)
                    yield NewAlert(kind, item, rung, noted, *climb, period.isoformat(), facts=facts)
                return

    def _to(self, roles: Sequence[Role], rung: Rung, posts: Posts) -> tuple[Addressee, ...]:
        return addressees(roles, rung, posts, self.cast.absences, self.morning.on)

    def _to_rest(self, roles: Sequence[Role], rung: Rung, posts: Posts, known: Sequence[PastAlert]) -> list[Addressee]:
        """Who is still to be told: these roles, and the level above a message that failed for good, with the note."""
        failed = [alert for alert in known if alert.delivery is Delivery.FAILED and alert.channel is not Channel.DIGEST]
        above = {NEXT_LEVEL[alert.role] for alert in failed if alert.role in NEXT_LEVEL}
        told = {alert.role for alert in known} | {alert.recipient for alert in known}
        rest = [
            addressee
            for addressee in self._to([*roles, *(above - set(roles))], rung, posts)
            if addressee.role not in told and addressee.person not in told
        ]
        return [
            replace(addressee, note=addressee.note or NOT_DELIVERED) if addressee.role in above else addressee
            for addressee in rest
        ]

    def _open(self, item: str, rung: Rung) -> list[PastAlert]:
        return [alert for alert in self.still_open if alert.item == item and alert.rung is rung]

    def _began(self, was_so: Callable[[ProjectAssessment], bool]) -> date:
        """The first day of the present spell of a status."""
        began = self.morning.on
        for _ in range(LONGEST_SPELL_DAYS):
            before = self.earlier(began - ONE_DAY)
            if before is None or not was_so(before):
                break
            began -= ONE_DAY
        return began


def _milestone_facts(judged: MilestoneAssessment) -> dict[str, object]:
    return {
        "severity": judged.severity,
        "status": judged.status.value,
        "rule": judged.rule,
        "critical": judged.critical,
        "weight": judged.weight,
        "due_on": judged.due_on,
        "effective_due_on": judged.effective_due_on,
        "original_due_on": judged.original_due_on,
        "expected_on": judged.expected_on,
        "driver": judged.driver,
        "days_overdue": judged.days_overdue,
        "overdue_from": judged.overdue_from,
        "slip_wd": judged.slip_wd,
        "claim_submitted_on": judged.claim_submitted_on,
    }
