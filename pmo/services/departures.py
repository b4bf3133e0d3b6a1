"""A post is closed, with everything that hangs on it handed over, or opened again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentHeadRecord
from pmo.db.models.people import AbsenceRecord, PersonRecord, RoleGrantRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action, Role
from pmo.domain.calendar import ONE_DAY
from pmo.domain.errors import RuleBroken
from pmo.queries.belongings import PROJECT_COLUMNS, Duty, belongings_of, standing_absence
from pmo.services.access_tokens import revoke_tokens
from pmo.services.acts import Act
from pmo.services.administration import demand_in_city, note, own
from pmo.services.areas import give_area
from pmo.services.handing_over import (
    hand_over_milestone,
    hand_over_project,
    lock_projects_where,
    open_alerts,
    pass_alerts,
)
from pmo.services.staff import other_administrators
from pmo.services.user_sessions import end_sessions

Successors = Mapping[Duty, str | None]


def close_post(session: Session, act: Act, person: str, successors: Successors) -> None:
    """Nobody signs in with the post any more; each duty that something hangs on goes to its successor.

    What came since the form was opened is handed over too, or refused where its duty has no successor: nothing is
    orphaned. Closing twice is closing once. Raises NotFound, NotAllowed; RuleBroken ``own_post``,
    ``last_administrator``, ``successor_missing`` and ``unsuitable_successor`` with the duty as the field.
    """
    demand_in_city(act.actor, Action.MANAGE_PEOPLE, act.actor.city)
    record = own(session, act, PersonRecord, person)
    if not record.is_active:
        return
    if person == act.actor.person:
        raise RuleBroken("own_post")
    if record.role == Role.ADMINISTRATOR.value and not other_administrators(session, record):
        raise RuleBroken("last_administrator")
    projects = lock_projects_where(
        session,
        ProjectRecord.id.in_(select(MilestoneRecord.project_id).where(MilestoneRecord.performer_id == person))
        | (ProjectRecord.manager_id == person)
        | (ProjectRecord.owner_id == person)
        | (ProjectRecord.curator_id == person),
    )
    taken = _checked(session, act, record, successors)
    after: dict[str, object] = {"is_active": False, **{duty.value: successor for duty, successor in taken.items()}}
    note(session, act, "post_closed", f"people/{person}", {"is_active": True}, after)
    for project in projects:
        changes = {
            column.key: taken[duty]
            for duty, column in PROJECT_COLUMNS.items()
            if getattr(project, column.key) == person
        }
        hand_over_project(session, act, project, changes)
    for milestone in session.scalars(select(MilestoneRecord).where(MilestoneRecord.performer_id == person)):
        hand_over_milestone(session, act, milestone, taken[Duty.PERFORMS])
    for area in session.scalars(select(CuratorAreaRecord.id).where(CuratorAreaRecord.holder_id == person)).all():
        give_area(session, act, area, taken[Duty.HOLDS_AREA])
    _hand_over_departments(session, act, person, taken.get(Duty.HEADS))
    alerts = select(AlertRecord).where(open_alerts(), AlertRecord.recipient_id == person)
    if left := list(session.scalars(alerts)):
        pass_alerts(session, act, left, taken[Duty.TOLD])
    _end_absences(session, act, person, taken.get(Duty.SUBSTITUTES))
    revoke_tokens(session, person, act.actor.person, act.recorded_at)
    end_sessions(session, person, act.actor.person, act.recorded_at)
    record.is_active = False
    record.version += 1
    session.flush()


def open_post_again(session: Session, act: Act, person: str) -> None:
    """A closed post is in use again; what was handed over stays where it is. Twice is once."""
    demand_in_city(act.actor, Action.MANAGE_PEOPLE, act.actor.city)
    record = own(session, act, PersonRecord, person)
    if record.is_active:
        return
    record.is_active = True
    record.version += 1
    session.flush()
    note(session, act, "post_opened_again", f"people/{person}", {"is_active": False}, {"is_active": True})


def _checked(session: Session, act: Act, record: PersonRecord, successors: Successors) -> dict[Duty, str]:
    """The successor of each duty that something hangs on."""
    found = belongings_of(session, record, act.on)
    taken: dict[Duty, str] = {}
    for duty in found.duties:
        successor = successors.get(duty)
        if successor is None:
            raise RuleBroken("successor_missing", duty.value)
        if successor not in found.suitable[duty]:
            raise RuleBroken("unsuitable_successor", duty.value)
        taken[duty] = successor
    return taken


def _hand_over_departments(session: Session, act: Act, person: str, successor: str | None) -> None:
    led = select(DepartmentHeadRecord).where(
        DepartmentHeadRecord.person_id == person, DepartmentHeadRecord.valid_until.is_(None)
    )
    for head in session.scalars(led).all():
        if successor is not None:
            replace_head(session, act, head, successor)


def replace_head(session: Session, act: Act, head: DepartmentHeadRecord, successor: str) -> None:
    """Another post heads a department from today; one that began today is replaced as if it had never been."""
    note(
        session,
        act,
        "head_appointed",
        f"departments/{head.department_id}",
        {"head": head.person_id},
        {"head": successor, "since": act.on},
    )
    department = head.department_id
    if head.valid_from >= act.on:
        session.delete(head)
    else:
        head.valid_until = act.on - ONE_DAY
    session.add(DepartmentHeadRecord(department_id=department, person_id=successor, valid_from=act.on))
    session.flush()


def _end_absences(session: Session, act: Act, person: str, successor: str | None) -> None:
    """Own absences and roles for a time end with the post; who is absent gets another substitute."""
    own_ones = AbsenceRecord.person_id == person
    session.execute(update(AbsenceRecord).where(own_ones, standing_absence(act.on)).values(withdrawn_at=act.at))
    for absence in session.scalars(
        select(AbsenceRecord).where(standing_absence(act.on), AbsenceRecord.substitute_id == person)
    ).all():
        absence.withdrawn_at = act.at
        if successor is not None and successor != absence.person_id:
            session.add(
                AbsenceRecord(
                    person_id=absence.person_id,
                    substitute_id=successor,
                    starts_on=max(absence.starts_on, act.on),
                    ends_on=absence.ends_on,
                    entered_at=act.at,
                    entered_by=act.actor.person,
                )
            )
    grants = RoleGrantRecord.person_id == person
    session.execute(
        update(RoleGrantRecord).where(grants, RoleGrantRecord.withdrawn_at.is_(None)).values(withdrawn_at=act.at)
    )
