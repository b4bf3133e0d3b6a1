"""What a digest tells beyond the facts of projects: requests that wait for a ruling, and the names of reasons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from pmo.db.models.catalogue import ReasonCodeRecord
from pmo.db.models.changes import ChangeRequestRecord, ChangeRulingRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.decisions import OpenRequest
from pmo.queries.directory import Names

_ASKED, _RULED = aliased(EntryRecord), aliased(EntryRecord)
_REQUESTS = (
    select(
        ChangeRequestRecord.id,
        ChangeRequestRecord.project_id,
        ChangeRequestRecord.reason_id,
        ChangeRequestRecord.dates,
        _ASKED.event_on,
    )
    .join(_ASKED, _ASKED.id == ChangeRequestRecord.entry_id)
    .join(ProjectRecord, ProjectRecord.id == ChangeRequestRecord.project_id)
    .where(ProjectRecord.city_id == bindparam("city"), _ASKED.entered_at <= bindparam("moment"))
    .order_by(ChangeRequestRecord.id)
)
_RULINGS = (
    select(ChangeRulingRecord.request_id, ChangeRulingRecord.outcome)
    .join(_RULED, _RULED.id == ChangeRulingRecord.entry_id)
    .join(ChangeRequestRecord, ChangeRequestRecord.id == ChangeRulingRecord.request_id)
    .join(ProjectRecord, ProjectRecord.id == ChangeRequestRecord.project_id)
    .where(ProjectRecord.city_id == bindparam("city"), _RULED.entered_at <= bindparam("moment"))
    .order_by(ChangeRulingRecord.id)
)
_REASONS = select(ReasonCodeRecord.id, ReasonCodeRecord.name_ru, ReasonCodeRecord.name_kk, ReasonCodeRecord.name_en)


def open_requests(session: Session, city: str, at: datetime) -> list[OpenRequest]:
    """Change requests of a city that were neither approved nor refused nor returned by ``at``, oldest first."""
    where = {"city": city, "moment": at}
    last = {row.request_id: row.outcome for row in session.execute(_RULINGS, where)}
    return [
        OpenRequest(row.id, row.project_id, row.reason_id, row.event_on, tuple(sorted(row.dates)), row.id in last)
        for row in session.execute(_REQUESTS, where)
        if last.get(row.id, "checked") == "checked"
    ]


def reason_names(session: Session) -> dict[str, Names]:
    """Names of the reason codes in three languages."""
    return {row.id: {"ru": row.name_ru, "kk": row.name_kk, "en": row.name_en} for row in session.execute(_REASONS)}
