"""The history of a project as its readers tell it: who did what, on which day, with which reason and document.

One statement for the entries and one for each kind of fact, whatever the number of entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from pmo.db.models.answers import AnswerRecord, ForecastConfirmationRecord, ReplyRecord
from pmo.db.models.changes import ChangeRequestRecord, ChangeRulingRecord
from pmo.db.models.comments import CommentRecord, CommentWithdrawalRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.files import FileRecord
from pmo.db.models.indicators import ReadingRecord
from pmo.db.models.lifecycle import CancellationRecord, OverrideRecord, PauseRecord, ResumeRecord
from pmo.db.models.milestones import (
    BaselineDateRecord,
    ClaimRecord,
    EvidenceDecisionRecord,
    ForecastRecord,
    MilestoneRecord,
)
from pmo.db.models.money import CostReportRecord, IssueClosingRecord, IssueRecord
from pmo.db.models.updates import (
    ConfidenceRecord,
    CuratorViewRecord,
    DateConfirmationRecord,
    QuestionAnswerRecord,
    UpdateRecord,
    UpdateReplyRecord,
)
from pmo.queries.names import Name, Names, names_of_people

_NEW_DATES = select(BaselineDateRecord.entry_id, BaselineDateRecord.due_on, MilestoneRecord.code).join(
    MilestoneRecord, MilestoneRecord.id == BaselineDateRecord.milestone_id
)
LATEST = 400
"""More entries than this are not shown on one page; no project of the demonstration comes near."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of entering. Which of the fields are filled depends on its kind.

    ``on`` is the day it is about (a new date, a completion, a period end, the end of an override), ``dates`` are new
    baseline dates by milestone code. ``decision`` is what an update wants decided, ``level`` a confidence.
    ``about`` is the instant from which it counts.
    """

    id: int
    kind: str
    item: str
    event_on: date
    about: datetime
    author: Name | None
    source: str
    on: date | None = None
    value: float | None = None
    reason: str | None = None
    text: str | None = None
    document_number: str | None = None
    document_date: date | None = None
    link: str | None = None
    file_id: int | None = None
    file_name: str | None = None
    severity: int | None = None
    request_id: int | None = None
    dates: Mapping[str, date] | None = None
    is_correction: bool = False
    decision: str | None = None
    level: str | None = None


def chronicle(session: Session, project_id: int, at: datetime, item: str | None = None) -> list[Entry]:
    """What was entered about a project up to an instant, newest first; with ``item`` only what is about that one."""
    statement = (
        select(EntryRecord)
        .where(EntryRecord.project_id == project_id, EntryRecord.entered_at <= at)
        .order_by(EntryRecord.entered_at.desc(), EntryRecord.id.desc())
        .limit(LATEST)
    )
    if item is not None:
        statement = statement.where(EntryRecord.item == item)
    return [entry for _, entry in _entries(session, list(session.scalars(statement)), at)]


def chronicle_between(
    session: Session, project_ids: Sequence[int], since: datetime, until: datetime
) -> dict[int, list[Entry]]:
    """What was entered about some projects after an instant and up to another, by project id, newest first."""
    statement = (
        select(EntryRecord)
        .where(EntryRecord.project_id.in_(project_ids), EntryRecord.entered_at > since, EntryRecord.entered_at <= until)
        .order_by(EntryRecord.entered_at.desc(), EntryRecord.id.desc())
    )
    found: dict[int, list[Entry]] = {}
    for project_id, entry in _entries(session, list(session.scalars(statement)), until):
        found.setdefault(project_id, []).append(entry)
    return found


def _entries(session: Session, records: Sequence[EntryRecord], at: datetime) -> list[tuple[int, Entry]]:
    """Entries with their facts and authors as of an instant, each behind the id of its project."""
    authors = names_of_people(session, {record.entered_by for record in records})
    details = _details(session, {record.project_id for record in records}, [record.id for record in records], at)
    return [(record.project_id, _entry(record, authors, details.get(record.id, {}))) for record in records]


def _entry(record: EntryRecord, authors: Names, details: Mapping[str, Any]) -> Entry:
    plain = Entry(
        id=record.id,
        kind=record.kind,
        item=record.item,
        event_on=record.event_on,
        about=record.entered_at,
        author=authors.get(record.entered_by),
        source=record.source,
    )
    return replace(plain, **details)


def _details(
    session: Session, project_ids: Iterable[int], entries: list[int], at: datetime
) -> dict[int, dict[str, Any]]:
    """The fields that the facts of each entry fill, by entry id."""
    found: dict[int, dict[str, Any]] = {}
    of_project = select(EntryRecord.id).where(EntryRecord.project_id.in_(list(project_ids)))
    for statement in (*_statements(), _comments(at)):
        for row in session.execute(statement.where(statement.selected_columns.entry_id.in_(of_project))):
            fields = {name: value for name, value in row._mapping.items() if name != "entry_id" and value is not None}
            found.setdefault(row.entry_id, {}).update(fields)
    for row in session.execute(_NEW_DATES.where(BaselineDateRecord.entry_id.in_(entries))):
        fields = found.setdefault(row.entry_id, {})
        fields["dates"] = {**fields.get("dates", {}), row.code: row.due_on}
    for fields in found.values():
        asked = fields.pop("asked", None)
        if asked and "dates" not in fields:
            fields["dates"] = {code: date.fromisoformat(day) for code, day in asked.items()}
    return found


def _statements() -> list[Select[Any]]:
    return [
        select(
            ForecastRecord.entry_id,
            ForecastRecord.expected_on.label("on"),
            ForecastRecord.reason_id.label("reason"),
            ForecastRecord.text,
        ),
        select(
            ClaimRecord.entry_id,
            ClaimRecord.completed_on.label("on"),
            ClaimRecord.document_number,
            ClaimRecord.document_date,
            ClaimRecord.link,
            ClaimRecord.file_id,
            FileRecord.name.label("file_name"),
            ClaimRecord.text,
        ).outerjoin(FileRecord, FileRecord.id == ClaimRecord.file_id),
        select(
            EvidenceDecisionRecord.entry_id,
            EvidenceDecisionRecord.reason_id.label("reason"),
            EvidenceDecisionRecord.text,
        ),
        select(
            ReadingRecord.entry_id,
            ReadingRecord.period_end.label("on"),
            ReadingRecord.value,
            ReadingRecord.text,
            ReadingRecord.is_correction,
        ),
        select(
            PauseRecord.entry_id,
            PauseRecord.starts_on.label("on"),
            PauseRecord.reason_id.label("reason"),
            PauseRecord.text,
        ),
        select(AnswerRecord.entry_id, AnswerRecord.until.label("on"), AnswerRecord.text),
        select(
            ForecastConfirmationRecord.entry_id,
            ForecastConfirmationRecord.until.label("on"),
            ForecastConfirmationRecord.text,
        ),
        select(ReplyRecord.entry_id, ReplyRecord.text),
        select(ResumeRecord.entry_id, ResumeRecord.resumed_on.label("on")),
        select(
            CancellationRecord.entry_id,
            CancellationRecord.effective_on.label("on"),
            CancellationRecord.reason_id.label("reason"),
            CancellationRecord.text,
        ),
        select(
            OverrideRecord.entry_id, OverrideRecord.ends_on.label("on"), OverrideRecord.severity, OverrideRecord.text
        ),
        select(
            ChangeRequestRecord.entry_id,
            ChangeRequestRecord.id.label("request_id"),
            ChangeRequestRecord.reason_id.label("reason"),
            ChangeRequestRecord.text,
            ChangeRequestRecord.dates.label("asked"),
        ),
        select(ChangeRulingRecord.entry_id, ChangeRulingRecord.request_id, ChangeRulingRecord.text),
        select(
            CostReportRecord.entry_id, CostReportRecord.reported_on.label("on"), CostReportRecord.spent.label("value")
        ),
        select(IssueRecord.entry_id, IssueRecord.due_on.label("on"), IssueRecord.text),
        select(IssueClosingRecord.entry_id, IssueClosingRecord.closed_on.label("on"), IssueRecord.text).join(
            IssueRecord, IssueRecord.id == IssueClosingRecord.issue_id
        ),
        select(UpdateRecord.entry_id, UpdateRecord.view.label("severity"), UpdateRecord.text, UpdateRecord.decision),
        select(UpdateReplyRecord.entry_id, UpdateReplyRecord.question.label("text")),
        select(QuestionAnswerRecord.entry_id, QuestionAnswerRecord.text),
        select(DateConfirmationRecord.entry_id, DateConfirmationRecord.expected_on.label("on")),
        select(CuratorViewRecord.entry_id, CuratorViewRecord.view.label("severity"), CuratorViewRecord.text),
        select(ConfidenceRecord.entry_id, ConfidenceRecord.level, ConfidenceRecord.text),
    ]


def _comments(at: datetime) -> Select[Any]:
    """Comments that stand at an instant: the words of one that was taken back are not repeated."""
    withdrawn = aliased(EntryRecord)
    taken_back = (
        select(CommentWithdrawalRecord.comment_id)
        .join(withdrawn, withdrawn.id == CommentWithdrawalRecord.entry_id)
        .where(withdrawn.entered_at <= at)
    )
    statement = select(CommentRecord.entry_id, CommentRecord.text).where(CommentRecord.id.not_in(taken_back))
    return cast("Select[Any]", statement)
