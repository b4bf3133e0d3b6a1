"""A request for new baseline dates with what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.changes import ChangeRequestRecord, ChangeRulingRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.milestones import BaselineDateRecord, MilestoneRecord
from pmo.domain.access import Actor
from pmo.domain.decisions import FINAL_OUTCOMES
from pmo.domain.errors import NotFound
from pmo.queries.names import Name, names_of_people, reason_codes
from pmo.queries.project_page import visible_project


@dataclass(frozen=True, slots=True)
class WantedDate:
    """One milestone: the date of version 0, the one that stood when the request was made, and the wanted one."""

    milestone_id: int
    code: str
    name: Name
    original: date | None
    standing: date | None
    wanted: date

    @property
    def moved_days(self) -> int | None:
        """Calendar days from the standing to the wanted date."""
        return (self.wanted - self.standing).days if self.standing else None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody said: ``checked``, ``returned``, ``approved`` or ``refused``."""

    outcome: str
    on: date
    by: Name | None
    text: str | None


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """``state`` is ``waiting``, ``checked``, ``returned``, ``approved`` or ``refused``."""

    id: int
    project_id: int
    asked_on: date
    asked_by: Name | None
    reason: Name | None
    text: str | None
    dates: tuple[WantedDate, ...]
    rulings: tuple[Ruling, ...]

    @property
    def state(self) -> str:
        """Where the request stands."""
        said = [ruling.outcome for ruling in self.rulings]
        return next((outcome for outcome in said if outcome in FINAL_OUTCOMES), "checked" if said else "waiting")

    @property
    def is_open(self) -> bool:
        """Whether a ruling is still to come."""
        return self.state not in FINAL_OUTCOMES


def change_request(session: Session, actor: Actor, request_id: int) -> ChangeRequest:
    """A request of a project that the actor may see. Raises NotFound."""
    record = session.get(ChangeRequestRecord, request_id)
    if record is None:
        raise NotFound
    visible_project(session, actor, record.project_id)
    entry = session.get_one(EntryRecord, record.entry_id)
    rulings = session.execute(
        select(ChangeRulingRecord.outcome, EntryRecord.event_on, EntryRecord.entered_by, ChangeRulingRecord.text)
        .join(EntryRecord, EntryRecord.id == ChangeRulingRecord.entry_id)
        .where(ChangeRulingRecord.request_id == request_id)
        .order_by(ChangeRulingRecord.id)
    ).all()
    people = names_of_people(session, [entry.entered_by, *(row.entered_by for row in rulings)])
    return ChangeRequest(
        id=record.id,
        project_id=record.project_id,
        asked_on=entry.event_on,
        asked_by=people.get(entry.entered_by),
        reason=reason_codes(session).get(record.reason_id),
        text=record.text,
        dates=_dates(session, record),
        rulings=tuple(Ruling(row.outcome, row.event_on, people.get(row.entered_by), row.text) for row in rulings),
    )


def _dates(session: Session, record: ChangeRequestRecord) -> tuple[WantedDate, ...]:
    wanted = {code: date.fromisoformat(day) for code, day in record.dates.items()}
    milestones = session.scalars(
        select(MilestoneRecord)
        .where(MilestoneRecord.project_id == record.project_id, MilestoneRecord.code.in_(wanted))
        .order_by(MilestoneRecord.position, MilestoneRecord.id)
    ).all()
    before: dict[int, list[date]] = {}
    versions = (
        select(BaselineDateRecord.milestone_id, BaselineDateRecord.due_on)
        .join(EntryRecord, EntryRecord.id == BaselineDateRecord.entry_id)
        .where(
            BaselineDateRecord.milestone_id.in_([milestone.id for milestone in milestones]),
            BaselineDateRecord.change_id.is_(None) | (BaselineDateRecord.change_id < record.id),
        )
        .order_by(BaselineDateRecord.version > 0, EntryRecord.entered_at, BaselineDateRecord.version)
    )
    for row in session.execute(versions):
        before.setdefault(row.milestone_id, []).append(row.due_on)
    return tuple(
        WantedDate(
            milestone_id=milestone.id,
            code=milestone.code,
            name=Name.of(milestone),
            original=before[milestone.id][0] if milestone.id in before else None,
            standing=before[milestone.id][-1] if milestone.id in before else None,
            wanted=wanted[milestone.code],
        )
        for milestone in milestones
    )
