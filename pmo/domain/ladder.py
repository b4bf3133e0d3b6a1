"""The ladder of one milestone: when which rung is due, and the one step it takes on a day (DOMAIN 3.2, EP-1).

Days before the date are calendar days moved back to a working day; days after it are working days, because holidays
would skip rungs otherwise. A step raises at most one rung, never skips one, and waits until the one before was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pmo.domain.calendar import WorkingCalendar, is_first_working_day_of_week, iso_week


class Rung(StrEnum):
    """Everything that can be told of an item; the first eight are the ladder of a milestone, in this order."""

    R_14 = "R-14"
    R_7 = "R-7"
    R_1 = "R-1"
    O_1 = "O+1"
    O_3 = "O+3"
    O_7 = "O+7"
    O_14 = "O+14"
    WEEKLY = "weekly"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    PLAN_MISSING = "plan_missing"
    CHANGE_WAITING = "change_waiting"
    REPORT_MISSING = "report_missing"
    EVIDENCE_WAITING = "evidence_waiting"
    INDICATOR_RED = "indicator_red"

    @property
    def is_reminder(self) -> bool:
        """Whether it comes before the date."""
        return self in REMINDERS

    @property
    def is_escalation(self) -> bool:
        """Whether it is one of the rungs O+1 to O+14, of which an item climbs one a working day."""
        return self in ESCALATIONS


REMINDERS = (Rung.R_14, Rung.R_7, Rung.R_1)
ESCALATIONS = (Rung.O_1, Rung.O_3, Rung.O_7, Rung.O_14)
LADDER = (*REMINDERS, *ESCALATIONS, Rung.WEEKLY)

NOT_DELIVERED = "not_delivered"
"""Note of a rung whose predecessor failed for good."""


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """The numbers of the ladder and the digests, one versioned rule set. ``_wd`` working days, ``_days`` calendar."""

    version: str = "EP-1"
    reminder_days: tuple[int, int] = (14, 7)
    last_reminder_wd: int = 1
    escalation_wd: tuple[int, int, int, int] = (1, 3, 7, 14)
    late_claim_hold_wd: int = 5
    curator_slip_wd: int = 20
    recovery_plan_wd: int = 5
    change_ruling_wd: int = 5
    report_owner_wd: int = 5
    report_curator_wd: int = 15
    review_analyst_wd: int = 5
    review_head_wd: int = 10
    digest_lines: int = 10
    group_from: int = 5
    acknowledged_wd: int = 3
    manager_snooze_wd: int = 3
    owner_snooze_wd: int = 5
    confirmed_hold_wd: int = 5


EP_1 = EscalationPolicy()


class Delivery(StrEnum):
    """What became of a rung: on its way, arrived, failed for good, or never sent because its day had passed."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class PastRung:
    """A rung raised before, all its recipients together. ``period`` is the ISO week of a weekly one, else empty."""

    rung: Rung
    version: int
    run: int
    raised_on: date
    delivery: Delivery
    period: str = ""


class Standing(StrEnum):
    """What the ladder may do today: climb, wait for the PMO's decision, or rest because nothing is owed."""

    CLIMBING = "climbing"
    HELD = "held"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Climb:
    """A milestone as its ladder sees it. ``due_on`` is E, ``counts_from`` E′, ``run`` the resumes so far.

    Up to ``waits_until`` no rung after the date comes: a new forecast was confirmed.
    """

    version: int
    run: int
    due_on: date
    counts_from: date
    standing: Standing
    waits_until: date | None = None

    def is_waiting(self, on: date) -> bool:
        """Whether a confirmed forecast lets the next rung wait on a day."""
        return self.waits_until is not None and on <= self.waits_until


@dataclass(frozen=True, slots=True)
class Step:
    """What one day brings: at most one rung to raise, with a note, and the reminders that lapse unsent."""

    rung: Rung | None = None
    note: str | None = None
    lapsed: tuple[Rung, ...] = ()


NOTHING = Step()


def reminder_dates(due_on: date, calendar: WorkingCalendar, policy: EscalationPolicy = EP_1) -> dict[Rung, date]:
    """R-14 and R-7 moved back to a working day, R-1 the last working day before E (DOMAIN 3.2)."""
    early, later = policy.reminder_days
    return {
        Rung.R_14: calendar.rollback(due_on - timedelta(days=early)),
        Rung.R_7: calendar.rollback(due_on - timedelta(days=later)),
        Rung.R_1: calendar.addwd(due_on, -policy.last_reminder_wd),
    }


def escalation_dates(counts_from: date, calendar: WorkingCalendar, policy: EscalationPolicy = EP_1) -> dict[Rung, date]:
    """O+n = addwd(E′, n) (DOMAIN 3.2)."""
    steps = zip(ESCALATIONS, policy.escalation_wd, strict=True)
    return {rung: calendar.addwd(counts_from, days) for rung, days in steps}


def counting_from(
    due_on: date, tracked_since: date, approved_on: date | None = None, resumed_on: date | None = None
) -> date:
    """E′: the latest of E, the start of tracking, the approval of the re-baseline and the day of resume."""
    return max(day for day in (due_on, tracked_since, approved_on, resumed_on) if day is not None)


def weekly_period(calendar: WorkingCalendar, day: date, last_run_on: date | None) -> str | None:
    """The ISO week whose weekly mails are due on ``day``, or None.

    They are due on the first working day of the week. Where the system was down on it, they are due on the first day
    it is up again: ``last_run_on`` is the day of the last run before, None where there never was one.
    """
    if not calendar.is_working(day):
        return None
    if is_first_working_day_of_week(calendar, day):
        return iso_week(day)
    monday = day - timedelta(days=day.weekday())
    was_down = last_run_on is not None and last_run_on < monday
    return iso_week(day) if was_down else None


def step(
    climb: Climb,
    past: Sequence[PastRung],
    today: date,
    week: str | None,
    calendar: WorkingCalendar,
    policy: EscalationPolicy = EP_1,
) -> Step:
    """What the ladder of one milestone does on a day (DOMAIN 3.2). ``week`` as ``weekly_period`` gives it.

    Reminders count once per baseline version; a resume restarts the rungs after the date only. A reminder whose day
    passed while the system was down is still sent up to the date itself, as long as no later rung is due.
    """
    if climb.standing is not Standing.CLIMBING or not calendar.is_working(today):
        return NOTHING
    if today <= climb.due_on:
        return _remind(climb, past, today, calendar, policy)
    reminded = {rung.rung for rung in past if rung.version == climb.version}
    lapsed = tuple(rung for rung in REMINDERS if rung not in reminded)
    rung, note = _escalate(climb, past, today, week, calendar, policy)
    return Step(rung, note, lapsed)


def next_rung(
    climb: Climb, past: Sequence[PastRung], today: date, calendar: WorkingCalendar, policy: EscalationPolicy = EP_1
) -> tuple[Rung, date] | None:
    """The rung that follows today's and the first day on which it may come; None after O+14 (then it is weekly)."""
    raised = {rung.rung for rung in past if rung.version == climb.version}
    dates = reminder_dates(climb.due_on, calendar, policy)
    for reminder in REMINDERS:
        if reminder not in raised and dates[reminder] > today:
            return reminder, dates[reminder]
    raised = {rung.rung for rung in past if rung.version == climb.version and rung.run == climb.run}
    dates = escalation_dates(climb.counts_from, calendar, policy)
    for escalation in ESCALATIONS:
        if escalation not in raised:
            free_from = climb.waits_until if climb.waits_until and climb.is_waiting(today) else today
            return escalation, max(dates[escalation], calendar.addwd(free_from, 1))
    return None


def _remind(
    climb: Climb, past: Sequence[PastRung], today: date, calendar: WorkingCalendar, policy: EscalationPolicy
) -> Step:
    raised = {rung.rung for rung in past if rung.version == climb.version}
    dates = reminder_dates(climb.due_on, calendar, policy)
    due = [rung for rung in REMINDERS if dates[rung] <= today]
    if not due:
        return NOTHING
    latest = due[-1]
    lapsed = tuple(rung for rung in due[:-1] if rung not in raised)
    return Step(latest if latest not in raised else None, None, lapsed)


def _escalate(
    climb: Climb,
    past: Sequence[PastRung],
    today: date,
    week: str | None,
    calendar: WorkingCalendar,
    policy: EscalationPolicy,
) -> tuple[Rung | None, str | None]:
    if any(rung.rung.is_escalation and rung.raised_on >= today for rung in past):
        return None, None  # one rung a working day, whatever climb it belonged to
    if climb.is_waiting(today):
        return None, None
    climbed = {rung.rung: rung for rung in past if rung.version == climb.version and rung.run == climb.run}
    dates = escalation_dates(climb.counts_from, calendar, policy)
    before: PastRung | None = None
    for rung in ESCALATIONS:
        if before is not None and before.delivery is Delivery.QUEUED:
            return None, None
        if rung not in climbed:
            note = NOT_DELIVERED if before is not None and before.delivery is Delivery.FAILED else None
            return (rung, note) if dates[rung] <= today else (None, None)
        before = climbed[rung]
    if before is None or before.delivery is Delivery.QUEUED or week is None:
        return None, None
    told = any(rung.rung is Rung.WEEKLY and rung.period == week for rung in past)
    note = NOT_DELIVERED if before.delivery is Delivery.FAILED else None
    return (None, None) if told else (Rung.WEEKLY, note)
