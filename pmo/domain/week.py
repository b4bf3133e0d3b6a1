"""What a week brought to one project: the lines of its weekly digest, and its movement (PRODUCT 3, digest)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.digests import Line, Movement, ProjectLine, Section, Trend, What
from pmo.domain.indicator import IndicatorStatus
from pmo.domain.milestone import Milestone, MilestoneAssessment, MilestoneStatus
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, ProjectAssessment, ProjectStatus
from pmo.domain.reason import Reason

QUIET = (ProjectStatus.CANCELLED, ProjectStatus.NOT_STARTED, ProjectStatus.PAUSED)
SILENT = (IndicatorStatus.STALE, IndicatorStatus.NO_CURRENT_DATA, IndicatorStatus.NO_DATA)


COMPARED_AT = time(8, 25)
"""City time at which a week is cut: when the digest is made, just before the meeting. What was entered on that day
after it is news of the next one."""


def weekly_day_before(calendar: WorkingCalendar, on: date) -> date:
    """The last weekly day before the ISO week of a day: the first working day of the last week that had one."""
    monday = on - timedelta(days=on.weekday())
    earlier = monday - timedelta(days=7)
    while calendar.roll(earlier) >= monday:
        earlier -= timedelta(days=7)
    return calendar.roll(earlier)


def last_meeting_day(calendar: WorkingCalendar, on: date) -> date:
    """The day of the last weekly meeting before a day: the weekly day of its own week, if that has passed already."""
    this_week = calendar.roll(on - timedelta(days=on.weekday()))
    return this_week if this_week < on else weekly_day_before(calendar, on)


@dataclass(frozen=True, slots=True)
class DateMove:
    """A milestone's date that is another one than at the last digest: of the approved plan, or of the forecast.

    ``reason`` is the code given with a forecast, ``entered_at`` when the last word was entered, ``times`` how many
    moves there were in between.
    """

    what: What
    old: date
    new: date
    reason: str | None
    entered_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class OtherRules:
    """A version of the rules that came into force during a week: its first day, and the project as it would stand now
    without it.
    """

    version: str
    since: date
    without: ProjectAssessment


@dataclass(frozen=True, slots=True)
class Week:
    """One project now and at the last digest.

    ``project`` is what is known now, ``now`` and ``before`` the assessments (``before`` None where it was not known
    then), ``since`` the instant of the last digest: facts entered after it are news. ``other_rules`` are there where
    the two were judged by different versions.
    """

    project: Project
    now: ProjectAssessment
    before: ProjectAssessment | None
    since: datetime
    department: str
    rules: RuleSet
    other_rules: OtherRules | None = None

    @property
    def on(self) -> date:
        """The day of the digest."""
        return self.now.on


def lines_of(week: Week) -> tuple[Line, ...]:
    """Every line that a project gives to a weekly digest, decisions aside (they depend on the reader)."""
    if week.now.status in QUIET:
        return ()
    return (*_newly_red(week), *_milestones(week), *_indicators(week), *_good_news(week))


def movement_of(week: Week) -> Movement:
    """The project's part in the first line of the digest."""
    if week.now.status in QUIET:
        return Movement(projects=1)
    trend = trend_of(week)
    overdue = {item.code for item in week.now.milestones if item.status is MilestoneStatus.OVERDUE}
    overdue_before = {
        item.code for item in (week.before.milestones if week.before else ()) if item.status is MilestoneStatus.OVERDUE
    }
    return Movement(
        projects=1,
        red=int(week.now.severity == 2),
        amber=int(week.now.severity == 1),
        overdue=len(overdue),
        worsened=int(trend is Trend.WORSE),
        improved=int(trend is Trend.BETTER),
        became_overdue=len(overdue - overdue_before),
        finished=sum(line.what is What.MILESTONE_DONE for line in _good_news(week)),
        slipped=sum(line.section is Section.SLIPPED for line in _milestones(week)),
    )


def summed(movements: Iterator[Movement]) -> Movement:
    """The movement of several projects."""
    total = {field.name: 0 for field in fields(Movement)}
    for movement in movements:
        for name in total:
            total[name] += getattr(movement, name)
    return Movement(**total)


def trend_of(week: Week) -> Trend:
    """Better, same or worse than at the last digest."""
    if week.before is None or week.before.severity is None or week.now.severity is None:
        return Trend.SAME
    if week.now.severity == week.before.severity:
        return Trend.SAME
    return Trend.WORSE if week.now.severity > week.before.severity else Trend.BETTER


def project_line(week: Week) -> ProjectLine:
    """The project under its department, with trend and first reason."""
    return ProjectLine(
        project=week.project.code,
        department=week.department,
        status=week.now.status.value,
        severity=week.now.severity,
        trend=trend_of(week),
        reason=week.now.reasons[0] if week.now.reasons else None,
    )


def reason_about(assessment: ProjectAssessment, code: str) -> Reason | None:
    """The first reason in the project's receipt that concerns an item."""
    return next((reason for reason in assessment.reasons if reason.item == code), None)


def is_newly_red(week: Week) -> bool:
    """Whether the project is red now and was not at the last digest, or was not known then."""
    return week.now.severity == 2 and (week.before is None or week.before.severity != 2)


def moved_dates(week: Week, milestone: Milestone, judged: MilestoneAssessment) -> Iterator[DateMove]:
    """The dates of an open milestone that moved since the last digest, later or earlier, the net of all moves."""
    approved = [base for base in milestone.baselines if base.entered_at > week.since]
    planned = [base for base in milestone.baselines if base.entered_at <= week.since]
    if approved and planned and approved[-1].due_on != planned[-1].due_on:
        last = approved[-1]
        yield DateMove(What.BASELINE_MOVED, planned[-1].due_on, last.due_on, None, last.entered_at, len(approved))
    told = [forecast for forecast in milestone.forecasts if forecast.entered_at > week.since]
    earlier = [forecast for forecast in milestone.forecasts if forecast.entered_at <= week.since]
    old = earlier[-1].date if earlier else judged.due_on
    if told and old is not None and told[-1].date != old:
        yield DateMove(What.FORECAST_MOVED, old, told[-1].date, told[-1].reason, told[-1].entered_at, len(told))


def _newly_red(week: Week) -> Iterator[Line]:
    if is_newly_red(week):
        yield project_news(week, Section.NEWLY_RED, What.PROJECT_RED)


def _milestones(week: Week) -> Iterator[Line]:
    facts = {milestone.code: milestone for milestone in week.project.milestones}
    for judged in week.now.milestones:
        milestone = facts[judged.code]
        if judged.status is MilestoneStatus.OVERDUE:
            ask: dict[str, object] = {} if judged.claim_submitted_on else {"action": "claim_or_forecast"}
            yield milestone_line(week, judged, Section.OVERDUE, What.OVERDUE, ask)
        elif judged.status in (MilestoneStatus.DUE_SOON, MilestoneStatus.AT_RISK):
            due_on = judged.effective_due_on
            if due_on is not None and 0 <= (due_on - week.on).days <= week.rules.due_soon_days:
                yield milestone_line(week, judged, Section.NEXT_DAYS, What.DUE)
        if not judged.status.is_done and judged.status is not MilestoneStatus.CANCELLED:
            yield from _slips(week, milestone, judged)


def _slips(week: Week, milestone: Milestone, judged: MilestoneAssessment) -> Iterator[Line]:
    """A later date since the last digest: of the approved plan, or in the manager's own forecast."""
    for move in moved_dates(week, milestone, judged):
        if move.new > move.old:
            values: dict[str, object] = {"old": move.old, "new": move.new, "reason": move.reason}
            yield milestone_line(week, judged, Section.SLIPPED, move.what, values)


def _indicators(week: Week) -> Iterator[Line]:
    silent = [item for item in week.now.indicators if item.status in SILENT]
    for item in week.now.indicators:
        if item.status not in SILENT and (item.severity or 0) > 0:
            yield Line(
                Section.OFF_CURVE,
                What.OFF_CURVE,
                "indicator",
                item.code,
                week.project.code,
                week.department,
                severity=item.severity or 0,
                critical=item.critical,
                weight=item.weight,
                reason=reason_about(week.now, item.code),
                values={
                    "status": item.status.value,
                    "actual": item.actual,
                    "expected": item.expected,
                    "ratio": item.ratio,
                    "observed_on": item.observed_on,
                },
            )
    if silent:
        worst = max(silent, key=lambda item: (item.severity or 0, item.missed_reports))
        yield Line(
            Section.SILENT,
            What.SILENT,
            "project",
            week.project.code,
            week.project.code,
            week.department,
            severity=worst.severity or 0,
            critical=any(item.critical for item in silent),
            weight=week.project.weight,
            reason=reason_about(week.now, worst.code),
            values={
                "indicators": len(silent),
                "missed_reports": max(item.missed_reports for item in silent),
                "observed_on": min((item.observed_on for item in silent if item.observed_on), default=None),
            },
        )


def _good_news(week: Week) -> Iterator[Line]:
    if week.before is None:
        return  # What was done before a project was tracked came with it: history, not news.
    facts = {milestone.code: milestone for milestone in week.project.milestones}
    for judged in week.now.milestones:
        claim = facts[judged.code].accepted_claim
        if judged.status.is_done and claim and claim.decision and claim.decision.entered_at > week.since:
            done = {"completed_on": claim.completed_on, "lateness_wd": judged.lateness_wd}
            yield milestone_line(week, judged, Section.GOOD_NEWS, What.MILESTONE_DONE, done)
    achieved_before = {item.code for item in week.before.indicators if item.status is IndicatorStatus.ACHIEVED}
    for item in week.now.indicators:
        if item.status is IndicatorStatus.ACHIEVED and item.code not in achieved_before:
            yield Line(
                Section.GOOD_NEWS,
                What.INDICATOR_ACHIEVED,
                "indicator",
                item.code,
                week.project.code,
                week.department,
                critical=item.critical,
                weight=item.weight,
                values={"actual": item.actual, "observed_on": item.observed_on},
            )
    if trend_of(week) is Trend.BETTER:
        yield project_news(week, Section.GOOD_NEWS, What.PROJECT_BETTER)
    completed = (ProjectStatus.COMPLETED, ProjectStatus.COMPLETED_WITH_SHORTFALL)
    if week.now.status in completed and week.before.status not in completed:
        yield project_news(week, Section.GOOD_NEWS, What.PROJECT_COMPLETED)


def milestone_line(
    week: Week,
    judged: MilestoneAssessment,
    section: Section,
    what: What,
    values: dict[str, object] | None = None,
) -> Line:
    """A line about a milestone, with the dates that every such line shows."""
    dates: dict[str, object] = {
        "status": judged.status.value,
        "due_on": judged.effective_due_on,
        "expected_on": judged.expected_on,
        "claim_submitted_on": judged.claim_submitted_on,
    }
    return Line(
        section,
        what,
        "milestone",
        judged.code,
        week.project.code,
        week.department,
        severity=judged.severity or 0,
        critical=judged.critical,
        days_overdue=judged.days_overdue,
        weight=judged.weight,
        overdue_since=judged.overdue_from,
        reason=reason_about(week.now, judged.code),
        values=dates | (values or {}),
    )


def project_news(week: Week, section: Section, what: What) -> Line:
    """A line about the project as a whole."""
    return Line(
        section,
        what,
        "project",
        week.project.code,
        week.project.code,
        week.department,
        severity=week.now.severity or 0,
        weight=week.project.weight,
        reason=week.now.reasons[0] if week.now.reasons else None,
        values={
            "status": week.now.status.value,
            "before": week.before.status.value if week.before else None,
            "slip_days": week.now.slip_days,
        },
    )
