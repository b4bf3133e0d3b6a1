"""Where every project stands now, as a dry replay of a log starts from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import EvidenceTypeRecord, ReasonCodeRecord
from pmo.db.models.changes import ChangeRequestRecord, ChangeRulingRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import ProjectScope
from pmo.domain.decisions import FINAL_OUTCOMES
from pmo.domain.milestone import Milestone, Pause
from pmo.domain.project import Project
from pmo.exchange.event_replay import Ground, MilestoneState, ProjectState
from pmo.queries.calendar import working_calendar
from pmo.queries.history import project_histories
from pmo.queries.import_state import authors
from pmo.queries.rules import CITY_RULES


def ground_of_replay(session: Session) -> Ground:
    """Everything that a log is held against."""
    records = {record.id: record for record in session.scalars(select(ProjectRecord))}
    pending = _projects_with_open_requests(session)
    cities = {record.city_id for record in records.values()}
    projects: dict[str, dict[str, ProjectState]] = defaultdict(dict)
    for number, history in project_histories(session).items():
        record = records[number]
        projects[record.code][record.city_id] = _state(history, record, number in pending)
    entered = select(EntryRecord.log_key, EntryRecord.log_digest).where(EntryRecord.log_key.is_not(None))
    return Ground(
        projects=projects,
        calendars={city: working_calendar(session, city) for city in cities},
        authors=authors(session),
        evidence_types=frozenset(session.scalars(select(EvidenceTypeRecord.id))),
        reason_codes=frozenset(session.scalars(select(ReasonCodeRecord.id))),
        books={city: CITY_RULES.book(session, city) for city in cities},
        entered={row.log_key: row.log_digest for row in session.execute(entered)},
    )


def scope_of_record(record: ProjectRecord) -> ProjectScope:
    """Where a project belongs, its performers left out: they enter nothing in a log."""
    return ProjectScope(
        city=record.city_id,
        department=record.department_id,
        area=record.area_id,
        owner=record.owner_id,
        manager=record.manager_id,
        curator=record.curator_id,
    )


def _state(history: Project, record: ProjectRecord, change_pending: bool) -> ProjectState:
    return ProjectState(
        code=record.code,
        city=record.city_id,
        tracked_since=record.tracked_since,
        scope=scope_of_record(record),
        milestones={milestone.code: _milestone_state(milestone) for milestone in history.milestones},
        indicators={indicator.code: indicator.frequency for indicator in history.indicators},
        paused_from=_open_pause(history.pauses),
        resumed_on=_last_resume(history.pauses),
        cancelled_on=history.cancellation.effective_on if history.cancellation else None,
        change_pending=change_pending,
    )


def _milestone_state(milestone: Milestone) -> MilestoneState:
    return MilestoneState(
        due_on=milestone.baseline.due_on if milestone.baseline else None,
        is_done=milestone.accepted_claim is not None,
        is_claimed=milestone.open_claim is not None,
        paused_from=_open_pause(milestone.pauses),
        resumed_on=_last_resume(milestone.pauses),
        cancelled_on=milestone.cancellation.effective_on if milestone.cancellation else None,
    )


def _open_pause(pauses: Iterable[Pause]) -> date | None:
    return next((pause.starts_on for pause in pauses if pause.resumed_on is None), None)


def _last_resume(pauses: Iterable[Pause]) -> date | None:
    return max((pause.resumed_on for pause in pauses if pause.resumed_on), default=None)


def _projects_with_open_requests(session: Session) -> set[int]:
    decided = select(ChangeRulingRecord.request_id).where(ChangeRulingRecord.outcome.in_(FINAL_OUTCOMES))
    return set(session.scalars(select(ChangeRequestRecord.project_id).where(ChangeRequestRecord.id.not_in(decided))))
