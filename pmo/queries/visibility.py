"""Which projects somebody may see, as a condition of SQL: the table of rights (``pmo.domain.access``) once more.

``open_to`` must say of every project what ``may(actor, Action.VIEW, scope)`` says; a test compares the two for all
posts and projects of the demonstration. Lists show what ``visible_to`` says: without projects of others that an
escalation brought.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, false, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import PERFORMING, RIGHTS, Action, Actor, ProjectScope, Scope
from pmo.domain.errors import NotFound
from pmo.domain.ladder import Rung


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on ``ProjectRecord`` under which the actor, or a post they stand in for, sees a project."""
    return permitted_to(actor, Action.VIEW)


def permitted_to(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition under which the actor may do something to a project."""
    ways = [_by_post(post, action) for post in (actor, *actor.others)]
    if action is Action.VIEW and actor.extra_cities:
        ways.append(ProjectRecord.city_id.in_(sorted(actor.extra_cities)))
    return or_(false(), *ways)


def open_to(actor: Actor) -> ColumnElement[bool]:
    """The same for the page of one project: whoever an escalation reached may open it, though no list shows it."""
    asked = _asked_to_look(AlertRecord.recipient_id.in_(posts_of(actor))).with_only_columns(AlertRecord.project_id)
    return or_(visible_to(actor), ProjectRecord.id.in_(asked))


def posts_of(actor: Actor) -> list[str]:
    """The actor's own post and those they stand in for today."""
    return [actor.person, *(post.person for post in actor.acts_for)]


def scopes_of(session: Session, project_ids: Sequence[int]) -> dict[int, ProjectScope]:
    """Where projects belong, by id: what rights hang on. Three statements."""
    performers: dict[int, set[str]] = {}
    wanted = {"projects": list(project_ids)}
    for project_id, performer in session.execute(_PERFORMERS, wanted):
        performers.setdefault(project_id, set()).add(performer or "")
    asked: dict[int, set[str]] = {}
    for project_id, person in session.execute(_ASKED, wanted):
        asked.setdefault(project_id, set()).add(person)
    return {
        row.id: ProjectScope(
            city=row.city_id,
            department=row.department_id,
            area=row.area_id,
            owner=row.owner_id,
            manager=row.manager_id,
            curator=row.curator_id,
            performers=frozenset(performers.get(row.id, ())),
            asked=frozenset(asked.get(row.id, ())),
        )
        for row in session.execute(_PLACES, wanted)
    }


def scope_of(session: Session, project_id: int) -> ProjectScope:
    """Where one project belongs. Raises NotFound."""
    found = scopes_of(session, [project_id])
    if project_id not in found:
        raise NotFound
    return found[project_id]


def _asked_to_look(where: ColumnElement[bool]) -> Select[int, str]:
    """Who was told of a missing recovery plan: the chief of staff, who has no part in the project otherwise."""
    statement = select(AlertRecord.project_id, AlertRecord.recipient_id)
    return statement.where(AlertRecord.rung == Rung.PLAN_MISSING.value, where)


# What rights hang on is asked for with every change: built once. Parameter ``projects``.
_WANTED: BindParameter[Sequence[int]] = bindparam("projects", expanding=True)
_PERFORMERS = select(MilestoneRecord.project_id, MilestoneRecord.performer_id).where(
    MilestoneRecord.project_id.in_(_WANTED), MilestoneRecord.performer_id.is_not(None)
)
_ASKED = _asked_to_look(AlertRecord.project_id.in_(_WANTED))
_PLACES = select(
    ProjectRecord.id,
    ProjectRecord.city_id,
    ProjectRecord.department_id,
    ProjectRecord.area_id,
    ProjectRecord.owner_id,
    ProjectRecord.manager_id,
    ProjectRecord.curator_id,
).where(ProjectRecord.id.in_(_WANTED))


def _by_post(post: Actor, action: Action) -> ColumnElement[bool]:
    scope = RIGHTS[post.role].get(action)
    project = ProjectRecord
    in_city = project.city_id == post.city
    performs: ColumnElement[bool] = project.id.in_(
        select(MilestoneRecord.project_id).where(MilestoneRecord.performer_id == post.person)
    )
    if scope is None:
        return in_city & performs if action in PERFORMING else false()
    if scope is Scope.CITY:
        return in_city
    managed = or_(project.manager_id == post.person, performs)
    if scope is Scope.OWN:
        return in_city & managed
    own = or_(managed, project.owner_id == post.person, project.curator_id == post.person)
    if scope is Scope.AREA:
        return in_city & or_(own, project.area_id.in_(sorted(post.areas)))
    return in_city & or_(own, project.department_id == post.department if post.department else false())
