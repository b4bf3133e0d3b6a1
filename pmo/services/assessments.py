"""Stores what the rules say, and every change of a status (ARCHITECTURE 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
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
from pmo.domain.assessment import assess_project
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.reason import Reason
from pmo.queries.assessments import stored_reasons
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.history import project_histories
from pmo.queries.places import city_zone
from pmo.queries.status import projects_out_of_date

Seen = tuple[str, int | None]


def reassess(session: Session, project_ids: Sequence[int], now: datetime, rules: RuleSet) -> None:
    """Judges projects as of ``now`` from the facts in this transaction, and stores the result."""
    _store_all(session, project_histories(session, project_ids), now, rules)


def refresh_due(
    session: Session, city_id: str, now: datetime, rules: RuleSet, histories: Histories | None = None
) -> dict[str, int]:
    """Judges the projects of a city whose stored result is past its day or older than their facts.

    Returns counts: ``projects`` in the city, ``assessed``, ``changed`` (statuses that became another).
    """
    today = local_day(now, city_zone(session, city_id))
    due = projects_out_of_date(session, city_id, now, today)
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


def _store_all(session: Session, projects: Mapping[int, Project], now: datetime, rules: RuleSet) -> int:
    changed = 0
    for project in projects.values():
        known = known_until(project, now)
        if known is None:
            continue
        today = local_day(now, city_zone(session, project.city))
        assessment = assess_project(known, today, working_calendar(session, project.city), rules)
        _store(session, project.id, assessment, now)
        changed += _record_changes(session, project.id, assessment, now)
    session.flush()
    return changed


def _store(session: Session, project_id: int, assessment: ProjectAssessment, now: datetime) -> None:
    """Replaces the stored rows of one project."""
    for record in (ProjectAssessmentRecord, MilestoneAssessmentRecord, IndicatorAssessmentRecord):
        session.execute(delete(record).where(record.project_id == project_id))
    session.execute(
        insert(ProjectAssessmentRecord).values(
            project_id=project_id,
            assessed_on=assessment.on,
            known_until=now,
            status=assessment.status.value,
            severity=assessment.severity,
            components=dict(assessment.components),
            reasons=stored_reasons(assessment.reasons),
            slip_days=assessment.slip_days,
            original_slip_days=assessment.original_slip_days,
            moved_times=assessment.moved_times,
            moved_days=assessment.moved_days,
            changes_on=assessment.changes_on,
            fresh_until=assessment.fresh_until,
            rule_set=assessment.rule_set,
            calendar=assessment.calendar,
        )
    )
    _insert_items(session, MilestoneAssessmentRecord, "milestone_id", project_id, assessment.milestones)
    _insert_items(session, IndicatorAssessmentRecord, "indicator_id", project_id, assessment.indicators)


def _insert_items(session: Session, record: Any, key: str, project_id: int, items: Iterable[Any]) -> None:
    columns = set(record.__table__.columns.keys())
    rows = []
    for item in items:
        fields = asdict(item)
        rows.append(
            {
                key: item.id,
                "project_id": project_id,
                **{name: value for name, value in fields.items() if name in columns},
                "status": item.status.value,
            }
        )
    if rows:
        session.execute(insert(record), rows)


def _record_changes(session: Session, project_id: int, assessment: ProjectAssessment, now: datetime) -> int:
    """Writes a row for everything whose status or severity is not what it last was on or before this day."""
    last = _last_seen(session, project_id, assessment.on)
    rows = []
    for kind, code, status, severity, reasons in _seen_now(assessment):
        before = last.get((kind, code))
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
        session.execute(insert(StatusChangeRecord), rows)
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


def _last_seen(session: Session, project_id: int, day: date) -> dict[tuple[str, str], Seen]:
    statement = (
        select(
            StatusChangeRecord.item_kind,
            StatusChangeRecord.item,
            StatusChangeRecord.new_status,
            StatusChangeRecord.new_severity,
        )
        .where(StatusChangeRecord.project_id == project_id, StatusChangeRecord.changed_on <= day)
        .order_by(StatusChangeRecord.changed_on, StatusChangeRecord.id)
    )
    return {(row.item_kind, row.item): (row.new_status, row.new_severity) for row in session.execute(statement)}
