"""What hangs on a post: everything that somebody else must take over before it can be closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentHeadRecord, DepartmentRecord
from pmo.db.models.people import AbsenceRecord, PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import HEADING, Role
from pmo.domain.alerts import AlertState
from pmo.queries.names import Name


class Duty(StrEnum):
    """In which way something hangs on a post."""

    MANAGES = "manages"
    PERFORMS = "performs"
    OWNS = "owns"
    CURATES = "curates"
    HEADS = "heads"
    HOLDS_AREA = "holds_area"
    SUBSTITUTES = "substitutes"
    TOLD = "told"


SUITABLE: dict[Duty, frozenset[Role]] = {
    Duty.MANAGES: frozenset({Role.PROJECT_MANAGER, Role.DEPARTMENT_HEAD}),
    Duty.PERFORMS: frozenset({Role.PROJECT_MANAGER, Role.DEPARTMENT_HEAD}),
    Duty.OWNS: HEADING,
    Duty.CURATES: frozenset({Role.DEPUTY_AKIM, Role.CHIEF_OF_STAFF}),
    Duty.HEADS: HEADING,
    Duty.HOLDS_AREA: frozenset({Role.DEPUTY_AKIM, Role.CHIEF_OF_STAFF}),
    Duty.SUBSTITUTES: frozenset(Role),
    Duty.TOLD: frozenset(Role) - {Role.OBSERVER, Role.ADMINISTRATOR},
}
"""Posts that can take a duty over: those whose rights let them do it (DOMAIN 3.0)."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """One thing: its code where it has one, and its name. ``project_id`` where it is or belongs to a project."""

    code: str
    name: Name
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class Belongings:
    """Everything that hangs on a post, by duty; ``own_absences`` end with the post and need nobody."""

    by_duty: dict[Duty, list[Belonging]]
    own_absences: int = 0
    suitable: dict[Duty, list[str]] = field(default_factory=dict)

    @property
    def duties(self) -> list[Duty]:
        """The duties that something hangs on."""
        return [duty for duty in Duty if self.by_duty.get(duty)]


PROJECT_COLUMNS = {
    Duty.MANAGES: ProjectRecord.manager_id,
    Duty.OWNS: ProjectRecord.owner_id,
    Duty.CURATES: ProjectRecord.curator_id,
}


def belongings_of(session: Session, person: PersonRecord, day: date) -> Belongings:
    """What hangs on a post on a day, and which posts of the city can take each duty over."""
    found = {duty: _projects(session, column == person.id) for duty, column in PROJECT_COLUMNS.items()}
    found[Duty.PERFORMS] = _named_rows(session, MilestoneRecord, MilestoneRecord.performer_id == person.id)
    found[Duty.HEADS] = _headed(session, person.id)
    found[Duty.HOLDS_AREA] = _places(session, CuratorAreaRecord, CuratorAreaRecord.holder_id == person.id)
    found[Duty.SUBSTITUTES] = _absences(session, standing_absence(day) & (AbsenceRecord.substitute_id == person.id))
    found[Duty.TOLD] = _alerts(session, person.id)
    own = len(_absences(session, standing_absence(day) & (AbsenceRecord.person_id == person.id)))
    return Belongings(found, own, suitable_successors(session, person))


def suitable_successors(session: Session, person: PersonRecord) -> dict[Duty, list[str]]:
    """Active posts of the same city, without the one that goes, by the duty they can take over."""
    statement = select(PersonRecord.id, PersonRecord.role).where(
        PersonRecord.city_id == person.city_id, PersonRecord.is_active, PersonRecord.id != person.id
    )
    posts = session.execute(statement.order_by(PersonRecord.id)).all()
    return {duty: [row.id for row in posts if Role(row.role) in roles] for duty, roles in SUITABLE.items()}


def standing_absence(day: date) -> ColumnElement[bool]:
    """The condition on ``AbsenceRecord`` of one that was not taken back and is not over before the day."""
    return AbsenceRecord.withdrawn_at.is_(None) & (AbsenceRecord.ends_on >= day)


def _projects(session: Session, condition: ColumnElement[bool]) -> list[Belonging]:
    project = ProjectRecord
    statement = select(project.id, project.code, project.name_ru, project.name_kk, project.name_en)
    rows = session.execute(statement.where(condition).order_by(project.code))
    return [Belonging(row.code, Name.of(row), row.id) for row in rows]


def _named_rows(session: Session, record: type[MilestoneRecord], condition: ColumnElement[bool]) -> list[Belonging]:
    statement = select(record.project_id, record.code, record.name_ru, record.name_kk, record.name_en)
    rows = session.execute(statement.where(condition).order_by(record.code))
    return [Belonging(row.code, Name.of(row), row.project_id) for row in rows]


def _places(
    session: Session, record: type[CuratorAreaRecord] | type[DepartmentRecord], condition: ColumnElement[bool]
) -> list[Belonging]:
    statement = select(record.id, record.name_ru, record.name_kk, record.name_en)
    rows = session.execute(statement.where(condition).order_by(record.id))
    return [Belonging(row.id, Name.of(row)) for row in rows]


def _headed(session: Session, person: str) -> list[Belonging]:
    led = select(DepartmentHeadRecord.department_id).where(
        DepartmentHeadRecord.person_id == person, DepartmentHeadRecord.valid_until.is_(None)
    )
    return _places(session, DepartmentRecord, DepartmentRecord.id.in_(led))


def _absences(session: Session, condition: ColumnElement[bool]) -> list[Belonging]:
    person = PersonRecord
    statement = (
        select(person.id, person.title_ru, person.title_kk, person.title_en)
        .join(AbsenceRecord, AbsenceRecord.person_id == person.id)
        .where(condition)
        .order_by(AbsenceRecord.starts_on)
    )
    return [Belonging("", Name(row.title_ru, row.title_kk, row.title_en)) for row in session.execute(statement)]


def _alerts(session: Session, person: str) -> list[Belonging]:
    alert, project = AlertRecord, ProjectRecord
    rows = session.execute(
        select(alert.item, project.id, project.name_ru, project.name_kk, project.name_en)
        .join(project, project.id == alert.project_id)
        .where(alert.recipient_id == person, alert.ended_at.is_(None), alert.state != AlertState.LAPSED.value)
        .group_by(alert.item, project.id, project.name_ru, project.name_kk, project.name_en)
        .order_by(alert.item)
    )
    return [Belonging(row.item, Name.of(row), row.id) for row in rows]
