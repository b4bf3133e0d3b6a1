"""Milestones and indicators of a template, a page each."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.domain.errors import NotFound
from pmo.domain.indicator import Direction, Frequency, Interpolation, Kind
from pmo.domain.template import Template, TemplateIndicator, TemplateMilestone
from pmo.i18n import gettext
from pmo.queries.names import evidence_types, milestone_types, units
from pmo.queries.row_numbers import row_number_or_zero
from pmo.services.templates import put_indicator, put_milestone, remove_indicator, remove_milestone
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, offered, saved
from pmo.web.context import runtime
from pmo.web.editing.conflicts import correction
from pmo.web.editing.lines import as_link_lines
from pmo.web.project_templates.forms import TemplateIndicatorForm, TemplateMilestoneForm
from pmo.web.project_templates.views import ROOT, page_of, project_templates

OF_MILESTONE, OF_INDICATOR = "project_templates/milestone.html", "project_templates/indicator.html"


@project_templates.route(f"{ROOT}/<int:template_id>/milestones/new", methods=["GET", "POST"])
@needs(Action.CREATE_PROJECT)
def new_milestone(template_id: int) -> Answer:
    """A milestone more."""
    page = page_of(template_id)
    form = TemplateMilestoneForm(code=_free_code(page.line.template, "M"), weight=1.0)
    _offer_of_milestone(form)
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                put_milestone(session, act(), template_id, _milestone(form), 0)
            return saved(gettext("The milestone is added."), _there(template_id))
    return form_page(OF_MILESTONE, form, page=page, code=None, conflict=None)


@project_templates.route(f"{ROOT}/<int:template_id>/milestones/<code>", methods=["GET", "POST"])
@needs(Action.CREATE_PROJECT)
def milestone(template_id: int, code: str) -> Answer:
    """A milestone is corrected."""
    page = page_of(template_id)
    found = page.line.template.milestone(code)
    if found is None:
        raise NotFound
    standing = {**asdict(found), "depends_on": as_link_lines(found.predecessors), "version": page.line.version}
    form = TemplateMilestoneForm(**standing)
    _offer_of_milestone(form)

    def save() -> Response:
        with runtime().writing() as session:
            put_milestone(session, act(), template_id, _milestone(form), form.opened_at_version, code)
        return saved(gettext("The milestone is saved."), _there(template_id))

    return correction(form, standing, save, OF_MILESTONE, page=page, code=code)


@project_templates.post(f"{ROOT}/<int:template_id>/milestones/<code>/removal")
@needs(Action.CREATE_PROJECT)
def milestone_removal(template_id: int, code: str) -> Response:
    """A milestone fewer; the version before still holds it."""
    with runtime().writing() as session:
        remove_milestone(session, act(), template_id, code, _version_sent())
    told = gettext("The milestone is removed; what waited for it now waits for what it waited for.")
    return saved(told, _there(template_id))


@project_templates.route(f"{ROOT}/<int:template_id>/indicators/new", methods=["GET", "POST"])
@needs(Action.CREATE_PROJECT)
def new_indicator(template_id: int) -> Answer:
    """An indicator more."""
    page = page_of(template_id)
    usual = {"direction": "up", "kind": "point", "frequency": "monthly", "interpolation": "linear", "weight": 1.0}
    form = TemplateIndicatorForm(code=_free_code(page.line.template, "I"), **usual)
    _offer_of_indicator(form)
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                put_indicator(session, act(), template_id, _indicator(form), 0)
            return saved(gettext("The indicator is added."), _there(template_id))
    return form_page(OF_INDICATOR, form, page=page, code=None, conflict=None)


@project_templates.route(f"{ROOT}/<int:template_id>/indicators/<code>", methods=["GET", "POST"])
@needs(Action.CREATE_PROJECT)
def indicator(template_id: int, code: str) -> Answer:
    """An indicator is corrected."""
    page = page_of(template_id)
    found = page.line.template.indicator(code)
    if found is None:
        raise NotFound
    standing = {**_words_of(found), "version": page.line.version}
    form = TemplateIndicatorForm(**standing)
    _offer_of_indicator(form)

    def save() -> Response:
        with runtime().writing() as session:
            put_indicator(session, act(), template_id, _indicator(form), form.opened_at_version, code)
        return saved(gettext("The indicator is saved."), _there(template_id))

    return correction(form, standing, save, OF_INDICATOR, page=page, code=code)


@project_templates.post(f"{ROOT}/<int:template_id>/indicators/<code>/removal")
@needs(Action.CREATE_PROJECT)
def indicator_removal(template_id: int, code: str) -> Response:
    """An indicator fewer."""
    with runtime().writing() as session:
        remove_indicator(session, act(), template_id, code, _version_sent())
    return saved(gettext("The indicator is removed."), _there(template_id))


def _there(template_id: int) -> str:
    return url_for("project_templates.show", template_id=template_id)


def _version_sent() -> int:
    """The version that the button was shown with."""
    return row_number_or_zero(request.form.get("version", ""))


def _free_code(template: Template, letter: str) -> str:
    """The next code that is not taken."""
    taken = {one.code for one in template.milestones} | {one.code for one in template.indicators}
    number = 1
    while f"{letter}{number}" in taken:
        number += 1
    return f"{letter}{number}"


def _offer_of_milestone(form: TemplateMilestoneForm) -> None:
    with runtime().reading() as session:
        form.type_id.offer(offered(milestone_types(session)))
        form.evidence_type_id.offer(offered(evidence_types(session)))


def _offer_of_indicator(form: TemplateIndicatorForm) -> None:
    with runtime().reading() as session:
        form.offer(offered(units(session)))


def _milestone(form: TemplateMilestoneForm) -> TemplateMilestone:
    own = (name for name in TemplateMilestone.__slots__ if name != "predecessors")
    fields: dict[str, Any] = {name: form[name].data for name in own}
    return TemplateMilestone(**fields, predecessors=form.depends_on.links)


def _indicator(form: TemplateIndicatorForm) -> TemplateIndicator:
    fields: dict[str, Any] = {name: form[name].data for name in TemplateIndicator.__slots__}
    chosen = {
        "direction": Direction(form.direction.data),
        "kind": Kind(form.kind.data),
        "frequency": Frequency(form.frequency.data),
        "interpolation": Interpolation(form.interpolation.data),
    }
    return TemplateIndicator(**{**fields, **chosen})


def _words_of(found: TemplateIndicator) -> dict[str, Any]:
    """The fields as the form has them: codes in the place of choices."""
    return {name: str(value) if isinstance(value, StrEnum) else value for name, value in asdict(found).items()}
