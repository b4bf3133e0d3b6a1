"""Punctuality by department (DOMAIN 1.7), with the milestones behind each figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.milestones import MilestoneRecord
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.portfolio import (
    DatedMilestone,
    Punctuality,
    Standing,
    counts_for_punctuality,
    dated_milestones,
    punctuality,
)
from pmo.queries.calendar import working_calendar
from pmo.queries.names import Name, names_of_departments
from pmo.queries.overview import Line, Moment, Overview
from pmo.queries.rules import CityRules
from pmo.queries.status import stored_assessments


@dataclass(frozen=True, slots=True)
class CountedMilestone:
    """One milestone that a figure counts. ``late_wd`` is counted to the day of the page while it is open."""

    id: int
    code: str
    name: Name
    project_id: int
    due_on: date
    completed_on: date | None
    late_wd: int

    @property
    def is_on_time(self) -> bool:
        """Whether it was completed by its first plan."""
        return self.completed_on is not None and self.completed_on <= self.due_on


@dataclass(frozen=True, slots=True)
class DepartmentPunctuality:
    """One department: its figures and what they count, latest first. Without a share where too few were due."""

    id: str
    name: Name
    figures: Punctuality
    has_share: bool
    counted: tuple[CountedMilestone, ...]


def punctuality_by_department(
    session: Session, found: Overview, moment: Moment, rules: CityRules
) -> list[DepartmentPunctuality]:
    """Departments of an overview of the moment with anything due in the last 90 days, those with most due first.

    Days and limit are those of the rules of the department's city. DOMAIN 1.7 gives groups of fewer than five projects
    counts only. What is divided here are milestones, so here the limit is five milestones due: two projects
    with nine dates say more of a department than five with one date each.
    """
    ids = [line.id for line in found.everything]
    assessments = {**stored_assessments(session, ids), **found.computed}
    names = _names_of_milestones(session, ids)
    calendars = {city: working_calendar(session, city, moment.at) for city in {line.city for line in found.everything}}
    members: dict[str, list[Line]] = defaultdict(list)
    for line in found.everything:
        members[line.department].append(line)
    departments = names_of_departments(session, members)
    rows = []
    for department, lines in members.items():
        place = lines[0].city  # a department belongs to one city
        calendar, in_force = calendars[place], rules.on(session, place, found.day, moment.at)
        standings, counted = [], []
        for line in lines:
            judged = assessments[line.id]
            dated = dated_milestones(judged, calendar)
            standings.append(_standing(line, dated))
            numbers = {item.code: item.id for item in judged.milestones}
            counted += [
                _counted(item, numbers[item.code], names[numbers[item.code]], line.id, found.day, calendar)
                for item in dated
                if counts_for_punctuality(item, found.day, in_force)
            ]
        figures = punctuality(standings, found.day, calendar, in_force)
        if figures.due:
            counted.sort(key=lambda item: (item.due_on, item.code), reverse=True)
            has_share = figures.due >= in_force.small_group
            rows.append(DepartmentPunctuality(department, departments[department], figures, has_share, tuple(counted)))
    return sorted(rows, key=lambda row: (-row.figures.due, row.id))


def _names_of_milestones(session: Session, project_ids: Sequence[int]) -> dict[int, Name]:
    item = MilestoneRecord
    statement = select(item.id, item.name_ru, item.name_kk, item.name_en).where(item.project_id.in_(project_ids))
    return {row.id: Name.of(row) for row in session.execute(statement)}


def _standing(line: Line, milestones: Sequence[DatedMilestone]) -> Standing:
    return Standing(
        code=line.code,
        status=line.status,
        severity=line.severity,
        status_since=line.since,
        milestones=tuple(milestones),
    )


def _counted(
    item: DatedMilestone, number: int, name: Name, project_id: int, on: date, calendar: WorkingCalendar
) -> CountedMilestone:
    return CountedMilestone(
        id=number,
        code=item.code,
        name=name,
        project_id=project_id,
        due_on=item.due_on,
        completed_on=item.completed_on,
        late_wd=item.late_wd(on, calendar),
    )
