"""Projects, milestones and open alerts pass from one post to another; whoever decided it has been asked for the right.

Nothing is rewritten in silence: each project and milestone gets an entry with a revision, so that a page of an earlier
day shows who answered for it then (decision 11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.milestones import DependencyRecord, MilestoneRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.domain.alerts import AlertState
from pmo.domain.milestone import Dependency
from pmo.domain.recipients import Channel, Role
from pmo.services import audit
from pmo.services.acts import Act, enter
from pmo.services.milestone_plans import revision_of_milestone
from pmo.services.projects import revision_of_project
from pmo.services.revisions import Changes

HANDED_OVER = "handed_over"
"""The entry of a project or milestone, and the note of an alert, that came from somebody else."""


def open_alerts() -> ColumnElement[bool]:
    """The condition on ``AlertRecord`` of what still asks somebody for something."""
    return AlertRecord.ended_at.is_(None) & (AlertRecord.state != AlertState.LAPSED.value)


def lock_projects_where(session: Session, condition: ColumnElement[bool]) -> list[ProjectRecord]:
    """Projects in the order of their ids, locked until the end of the transaction."""
    return list(
        session.scalars(
            select(ProjectRecord)
            .where(condition)
            .order_by(ProjectRecord.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def hand_over_project(session: Session, act: Act, project: ProjectRecord, changes: Mapping[str, object]) -> None:
    """Sets columns of a project (``manager_id``, ``department_id`` …); without a difference it does nothing."""
    changed = {name: value for name, value in changes.items() if getattr(project, name) != value}
    if not changed:
        return
    before = {name: getattr(project, name) for name in changed}
    for name, value in changed.items():
        setattr(project, name, value)
    project.version += 1
    entry = enter(session, act, project, HANDED_OVER, project.code, Changes(before, changed))
    district = ProjectDistrictRecord
    districts = session.scalars(select(district.district_id).where(district.project_id == project.id))
    session.add(revision_of_project(entry.id, project, districts))
    session.flush()


def hand_over_milestone(session: Session, act: Act, milestone: MilestoneRecord, performer: str) -> None:
    """Another post performs a milestone."""
    project = session.get_one(ProjectRecord, milestone.project_id)
    before = {"performer_id": milestone.performer_id}
    milestone.performer_id = performer
    milestone.version += 1
    entry = enter(session, act, project, HANDED_OVER, milestone.code, Changes(before, {"performer_id": performer}))
    session.add(revision_of_milestone(entry.id, milestone, _links(session, milestone.id)))
    session.flush()


def pass_alerts(session: Session, act: Act, alerts: Iterable[AlertRecord], successor: str) -> int:
    """Open alerts go to a successor: theirs is a new row, the old one is closed. Returns how many went.

    The new row keeps when the rung was told, so that the ladder goes on where it stood, and waits for the successor's
    next digest (a senior's list). What the successor was told already is not told again.
    """
    passed = []
    for alert in alerts:
        if alert.recipient_id == successor:
            continue
        alert.ended_at = act.at
        if alert.state != AlertState.FAILED.value:
            alert.state = AlertState.CLOSED.value
        passed.append(alert)
        if not _knows(session, alert, successor):
            session.add(_handed_over(alert, successor, act))
    session.flush()
    if passed:
        audit.note(
            session,
            at=act.recorded_at,
            actor=act.actor.person,
            action="alerts_handed_over",
            item=f"{passed[0].city_id}/{successor}",
            before={"alerts": {str(alert.id): alert.recipient_id for alert in passed}},
            after={"recipient": successor},
        )
    return len(passed)


def _handed_over(alert: AlertRecord, successor: str, act: Act) -> AlertRecord:
    kept = ("city_id", "project_id", "item", "baseline_version", "ladder_run", "rung", "period", "role", "raised_on")
    listed = Role(alert.role).is_listed
    return AlertRecord(
        **{name: getattr(alert, name) for name in (*kept, "sent_at", "facts", "rule_set")},
        recipient_id=successor,
        channel=(Channel.LIST if listed else Channel.DIGEST).value,
        note=HANDED_OVER,
        state=AlertState.SCHEDULED.value,
        raised_at=act.at,
    )


def _knows(session: Session, alert: AlertRecord, person: str) -> bool:
    same = (
        getattr(AlertRecord, name) == getattr(alert, name)
        for name in ("city_id", "item", "baseline_version", "ladder_run", "rung", "period")
    )
    return session.scalar(select(AlertRecord.id).where(*same, AlertRecord.recipient_id == person)) is not None


def _links(session: Session, milestone_id: int) -> list[Dependency]:
    statement = (
        select(MilestoneRecord.code, DependencyRecord.type, DependencyRecord.lag_wd)
        .join(MilestoneRecord, MilestoneRecord.id == DependencyRecord.predecessor_id)
        .where(DependencyRecord.milestone_id == milestone_id)
        .order_by(MilestoneRecord.code)
    )
    return [Dependency(row.code, row.type, row.lag_wd) for row in session.execute(statement)]
