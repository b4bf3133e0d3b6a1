"""What projects, milestones and indicators were on a past day: a later edit must not be seen before its time.

The tables hold what an item is now; each edit keeps a revision with the instant of its entry. For an instant before
an edit the attributes are those of the revision that held then. Districts are kept since revisions name them; rights
are always those of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord, RevisionRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord

Edited = TypeVar("Edited", ProjectRecord, MilestoneRecord, IndicatorRecord)
KINDS: Mapping[type, str] = {ProjectRecord: "project", MilestoneRecord: "milestone", IndicatorRecord: "indicator"}


def fields_then(session: Session, kind: str, ids: Iterable[int], at: datetime) -> dict[int, Mapping[str, Any]]:
    """The stored attributes that held at an instant, by item id, of the items that were edited after it.

    ``kind`` is project, milestone or indicator; dates are ISO texts. One statement; for the present it finds nothing.
    """
    later = (
        select(RevisionRecord.item_id)
        .join(EntryRecord, EntryRecord.id == RevisionRecord.entry_id)
        .where(RevisionRecord.item_kind == kind, EntryRecord.entered_at > at)
    )
    statement = (
        select(RevisionRecord.item_id, RevisionRecord.fields)
        .join(EntryRecord, EntryRecord.id == RevisionRecord.entry_id)
        .where(RevisionRecord.item_kind == kind, RevisionRecord.item_id.in_(later), EntryRecord.entered_at <= at)
        .order_by(EntryRecord.entered_at, RevisionRecord.id)
    )
    wanted = frozenset(ids)
    return {row.item_id: row.fields for row in session.execute(statement) if row.item_id in wanted}


def as_it_was(session: Session, record: Edited, at: datetime) -> Edited:
    """The record itself, or where it was edited later a copy, outside the session, of what it was."""
    return records_then(session, [record], at)[record.id]


def records_then(session: Session, records: Iterable[Edited], at: datetime) -> dict[int, Edited]:
    """The same for several records of one kind, by id. One statement."""
    now = {record.id: record for record in records}
    if not now:
        return now
    kind = type(next(iter(now.values())))
    columns = [column.key for column in inspect(kind).column_attrs]
    then = {
        number: kind(**_overlaid({name: getattr(now[number], name) for name in columns}, fields))
        for number, fields in fields_then(session, KINDS[kind], now, at).items()
    }
    return {**now, **then}


def as_they_were(session: Session, kind: str, rows: Sequence[Any], at: datetime) -> list[Any]:
    """Rows of a statement with an ``id``: each as it is, or with the attributes that held at the instant."""
    then = fields_then(session, kind, [row.id for row in rows], at)
    return [SimpleNamespace(**_overlaid(dict(row._mapping), then[row.id])) if row.id in then else row for row in rows]


def _overlaid(now: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _typed(value, then[name]) if name in then else value for name, value in now.items()}


def _typed(now: Any, stored: Any) -> Any:
    """A stored value with the type that the column has: JSON keeps dates as texts."""
    return date.fromisoformat(stored) if isinstance(now, date) and isinstance(stored, str) else stored
