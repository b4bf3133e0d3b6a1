"""Stores what the rules say, and every change of a status (ARCHITECTURE 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from pmo.clock import local_day
from pmo.db.models.assessments import (
    IndicatorAssessmentRecord,
    MilestoneAssessmentRecord,
    ProjectAssessmentRecord,
    StatusChangeRecord,
)
from pmo.db.models.projects import ProjectRecord
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.reason import Reason
from pmo.domain.rule_book import assess_by_book
from pmo.queries.assessments import stored_reasons
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.history import project_histories
from pmo.queries.places import city_zone
from pmo.queries.rules import CityRules
from pmo.queries.status import projects_out_of_date

Seen = tuple[str, int | None]

ROWS_ALIKE = {"render_nulls": True}
"""Without it rows that lack different values go out as different statements, almost one each."""


def reassess(session: Session, project_ids: Sequence[int], now: datetime, rules: CityRules) -> None:
    """Judges projects as of ``now`` from the facts in this transaction, and stores the result."""
    _store_all(session, project_histories(session, project_ids), now, rules)


def refresh_due(
    session: Session, city_id: str, now: datetime, rules: CityRules, histories: Histories | None = None
) -> dict[str, int]:
    """Judges the projects of a city whose stored result is past its day or older than their facts.

    Returns counts: ``projects`` in the city, ``assessed``, ``changed`` (statuses that became another).
    """
    today = local_day(now, city_zone(session, city_id))
    due = projects_out_of_date(session, city_id, now, today, rules)
    total = len(list(session.scalars(select(ProjectRecord.id).where(ProjectRecord.city_id == city_id))))
    if not due:
        return {"projects": total, "assessed": 0, "changed": 0}
    lock_projects(session, due)
    loaded = (histories or Histories()).load(session, due)
    return {"projects": total, "assessed": len(due), "changed": _store_all(session, loaded, now, rules)}


def lock_projects(session: Session, project_ids: Sequence[int]) -> None:
    """Keeps everybody else from entering facts of these projects until the end of the transaction."""
    session.execute(
        select(ProjectRecord.id)
        .where(ProjectRecord.id.in_(project_ids))
        .order_by(ProjectRecord.id)
        .with_for_update(key_share=True)
    )


def _store_all(session: Session, projects: Mapping[int, Project], now: datetime, rules: CityRules) -> int:
    """Judges and stores projects of any cities, each on its city's day; returns how many statuses became another."""
    places = {
        city: (
            local_day(now, city_zone(session, city)),
            working_calendar(session, city, now),
            rules.book(session, city),
        )
        for city in sorted({project.city for project in projects.values()})
    }
    assessments: dict[int, ProjectAssessment] = {}
    for project in projects.values():
        known = known_until(project, now)
        if known is not None:
            assessments[project.id] = assess_by_book(known, *places[project.city], now)
    if not assessments:
        return 0
    _store(session, assessments, now)
    changed = _record_changes(session, assessments, now)
    session.flush()
    return changed


def _store(session: Session, assessments: Mapping[int, ProjectAssessment], now: datetime) -> None:
    """Replaces the stored rows of these projects."""
    for record in (ProjectAssessmentRecord, MilestoneAssessmentRecord, IndicatorAssessmentRecord):
        session.execute(delete(record).where(record.project_id.in_(assessments)))
    rows = [
        {
            "project_id": project_id,
            "assessed_on": assessment.on,
            "known_until": now,
            "status": assessment.status.value,
            "severity": assessment.severity,
            "components": dict(assessment.components),
            "reasons": stored_reasons(assessment.reasons),
            "slip_days": assessment.slip_days,
            "original_slip_days": assessment.original_slip_days,
            "moved_times": assessment.moved_times,
            "moved_days": assessment.moved_days,
            "changes_on": assessment.changes_on,
            "fresh_until": assessment.fresh_until,
            "rule_set": assessment.rule_set,
            "calendar": assessment.calendar,
        }
        for project_id, assessment in assessments.items()
    ]
    session.execute(insert(ProjectAssessmentRecord), rows, execution_options=ROWS_ALIKE)
    by_project = assessments.items()
    _insert_items(
        session, MilestoneAssessmentRecord, "milestone_id", [(number, found.milestones) for number, found in by_project]
    )
    _insert_items(
        session, IndicatorAssessmentRecord, "indicator_id", [(number, found.indicators) for number, found in by_project]
    )


def _insert_items(session: Session, record: Any, key: str, found: Iterable[tuple[int, Sequence[Any]]]) -> None:
    columns = record.__table__.columns.keys()
    rows = []
    for project_id, items in found:
        for item in items:
            row = {name: getattr(item, name) for name in columns if hasattr(item, name)}
            rows.append({**row, key: item.id, "project_id": project_id, "status": item.status.value})
    if rows:
        session.execute(insert(record), rows, execution_options=ROWS_ALIKE)


def _record_changes(session: Session, assessments: Mapping[int, ProjectAssessment], now: datetime) -> int:
    """Writes a row for everything whose status or severity is not what it last was on or before its day."""
    last = _last_seen(session, {number: assessment.on for number, assessment in assessments.items()})
    rows = []
    for project_id, assessment in assessments.items():
        for kind, code, status, severity, reasons in _seen_now(assessment):
            before = last.get((project_id, kind, code))
            if before == (status, severity):
                continue
            rows.append(
                {
                    "project_id": project_id,
                    "item_kind": kind,
                    "item": code,
                    "changed_on": assessment.on,
                    "old_status": before[0] if before else None,
                    "old_severity": before[1] if before else None,
                    "new_status": status,
                    "new_severity": severity,
                    "reasons": stored_reasons(reasons),
                    "recorded_at": now,
                    "noticed_at": None,
                }
            )
    if rows:
        session.execute(insert(StatusChangeRecord), rows, execution_options=ROWS_ALIKE)
    return len(rows)


def _seen_now(assessment: ProjectAssessment) -> list[tuple[str, str, str, int | None, Sequence[Reason]]]:
    def about(code: str) -> list[Reason]:
        return [reason for reason in assessment.reasons if reason.item == code]

    return [
        ("project", assessment.code, assessment.status.value, assessment.severity, assessment.reasons),
        *(
            ("milestone", item.code, item.status.value, item.severity, about(item.code))
            for item in assessment.milestones
        ),
        *(
            ("indicator", item.code, item.status.value, item.severity, about(item.code))
            for item in assessment.indicators
        ),
    ]


def _last_seen(session: Session, days: Mapping[int, date]) -> dict[tuple[int, str, str], Seen]:
    """What each item of each project last was on or before the project's day."""
    statement = (
        select(
            StatusChangeRecord.project_id,
            StatusChangeRecord.item_kind,
            StatusChangeRecord.item,
            StatusChangeRecord.changed_on,
            StatusChangeRecord.new_status,
            StatusChangeRecord.new_severity,
        )
        .where(StatusChangeRecord.project_id.in_(days))
        .order_by(StatusChangeRecord.changed_on, StatusChangeRecord.id)
    )
    return {
        (row.project_id, row.item_kind, row.item): (row.new_status, row.new_severity)
        for row in session.execute(statement)
        if row.changed_on <= days[row.project_id]
    }
