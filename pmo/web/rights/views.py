"""The table of rights as it is asked by every guard, and its answers for one person and one project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request

from pmo.db.session import Session, alphabetical
from pmo.domain.access import RIGHTS, Action, Actor, Grounds, ProjectScope, Role, Scope, grounds, may_in_city
from pmo.domain.errors import NotFound
from pmo.i18n.names import name_of
from pmo.queries.absences import Absence, absences_from
from pmo.queries.people import Person, actor_for, people_of_city
from pmo.queries.people import person as load_person
from pmo.queries.projects import NamedProject, projects_of_city
from pmo.queries.staff import Grant, grants_of
from pmo.queries.visibility import scope_of
from pmo.web.access import needs
from pmo.web.context import city, runtime, today

rights = Blueprint("rights", __name__)

TABLE: dict[Action, dict[Role, Scope | None]] = {
    action: {role: RIGHTS[role].get(action) for role in Role} for action in Action
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One person today: the post, roles for a time (now or later), whom they stand in for, who stands in for them and
    when, cities given."""

    person: Person
    actor: Actor
    grants: tuple[Grant, ...]
    acts_for: tuple[Person, ...]
    absences: tuple[Absence, ...]
    in_city: tuple[Action, ...]


@rights.get("/rights")
@needs(Action.SEE_RIGHTS)
def index() -> str:
    """The table; ``?person=`` opens one person, with ``&project=`` each right on one project and why."""
    with runtime().reading() as session:
        people = sorted(people_of_city(session, city().id), key=lambda one: alphabetical(str(name_of(one))))
        projects = projects_of_city(session, city().id)
        standing = _standing(session, request.args.get("person", ""), people, today())
        project = _project(request.args.get("project", ""), projects)
        scope = scope_of(session, project.id) if project else None
    return render_template(
        "rights/index.html",
        table=TABLE,
        roles=list(Role),
        people=people,
        projects=projects,
        standing=standing,
        project=project,
        answers=_answers(standing.actor, scope) if standing and scope else {},
        titles={one.id: one for one in people},
    )


def _standing(session: Session, person_id: str, people: list[Person], on: date) -> Standing | None:
    """The chosen person, who must be of the visitor's city. Raises NotFound."""
    if not person_id:
        return None
    found = next((one for one in people if one.id == person_id), None)
    actor = actor_for(session, person_id, on) if found else None
    if found is None or actor is None:
        raise NotFound
    acts_for = tuple(post for one in actor.acts_for if (post := load_person(session, one.person)))
    return Standing(
        person=found,
        actor=actor,
        grants=tuple(grants_of(session, found.id, on)),
        acts_for=acts_for,
        absences=tuple(absences_from(session, found.city.id, on, of=found.id)),
        in_city=tuple(one for one in Action if not one.is_about_a_project and may_in_city(actor, one, found.city.id)),
    )


def _project(text: str, projects: list[NamedProject]) -> NamedProject | None:
    """The chosen project of the visitor's city. Raises NotFound."""
    if not text:
        return None
    found = next((one for one in projects if str(one.id) == text), None)
    if found is None:
        raise NotFound
    return found


def _answers(actor: Actor, scope: ProjectScope) -> dict[Action, Grounds]:
    return {action: grounds(actor, action, scope) for action in Action if action.is_about_a_project}
