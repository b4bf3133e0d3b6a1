"""An act: who does something, as of when, through which door. Every change of a fact is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action, Actor, may
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.queries.visibility import scope_of
from pmo.services import audit, settlement
from pmo.services.revisions import Changes

# Every change begins with these: built once.
_PROJECT_OF_MILESTONE = select(MilestoneRecord.project_id).where(MilestoneRecord.id == bindparam("item"))
_PROJECT_OF_INDICATOR = select(IndicatorRecord.project_id).where(IndicatorRecord.id == bindparam("item"))
_LOCKED_PROJECT = (
    select(ProjectRecord)
    .where(ProjectRecord.id == bindparam("project"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class LogMark:
    """Identity and digest of an imported event, so that it enters once."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, at which instant it counts as entered, on which local day, and when it was written down.

    ``at`` decides what is known on a past date, ``recorded_at`` is the clock on the wall (PRODUCT 5, time of facts).
    """

    actor: Actor
    at: datetime
    on: date
    recorded_at: datetime
    source: str = "web"
    mark: LogMark | None = None

    @property
    def is_replayed(self) -> bool:
        """Whether it comes from a log, which may leave out what a form demands."""
        return self.source == "import"


def enter(
    session: Session,
    act: Act,
    project: ProjectRecord,
    kind: str,
    item: str,
    changes: Changes | None = None,
    /,
    **said: object,
) -> EntryRecord:
    """Writes the entry that a fact hangs on, tells the audit log what was said or changed, and marks the project for
    judgement. A fact replaces nothing, so only an edit has ``changes``."""
    entry = EntryRecord(
        project_id=project.id,
        kind=kind,
        item=item,
        event_on=act.on,
        entered_at=act.at,
        recorded_at=act.recorded_at,
        entered_by=act.actor.person or None,
        source=act.source,
        log_key=act.mark.key if act.mark else None,
        log_digest=act.mark.digest if act.mark else None,
    )
    session.add(entry)
    session.flush()
    settlement.touch(session, project.id)
    audit.note(
        session,
        at=act.recorded_at,
        actor=act.actor.person,
        action=kind,
        item=f"{project.city_id}/{item}",
        before=changes.before if changes else None,
        after={"entered_at": act.at, **said, **(changes.after if changes else {})},
    )
    return entry


def refuse_stranger(session: Session, city_id: str, person_id: str | None, field: str) -> None:
    """A post named in a plan belongs to the plan's city. Raises RuleBroken ``unknown_choice``."""
    if person_id is None:
        return
    if session.scalar(select(PersonRecord.city_id).where(PersonRecord.id == person_id)) != city_id:
        raise RuleBroken("unknown_choice", field)


def project_for(session: Session, actor: Actor, action: Action, project_id: int) -> ProjectRecord:
    """The project, if the actor may do this to it. Raises NotFound outside their sight, NotAllowed inside it.

    The project stays locked until the end of the transaction: two people who act on it at once do so one after the
    other, each seeing what the one before entered. (SQLite has one writer anyway.)
    """
    project = session.scalar(_LOCKED_PROJECT, {"project": project_id})
    if project is None:
        raise NotFound
    scope = scope_of(session, project.id)
    if not may(actor, Action.VIEW, scope):
        raise NotFound
    if not may(actor, action, scope):
        raise NotAllowed(action)
    return project


def milestone_for(
    session: Session, actor: Actor, action: Action, milestone_id: int
) -> tuple[MilestoneRecord, ProjectRecord]:
    """A milestone with its project, under the same rights; a post named as performer has its own on this one alone."""
    project_id = session.scalar(_PROJECT_OF_MILESTONE, {"item": milestone_id})
    if project_id is None:
        raise NotFound
    project = project_for(session, actor, Action.VIEW, project_id)
    milestone = session.get_one(MilestoneRecord, milestone_id, populate_existing=True)
    if not may(actor, action, scope_of(session, project_id).of_milestone(milestone.performer_id)):
        raise NotAllowed(action)
    return milestone, project


def indicator_for(
    session: Session, actor: Actor, action: Action, indicator_id: int
) -> tuple[IndicatorRecord, ProjectRecord]:
    """An indicator with its project, under the same rights."""
    project_id = session.scalar(_PROJECT_OF_INDICATOR, {"item": indicator_id})
    if project_id is None:
        raise NotFound
    project = project_for(session, actor, action, project_id)
    return session.get_one(IndicatorRecord, indicator_id, populate_existing=True), project
