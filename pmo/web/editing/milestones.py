"""Milestones made and edited by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from pmo.db.session import alphabetical
from pmo.domain.access import Action
from pmo.i18n import gettext
from pmo.i18n.names import name_of
from pmo.queries.form_fields import milestone_fields
from pmo.queries.milestone_page import MilestonePage
from pmo.queries.names import evidence_types, milestone_types
from pmo.queries.people import people_of_city
from pmo.services.milestone_plans import MilestonePlan, create_milestone, edit_milestone
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, milestone_for, offered, project_for, saved
from pmo.web.context import runtime
from pmo.web.editing.conflicts import correction
from pmo.web.editing.forms import MilestoneForm
from pmo.web.editing.lines import as_link_lines

milestone_editing = Blueprint("milestone_editing", __name__)


@milestone_editing.route("/projects/<int:project_id>/milestones/new", methods=["GET", "POST"])
@needs(Action.VIEW)
def new(project_id: int) -> Answer:
    """A milestone with its first date."""
    page = project_for(project_id, Action.EDIT)
    form = MilestoneForm(code=f"{page.code}-M{len(page.milestones) + 1}", weight=1.0)
    _offer(form, page.city)
    others = [(line.facts.code, line.name) for line in page.milestones]
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                number = create_milestone(session, act(), project_id, _plan(form)).id
            return saved(gettext("The milestone is created."), url_for("milestones.show", milestone_id=number))
    return form_page("editing/milestone.html", form, page=page, is_new=True, others=others, conflict=None)


@milestone_editing.route("/milestones/<int:milestone_id>/edit", methods=["GET", "POST"])
@needs(Action.VIEW)
def edit(milestone_id: int) -> Answer:
    """A milestone is corrected; a date that stands is moved by a change request."""
    page = milestone_for(milestone_id, Action.EDIT)
    project = project_for(page.project_id, Action.EDIT)
    others = [(line.facts.code, line.name) for line in project.milestones if line.facts.id != milestone_id]
    standing = _standing(milestone_id, page)
    form = MilestoneForm(**standing)
    if standing["has_date"]:
        del form.due_on
    _offer(form, page.city)

    def save() -> Response:
        with runtime().writing() as session:
            edit_milestone(session, act(), milestone_id, _plan(form), form.opened_at_version)
        return saved(gettext("The milestone is saved."), url_for("milestones.show", milestone_id=milestone_id))

    return correction(form, standing, save, "editing/milestone.html", page=page, is_new=False, others=others)


def _standing(milestone_id: int, page: MilestonePage) -> dict[str, Any]:
    with runtime().reading() as session:
        fields = asdict(milestone_fields(session, milestone_id))
    return {**fields, "depends_on": as_link_lines(page.facts.predecessors)}


def _offer(form: MilestoneForm, city_id: str) -> None:
    with runtime().reading() as session:
        form.type_id.offer(offered(milestone_types(session)))
        form.evidence_type_id.offer(offered(evidence_types(session)))
        people = [(one.id, name_of(one)) for one in people_of_city(session, city_id)]
    form.performer_id.offer(sorted(people, key=lambda row: alphabetical(row[1])), gettext("The project manager"))


def _plan(form: MilestoneForm) -> MilestonePlan:
    names = ("code", "name_ru", "name_kk", "name_en", "type_id", "evidence_type_id", "performer_id", "weight")
    fields: dict[str, Any] = {name: form[name].data for name in (*names, "critical", "min_duration_wd")}
    due_on = form["due_on"].data if "due_on" in form else None
    return MilestonePlan(**fields, predecessors=form.depends_on.links, due_on=due_on)
