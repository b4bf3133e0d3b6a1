"""Departments and their reform; the areas of the curators; what waits for its day."""

from __future__ import annotations

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.db.session import Session, alphabetical
from pmo.domain.access import HEADING, Action, Role
from pmo.domain.errors import NotFound, RuleBroken
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.i18n.names import name_of
from pmo.queries.departments import areas_of, departments_of, hanging_on, planned_changes_of
from pmo.queries.people import people_of_city
from pmo.queries.row_numbers import row_number_or_zero
from pmo.services.planned_changes import plan_area, withdraw_planned
from pmo.services.reforms import appoint_head, plan_reform
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, saved
from pmo.web.administration.blueprint import administration
from pmo.web.administration.reform_form import MOST_NEW, reform_form
from pmo.web.context import city, runtime, today
from pmo.web.forms import ChoiceField, DayField, Form, TextField, at_most, optional, required


class HeadForm(Form):
    """A department's next head."""

    head = ChoiceField(_("Head of department"), [required(_("Choose the head."))])


class AreaForm(Form):
    """An area's next holder."""

    holder_id = ChoiceField(_("Curator"), [optional()])
    effective_on = DayField(_("From"), [required(_("Enter the day."))])
    reason = TextField(_("Reason"), [required(_("Give the reason.")), at_most(300)])


@administration.get("/departments")
@needs(Action.MANAGE_DEPARTMENTS)
def departments() -> str:
    """The departments, with the way to a reform; the areas; planned changes."""
    with runtime().reading() as session:
        lines = departments_of(session, city().id)
        areas = areas_of(session, city().id)
        planned = planned_changes_of(session, city().id)
    return render_template(
        "administration/departments.html", lines=lines, areas=areas, planned=planned, most_new=MOST_NEW
    )


@administration.route("/departments/reform", methods=["GET", "POST"])
@needs(Action.MANAGE_DEPARTMENTS)
def reform() -> Answer:
    """Everything that hangs on the chosen departments, and where it goes. ``?close=…&new=…`` say what is reformed."""
    new = _number(request.args.get("new", ""))
    asked = request.args.getlist("close")
    with runtime().reading() as session:
        closing = hanging_on(session, city().id, asked)
        living = [(one.id, name_of(one.name)) for one in departments_of(session, city().id) if one.until is None]
        heads = _posts(session, *HEADING)
    closed = {one.id for one in closing}
    form = reform_form(closing, new, [one for one in living if one[0] not in closed], heads, today())
    if not closing and not new:
        return render_template("administration/reform.html", form=form, closing=closing, new=new, next=None)
    if form.validate_on_submit():
        with form.answering():
            for gone in sorted(set(asked) - closed):  # somebody closed it since the form was opened
                raise RuleBroken("department_not_there", "closing", department=gone)
            with runtime().writing() as session:
                planned = plan_reform(session, act(), form.reform(closing, new), form.reason.data)
                is_done = planned.done_at is not None
            told = gettext("The reform is carried out.") if is_done else gettext("The reform is planned for its day.")
            return saved(told, url_for("administration.departments"))
    return form_page("administration/reform.html", form, closing=closing, new=new)


@administration.route("/departments/<department_id>/head", methods=["GET", "POST"])
@needs(Action.MANAGE_DEPARTMENTS)
def head(department_id: str) -> Answer:
    """A department gets another head, from today."""
    with runtime().reading() as session:
        lines = departments_of(session, city().id)
        heads = _posts(session, *HEADING)
    found = next((one for one in lines if one.id == department_id and one.until is None), None)
    if found is None:
        raise NotFound
    form = HeadForm()
    form.head.offer(heads)
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                appoint_head(session, act(), department_id, form.head.data)
            return saved(gettext("The head is appointed."), url_for("administration.departments"))
    return form_page("administration/head.html", form, department=found)


@administration.route("/areas/<area_id>", methods=["GET", "POST"])
@needs(Action.MANAGE_DEPARTMENTS)
def area(area_id: str) -> Answer:
    """An area gets another curator from a day on."""
    with runtime().reading() as session:
        found = next((one for one in areas_of(session, city().id) if one.id == area_id), None)
        curators = _posts(session, Role.DEPUTY_AKIM, Role.CHIEF_OF_STAFF)
    if found is None:
        raise NotFound
    form = AreaForm(holder_id=found.holder_id, effective_on=today())
    form.holder_id.offer(curators, gettext("Vacant"))
    if form.validate_on_submit() and form.effective_on.data:
        with form.answering():
            with runtime().writing() as session:
                plan_area(session, act(), area_id, form.holder_id.data, form.effective_on.data, form.reason.data)
            return saved(gettext("The area is assigned."), url_for("administration.departments", _anchor="areas"))
    return form_page("administration/area.html", form, area=found)


@administration.post("/planned/<int:number>/withdrawal")
@needs(Action.MANAGE_DEPARTMENTS)
def withdraw_planned_change(number: int) -> Response:
    """What waits for its day is taken back."""
    with runtime().writing() as session:
        withdraw_planned(session, act(), number)
    return saved(gettext("The planned change is withdrawn."), url_for("administration.departments"))


def _posts(session: Session, *roles: Role) -> list[tuple[str, str]]:
    people = ((one.id, name_of(one)) for one in people_of_city(session, city().id) if one.role in roles)
    return sorted(people, key=lambda choice: alphabetical(choice[1]))


def _number(text: str) -> int:
    """How many departments open: 0 to ``MOST_NEW``."""
    return min(row_number_or_zero(text), MOST_NEW)
