"""Milestones: what is known of one, and the shape of its assessment (DOMAIN 1.4).

Facts come in already cut to what was known at the moment in question; see ``pmo.domain.project``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class MilestoneStatus(StrEnum):
    """Status words of DOMAIN 1.4."""

    CANCELLED = "cancelled"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    UNDER_REVIEW = "under_review"
    PAUSED = "paused"
    NO_DATE = "no_date"
    OVERDUE = "overdue"
    AT_RISK = "at_risk"
    DUE_SOON = "due_soon"
    PLANNED = "planned"

    @property
    def is_done(self) -> bool:
        """Whether the evidence was accepted."""
        return self in (MilestoneStatus.DONE_ON_TIME, MilestoneStatus.DONE_LATE)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A link to a predecessor of the same project. Milestones have no length, so the four types differ by lag only."""

    predecessor: str
    type: str = "FS"
    lag_wd: int = 0


@dataclass(frozen=True, slots=True)
class BaselineDate:
    """The date of a milestone in one version of the plan; version 0 is the first approved one."""

    version: int
    due_on: date
    entered_at: datetime
    approved_on: date
    change_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the PMO said of a claim: accepted, or returned with a reason."""

    accepted: bool
    entered_at: datetime
    decided_on: date
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A manager's word that a milestone is done, with evidence. ``submitted_on`` is the local date of its entry."""

    id: int
    completed_on: date
    submitted_on: date
    entered_at: datetime
    decision: Decision | None = None


NOT_STATED = "not_stated"
"""The code of a reason that nobody gave: of a forecast, a pause, a change. Only a log may leave one out."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The owner's own expectation, with its reason code."""

    date: date
    reason: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """Holds from ``starts_on`` to the day before ``resumed_on``; open while that is None."""

    starts_on: date
    entered_at: datetime
    resumed_on: date | None = None
    resume_entered_at: datetime | None = None

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies inside the pause."""
        return self.starts_on <= day and (self.resumed_on is None or day < self.resumed_on)


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Dropped with effect from a date."""

    effective_on: date
    entered_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """All that is known of a milestone: what it is, and the facts about it in the order of their entry."""

    id: int
    code: str
    weight: float = 1.0
    critical: bool = False
    predecessors: tuple[Dependency, ...] = ()
    min_duration_wd: int | None = None
    entered_at: datetime | None = None
    baselines: tuple[BaselineDate, ...] = ()
    claims: tuple[Claim, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    pauses: tuple[Pause, ...] = ()
    cancellation: Cancellation | None = None

    @property
    def baseline(self) -> BaselineDate | None:
        """The date in the current version (B)."""
        return self.baselines[-1] if self.baselines else None

    @property
    def original(self) -> BaselineDate | None:
        """The date in version 0."""
        return self.baselines[0] if self.baselines else None

    @property
    def accepted_claim(self) -> Claim | None:
        """The claim whose evidence the PMO accepted."""
        return next((claim for claim in self.claims if claim.decision and claim.decision.accepted), None)

    @property
    def open_claim(self) -> Claim | None:
        """The claim that waits for the PMO's decision."""
        if self.accepted_claim:
            return None
        return next((claim for claim in reversed(self.claims) if claim.decision is None), None)

    @property
    def forecast(self) -> Forecast | None:
        """The latest own forecast."""
        return self.forecasts[-1] if self.forecasts else None


@dataclass(frozen=True, slots=True)
class MilestoneAssessment:
    """What the rules say of one milestone on one day.

    ``severity`` 0 green, 1 amber, 2 red, None not counted. ``due_on`` is B of the current version, ``effective_due_on``
    E = roll(B), ``expected_on`` EF (done: the completion date). ``overdue_from`` is the day from which working days
    count: the later of E and the day of resume. ``days_overdue`` is L in working days, 0 unless overdue.
    ``driver`` tells what set EF: ``done``, ``claimed``, ``baseline``, ``own_forecast``, ``not_before_tomorrow`` or
    ``predecessor <code>``.
    """

    id: int
    code: str
    status: MilestoneStatus
    severity: int | None
    rule: str
    weight: float
    critical: bool
    version: int | None = None
    due_on: date | None = None
    effective_due_on: date | None = None
    original_due_on: date | None = None
    expected_on: date | None = None
    driver: str | None = None
    completed_on: date | None = None
    lateness_wd: int = 0
    overdue_from: date | None = None
    days_overdue: int = 0
    slip_wd: int | None = None
    claim_submitted_on: date | None = None
    out_of_sequence: bool = False
