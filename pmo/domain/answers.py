"""What people answer to an alert, and what each answer stops (DOMAIN 3.2, acknowledge and snooze, EP-1).

An answer makes the ladder quieter, never slower and never shorter: whoever answered is left out of repeats for some
days, but a rung that would reach nobody else is told all the same. One thing alone lets the next rung wait: a new
forecast that the level which would be told next has confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pmo.domain.alerts import AlertState, PastAlert
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.ladder import EP_1, LADDER, Climb, Delivery, EscalationPolicy, PastRung, Rung, next_rung
from pmo.domain.recipients import ABSENT_COPY, LINE, Addressee, Posts, Role, levels


class AnswerKind(StrEnum):
    """What somebody who was told may answer."""

    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    MUTED = "muted"
    HELP_WANTED = "help_wanted"


STATE_BY_ANSWER: Mapping[AnswerKind, AlertState] = {
    AnswerKind.ACKNOWLEDGED: AlertState.ACKNOWLEDGED,
    AnswerKind.HELP_WANTED: AlertState.ACKNOWLEDGED,
    AnswerKind.SNOOZED: AlertState.SNOOZED,
    AnswerKind.MUTED: AlertState.SNOOZED,
}
"""What an answer makes of the alerts that it answers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer to the last rung they were told. Quiet for them up to ``until``; None is to the very end."""

    item: str
    person: str
    kind: AnswerKind
    version: int
    run: int
    rung: Rung
    on: date
    until: date | None = None
    text: str | None = None

    def is_of(self, item: str, climb: Climb) -> bool:
        """Whether it belongs to this climb: a new date or a resume makes everybody be told anew."""
        return (self.item, self.version, self.run) == (item, climb.version, climb.run)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The next level accepts a new forecast: the next rung waits up to ``until``, once for each baseline version."""

    item: str
    version: int
    on: date
    until: date


class ReplyKind(StrEnum):
    """What may be replied to an alert that is no step of a milestone's ladder."""

    ACKNOWLEDGED = "alert_acknowledged"
    RECOVERY_PLAN = "recovery_plan"


@dataclass(frozen=True, slots=True)
class Reply:
    """Somebody's reply to one alert about a project or an indicator. ``period`` is the alert's own."""

    item: str
    person: str
    kind: ReplyKind
    rung: Rung
    period: str
    on: date


@dataclass(frozen=True, slots=True)
class Answered:
    """Everything answered about a project by a moment, in the order of entry."""

    answers: tuple[Answer, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    replies: tuple[Reply, ...] = ()

    def has_plan(self, item: str, period: str) -> bool:
        """Whether a recovery plan was given for the spell off track that began on a day."""
        return any(
            (reply.item, reply.period, reply.kind) == (item, period, ReplyKind.RECOVERY_PLAN) for reply in self.replies
        )

    def about(self, item: str, climb: Climb) -> tuple[Answer, ...]:
        """The answers to this climb of an item."""
        return tuple(answer for answer in self.answers if answer.is_of(item, climb))


NOBODY_ANSWERED = Answered()
ANSWERED_AS_LADDER = (*LADDER, Rung.AT_RISK)
"""Alerts about a milestone's date, all answered with the same forms."""


def waiting(item: str, climb: Climb, answered: Answered) -> Climb:
    """The climb with the days for which a confirmed forecast lets its next rung wait."""
    holds = [
        confirmation.until
        for confirmation in answered.confirmations
        if (confirmation.item, confirmation.version) == (item, climb.version)
    ]
    return replace(climb, waits_until=max(holds, default=None))


def quiet_people(item: str, climb: Climb, answered: Answered, on: date) -> frozenset[str]:
    """Those who answered lately and are spared repeats on a day."""
    return frozenset(
        answer.person for answer in answered.about(item, climb) if answer.until is None or on <= answer.until
    )


def said_below(item: str, climb: Climb, answered: Answered) -> list[Answer]:
    """What was last answered by each person told of this climb: every level above reads it (DOMAIN 3.2, snooze)."""
    latest = {answer.person: answer for answer in answered.about(item, climb)}
    return list(latest.values())


def spoken_to(told: Sequence[Addressee], quiet: frozenset[str], rung: Rung) -> tuple[Addressee, ...]:
    """Who of a rung's addressees really is told.

    A rung that would reach only people who answered is told to all of them nevertheless: an answer skips no rung. The
    weekly repeat alone may be left out.
    """
    rest = tuple(addressee for addressee in told if addressee.person not in quiet)
    reached = any(addressee.note != ABSENT_COPY for addressee in rest)
    return rest if reached or rung is Rung.WEEKLY else tuple(told)


def last_told(past: Iterable[PastAlert], item: str, person: str, climb: Climb) -> PastAlert | None:
    """The last rung of this climb that somebody was told and that still stands, or None."""
    mine = [
        alert
        for alert in past
        if (alert.item, alert.recipient, alert.version) == (item, person, climb.version)
        and (alert.run == climb.run or alert.rung.is_reminder)
        and alert.rung in ANSWERED_AS_LADDER
        and alert.is_open
        and alert.delivery is not Delivery.LAPSED
    ]
    return max(mine, key=lambda alert: (alert.raised_on, alert.id), default=None)


def quiet_until(on: date, calendar: WorkingCalendar, policy: EscalationPolicy = EP_1) -> date:
    """The last day on which an acknowledgement spares its author repeats."""
    return calendar.addwd(on, policy.acknowledged_wd)


def last_snooze_day(role: Role, on: date, calendar: WorkingCalendar, policy: EscalationPolicy = EP_1) -> date | None:
    """The last day to which a role may snooze; None for a role that mutes instead."""
    limit = {Role.MANAGER: policy.manager_snooze_wd, Role.OWNER: policy.owner_snooze_wd}.get(role)
    return calendar.addwd(on, limit) if limit else None


def snooze_is_used(alert: PastAlert, own: Iterable[Answer]) -> bool:
    """Whether the last-told alert can be snoozed no more: a manager may once a rung, an owner once, muting is for good.

    ``own`` are the person's answers to this climb.
    """
    spent = [answer for answer in own if answer.kind in (AnswerKind.SNOOZED, AnswerKind.MUTED)]
    if alert.role is Role.MANAGER:
        return any(answer.rung is alert.rung for answer in spent)
    return bool(spent)


@dataclass(frozen=True, slots=True)
class NextLevel:
    """Who has to confirm a forecast, for which rung to wait and until when."""

    rung: Rung
    role: Role
    person: str
    until: date


def next_level(
    climb: Climb,
    rungs: Sequence[PastRung],
    critical: bool,
    posts: Posts,
    forecast: tuple[date, str | None],
    on: date,
    calendar: WorkingCalendar,
    policy: EscalationPolicy = EP_1,
) -> NextLevel | None:
    """The level that would be told next, if a forecast (date, author) can make it wait; else None.

    There has to be a rung after the date already, and one to come. Nobody confirms a forecast of their own, and nobody
    a vacant post: then it is for the level above. The wait ends with the forecast's own date at the latest.
    """
    expected_on, author = forecast
    climbed = any(past.rung.is_escalation and (past.version, past.run) == (climb.version, climb.run) for past in rungs)
    following = next_rung(climb, rungs, on, calendar, policy) if climbed and on > climb.due_on else None
    if following is None or expected_on < on:
        return None
    rung = following[0]
    level = levels(rung, critical)[-1]
    for role in LINE[LINE.index(level) :]:
        holder = posts.holder(role)
        if holder is not None and holder != author:
            return NextLevel(rung, role, holder, min(calendar.addwd(on, policy.confirmed_hold_wd), expected_on))
    return None


REPLIED_TO = (Rung.OFF_TRACK, Rung.PLAN_MISSING, Rung.CHANGE_WAITING, Rung.REPORT_MISSING, Rung.INDICATOR_RED)
"""Alerts about projects and indicators; whoever was told may say so."""


def to_reply(past: Iterable[PastAlert], item: str, people: Sequence[str]) -> PastAlert | None:
    """The newest open alert about a project or an indicator that one of these people was told, or None."""
    mine = [
        alert
        for alert in past
        if alert.item == item and alert.recipient in people and alert.rung in REPLIED_TO and alert.is_open
    ]
    return max(mine, key=lambda alert: (alert.raised_on, alert.id), default=None)


def plan_wanted(past: Iterable[PastAlert], project: str, people: Sequence[str]) -> PastAlert | None:
    """The alert that asks one of these people for a recovery plan, or None.

    The owner owes it; where nobody holds that post, the next level that was told (DOMAIN 3.2, absence and vacancy).
    """
    asked = [
        alert
        for alert in past
        if alert.item == project and alert.rung is Rung.OFF_TRACK and alert.is_open and alert.role is not Role.MANAGER
    ]
    lowest = min((LINE.index(alert.role) for alert in asked if alert.role in LINE), default=None)
    owing = (alert for alert in asked if lowest is not None and alert.role is LINE[lowest])
    return next((alert for alert in owing if alert.recipient in people), None)
