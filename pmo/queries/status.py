"""Where projects stand at a moment: from the store where it still holds, the few others computed in memory.

The one place that knows when a stored assessment is out of date (ARCHITECTURE 4). Pages are quick at any size, and
never wrong after midnight.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pmo.clock import local_day
from pmo.db.models.assessments import (
    IndicatorAssessmentRecord,
    MilestoneAssessmentRecord,
    ProjectAssessmentRecord,
)
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.indicator import IndicatorAssessment, IndicatorStatus
from pmo.domain.milestone import MilestoneAssessment, MilestoneStatus
from pmo.domain.project import ProjectAssessment, ProjectStatus, known_until
from pmo.domain.rule_book import assess_by_book
from pmo.domain.verdict import judge_project
from pmo.queries.assessments import loaded_reasons
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.places import cities, city_zone
from pmo.queries.rules import CITY_RULES, CityRules

Judged = TypeVar("Judged", MilestoneAssessment, IndicatorAssessment)

ITEM_COLUMNS = {"id", "code", "weight", "critical", "status", "limit"}
"""Fields of an item's assessment that come from elsewhere than a stored column of that name."""


def projects_out_of_date(
    session: Session, city_id: str, now: datetime, today: date, rules: CityRules = CITY_RULES
) -> list[int]:
    """Projects whose stored assessment does not hold at ``now``: none yet, too old, too new, behind the facts, or made
    with another calendar or by another version of the rules.
    """
    stored = ProjectAssessmentRecord
    newer_fact = (
        select(EntryRecord.id)
        .where(
            EntryRecord.project_id == ProjectRecord.id,
            EntryRecord.entered_at > stored.known_until,
            EntryRecord.entered_at <= now,
        )
        .exists()
    )
    statement = (
        select(ProjectRecord.id)
        .outerjoin(stored, stored.project_id == ProjectRecord.id)
        .where(
            ProjectRecord.city_id == city_id,
            ProjectRecord.entered_at <= now,
            or_(
                stored.project_id.is_(None),
                stored.fresh_until < today,
                stored.known_until > now,
                stored.assessed_on > today,
                stored.calendar != working_calendar(session, city_id, now).version,
                stored.rule_set != rules.on(session, city_id, today, now).version,
                newer_fact,
            ),
        )
        .order_by(ProjectRecord.id)
    )
    return list(session.scalars(statement))


def computed_where_stale(
    session: Session, city_ids: Collection[str], now: datetime, rules: CityRules, histories: Histories
) -> dict[int, ProjectAssessment]:
    """Assessments by project id of those projects of the cities whose stored result does not hold at ``now``."""
    found: dict[int, ProjectAssessment] = {}
    for city in cities(session):
        if city.id in city_ids:
            today = local_day(now, city.zone)
            stale = projects_out_of_date(session, city.id, now, today, rules)
            if stale:
                found |= computed_at(session, stale, now, today, rules, histories)
    return found


def computed_at(
    session: Session,
    project_ids: Iterable[int] | None,
    moment: datetime,
    day: date,
    rules: CityRules,
    histories: Histories,
) -> dict[int, ProjectAssessment]:
    """Assessments of what was known at an instant, without best-before dates; unknown projects are left out."""
    found: dict[int, ProjectAssessment] = {}
    loaded = histories.load(session, project_ids)
    places = {project.city for project in loaded.values()}
    calendars = {city: working_calendar(session, city, moment) for city in places}
    in_force = {city: rules.on(session, city, day, moment) for city in places}
    for number, project in loaded.items():
        known = known_until(project, moment)
        if known is not None:
            found[number] = judge_project(known, day, calendars[project.city], in_force[project.city])
    return found


def current_assessment(
    session: Session, project_id: int, city_id: str, now: datetime, rules: CityRules, histories: Histories
) -> ProjectAssessment | None:
    """The assessment of one project at ``now`` with its best-before date; None before it was entered."""
    today = local_day(now, city_zone(session, city_id))
    is_due = project_id in projects_out_of_date(session, city_id, now, today, rules)
    if not is_due and not _knows_older_plans(session, project_id, rules.book(session, city_id).changed_at):
        stored = stored_assessments(session, [project_id]).get(project_id)
        return replace(stored, on=today) if stored else None  # it still holds: days are counted to today
    return assessment_on(session, project_id, now, today, rules, histories)


def _knows_older_plans(session: Session, project_id: int, changed_at: datetime | None) -> bool:
    """Whether another version of the rules was planned or withdrawn since: it may bring the next change nearer."""
    if changed_at is None:
        return False
    stored = ProjectAssessmentRecord
    known_until = session.scalar(select(stored.known_until).where(stored.project_id == project_id))
    return known_until is not None and known_until < changed_at


def assessment_on(
    session: Session, project_id: int, moment: datetime, day: date, rules: CityRules, histories: Histories
) -> ProjectAssessment | None:
    """One project by what was known at an instant, with its best-before date."""
    project = histories.load(session, [project_id]).get(project_id)
    known = known_until(project, moment) if project else None
    if known is None:
        return None
    calendar, book = working_calendar(session, known.city, moment), rules.book(session, known.city)
    return assess_by_book(known, day, calendar, book, moment)


def stored_assessments(session: Session, project_ids: Sequence[int]) -> dict[int, ProjectAssessment]:
    """Stored results as the domain's objects, by project id, each of the day when it was judged. Three statements."""
    milestones = _items(session, MilestoneAssessment, MilestoneAssessmentRecord, MilestoneRecord, project_ids)
    indicators = _items(session, IndicatorAssessment, IndicatorAssessmentRecord, IndicatorRecord, project_ids)
    statement = (
        select(ProjectAssessmentRecord, ProjectRecord.code, ProjectRecord.city_id)
        .join(ProjectRecord, ProjectRecord.id == ProjectAssessmentRecord.project_id)
        .where(ProjectAssessmentRecord.project_id.in_(project_ids))
    )
    return {
        record.project_id: ProjectAssessment(
            code=code,
            city=city,
            on=record.assessed_on,
            status=ProjectStatus(record.status),
            severity=record.severity,
            reasons=loaded_reasons(record.reasons),
            components=record.components,
            milestones=tuple(milestones.get(record.project_id, ())),
            indicators=tuple(indicators.get(record.project_id, ())),
            rule_set=record.rule_set,
            calendar=record.calendar,
            slip_days=record.slip_days,
            original_slip_days=record.original_slip_days,
            moved_times=record.moved_times,
            moved_days=record.moved_days,
            changes_on=record.changes_on,
            fresh_until=record.fresh_until,
        )
        for record, code, city in session.execute(statement)
    }


def _items(
    session: Session, judged: type[Judged], stored: Any, plain: Any, project_ids: Sequence[int]
) -> dict[int, list[Judged]]:
    """Results of milestones or of indicators by project, in the order of the plan."""
    key = stored.milestone_id if judged is MilestoneAssessment else stored.indicator_id
    words: Any = MilestoneStatus if judged is MilestoneAssessment else IndicatorStatus
    names = [field.name for field in fields(judged) if field.name not in ITEM_COLUMNS]
    statement = (
        select(stored, plain.code, plain.weight, plain.critical)
        .join(plain, plain.id == key)
        .where(stored.project_id.in_(project_ids))
        .order_by(stored.project_id, plain.position, plain.id)
    )
    found: dict[int, list[Judged]] = {}
    for record, code, weight, critical in session.execute(statement):
        item = judged(
            id=getattr(record, key.key),
            code=code,
            weight=weight,
            critical=critical,
            status=words(record.status),
            **{name: getattr(record, name) for name in names},
        )
        found.setdefault(record.project_id, []).append(item)
    return found
