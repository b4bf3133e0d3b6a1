"""A project made from a template: everything at once through the services of projects, milestones, indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from pmo.db.models.projects import ProjectRecord
from pmo.domain.errors import Conflict, Refusal, RuleBroken
from pmo.domain.milestone import Milestone
from pmo.domain.milestone_verdict import in_dependency_order
from pmo.domain.planning import faults_of_day
from pmo.domain.template import Template, TemplateMilestone, Values, code_in_project, faults_of_values
from pmo.services.acts import Act
from pmo.services.administration import note
from pmo.services.indicators import IndicatorPlan, create_indicator
from pmo.services.milestone_plans import MilestonePlan, create_milestone
from pmo.services.projects import ProjectPlan, create_project
from pmo.services.templates import offered_template


@dataclass(frozen=True, slots=True)
class Filled:
    """What a person makes of a template. ``dates`` by the code of a milestone, ``values`` by that of an indicator.

    What is not named in them is left out of the project; a date of None gives the milestone its date later.
    """

    project: ProjectPlan
    dates: Mapping[str, date | None]
    values: Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class ItemFault:
    """Something wrong: with the project (no item), or with a milestone or indicator of the template."""

    rule: RuleBroken
    milestone: str | None = None
    indicator: str | None = None


class PlanRefused(Refusal):
    """Nothing was created; every fault is named."""

    def __init__(self, faults: Sequence[ItemFault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


def create_project_from_template(
    session: Session, act: Act, template_id: int, version: int, filled: Filled
) -> ProjectRecord:
    """The project with its milestones and indicators, in the caller's transaction: all of it or nothing.

    Raises NotFound, NotAllowed; Conflict where the template was saved since ``version``; RuleBroken
    ``template_withdrawn``; PlanRefused with everything that is wrong in the plan.
    """
    record, template = offered_template(session, act, template_id)
    if record.version != version:
        raise Conflict({"version": record.version})
    wanted = template.without_milestones({one.code for one in template.milestones} - filled.dates.keys())
    faults = faults_of_items(wanted, filled.dates, filled.values)
    made_of = {"template": record.code, "template_version": record.version}
    try:
        project = create_project(session, act, act.actor.city, replace(filled.project, provenance=made_of))
    except RuleBroken as refusal:
        raise PlanRefused([ItemFault(refusal), *faults]) from None
    if faults:
        raise PlanRefused(faults)
    _create_milestones(session, act, project, wanted, filled.dates)
    for place, indicator in enumerate(wanted.indicators, 1):
        if indicator.code in filled.values:
            rule = filled.values[indicator.code].rule(indicator, code_in_project(project.code, indicator.code))
            plan = IndicatorPlan(
                name_ru=indicator.name_ru,
                name_kk=indicator.name_kk,
                name_en=indicator.name_en,
                unit_id=indicator.unit_id,
                source=indicator.source,
                rule=rule,
                position=place,
            )
            create_indicator(session, act, project.id, plan)
    note(session, act, "template_used", f"templates/{record.code}", after={"project": project.code, **made_of})
    return project


def faults_of_items(
    template: Template, dates: Mapping[str, date | None], values: Mapping[str, Values]
) -> list[ItemFault]:
    """Everything that is wrong with the dates and values of the milestones and indicators that are kept."""
    of_dates = [
        ItemFault(fault.as_refusal(), milestone=one.code)
        for one in template.milestones
        for fault in faults_of_day(dates.get(one.code), "due_on")
    ]
    of_values = [
        ItemFault(fault.as_refusal(), indicator=one.code)
        for one in template.indicators
        if one.code in values
        for fault in faults_of_values(one, values[one.code])
    ]
    return of_dates + of_values


def _create_milestones(
    session: Session, act: Act, project: ProjectRecord, wanted: Template, dates: Mapping[str, date | None]
) -> None:
    """Each behind its predecessors, and in the place that it has in the template."""
    places = {one.code: place for place, one in enumerate(wanted.milestones, 1)}
    by_code = {one.code: one for one in wanted.milestones}
    nodes = [Milestone(id=0, code=one.code, predecessors=one.predecessors) for one in wanted.milestones]
    for node in in_dependency_order(nodes):
        plan = _milestone_plan(project.code, by_code[node.code], dates[node.code])
        create_milestone(session, act, project.id, replace(plan, position=places[node.code]))


def _milestone_plan(project: str, milestone: TemplateMilestone, due_on: date | None) -> MilestonePlan:
    return MilestonePlan(
        code=code_in_project(project, milestone.code),
        name_ru=milestone.name_ru,
        name_kk=milestone.name_kk,
        name_en=milestone.name_en,
        type_id=milestone.type_id,
        weight=milestone.weight,
        critical=milestone.critical,
        evidence_type_id=milestone.evidence_type_id,
        min_duration_wd=milestone.min_duration_wd,
        predecessors=tuple(
            replace(link, predecessor=code_in_project(project, link.predecessor)) for link in milestone.predecessors
        ),
        due_on=due_on,
    )
