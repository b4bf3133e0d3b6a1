"""Alerts as values: what was told, what is to be told, and the ladder's view of a milestone (DOMAIN 3.2, EP-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.ladder import EP_1, LADDER, Climb, Delivery, EscalationPolicy, PastRung, Rung, Standing, counting_from
from pmo.domain.milestone import Milestone, MilestoneAssessment, MilestoneStatus
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project
from pmo.domain.recipients import Absence, Addressee, Channel, Posts, Role


class AlertState(StrEnum):
    """States of an alert (DOMAIN 3.2); ``lapsed`` is a reminder never sent because its day had passed."""

    SCHEDULED = "scheduled"
    SENT = "sent"
    LAPSED = "lapsed"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    FAILED = "failed"


class ItemKind(StrEnum):
    """What an alert is about."""

    MILESTONE = "milestone"
    INDICATOR = "indicator"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class PastAlert:
    """One person told of one rung before. ``is_open`` until it was resolved, superseded, suspended or closed;
    ``stands_for`` is the absent post in whose place they were told."""

    id: int
    item: str
    rung: Rung
    version: int
    run: int
    period: str
    recipient: str
    role: Role
    channel: Channel
    raised_on: date
    delivery: Delivery
    is_open: bool
    stands_for: str | None = None


LADDER_THREAD = "ladder"


def thread_of(rung: Rung, period: str) -> str:
    """Which rows about one item are one alert to a reader: the whole ladder, a kind, or one change request."""
    if rung in LADDER:
        return LADDER_THREAD
    return f"{rung.value}:{period}" if rung is Rung.CHANGE_WAITING else rung.value


@dataclass(frozen=True, slots=True)
class NewAlert:
    """One person to be told of one rung; ``delivery`` is ``lapsed`` where it is only recorded.

    ``facts`` are the numbers and dates that the mail is made of, without names.
    """

    kind: ItemKind
    item: str
    rung: Rung
    addressee: Addressee
    version: int = 0
    run: int = 0
    period: str = ""
    delivery: Delivery = Delivery.QUEUED
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ending:
    """An open alert that ends, and how."""

    alert: int
    state: AlertState


@dataclass(frozen=True, slots=True)
class Plan:
    """What one morning brings for one project."""

    raised: tuple[NewAlert, ...] = ()
    ended: tuple[Ending, ...] = ()


@dataclass(frozen=True, slots=True)
class Cast:
    """Who answers for a project; ``performers`` are posts named for single milestones, by code."""

    posts: Posts
    performers: Mapping[str, str] = field(default_factory=dict)
    absences: Sequence[Absence] = ()

    def of_milestone(self, code: str) -> Posts:
        """The posts with the milestone's own performer in the manager's place."""
        performer = self.performers.get(code)
        return replace(self.posts, manager=performer) if performer else self.posts


@dataclass(frozen=True, slots=True)
class Morning:
    """The day of the run. ``week`` is the ISO week whose weekly mails are due today, or None."""

    on: date
    week: str | None
    calendar: WorkingCalendar
    rules: RuleSet
    policy: EscalationPolicy = EP_1


def climb_of(project: Project, milestone: Milestone, judged: MilestoneAssessment, morning: Morning) -> Climb | None:
    """The milestone as its ladder sees it on a day, or None if it has no date."""
    baseline, due_on = milestone.baseline, judged.effective_due_on
    if baseline is None or due_on is None:
        return None
    resumed = [
        pause.resumed_on
        for pause in (*project.pauses, *milestone.pauses)
        if pause.resumed_on is not None and pause.resumed_on <= morning.on
    ]
    return Climb(
        version=baseline.version,
        run=len(resumed),
        due_on=due_on,
        counts_from=counting_from(
            due_on,
            project.tracked_since,
            baseline.approved_on if baseline.version else None,
            max(resumed, default=None),
        ),
        standing=_standing(milestone, judged, morning),
    )


def ladder_run(project: Project, milestone: Milestone, on: date) -> int:
    """How often work on a milestone was resumed until a day; part of an alert's key."""
    return sum(
        pause.resumed_on is not None and pause.resumed_on <= on for pause in (*project.pauses, *milestone.pauses)
    )


def past_rungs(alerts: Iterable[PastAlert]) -> list[PastRung]:
    """Rungs with all their recipients together: sent when every mail arrived, a copy in a digest aside."""
    grouped: dict[tuple[Rung, int, int, str], list[PastAlert]] = {}
    for alert in alerts:
        if alert.rung in LADDER:
            grouped.setdefault((alert.rung, alert.version, alert.run, alert.period), []).append(alert)
    return [
        PastRung(rung, version, run, max(alert.raised_on for alert in group), _delivery(group), period)
        for (rung, version, run, period), group in grouped.items()
    ]


def told_before(alerts: Iterable[PastAlert], climb: Climb) -> list[dict[str, object]]:
    """Who was told of which rung before, and when: every step of the ladder says it."""
    told: dict[tuple[date, str], list[str]] = {}
    for alert in alerts:
        same_climb = alert.version == climb.version and (alert.run == climb.run or alert.rung.is_reminder)
        if alert.rung in LADDER and same_climb and alert.delivery is not Delivery.LAPSED:
            told.setdefault((alert.raised_on, alert.rung.value), []).append(alert.recipient)
    return [{"rung": rung, "on": on, "people": people} for (on, rung), people in sorted(told.items())]


def _delivery(group: Sequence[PastAlert]) -> Delivery:
    messages = [alert for alert in group if alert.channel is not Channel.DIGEST] or list(group)
    outcomes = {alert.delivery for alert in messages}
    for outcome in (Delivery.QUEUED, Delivery.FAILED, Delivery.SENT):
        if outcome in outcomes:
            return outcome
    return Delivery.LAPSED


def _standing(milestone: Milestone, judged: MilestoneAssessment, morning: Morning) -> Standing:
    """Claims in time hold the ladder, late ones for some days; done, paused and cancelled items rest (3.2, stop)."""
    if judged.status is MilestoneStatus.UNDER_REVIEW:
        return Standing.HELD
    climbing = (
        MilestoneStatus.OVERDUE,
        MilestoneStatus.AT_RISK,
        MilestoneStatus.DUE_SOON,
        MilestoneStatus.PLANNED,
    )
    if judged.status not in climbing:
        return Standing.RESTING
    claim = milestone.open_claim
    if claim is None:
        return Standing.CLIMBING
    if judged.status is not MilestoneStatus.OVERDUE:
        return Standing.HELD
    waited = morning.calendar.wd(claim.submitted_on, morning.on)
    return Standing.HELD if waited <= morning.policy.late_claim_hold_wd else Standing.CLIMBING
