"""Who answers for what in a city on a day, and what everything is called: read once for each run of a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentHeadRecord, DepartmentRecord
from pmo.db.models.people import AbsenceRecord, PersonRecord, RoleGrantRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Role as Post
from pmo.domain.alerts import Cast, ItemKind
from pmo.domain.recipients import Absence, Posts

Names = dict[str, str]
"""``{"ru", "kk", "en"}``."""

SENIOR_POSTS = (Post.AKIM, Post.DEPUTY_AKIM, Post.CHIEF_OF_STAFF)


@dataclass(frozen=True, slots=True)
class Item:
    """A milestone or an indicator by its code."""

    id: int
    kind: ItemKind
    names: Names
    performer: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A project with its people and items."""

    id: int
    code: str
    names: Names
    department: str
    department_names: Names
    owner: str | None
    manager: str | None
    curator: str | None
    items: dict[str, Item] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """A post that is in use."""

    id: str
    role: Post
    titles: Names


@dataclass(frozen=True, slots=True)
class Directory:
    """A city on a day. ``people`` are the active posts, ``absences`` those of the day."""

    city: str
    projects: Mapping[int, Entry]
    people: Mapping[str, Contact]
    absences: tuple[Absence, ...]

    def holders(self, post: Post) -> list[str]:
        """The active posts of a kind, in the order of their ids."""
        return sorted(person.id for person in self.people.values() if person.role is post)

    @property
    def seniors(self) -> frozenset[str]:
        """The akim, the deputies and the chief of staff."""
        return frozenset(person.id for person in self.people.values() if person.role in SENIOR_POSTS)

    def posts(self, project_id: int) -> Posts:
        """Who answers for a project; a post that is not in use counts as vacant."""
        entry = self.projects[project_id]
        return Posts(
            manager=self._in_use(entry.manager),
            owner=self._in_use(entry.owner),
            curator=self._in_use(entry.curator),
            chief_of_staff=self._first(Post.CHIEF_OF_STAFF),
            akim=self._first(Post.AKIM),
            pmo_analyst=self._first(Post.PMO_ANALYST),
            pmo_head=self._first(Post.PMO_HEAD),
            seniors=self.seniors,
        )

    def cast(self, project_id: int) -> Cast:
        """The posts with the performers of single milestones and the absences of the day."""
        items = self.projects[project_id].items
        performers = {
            code: item.performer
            for code, item in items.items()
            if item.performer is not None and item.performer in self.people
        }
        return Cast(self.posts(project_id), performers, self.absences)

    def _in_use(self, person: str | None) -> str | None:
        return person if person in self.people else None

    def _first(self, post: Post) -> str | None:
        return next(iter(self.holders(post)), None)


_PROJECTS = (
    select(
        ProjectRecord.id,
        ProjectRecord.code,
        ProjectRecord.name_ru,
        ProjectRecord.name_kk,
        ProjectRecord.name_en,
        ProjectRecord.department_id,
        DepartmentRecord.name_ru.label("department_ru"),
        DepartmentRecord.name_kk.label("department_kk"),
        DepartmentRecord.name_en.label("department_en"),
        ProjectRecord.owner_id,
        ProjectRecord.manager_id,
        ProjectRecord.curator_id,
        ProjectRecord.area_id,
        CuratorAreaRecord.holder_id,
    )
    .join(DepartmentRecord, DepartmentRecord.id == ProjectRecord.department_id)
    .join(CuratorAreaRecord, CuratorAreaRecord.id == ProjectRecord.area_id)
    .where(ProjectRecord.city_id == bindparam("city"))
    .order_by(ProjectRecord.code)
)
_MILESTONES = (
    select(
        MilestoneRecord.id,
        MilestoneRecord.project_id,
        MilestoneRecord.code,
        MilestoneRecord.name_ru,
        MilestoneRecord.name_kk,
        MilestoneRecord.name_en,
        MilestoneRecord.performer_id,
    )
    .join(ProjectRecord, ProjectRecord.id == MilestoneRecord.project_id)
    .where(ProjectRecord.city_id == bindparam("city"))
)
_INDICATORS = (
    select(
        IndicatorRecord.id,
        IndicatorRecord.project_id,
        IndicatorRecord.code,
        IndicatorRecord.name_ru,
        IndicatorRecord.name_kk,
        IndicatorRecord.name_en,
    )
    .join(ProjectRecord, ProjectRecord.id == IndicatorRecord.project_id)
    .where(ProjectRecord.city_id == bindparam("city"))
)
_PEOPLE = select(
    PersonRecord.id, PersonRecord.role, PersonRecord.title_ru, PersonRecord.title_kk, PersonRecord.title_en
).where(PersonRecord.city_id == bindparam("city"), PersonRecord.is_active)
_HEADS = (
    select(DepartmentHeadRecord.department_id, DepartmentHeadRecord.person_id)
    .join(DepartmentRecord, DepartmentRecord.id == DepartmentHeadRecord.department_id)
    .where(
        DepartmentRecord.city_id == bindparam("city"),
        DepartmentHeadRecord.valid_from <= bindparam("day"),
        or_(DepartmentHeadRecord.valid_until.is_(None), DepartmentHeadRecord.valid_until >= bindparam("day")),
    )
    .order_by(DepartmentHeadRecord.valid_from)
)
_ACTING = (
    select(RoleGrantRecord.person_id, RoleGrantRecord.department_id, RoleGrantRecord.area_id)
    .join(PersonRecord, PersonRecord.id == RoleGrantRecord.person_id)
    .where(
        PersonRecord.city_id == bindparam("city"),
        PersonRecord.is_active,
        RoleGrantRecord.role.in_([Post.DEPARTMENT_HEAD, Post.DEPUTY_AKIM, Post.CHIEF_OF_STAFF]),
        RoleGrantRecord.starts_on <= bindparam("day"),
        RoleGrantRecord.ends_on >= bindparam("day"),
        RoleGrantRecord.entered_at <= bindparam("moment"),
        or_(RoleGrantRecord.withdrawn_at.is_(None), RoleGrantRecord.withdrawn_at > bindparam("moment")),
    )
    .order_by(RoleGrantRecord.id)
)
_ABSENCES = (
    select(AbsenceRecord.person_id, AbsenceRecord.substitute_id, AbsenceRecord.starts_on, AbsenceRecord.ends_on)
    .join(PersonRecord, PersonRecord.id == AbsenceRecord.person_id)
    .where(
        PersonRecord.city_id == bindparam("city"),
        AbsenceRecord.starts_on <= bindparam("day"),
        AbsenceRecord.ends_on >= bindparam("day"),
        AbsenceRecord.entered_at <= bindparam("moment"),
        or_(AbsenceRecord.withdrawn_at.is_(None), AbsenceRecord.withdrawn_at > bindparam("moment")),
    )
    .order_by(AbsenceRecord.id)
)


def directory(session: Session, city: str, day: date, moment: datetime) -> Directory:
    """The directory of a city on a day; absences are those entered by ``moment``. Seven statements.

    Where a department or an area has no holder, who heads it for a time is told in the holder's place.
    """
    where = {"city": city}
    acting = session.execute(_ACTING, {"city": city, "day": day, "moment": moment}).all()
    acting_heads = {row.department_id: row.person_id for row in acting if row.department_id}
    acting_curators = {row.area_id: row.person_id for row in acting if row.area_id}
    heads = {row.department_id: row.person_id for row in session.execute(_HEADS, {"city": city, "day": day})}
    projects = {
        row.id: Entry(
            id=row.id,
            code=row.code,
            names=_names(row),
            department=row.department_id,
            department_names={"ru": row.department_ru, "kk": row.department_kk, "en": row.department_en},
            owner=row.owner_id or heads.get(row.department_id) or acting_heads.get(row.department_id),
            manager=row.manager_id,
            curator=row.curator_id or row.holder_id or acting_curators.get(row.area_id),
        )
        for row in session.execute(_PROJECTS, where)
    }
    for found in session.execute(_MILESTONES, where):
        item = Item(found.id, ItemKind.MILESTONE, _names(found), found.performer_id)
        projects[found.project_id].items[found.code] = item
    for told in session.execute(_INDICATORS, where):
        projects[told.project_id].items[told.code] = Item(told.id, ItemKind.INDICATOR, _names(told))
    people = {
        row.id: Contact(row.id, Post(row.role), {"ru": row.title_ru, "kk": row.title_kk, "en": row.title_en})
        for row in session.execute(_PEOPLE, where)
    }
    absences = tuple(Absence(*row) for row in session.execute(_ABSENCES, {"city": city, "day": day, "moment": moment}))
    return Directory(city, projects, people, absences)


def _names(row: object) -> Names:
    return {language: getattr(row, f"name_{language}") for language in ("ru", "kk", "en")}
