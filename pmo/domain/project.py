"""Projects: all facts of one, what was known of it at a moment, and the shape of its assessment (DOMAIN 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from pmo.domain.indicator import Indicator, IndicatorAssessment
from pmo.domain.milestone import Cancellation, Milestone, MilestoneAssessment, Pause
from pmo.domain.reason import Reason

Item = TypeVar("Item", Milestone, Indicator)


class ProjectStatus(StrEnum):
    """Lifecycle states and, for active projects, the three colours (DOMAIN 1.6)."""

    CANCELLED = "cancelled"
    NOT_STARTED = "not_started"
    PAUSED = "paused"
    COMPLETED = "completed"
    COMPLETED_WITH_SHORTFALL = "completed_with_shortfall"
    CLOSING = "closing"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Override:
    """A worse colour set by a PMO analyst, with a reason and an end date; it never makes a colour better."""

    severity: int
    starts_on: date
    ends_on: date
    reason: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Rebaseline:
    """An approved change of baseline dates; ``change_id`` ties it to the dates it made."""

    change_id: int
    approved_on: date
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class CostReport:
    """Money on a date, all in one currency unit: budget and estimate at completion, planned to date, spent to date."""

    on: date
    entered_at: datetime
    budget: float
    estimate: float | None = None
    planned: float | None = None
    spent: float | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """A problem with a date by which it must be solved."""

    code: str
    critical: bool
    due_on: date
    entered_at: datetime
    closed_on: date | None = None
    close_entered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What an item was after an edit: ``fields`` are names and values of its dataclass."""

    item: str
    entered_at: datetime
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Project:
    """A project with every fact about it, each tuple in the order of entry."""

    id: int
    code: str
    city: str
    start_on: date
    end_on: date
    tracked_since: date
    entered_at: datetime
    weight: float = 1.0
    flagship: bool = False
    milestones: tuple[Milestone, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    pauses: tuple[Pause, ...] = ()
    cancellation: Cancellation | None = None
    overrides: tuple[Override, ...] = ()
    rebaselines: tuple[Rebaseline, ...] = ()
    costs: tuple[CostReport, ...] = ()
    issues: tuple[Issue, ...] = ()
    revisions: tuple[Revision, ...] = ()

    @property
    def open_pause(self) -> Pause | None:
        """The pause that was not resumed."""
        return next((pause for pause in reversed(self.pauses) if pause.resumed_on is None), None)


@dataclass(frozen=True, slots=True)
class ProjectAssessment:
    """The result of the rules for one project on one day; same facts, day, rule set and calendar give the same result.

    ``severity`` 0 green, 1 amber, 2 red, None outside the colours. ``components`` holds M, S, I, C, R, each 0 to 2 or
    None without data. ``changes_on`` is the first day on which the passing of time alone changes a status, severity,
    component or reason of the project or of anything in it; None if never. ``fresh_until`` is the last day on which
    every number here still holds (days overdue grow daily). ``slip_days`` is max EF − max E in calendar days;
    ``moved_times`` and ``moved_days`` are the badge of re-baselines against version 0.
    """

    code: str
    city: str
    on: date
    status: ProjectStatus
    severity: int | None
    reasons: tuple[Reason, ...]
    components: Mapping[str, int | None]
    milestones: tuple[MilestoneAssessment, ...]
    indicators: tuple[IndicatorAssessment, ...]
    rule_set: str
    calendar: str
    slip_days: int | None = None
    original_slip_days: int | None = None
    moved_times: int = 0
    moved_days: int = 0
    changes_on: date | None = None
    fresh_until: date | None = None


def known_until(project: Project, moment: datetime) -> Project | None:
    """The project as far as it had been entered at ``moment`` (aware), or None if nothing of it had.

    Later decisions, resumes and closings are taken off the facts that they end; attributes are those of the last
    edit before the moment.
    """
    if project.entered_at > moment:
        return None

    def entered(fact: object) -> bool:
        at = getattr(fact, "entered_at")  # noqa: B009 - facts share the field, not a base class
        return at is None or at <= moment

    pauses = tuple(_pause_known(pause, moment) for pause in project.pauses if entered(pause))
    issues = tuple(
        issue
        if issue.close_entered_at is None or issue.close_entered_at <= moment
        else replace(issue, closed_on=None, close_entered_at=None)
        for issue in project.issues
        if entered(issue)
    )
    known = replace(
        project,
        milestones=tuple(_milestone_known(item, moment) for item in project.milestones if entered(item)),
        indicators=tuple(
            replace(item, readings=tuple(reading for reading in item.readings if entered(reading)))
            for item in project.indicators
            if entered(item)
        ),
        pauses=pauses,
        cancellation=project.cancellation if project.cancellation and entered(project.cancellation) else None,
        overrides=tuple(override for override in project.overrides if entered(override)),
        rebaselines=tuple(change for change in project.rebaselines if entered(change)),
        costs=tuple(cost for cost in project.costs if entered(cost)),
        issues=issues,
        revisions=tuple(revision for revision in project.revisions if entered(revision)),
    )
    return _as_last_revised(known)


def _pause_known(pause: Pause, moment: datetime) -> Pause:
    if pause.resume_entered_at is None or pause.resume_entered_at <= moment:
        return pause
    return replace(pause, resumed_on=None, resume_entered_at=None)


def _milestone_known(milestone: Milestone, moment: datetime) -> Milestone:
    claims = tuple(
        claim if claim.decision is None or claim.decision.entered_at <= moment else replace(claim, decision=None)
        for claim in milestone.claims
        if claim.entered_at <= moment
    )
    cancellation = milestone.cancellation
    return replace(
        milestone,
        baselines=tuple(baseline for baseline in milestone.baselines if baseline.entered_at <= moment),
        claims=claims,
        forecasts=tuple(forecast for forecast in milestone.forecasts if forecast.entered_at <= moment),
        pauses=tuple(_pause_known(pause, moment) for pause in milestone.pauses if pause.entered_at <= moment),
        cancellation=cancellation if cancellation and cancellation.entered_at <= moment else None,
    )


def _as_last_revised(project: Project) -> Project:
    if not project.revisions:
        return project
    latest: dict[str, dict[str, object]] = {}
    for revision in project.revisions:
        latest.setdefault(revision.item, {}).update(revision.fields)
    own = latest.pop(project.code, {})
    return replace(
        project,
        milestones=tuple(_revised(item, latest.get(item.code)) for item in project.milestones),
        indicators=tuple(_revised(item, latest.get(item.code)) for item in project.indicators),
        **own,  # type: ignore[arg-type]  # the loader made the values of the right types
    )


def _revised(item: Item, fields: Mapping[str, object] | None) -> Item:
    return replace(item, **fields) if fields else item  # type: ignore[arg-type]
