"""A project made from a template: the plan is shown with its dates and corrected, then everything is saved at once."""

from __future__ import annotations

from flask import request, url_for

from pmo.domain.access import Action
from pmo.domain.errors import Conflict, RuleBroken
from pmo.i18n import gettext
from pmo.queries.calendar import working_calendar
from pmo.queries.names import units
from pmo.queries.templates import TemplatePage
from pmo.services.project_from_template import (
    Filled,
    PlanRefused,
    create_project_from_template,
    faults_of_items,
)
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, saved
from pmo.web.context import city, runtime, today
from pmo.web.editing.conflicts import overwrite_next
from pmo.web.editing.projects import offer_choices, plan_of
from pmo.web.project_templates.plan_form import PlanForm, fields_of, plan_form
from pmo.web.project_templates.views import ROOT, page_of, project_templates

PREVIEW = "preview"
"""The button that computes the dates again and saves nothing."""


@project_templates.route(f"{ROOT}/<int:template_id>/project", methods=["GET", "POST"])
@needs(Action.CREATE_PROJECT)
def project(template_id: int) -> Answer:
    """The plan of a new project: computed, corrected, saved."""
    page = page_of(template_id)
    if page.line.is_withdrawn:
        raise RuleBroken("template_withdrawn", None, template=page.line.code)
    form = _form_of(page)
    if request.method == "GET":
        return _shown(form, page, None, 200)
    if PREVIEW in request.form:
        form.show_unreadable()
        return _shown(form, page, None, None)
    is_sound = form.validate_on_submit()
    if form.opened_at_version != page.line.version:
        return _changed(page)
    if form.start_was_moved:
        told = gettext(
            "The start was moved: the dates that nobody changed are computed anew. Look at them, then create."
        )
        return _shown(form, page, told, None)
    values = form.values()
    if not is_sound or form.error_list:
        form.show(faults_of_items(page.line.template, form.dates, values))
        return _page(form, page, None)
    filled = Filled(plan_of(form), form.dates, values)
    try:
        with form.answering():
            with runtime().writing() as session:
                made = create_project_from_template(session, act(), template_id, form.opened_at_version, filled).id
            return saved(gettext("The project is created."), url_for("projects.show", project_id=made))
    except PlanRefused as refused:
        form.show(refused.faults)
    except Conflict:
        return _changed(page_of(template_id))
    return _page(form, page, None)


def _form_of(page: TemplatePage) -> PlanForm:
    template = page.line.template
    form = plan_form(
        template,
        version=page.line.version,
        sector_id=template.sector_id,
        priority_id=template.priority_id,
        start_on=today(),
        weight=1.0,
    )
    offer_choices(form, city().id)
    return form


def _changed(page: TemplatePage) -> tuple[str, int]:
    """Somebody saved the template since the page was opened: its plan as it is now, with everything typed."""
    form = _form_of(page)
    form.show_unreadable()
    overwrite_next(form, page.line.version)
    told = gettext(
        "Somebody saved the template since you opened this page. This is its plan now; what you typed stands."
    )
    return _shown(form, page, told, 409)


def _shown(form: PlanForm, page: TemplatePage, told: str | None, status: int | None) -> tuple[str, int]:
    """The page with every date that nobody changed computed for the start that stands in the form."""
    with runtime().reading() as session:
        calendar = working_calendar(session, city().id)
    computed = False
    with form.answering():
        form.propose(calendar)
        computed = True
    html, own = _page(form, page, told if computed or status == 409 else None)
    return html, status or own


def _page(form: PlanForm, page: TemplatePage, told: str | None) -> tuple[str, int]:
    with runtime().reading() as session:
        words = units(session)
    return form_page("project_templates/project.html", form, page=page, told=told, units=words, fields_of=fields_of)
