"""Projects, milestones and indicators of a portfolio file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pmo.domain.errors import RuleBroken
from pmo.domain.indicator import Direction, Frequency, Indicator, Interpolation, Kind
from pmo.domain.milestone import Dependency, Milestone
from pmo.domain.milestone_verdict import in_dependency_order
from pmo.domain.planning import LONGEST_LAG_WD, Fault, faults_of_indicator, faults_of_project
from pmo.exchange.fields import Fields
from pmo.exchange.portfolio_rows import IndicatorRow, MilestoneRow, ProjectRow
from pmo.exchange.references import References

LINK_TYPES = ("FS", "SS", "FF", "SF")
MOST_MILESTONES = 500

FIELD_OF = {
    "end_on": "end_date",
    "target_on": "target_date",
    "baseline_on": "baseline_date",
    "target": "target_value",
    "low": "target_low",
    "high": "target_high",
}
"""Names of the domain that a file calls otherwise."""


def read_project(
    fields: Fields, references: References, group: str | None, tracked_by_default: date | None
) -> ProjectRow | None:
    """One project with its milestones and indicators. ``group`` is the city whose list it stands in."""
    code = fields.text("id", 30)
    references.declare("projects", code, fields.at("id"))
    city = fields.text("city", 40)
    references.want("cities", city, fields.at("city"))
    if group and city and city != group:
        fields.fault("city", "city_mismatch", code, found=city, expected=group)
    names = fields.names("name")
    sector = _wanted(fields, "sector", references, "sectors")
    priority = _wanted(fields, "priority", references, "priorities")
    department = _wanted(fields, "department", references, "departments", city)
    area = _wanted(fields, "deputy_area", references, "deputy_areas", city)
    owner, manager, curator = (_person(fields, name, references, city) for name in ("owner", "manager", "curator"))
    districts = fields.texts("districts")
    for path, district in districts:
        references.want("districts", district, path, city)
    start_on, end_on = fields.day("start_date"), fields.day("end_date")
    if start_on and end_on:
        _note(fields, faults_of_project(start_on, end_on, 1.0), {"end_date": end_on})
    budget = fields.optional_number("budget_planned_mln_kzt")
    if budget is not None and budget < 0:
        fields.fault("budget_planned_mln_kzt", "number_out_of_range", budget, lowest=0, highest="1e15")
    weight, flagship = fields.weight(), fields.flag("flagship")
    tracked_since = fields.optional_day("tracked_since") or tracked_by_default
    provenance = _provenance(fields, references)
    milestones = tuple(
        milestone
        for position, inner in enumerate(fields.mappings("milestones"))
        if (milestone := _milestone(inner, references, position, city, tracked_since))
    )
    indicators = tuple(
        indicator
        for position, inner in enumerate(fields.mappings("indicators"))
        if (indicator := _indicator(inner, references, position, tracked_since))
    )
    fields.finish()
    _check_links(fields, milestones)
    if not (code and city and names and sector and priority and department and area and start_on and end_on):
        return None
    return ProjectRow(
        path=fields.path, code=code, city=city, names=names, sector=sector, priority=priority, department=department,
        area=area, districts=tuple(dict.fromkeys(district for _, district in districts)), owner=owner, manager=manager,
        curator=curator, start_on=start_on, end_on=end_on, budget_mln=budget, weight=weight, flagship=flagship,
        tracked_since=tracked_since, provenance=provenance, milestones=milestones, indicators=indicators,
    )  # fmt: skip


def _milestone(
    fields: Fields, references: References, position: int, city: str | None, tracked_since: date | None
) -> MilestoneRow | None:
    code = fields.text("id", 40)
    references.declare("items", code, fields.at("id"))
    names = fields.names("name")
    type_ = _wanted(fields, "type", references, "milestone_types")
    evidence = fields.optional_text("evidence_required")
    references.want("evidence_types", evidence, fields.at("evidence_required"))
    performer = _person(fields, "performer", references, city)
    due_on = fields.optional_day("baseline_date")
    if not fields.names_field("baseline_date"):
        fields.fault("baseline_date", "missing_field", field="baseline_date")
    actual_on = fields.optional_day("actual_date")
    _refuse_later(fields, "actual_date", actual_on, tracked_since)
    links = tuple(_links(fields))
    weight, critical = fields.weight(), fields.flag("critical")
    shortest = fields.whole_number("min_duration_wd", 0, LONGEST_LAG_WD)
    provenance = _provenance(fields, references)
    fields.finish()
    if not (code and names and type_):
        return None
    return MilestoneRow(
        path=fields.path, code=code, names=names, type=type_, evidence=evidence, performer=performer, weight=weight,
        critical=critical, min_duration_wd=shortest, predecessors=links, due_on=due_on, actual_on=actual_on,
        position=position, provenance=provenance,
    )  # fmt: skip


def _links(fields: Fields) -> Iterable[Dependency]:
    seen: set[str] = set()
    for link in fields.mappings("depends_on"):
        predecessor = link.text("id", 40)
        type_ = link.one_of("type", LINK_TYPES) if link.names_field("type") else "FS"
        lag = link.whole_number("lag_wd", -LONGEST_LAG_WD, LONGEST_LAG_WD)
        link.ignore("type")
        link.finish()
        if predecessor in seen:
            link.fault("id", "duplicate_predecessor", predecessor)
        elif predecessor and type_:
            seen.add(predecessor)
            yield Dependency(predecessor, type_, lag or 0)


def _check_links(project: Fields, milestones: tuple[MilestoneRow, ...]) -> None:
    """Every predecessor is a milestone of the project, and no chain of links returns to itself."""
    if len(milestones) > MOST_MILESTONES:
        project.fault("milestones", "too_many_milestones", len(milestones), limit=MOST_MILESTONES)
        return
    codes = {milestone.code for milestone in milestones}
    for milestone in milestones:
        for place, link in enumerate(milestone.predecessors):
            if link.predecessor not in codes:
                path = (*milestone.path, "depends_on", place, "id")
                project.faults.add(path, "unknown_predecessor", link.predecessor, predecessor=link.predecessor)
    for cycle in _cycles(milestones):
        first = next(row for row in milestones if row.code == cycle[0])
        project.faults.add((*first.path, "depends_on"), "dependency_cycle", cycle[0], cycle=" → ".join(cycle))


def _cycles(milestones: Iterable[MilestoneRow]) -> Iterable[list[str]]:
    """Each cycle once: the links of a found one are cut before the next is looked for."""
    left = [Milestone(0, row.code, predecessors=row.predecessors) for row in milestones]
    while True:
        try:
            in_dependency_order(left)
            return
        except RuleBroken as refusal:
            cycle = str(refusal.values["cycle"]).split(" → ")
            yield cycle
            left = [milestone for milestone in left if milestone.code not in cycle]


def _indicator(
    fields: Fields, references: References, position: int, tracked_since: date | None
) -> IndicatorRow | None:
    code = fields.text("id", 40)
    references.declare("items", code, fields.at("id"))
    names = fields.names("name")
    unit = _wanted(fields, "unit", references, "units")
    rule = _rule(fields, code)
    source = fields.mapping("source")
    system = source.optional_text("system", 200)
    fact = source.optional_text("fact", 40)
    references.want("seed_facts", fact, source.at("fact"))
    source.finish()
    actual, actual_on = fields.optional_number("actual_value"), fields.optional_day("actual_on")
    if (actual is None) != (actual_on is None):
        fields.fault("actual_value" if actual is None else "actual_on", "actual_incomplete")
    _refuse_later(fields, "actual_on", actual_on, tracked_since)
    provenance = _provenance(fields, references)
    if fact:
        provenance["source_fact"] = fact
    fields.finish()
    if not (names and unit and rule):
        return None
    return IndicatorRow(
        path=fields.path, names=names, unit=unit, rule=rule, source=system, actual=actual, actual_on=actual_on,
        position=position, provenance=provenance,
    )  # fmt: skip


def _rule(fields: Fields, code: str | None) -> Indicator | None:
    """The judged part of an indicator, held against DOMAIN 1.5."""
    direction, kind = fields.choice("direction", Direction), fields.choice("kind", Kind)
    frequency = fields.choice("frequency", Frequency)
    interpolation = fields.optional_choice("interpolation", Interpolation, Interpolation.LINEAR)
    if not fields.names_field("baseline_value"):
        fields.fault("baseline_value", "missing_field", field="baseline_value")
    baseline, baseline_on = fields.optional_number("baseline_value"), fields.day("baseline_date")
    target, target_on = fields.optional_number("target_value"), fields.day("target_date")
    low, high = fields.optional_number("target_low"), fields.optional_number("target_high")
    window_start, zero_scale = fields.optional_day("window_start"), fields.optional_number("zero_scale")
    trajectory, shares = _points(fields, "trajectory", "value"), _points(fields, "shares", "share")
    if trajectory and shares:
        fields.fault("shares", "trajectory_and_shares")
    weight, critical = fields.weight(), fields.flag("critical")
    if not (code and direction and kind and frequency and baseline_on and target_on):
        return None
    rule = Indicator(
        id=0, code=code, direction=direction, kind=kind, baseline_on=baseline_on, target_on=target_on,
        baseline=baseline, target=target, low=low, high=high, trajectory=trajectory, shares=shares,
        interpolation=interpolation, frequency=frequency, window_start=window_start, zero_scale=zero_scale,
        weight=weight, critical=critical,
    )  # fmt: skip
    written = {"target_date": target_on, "target_value": target, "target_high": high, "window_start": window_start}
    _note(fields, faults_of_indicator(rule), written)
    return rule


def _points(fields: Fields, name: str, value_name: str) -> tuple[tuple[date, float], ...]:
    points = []
    for point in fields.mappings(name):
        day, value = point.day("date"), point.number(value_name)
        point.finish()
        if day and value is not None:
            points.append((day, value))
    return tuple(sorted(points))


def _note(fields: Fields, faults: Iterable[Fault], written: Mapping[str, Any]) -> None:
    for fault in faults:
        name = FIELD_OF.get(fault.field, fault.field)
        if fields.faults.is_faulty(fields.at(name)):
            continue  # what could not be read cannot be judged
        fields.fault(name, fault.code, written.get(name), **fault.values)


def _refuse_later(fields: Fields, name: str, day: date | None, tracked_since: date | None) -> None:
    if day and tracked_since and day > tracked_since:
        fields.fault(name, "actual_in_future", day, limit=tracked_since)


def _wanted(fields: Fields, name: str, references: References, kind: str, city: str | None = None) -> str | None:
    code = fields.text(name)
    references.want(kind, code, fields.at(name), city)
    return code


def _person(fields: Fields, name: str, references: References, city: str | None) -> str | None:
    person = fields.optional_text(name)
    references.want("people", person, fields.at(name), city)
    return person


def _provenance(fields: Fields, references: References) -> dict[str, Any]:
    """Which fields are published facts, and the facts they come from."""
    facts = fields.texts("seed_facts")
    for path, fact in facts:
        references.want("seed_facts", fact, path)
    said = {
        "from_seed": [name for _, name in fields.texts("from_seed")],
        "seed_facts": [fact for _, fact in facts],
        "date_precision": fields.optional_text("date_precision", 20),
    }
    return {name: value for name, value in said.items() if value}
