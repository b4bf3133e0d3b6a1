"""The portfolio on one page: counts, health index, colour, punctuality, data health (DOMAIN 1.7).

Everything here is computed from ``Standing`` rows, one a project. Its movement is `pmo.domain.week`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import fsum
from statistics import median

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.indicator import IndicatorStatus
from pmo.domain.milestone import MilestoneStatus
from pmo.domain.policy import RuleSet, at_least
from pmo.domain.project import ProjectAssessment, ProjectStatus
from pmo.domain.reason import Reason

GREY = frozenset(
    {
        ProjectStatus.NOT_STARTED,
        ProjectStatus.PAUSED,
        ProjectStatus.CANCELLED,
        ProjectStatus.COMPLETED,
        ProjectStatus.COMPLETED_WITH_SHORTFALL,
    }
)
"""States that are shown but left out of every index."""


class Weighting(StrEnum):
    """By what projects weigh in an index; a figure always says which."""

    PROJECT = "project"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class DatedMilestone:
    """A milestone against its first plan: E0, and the completion date of accepted evidence, if any.

    ``waits`` marks evidence handed in by the due date that the PMO has not ruled on: it is neither early nor late yet.
    """

    code: str
    due_on: date
    completed_on: date | None = None
    waits: bool = False

    @property
    def is_on_time(self) -> bool:
        """Whether it was completed by its first plan."""
        return self.completed_on is not None and self.completed_on <= self.due_on

    def late_wd(self, on: date, calendar: WorkingCalendar) -> int:
        """Working days after its first plan, to the completion or, while it is open, to ``on``; 0 if in time."""
        return max(0, calendar.wd(self.due_on, self.completed_on or on))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one project stands on a day, as far as the portfolio is concerned.

    ``status_since`` is the day the status began. ``missed_reports`` counts reports that are due and missing, None where
    none is owed; ``oldest_report_on`` is the oldest period end among the readings that indicators are judged by.
    """

    code: str
    status: ProjectStatus
    severity: int | None
    status_since: date
    weight: float = 1.0
    budget_weight: float = 0.0
    flagship: bool = False
    milestones: tuple[DatedMilestone, ...] = ()
    missed_reports: int | None = None
    oldest_report_on: date | None = None

    def weighs(self, weighting: Weighting) -> float:
        """Weight of the project in an index."""
        return self.budget_weight if weighting is Weighting.BUDGET else self.weight


@dataclass(frozen=True, slots=True)
class Punctuality:
    """History, apart from the colour. None where there is nothing to divide by.

    ``on_time`` of ``due`` milestones with E0 in the last 90 days were completed by E0. ``median_late_wd`` is over the
    same milestones: 0 for those in time, working days after E0 for the others, counted to today while they are open.
    ``execution_index`` is BEI: milestones done of those that version 0 wanted done by today, over the whole history;
    work done ahead may carry it over 1.
    """

    due: int
    on_time: int
    share: float | None
    median_late_wd: float | None
    execution_index: float | None


@dataclass(frozen=True, slots=True)
class DataHealth:
    """How far the figures may be believed: projects that owe reports, those with none missing, the oldest reading."""

    owing: int
    in_time: int
    share: float | None
    oldest_on: date | None
    oldest_project: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A portfolio, or a group of it.

    ``counts`` and ``shares`` are by state, of all ``projects``. ``health`` is PH, 0 to 1; ``red_share`` and
    ``amber_share`` are weighted shares of the projects that have a colour; ``severity`` is the portfolio's own colour
    with its ``reason``. All of these are None where no project has a colour, or in a group too small for figures.
    """

    projects: int
    counts: Mapping[ProjectStatus, int]
    shares: Mapping[ProjectStatus, float]
    weighting: Weighting
    health: float | None = None
    red_share: float | None = None
    amber_share: float | None = None
    severity: int | None = None
    reason: Reason | None = None
    punctuality: Punctuality | None = None
    data_health: DataHealth | None = None


def roll_up(
    standings: Sequence[Standing],
    on: date,
    calendar: WorkingCalendar,
    rules: RuleSet,
    weighting: Weighting = Weighting.PROJECT,
) -> Figures:
    """Figures of a whole portfolio on a day."""
    figures = _counted(standings, weighting)
    figures = replace(
        figures,
        punctuality=punctuality(standings, on, calendar, rules),
        data_health=data_health(standings),
    )
    coloured = [standing for standing in standings if standing.severity is not None]
    total = fsum(standing.weighs(weighting) for standing in coloured)
    if not total:
        return figures
    red, amber = (
        fsum(standing.weighs(weighting) for standing in coloured if standing.severity == severity) / total
        for severity in (2, 1)
    )
    reason = _colour(standings, red, amber, on, rules)
    return replace(
        figures,
        health=fsum(standing.weighs(weighting) * (1 - (standing.severity or 0) / 2) for standing in coloured) / total,
        red_share=red,
        amber_share=amber,
        severity=reason.severity,
        reason=reason,
    )


def punctuality(standings: Iterable[Standing], on: date, calendar: WorkingCalendar, rules: RuleSet) -> Punctuality:
    """How plans of version 0 were kept. Cancelled milestones are not among the rows; whole days have passed."""
    milestones = [milestone for standing in standings for milestone in standing.milestones]
    wanted = sum(milestone.due_on < on for milestone in milestones)
    done = sum(milestone.completed_on is not None for milestone in milestones)
    recent = [milestone for milestone in milestones if counts_for_punctuality(milestone, on, rules)]
    late = [milestone.late_wd(on, calendar) for milestone in recent]
    on_time = sum(milestone.is_on_time for milestone in recent)
    return Punctuality(
        due=len(recent),
        on_time=on_time,
        share=on_time / len(recent) if recent else None,
        median_late_wd=float(median(late)) if late else None,
        execution_index=done / wanted if wanted else None,
    )


def counts_for_punctuality(milestone: DatedMilestone, on: date, rules: RuleSet) -> bool:
    """Whether its first plan fell due in the last 90 days and it is known how that ended, or that it has not."""
    since = on - timedelta(days=rules.punctuality_days)
    return since <= milestone.due_on < on and not milestone.waits


def data_health(standings: Iterable[Standing]) -> DataHealth:
    """Share of projects with all reports in time, and the oldest reading still relied on."""
    owing = [item for item in standings if item.status not in GREY and item.missed_reports is not None]
    in_time = sum(item.missed_reports == 0 for item in owing)
    oldest_on, oldest_project = min(
        ((item.oldest_report_on, item.code) for item in owing if item.oldest_report_on), default=(None, None)
    )
    return DataHealth(len(owing), in_time, in_time / len(owing) if owing else None, oldest_on, oldest_project)


def dated_milestones(assessment: ProjectAssessment, calendar: WorkingCalendar) -> tuple[DatedMilestone, ...]:
    """A project's milestones as punctuality counts them: with a date in version 0, and not cancelled."""
    return tuple(
        DatedMilestone(
            item.code,
            calendar.roll(item.original_due_on),
            item.completed_on,
            item.status is MilestoneStatus.UNDER_REVIEW,
        )
        for item in assessment.milestones
        if item.original_due_on and item.status is not MilestoneStatus.CANCELLED
    )


def missed_reports(assessment: ProjectAssessment) -> int | None:
    """Missing reports of a project; None if it owes none, now or later."""
    owing = [
        item for item in assessment.indicators if not item.is_final and item.status is not IndicatorStatus.NOT_STARTED
    ]
    return sum(item.missed_reports for item in owing) if owing else None


def oldest_report_on(assessment: ProjectAssessment) -> date | None:
    """Oldest period end among the readings that a project is judged by; final readings do not age."""
    return min(
        (item.observed_on for item in assessment.indicators if item.observed_on and not item.is_final), default=None
    )


def _counted(standings: Sequence[Standing], weighting: Weighting) -> Figures:
    counts = Counter(standing.status for standing in standings)
    return Figures(
        projects=len(standings),
        counts={status: counts[status] for status in ProjectStatus},
        shares={status: counts[status] / len(standings) if standings else 0.0 for status in ProjectStatus},
        weighting=weighting,
    )


def _colour(standings: Iterable[Standing], red: float, amber: float, on: date, rules: RuleSet) -> Reason:
    """The portfolio's colour and the first rule that gives it. DOMAIN 1.7 has no ids for these; PF-… are ours."""
    values = {"red_share": round(red, 6), "amber_share": round(amber, 6)}
    if at_least(red, rules.portfolio_red_share):
        return Reason("PF-RED", "portfolio", values, rules.portfolio_red_share, 2)
    long_red = [
        ((on - standing.status_since).days, standing.code)
        for standing in standings
        if standing.flagship and standing.severity == 2
    ]
    days, code = max(long_red, default=(0, ""))
    if days > rules.flagship_red_days:
        return Reason("PF-FLAGSHIP", code, {**values, "days": days}, rules.flagship_red_days, 2)
    if at_least(red, rules.portfolio_amber_red_share):
        return Reason("PF-AMBER-RED", "portfolio", values, rules.portfolio_amber_red_share, 1)
    if at_least(red + amber, rules.portfolio_amber_share):
        return Reason("PF-AMBER", "portfolio", values, rules.portfolio_amber_share, 1)
    return Reason("PF-GREEN", "portfolio", values, None, 0)
