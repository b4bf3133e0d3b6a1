"""Projects made and edited by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from pmo.db.session import alphabetical
from pmo.domain.access import Action, may_in_city
from pmo.domain.errors import NotAllowed
from pmo.i18n import gettext
from pmo.i18n.names import name_of
from pmo.queries.form_fields import places_of, project_fields
from pmo.queries.names import priorities, sectors
from pmo.queries.people import people_of_city
from pmo.services.projects import ProjectPlan, create_project, edit_project
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, offered, project_for, saved
from pmo.web.context import actor, city, runtime, today
from pmo.web.editing.conflicts import correction
from pmo.web.editing.forms import ProjectForm

project_editing = Blueprint("project_editing", __name__)


@project_editing.route("/projects/new", methods=["GET", "POST"])
@needs(Action.CREATE_PROJECT)
def new() -> Answer:
    """A project of the visitor's city, tracked from today."""
    if not may_in_city(actor(), Action.CREATE_PROJECT, city().id):
        raise NotAllowed(Action.CREATE_PROJECT.value)
    form = ProjectForm(weight=1.0, start_on=today())
    offer_choices(form, city().id)
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                number = create_project(session, act(), city().id, plan_of(form)).id
            return saved(gettext("The project is created."), url_for("projects.show", project_id=number))
    return form_page("editing/project.html", form, page=None, conflict=None)


@project_editing.route("/projects/<int:project_id>/edit", methods=["GET", "POST"])
@needs(Action.VIEW)
def edit(project_id: int) -> Answer:
    """A project is corrected, or handed over."""
    page = project_for(project_id, Action.EDIT)
    with runtime().reading() as session:
        standing = asdict(project_fields(session, project_id))
    form = ProjectForm(**standing)
    offer_choices(form, page.city)

    def save() -> Response:
        with runtime().writing() as session:
            edit_project(session, act(), project_id, plan_of(form), form.opened_at_version)
        return saved(gettext("The project is saved."), url_for("projects.show", project_id=project_id))

    return correction(form, standing, save, "editing/project.html", page=page)


def offer_choices(form: ProjectForm, city_id: str) -> None:
    """What a project of a city can be chosen from."""
    with runtime().reading() as session:
        places = places_of(session, city_id, today())
        people = sorted(
            ((one.id, name_of(one)) for one in people_of_city(session, city_id)), key=lambda row: alphabetical(row[1])
        )
        form.sector_id.offer(offered(sectors(session)))
        form.priority_id.offer(offered(priorities(session)))
    form.department_id.offer(offered(places.departments))
    form.area_id.offer(offered(places.areas))
    form.districts.offer(offered(places.districts))
    for field in (form.curator_id, form.owner_id, form.manager_id):
        field.offer(people, gettext("Vacant"))


def plan_of(form: ProjectForm) -> ProjectPlan:
    """The project that a form found complete describes."""
    fields: dict[str, Any] = {
        name: form[name].data for name in ProjectPlan.__slots__ if name in form and name not in ("districts",)
    }
    return ProjectPlan(**fields, districts=tuple(form.districts.data or ()))
