"""Loads projects with every fact about them, as the domain wants them.

As many statements for one project as for all; the cut to a moment is the domain's (``known_until``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.changes import ChangeRequestRecord, ChangeRulingRecord
from pmo.db.models.entries import EntryRecord, RevisionRecord
from pmo.db.models.indicators import IndicatorRecord, ReadingRecord, TrajectoryPointRecord
from pmo.db.models.lifecycle import CancellationRecord, OverrideRecord, PauseRecord, ResumeRecord
from pmo.db.models.milestones import DependencyRecord, MilestoneRecord
from pmo.db.models.money import CostReportRecord, IssueClosingRecord, IssueRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.indicator import Direction, Frequency, Indicator, Interpolation, Kind, Reading
from pmo.domain.milestone import Cancellation, Dependency, Milestone, Pause
from pmo.domain.project import CostReport, Issue, Override, Project, Rebaseline, Revision
from pmo.queries.milestone_facts import milestone_facts
from pmo.queries.wanted_projects import WantedProjects

_PROJECTS = select(ProjectRecord).order_by(ProjectRecord.city_id, ProjectRecord.code)
_RESUMES = select(ResumeRecord.pause_id, ResumeRecord.resumed_on, EntryRecord.entered_at).join(
    EntryRecord, EntryRecord.id == ResumeRecord.entry_id
)
_PAUSES = (
    select(PauseRecord, EntryRecord.entered_at)
    .join(EntryRecord, EntryRecord.id == PauseRecord.entry_id)
    .order_by(PauseRecord.id)
)
_CANCELLATIONS = select(CancellationRecord, EntryRecord.entered_at).join(
    EntryRecord, EntryRecord.id == CancellationRecord.entry_id
)
_OVERRIDES = (
    select(OverrideRecord, EntryRecord.entered_at)
    .join(EntryRecord, EntryRecord.id == OverrideRecord.entry_id)
    .order_by(OverrideRecord.id)
)
_APPROVALS = (
    select(ChangeRequestRecord.project_id, ChangeRequestRecord.id, EntryRecord.event_on, EntryRecord.entered_at)
    .join(ChangeRulingRecord, ChangeRulingRecord.request_id == ChangeRequestRecord.id)
    .join(EntryRecord, EntryRecord.id == ChangeRulingRecord.entry_id)
    .where(ChangeRulingRecord.outcome == "approved")
    .order_by(ChangeRulingRecord.id)
)
_MILESTONES = select(MilestoneRecord).order_by(MilestoneRecord.project_id, MilestoneRecord.position, MilestoneRecord.id)
_DEPENDENCIES = (
    select(
        DependencyRecord.milestone_id, DependencyRecord.predecessor_id, DependencyRecord.type, DependencyRecord.lag_wd
    )
    .join(MilestoneRecord, MilestoneRecord.id == DependencyRecord.milestone_id)
    .order_by(DependencyRecord.predecessor_id)
)
_INDICATORS = select(IndicatorRecord).order_by(IndicatorRecord.project_id, IndicatorRecord.position, IndicatorRecord.id)
_TRAJECTORIES = (
    select(TrajectoryPointRecord)
    .join(IndicatorRecord, IndicatorRecord.id == TrajectoryPointRecord.indicator_id)
    .order_by(TrajectoryPointRecord.on)
)
_READINGS = (
    select(ReadingRecord.indicator_id, ReadingRecord.period_end, ReadingRecord.value, EntryRecord.entered_at)
    .join(EntryRecord, EntryRecord.id == ReadingRecord.entry_id)
    .join(IndicatorRecord, IndicatorRecord.id == ReadingRecord.indicator_id)
    .order_by(EntryRecord.entered_at, ReadingRecord.id)
)
_REVISIONS = (
    select(RevisionRecord, EntryRecord.project_id, EntryRecord.item, EntryRecord.entered_at)
    .join(EntryRecord, EntryRecord.id == RevisionRecord.entry_id)
    .order_by(EntryRecord.entered_at, RevisionRecord.id)
)
_COSTS = (
    select(CostReportRecord, EntryRecord.entered_at)
    .join(EntryRecord, EntryRecord.id == CostReportRecord.entry_id)
    .order_by(CostReportRecord.id)
)
_CLOSINGS = (
    select(IssueClosingRecord.issue_id, IssueClosingRecord.closed_on, EntryRecord.entered_at)
    .join(EntryRecord, EntryRecord.id == IssueClosingRecord.entry_id)
    .join(IssueRecord, IssueRecord.id == IssueClosingRecord.issue_id)
)
_ISSUES = (
    select(IssueRecord, EntryRecord.entered_at)
    .join(EntryRecord, EntryRecord.id == IssueRecord.entry_id)
    .order_by(IssueRecord.id)
)


def project_histories(session: Session, project_ids: Iterable[int] | None = None) -> dict[int, Project]:
    """Projects by id with all their facts, or all projects where no ids are given; ordered by city and code."""
    wanted = WantedProjects(session, project_ids)
    records = list(wanted.rows(_PROJECTS, ProjectRecord.id).scalars())
    lifecycle = _lifecycle(wanted)
    milestones = _milestones(wanted, lifecycle)
    indicators = _indicators(wanted)
    revisions = _revisions(wanted)
    money = _money(wanted)
    return {
        record.id: Project(
            id=record.id,
            code=record.code,
            city=record.city_id,
            start_on=record.start_on,
            end_on=record.end_on,
            tracked_since=record.tracked_since,
            entered_at=record.entered_at,
            weight=record.weight,
            flagship=record.flagship,
            milestones=tuple(milestones.get(record.id, ())),
            indicators=tuple(indicators.get(record.id, ())),
            pauses=tuple(lifecycle.pauses.get((record.id, None), ())),
            cancellation=lifecycle.cancellations.get((record.id, None)),
            overrides=tuple(lifecycle.overrides.get(record.id, ())),
            rebaselines=tuple(lifecycle.rebaselines.get(record.id, ())),
            costs=tuple(money.costs.get(record.id, ())),
            issues=tuple(money.issues.get(record.id, ())),
            revisions=tuple(revisions.get(record.id, ())),
        )
        for record in records
    }


def project_history(session: Session, project_id: int) -> Project:
    """One project with all its facts."""
    return project_histories(session, [project_id])[project_id]


def indicator_fields(record: IndicatorRecord, points: Sequence[TrajectoryPointRecord]) -> dict[str, Any]:
    """The judged attributes of an indicator by the names of the domain's dataclass."""
    return {
        "direction": Direction(record.direction),
        "kind": Kind(record.kind),
        "baseline_on": record.baseline_on,
        "target_on": record.target_on,
        "baseline": record.baseline,
        "target": record.target,
        "low": record.low,
        "high": record.high,
        "trajectory": tuple((point.on, point.value) for point in points if not point.is_share),
        "shares": tuple((point.on, point.value) for point in points if point.is_share),
        "interpolation": Interpolation(record.interpolation),
        "frequency": Frequency(record.frequency),
        "window_start": record.window_start,
        "zero_scale": record.zero_scale,
        "weight": record.weight,
        "critical": record.critical,
    }


class _Lifecycle:
    def __init__(self) -> None:
        self.pauses: dict[tuple[int, int | None], list[Pause]] = defaultdict(list)
        self.cancellations: dict[tuple[int, int | None], Cancellation] = {}
        self.overrides: dict[int, list[Override]] = defaultdict(list)
        self.rebaselines: dict[int, list[Rebaseline]] = defaultdict(list)


class _Money:
    def __init__(self) -> None:
        self.costs: dict[int, list[CostReport]] = defaultdict(list)
        self.issues: dict[int, list[Issue]] = defaultdict(list)


def _lifecycle(wanted: WantedProjects) -> _Lifecycle:
    found = _Lifecycle()
    resumes = {row.pause_id: row for row in wanted.rows(_RESUMES, EntryRecord.project_id)}
    for pause, entered_at in wanted.rows(_PAUSES, PauseRecord.project_id):
        resume = resumes.get(pause.id)
        found.pauses[pause.project_id, pause.milestone_id].append(
            Pause(
                starts_on=pause.starts_on,
                entered_at=entered_at,
                resumed_on=resume.resumed_on if resume else None,
                resume_entered_at=resume.entered_at if resume else None,
            )
        )
    for record, entered_at in wanted.rows(_CANCELLATIONS, CancellationRecord.project_id):
        found.cancellations[record.project_id, record.milestone_id] = Cancellation(
            record.effective_on, entered_at, record.reason_id
        )
    for override, entered_at in wanted.rows(_OVERRIDES, OverrideRecord.project_id):
        found.overrides[override.project_id].append(
            Override(override.severity, override.starts_on, override.ends_on, override.text, entered_at)
        )
    for row in wanted.rows(_APPROVALS, ChangeRequestRecord.project_id):
        found.rebaselines[row.project_id].append(Rebaseline(row.id, row.event_on, row.entered_at))
    return found


def _milestones(wanted: WantedProjects, lifecycle: _Lifecycle) -> dict[int, list[Milestone]]:
    records = list(wanted.rows(_MILESTONES, MilestoneRecord.project_id).scalars())
    codes = {record.id: record.code for record in records}
    links: dict[int, list[Dependency]] = defaultdict(list)
    for link in wanted.rows(_DEPENDENCIES, MilestoneRecord.project_id):
        if link.milestone_id in codes and link.predecessor_id in codes:
            links[link.milestone_id].append(Dependency(codes[link.predecessor_id], link.type, link.lag_wd))
    facts = milestone_facts(wanted)
    found: dict[int, list[Milestone]] = defaultdict(list)
    for record in records:
        found[record.project_id].append(
            Milestone(
                id=record.id,
                code=record.code,
                weight=record.weight,
                critical=record.critical,
                predecessors=tuple(links.get(record.id, ())),
                min_duration_wd=record.min_duration_wd,
                entered_at=record.entered_at,
                baselines=tuple(facts.baselines.get(record.id, ())),
                claims=tuple(facts.claims.get(record.id, ())),
                forecasts=tuple(facts.forecasts.get(record.id, ())),
                pauses=tuple(lifecycle.pauses.get((record.project_id, record.id), ())),
                cancellation=lifecycle.cancellations.get((record.project_id, record.id)),
            )
        )
    return found


def _indicators(wanted: WantedProjects) -> dict[int, list[Indicator]]:
    records = list(wanted.rows(_INDICATORS, IndicatorRecord.project_id).scalars())
    points: dict[int, list[TrajectoryPointRecord]] = defaultdict(list)
    for point in wanted.rows(_TRAJECTORIES, IndicatorRecord.project_id).scalars():
        points[point.indicator_id].append(point)
    readings: dict[int, list[Reading]] = defaultdict(list)
    for row in wanted.rows(_READINGS, IndicatorRecord.project_id):
        readings[row.indicator_id].append(Reading(row.period_end, row.value, row.entered_at))
    found: dict[int, list[Indicator]] = defaultdict(list)
    for record in records:
        found[record.project_id].append(
            Indicator(
                id=record.id,
                code=record.code,
                entered_at=record.entered_at,
                readings=tuple(readings.get(record.id, ())),
                **indicator_fields(record, points.get(record.id, ())),
            )
        )
    return found


def _revisions(wanted: WantedProjects) -> dict[int, list[Revision]]:
    """Edits, for the items that were edited: the first revision of an item is its creation."""
    rows = list(wanted.rows(_REVISIONS, EntryRecord.project_id))
    edited: dict[tuple[str, int], int] = defaultdict(int)
    for row in rows:
        edited[row.RevisionRecord.item_kind, row.RevisionRecord.item_id] += 1
    found: dict[int, list[Revision]] = defaultdict(list)
    for row in rows:
        revision = row.RevisionRecord
        if edited[revision.item_kind, revision.item_id] > 1:
            fields = revised_fields(revision.item_kind, revision.fields)
            found[row.project_id].append(Revision(row.item, row.entered_at, fields))
    return found


def revised_fields(item_kind: str, stored: Mapping[str, Any]) -> dict[str, object]:
    """The judged attributes in a stored revision, with the domain's names and types."""
    if item_kind == "project":
        return {
            "start_on": date.fromisoformat(stored["start_on"]),
            "end_on": date.fromisoformat(stored["end_on"]),
            "weight": stored["weight"],
            "flagship": stored["flagship"],
        }
    if item_kind == "milestone":
        return {
            "weight": stored["weight"],
            "critical": stored["critical"],
            "min_duration_wd": stored["min_duration_wd"],
            "predecessors": tuple(
                Dependency(link["code"], link["type"], link["lag_wd"]) for link in stored["predecessors"]
            ),
        }
    moments = {
        name: date.fromisoformat(stored[name]) if stored[name] else None
        for name in ("baseline_on", "target_on", "window_start")
    }
    plain = ("baseline", "target", "low", "high", "zero_scale", "weight", "critical")
    return {
        **moments,
        **{name: stored[name] for name in plain},
        "direction": Direction(stored["direction"]),
        "kind": Kind(stored["kind"]),
        "interpolation": Interpolation(stored["interpolation"]),
        "frequency": Frequency(stored["frequency"]),
        "trajectory": tuple((date.fromisoformat(on), value) for on, value in stored["trajectory"]),
        "shares": tuple((date.fromisoformat(on), value) for on, value in stored["shares"]),
    }


def _money(wanted: WantedProjects) -> _Money:
    found = _Money()
    for cost, entered_at in wanted.rows(_COSTS, CostReportRecord.project_id):
        found.costs[cost.project_id].append(
            CostReport(cost.reported_on, entered_at, cost.budget, cost.estimate, cost.planned, cost.spent)
        )
    closings = {row.issue_id: row for row in wanted.rows(_CLOSINGS, IssueRecord.project_id)}
    for issue, entered_at in wanted.rows(_ISSUES, IssueRecord.project_id):
        closing = closings.get(issue.id)
        found.issues[issue.project_id].append(
            Issue(
                issue.code,
                issue.critical,
                issue.due_on,
                entered_at,
                closing.closed_on if closing else None,
                closing.entered_at if closing else None,
            )
        )
    return found
