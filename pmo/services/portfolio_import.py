"""Brings the projects of a checked file into the database, through the same services as the forms.

A project enters as of the day from which it is tracked; what is added to or changed in a project that is tracked
already enters now, so that no past day looks different afterwards (PRODUCT 5, time of facts).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from pmo.clock import local_day, start_of_day
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.milestone import Dependency, Milestone
from pmo.domain.milestone_verdict import in_dependency_order
from pmo.exchange.authors import Authors
from pmo.exchange.document import Faults
from pmo.exchange.portfolio_rows import IndicatorRow, MilestoneRow, Portfolio, ProjectRow
from pmo.queries.history import indicator_fields
from pmo.queries.import_state import StoredPlans, stored_plans
from pmo.queries.places import city_zone
from pmo.queries.visibility import scope_of
from pmo.services.acts import Act
from pmo.services.indicators import IndicatorPlan, create_indicator, edit_indicator, enter_initial_reading
from pmo.services.milestone_plans import REVISED, MilestonePlan, create_milestone, edit_milestone
from pmo.services.milestones import Evidence, accept_evidence, claim_completion
from pmo.services.projects import PLAIN, ProjectPlan, create_project, edit_project

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"

Outcomes = Counter[tuple[str, str]]
"""How many of a noun were created, changed or unchanged, by (outcome, noun)."""


def compare_projects(session: Session, portfolio: Portfolio, faults: Faults) -> Outcomes:
    """What an import of the projects would do; notes everything that contradicts facts already entered."""
    stored = stored_plans(session)
    outcomes: Outcomes = Counter()
    for row in portfolio.projects:
        project = stored.projects.get((row.city, row.code))
        if project is None:
            outcomes[CREATED, "projects"] += 1
            outcomes[CREATED, "milestones"] += len(row.milestones)
            outcomes[CREATED, "indicators"] += len(row.indicators)
            continue
        _refuse_contradictions(stored, project, row, faults)
        outcomes[_outcome(_differs(stored, project, row)), "projects"] += 1
        for milestone in row.milestones:
            outcomes[_milestone_outcome(stored, project, milestone), "milestones"] += 1
        for indicator in row.indicators:
            outcomes[_indicator_outcome(stored, project, indicator), "indicators"] += 1
    return outcomes


def import_projects(session: Session, portfolio: Portfolio, authors: Authors, recorded_at: datetime) -> None:
    """Creates and edits what differs. The portfolio has passed ``compare_projects`` without a fault."""
    stored = stored_plans(session)
    for row in portfolio.projects:
        _ProjectImport(session, stored, authors, row, recorded_at).run()


@dataclass(frozen=True, slots=True)
class _Acts:
    """The two who speak: the office about plans and evidence, the manager about completions."""

    office: Act
    manager: Act


class _ProjectImport:
    def __init__(
        self, session: Session, stored: StoredPlans, authors: Authors, row: ProjectRow, recorded_at: datetime
    ) -> None:
        self.session = session
        self.stored = stored
        self.authors = authors
        self.row = row
        self.recorded_at = recorded_at
        self.zone = city_zone(session, row.city)

    def run(self) -> None:
        project = self.stored.projects.get((self.row.city, self.row.code))
        is_new = project is None
        since = (self.row.tracked_since if is_new else None) or local_day(self.recorded_at, self.zone)
        at = start_of_day(since, self.zone) if is_new and self.row.tracked_since else self.recorded_at
        office = Act(self.authors.analyst_of(self.row.city), at, since, self.recorded_at, "import")
        if project is None:
            project = create_project(self.session, office, self.row.city, _project_plan(self.row))
        elif _differs(self.stored, project, self.row):
            project = edit_project(self.session, office, project.id, _project_plan(self.row), project.version)
        manager = self.authors.manager_of(scope_of(self.session, project.id))
        acts = _Acts(office, replace(office, actor=manager))
        for milestone in _predecessors_first(self.row.milestones):
            self._milestone(acts, project, milestone)
        for indicator in self.row.indicators:
            self._indicator(acts, project, indicator)

    def _milestone(self, acts: _Acts, project: ProjectRecord, row: MilestoneRow) -> None:
        record = self.stored.milestones.get(project.id, {}).get(row.code)
        plan = _milestone_plan(row)
        if record is None:
            record = create_milestone(self.session, acts.office, project.id, plan)
        elif _milestone_differs(self.stored, record, row):
            has_date = bool(self.stored.due_on.get(record.id))
            plan = replace(plan, due_on=None if has_date else plan.due_on)
            edit_milestone(self.session, acts.office, record.id, plan, record.version)
        if row.actual_on and record.id not in self.stored.completed_on:
            evidence = Evidence(type_id=row.evidence)
            claim_completion(self.session, acts.manager, record.id, row.actual_on, evidence)
            accept_evidence(self.session, acts.office, record.id)

    def _indicator(self, acts: _Acts, project: ProjectRecord, row: IndicatorRow) -> None:
        record = self.stored.indicators.get(project.id, {}).get(row.code)
        if record is None:
            record = create_indicator(self.session, acts.office, project.id, _indicator_plan(row))
        elif _indicator_differs(self.stored, record, row):
            edit_indicator(self.session, acts.office, record.id, _indicator_plan(row), record.version)
        if row.actual is not None and row.actual_on and (record.id, row.actual_on) not in self.stored.readings:
            enter_initial_reading(self.session, acts.office, record.id, row.actual_on, row.actual)


def _refuse_contradictions(stored: StoredPlans, project: ProjectRecord, row: ProjectRow, faults: Faults) -> None:
    """A file changes what a thing is called and weighs; dates, completions and readings are facts of their own."""
    if row.tracked_since and row.tracked_since != project.tracked_since:
        faults.add(
            (*row.path, "tracked_since"), "tracked_since_fixed", row.tracked_since,
            old=project.tracked_since, new=row.tracked_since,
        )  # fmt: skip
    for milestone in row.milestones:
        record = stored.milestones.get(project.id, {}).get(milestone.code)
        if record is not None:
            _refuse_other_dates(stored, record, milestone, faults)
    for indicator in row.indicators:
        known = stored.indicators.get(project.id, {}).get(indicator.code)
        told = stored.readings.get((known.id, indicator.actual_on)) if known and indicator.actual_on else None
        if told and indicator.actual not in told:
            faults.add(
                (*indicator.path, "actual_value"), "reading_differs", indicator.actual,
                on=indicator.actual_on, old=told[-1], new=indicator.actual,
            )  # fmt: skip


def _refuse_other_dates(stored: StoredPlans, record: MilestoneRecord, row: MilestoneRow, faults: Faults) -> None:
    dates = stored.due_on.get(record.id, [])
    # The first and the current date both say "nothing is to change": one file is the old plan, one an export.
    if dates and row.due_on not in (dates[0], dates[-1]):
        faults.add(
            (*row.path, "baseline_date"), "date_needs_change_request", row.due_on, old=dates[-1], new=row.due_on
        )  # fmt: skip
    if row.actual_on is None:
        return
    completed_on: date | None = stored.completed_on.get(record.id)
    if completed_on is not None and completed_on != row.actual_on:
        faults.add(
            (*row.path, "actual_date"), "completion_differs", row.actual_on, old=completed_on, new=row.actual_on
        )  # fmt: skip
    elif completed_on is None and record.id in stored.claimed:
        faults.add((*row.path, "actual_date"), "claim_pending", row.actual_on)


def _outcome(differs: bool) -> str:
    return CHANGED if differs else UNCHANGED


def _milestone_outcome(stored: StoredPlans, project: ProjectRecord, row: MilestoneRow) -> str:
    record = stored.milestones.get(project.id, {}).get(row.code)
    if record is None:
        return CREATED
    is_completed = row.actual_on is not None and record.id not in stored.completed_on
    return _outcome(is_completed or _milestone_differs(stored, record, row))


def _indicator_outcome(stored: StoredPlans, project: ProjectRecord, row: IndicatorRow) -> str:
    record = stored.indicators.get(project.id, {}).get(row.code)
    if record is None:
        return CREATED
    is_told = row.actual_on is not None and (record.id, row.actual_on) not in stored.readings
    return _outcome(is_told or _indicator_differs(stored, record, row))


def _differs(stored: StoredPlans, project: ProjectRecord, row: ProjectRow) -> bool:
    plan = _project_plan(row)
    if set(plan.districts) != stored.districts.get(project.id, set()):
        return True
    return any(getattr(plan, name) != getattr(project, name) for name in PLAIN)


def _milestone_differs(stored: StoredPlans, record: MilestoneRecord, row: MilestoneRow) -> bool:
    if row.due_on and not stored.due_on.get(record.id):
        return True
    plan = _milestone_plan(row)
    if set(plan.predecessors) != set(stored.links.get(record.id, ())):
        return True
    return any(getattr(plan, name) != getattr(record, name) for name in REVISED)


def _indicator_differs(stored: StoredPlans, record: IndicatorRecord, row: IndicatorRow) -> bool:
    plan = _indicator_plan(row)
    rule = replace(row.rule, **indicator_fields(record, stored.points.get(record.id, ())))
    names = ("name_ru", "name_kk", "name_en", "unit_id", "source")
    return rule != row.rule or any(getattr(plan, name) != getattr(record, name) for name in names)


def _predecessors_first(rows: tuple[MilestoneRow, ...]) -> Iterator[MilestoneRow]:
    """An order in which every link leads to a milestone that is there, and no moment of the import has a cycle."""
    by_code = {row.code: row for row in rows}
    for milestone in in_dependency_order([Milestone(0, row.code, predecessors=row.predecessors) for row in rows]):
        yield by_code[milestone.code]


def _project_plan(row: ProjectRow) -> ProjectPlan:
    return ProjectPlan(
        code=row.code, name_ru=row.names.ru, name_kk=row.names.kk, name_en=row.names.en, sector_id=row.sector,
        priority_id=row.priority, department_id=row.department, area_id=row.area, owner_id=row.owner,
        manager_id=row.manager, curator_id=row.curator, start_on=row.start_on, end_on=row.end_on,
        budget_mln=row.budget_mln, weight=row.weight, flagship=row.flagship, districts=row.districts,
        tracked_since=row.tracked_since, provenance=row.provenance,
    )  # fmt: skip


def _milestone_plan(row: MilestoneRow) -> MilestonePlan:
    return MilestonePlan(
        code=row.code, name_ru=row.names.ru, name_kk=row.names.kk, name_en=row.names.en, type_id=row.type,
        weight=row.weight, critical=row.critical, evidence_type_id=row.evidence, performer_id=row.performer,
        min_duration_wd=row.min_duration_wd,
        predecessors=tuple(Dependency(link.predecessor, link.type, link.lag_wd) for link in row.predecessors),
        due_on=row.due_on, position=row.position, provenance=row.provenance,
    )  # fmt: skip


def _indicator_plan(row: IndicatorRow) -> IndicatorPlan:
    return IndicatorPlan(
        name_ru=row.names.ru, name_kk=row.names.kk, name_en=row.names.en, unit_id=row.unit, rule=row.rule,
        source=row.source, position=row.position, provenance=row.provenance,
    )  # fmt: skip
