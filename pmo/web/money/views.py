"""Reports on money, and issues with their dates."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.services.money import close_issue, raise_issue, report_costs
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, project_for, saved
from pmo.web.context import runtime, today
from pmo.web.forms import DayField, Form, LongTextField, NumberField, RadiosField, at_most, optional, required

money = Blueprint("money", __name__)


class CostsForm(Form):
    """Money on a date, in millions."""

    reported_on = DayField(_("As of"), [required(_("Enter the date of the report."))])
    budget = NumberField(_("Budget of the whole project"), [required(_("Enter the budget."))])
    estimate = NumberField(_("Estimate at completion"), [optional()])
    planned = NumberField(_("Planned to date"), [optional()])
    spent = NumberField(_("Spent to date"), [optional()])


class IssueForm(Form):
    """A problem, how grave it is, and by when it must be solved."""

    text = LongTextField(_("What is the problem"), [required(_("Describe the problem.")), at_most(2000)])
    severity = RadiosField(_("How grave it is"), [required(_("Choose one."))])
    due_on = DayField(_("To be solved by"), [required(_("Enter the date."))])


@money.route("/projects/<int:project_id>/costs/new", methods=["GET", "POST"])
@needs(Action.VIEW)
def new_costs(project_id: int) -> Answer:
    """A report on money, prefilled with the last one."""
    page = project_for(project_id, Action.READING)
    last = page.facts.costs[-1] if page.facts.costs else None
    form = CostsForm(
        reported_on=today(),
        budget=last.budget if last else page.budget_mln,
        estimate=last.estimate if last else None,
        planned=last.planned if last else None,
        spent=last.spent if last else None,
    )
    there = url_for("projects.show", project_id=project_id)
    if form.validate_on_submit() and form.reported_on.data and form.budget.data is not None:
        with form.answering():
            with runtime().writing() as session:
                report_costs(
                    session,
                    act(),
                    project_id,
                    form.reported_on.data,
                    form.budget.data,
                    form.estimate.data,
                    form.planned.data,
                    form.spent.data,
                )
            return saved(gettext("The report on money is saved."), there)
    return form_page("money/costs.html", form, page=page, there=there)


@money.route("/projects/<int:project_id>/issues/new", methods=["GET", "POST"])
@needs(Action.VIEW)
def new_issue(project_id: int) -> Answer:
    """A problem is raised."""
    page = project_for(project_id, Action.READING)
    form = IssueForm()
    form.severity.offer(
        [
            ("critical", gettext("Critical: it endangers the result")),
            ("ordinary", gettext("Ordinary: it needs attention")),
        ]
    )
    there = url_for("projects.show", project_id=project_id)
    if form.validate_on_submit() and form.text.data and form.due_on.data and form.severity.data:
        with form.answering():
            with runtime().writing() as session:
                issue = raise_issue(session, act(), project_id, form.text.data, form.due_on.data, form.severity.data)
                code = issue.code
            return saved(gettext("The issue is raised: %(code)s.", code=code), there)
    return form_page("money/issue.html", form, page=page, there=there)


@money.post("/projects/<int:project_id>/issues/closing")
@needs(Action.VIEW)
def issue_closing(project_id: int) -> Response:
    """The problem that ``code`` names is solved."""
    code = request.form.get("code", "")
    with runtime().writing() as session:
        close_issue(session, act(), project_id, code)
    told = gettext("The issue is solved: %(code)s.", code=code)
    return saved(told, url_for("projects.show", project_id=project_id, _anchor="issues"))
