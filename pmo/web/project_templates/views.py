"""The templates of a city: listed, shown, made empty or from a project, edited, withdrawn."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Action, may_in_city
from pmo.domain.errors import NotAllowed
from pmo.domain.template import Template
from pmo.i18n import LANGUAGES, gettext, ngettext
from pmo.queries.names import Name, evidence_types, milestone_types, priorities, sectors, units
from pmo.queries.row_numbers import row_number_or_zero
from pmo.queries.templates import TemplatePage, template_page, templates_of
from pmo.services.templates import (
    TemplateHead,
    add_examples,
    create_template,
    edit_template,
    offer_template_again,
    template_from_project,
    withdraw_template,
)
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, offered, project_for, saved
from pmo.web.context import actor, city, runtime
from pmo.web.editing.conflicts import correction
from pmo.web.project_templates.forms import FromProjectForm, TemplateForm

project_templates = Blueprint("project_templates", __name__)

ROOT = "/administration/templates"


def page_of(template_id: int) -> TemplatePage:
    """A template of the visitor's city. Raises NotFound, NotAllowed."""
    demand_right()
    with runtime().reading() as session:
        return template_page(session, city().id, template_id)


def demand_right() -> None:
    """Who may create projects in the city looks after its templates. Raises NotAllowed."""
    if not may_in_city(actor(), Action.CREATE_PROJECT, city().id):
        raise NotAllowed(Action.CREATE_PROJECT.value)


@project_templates.get(ROOT)
@needs(Action.CREATE_PROJECT)
def index() -> str:
    """The templates of the visitor's city."""
    demand_right()
    with runtime().reading() as session:
        lines = templates_of(session, city().id)
        names = sectors(session)
    return render_template("project_templates/index.html", lines=lines, sectors=names)


@project_templates.post(f"{ROOT}/examples")
@needs(Action.CREATE_PROJECT)
def examples() -> Response:
    """The ready templates are taken over."""
    with runtime().writing() as session:
        number = add_examples(session, act())
    if number:
        flash(ngettext("%(num)d example is added.", "%(num)d examples are added.", number), "success")
    else:
        flash(gettext("All examples are there already."), "info")
    return redirect(url_for("project_templates.index"), 303)


@project_templates.route(f"{ROOT}/new", methods=["GET", "POST"])
@needs(Action.CREATE_PROJECT)
def new() -> Answer:
    """A template without items, to be filled."""
    demand_right()
    form = TemplateForm(duration_days=365)
    _offer(form)
    if form.validate_on_submit():
        with form.answering():
            head = asdict(_head(form))
            with runtime().writing() as session:
                number = create_template(session, act(), str(form.code.data), Template(**head)).id
            return saved(gettext("The template is created."), url_for("project_templates.show", template_id=number))
    return form_page("project_templates/head.html", form, page=None, conflict=None)


@project_templates.get(f"{ROOT}/<int:template_id>")
@needs(Action.CREATE_PROJECT)
def show(template_id: int) -> str:
    """One template: what it is, its milestones and indicators, who saved it when. ``?version=1`` shows an older one."""
    demand_right()
    version = row_number_or_zero(request.args.get("version", "")) or None
    with runtime().reading() as session:
        page = template_page(session, city().id, template_id, version)
        words = {
            "sectors": sectors(session),
            "priorities": priorities(session),
            "types": milestone_types(session),
            "evidence": evidence_types(session),
            "units": units(session),
        }
    return render_template("project_templates/show.html", page=page, template=page.line.template, **words)


@project_templates.route(f"{ROOT}/<int:template_id>/edit", methods=["GET", "POST"])
@needs(Action.CREATE_PROJECT)
def edit(template_id: int) -> Answer:
    """Names, duration, sector and priority of a template."""
    page = page_of(template_id)
    standing: dict[str, Any] = {
        **{name: getattr(page.line.template, name) for name in TemplateHead.__slots__},
        "code": page.line.code,
        "version": page.line.version,
    }
    form = TemplateForm(**standing)
    _offer(form)

    def save() -> Response:
        with runtime().writing() as session:
            edit_template(session, act(), template_id, _head(form), form.opened_at_version)
        return saved(gettext("The template is saved."), url_for("project_templates.show", template_id=template_id))

    return correction(form, standing, save, "project_templates/head.html", page=page)


@project_templates.post(f"{ROOT}/<int:template_id>/withdrawal")
@needs(Action.CREATE_PROJECT)
def withdrawal(template_id: int) -> Response:
    """The template is offered no longer."""
    with runtime().writing() as session:
        withdraw_template(session, act(), template_id)
    return saved(gettext("The template is withdrawn."), url_for("project_templates.index"))


@project_templates.post(f"{ROOT}/<int:template_id>/offer")
@needs(Action.CREATE_PROJECT)
def offer(template_id: int) -> Response:
    """A withdrawn template is offered again."""
    with runtime().writing() as session:
        offer_template_again(session, act(), template_id)
    return saved(gettext("The template is offered again."), url_for("project_templates.index"))


@project_templates.route("/projects/<int:project_id>/template", methods=["GET", "POST"])
@needs(Action.CREATE_PROJECT)
def from_project(project_id: int) -> Answer:
    """The plan of a project becomes a template."""
    page = project_for(project_id, Action.EDIT)
    demand_right()
    form = FromProjectForm(**{f"name_{one}": getattr(page.name, f"name_{one}") for one in LANGUAGES})
    if form.validate_on_submit():
        with form.answering():
            name = Name(str(form.name_ru.data), str(form.name_kk.data), str(form.name_en.data))
            with runtime().writing() as session:
                number = template_from_project(session, act(), project_id, str(form.code.data), name).id
            return saved(gettext("The template is created."), url_for("project_templates.show", template_id=number))
    return form_page("project_templates/from_project.html", form, page=page)


def _head(form: TemplateForm) -> TemplateHead:
    fields: dict[str, Any] = {name: form[name].data for name in TemplateHead.__slots__}
    return TemplateHead(**fields)


def _offer(form: TemplateForm) -> None:
    with runtime().reading() as session:
        form.sector_id.offer(offered(sectors(session)), gettext("Not set"))
        form.priority_id.offer(offered(priorities(session)), gettext("Not set"))
