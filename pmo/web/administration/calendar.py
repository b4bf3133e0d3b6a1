"""The working calendar of a city: its exceptions of a year, one more of them, and what that would change."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.domain.calendar import FIRST_DAY
from pmo.domain.calendar_change import ProjectChange
from pmo.domain.planning import LATEST_PLAN
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.i18n.labels import choices
from pmo.queries.calendar_days import calendar_year, changes_of_day
from pmo.queries.item_names import names_in
from pmo.services.calendar_days import DayPlan, enter_day, refuse_bad_day, withdraw_day
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, saved
from pmo.web.administration.blueprint import administration
from pmo.web.context import city, now, runtime, today
from pmo.web.forms import DayField, Form, RadiosField, TextField, at_most, required


class CalendarForm(Form):
    """One exception."""

    day = DayField(_("Day"), [required(_("Enter the day."))])
    kind = RadiosField(_("What it becomes"), [required(_("Choose what the day becomes."))])
    reason = TextField(_("Reason"), [required(_("Give the reason.")), at_most(300)])


@administration.route("/calendar", methods=["GET", "POST"])
@needs(Action.MANAGE_CALENDAR)
def calendar() -> Answer:
    """The exceptions of ``?year=``, the form for one more, and after "show what changes" the preview."""
    year = _year(request.args.get("year", ""))
    form = CalendarForm()
    form.kind.offer(choices("calendar_kind"))
    changes: list[ProjectChange] | None = None
    if form.validate_on_submit() and form.day.data:
        plan = DayPlan(form.day.data, str(form.kind.data), form.reason.data)
        with form.answering():
            if "preview" in request.form:
                changes = _preview(plan)
            else:
                with runtime().writing() as session:
                    enter_day(session, act(), plan)
                return saved(
                    gettext("The day is entered."), url_for("administration.calendar", year=form.day.data.year)
                )
    with runtime().reading() as session:
        shown = calendar_year(session, city().id, year)
        names = names_in(session, city().id) if changes else {}
    return form_page("administration/calendar.html", form, shown=shown, changes=changes, item_names=names)


@administration.post("/calendar/<int:number>/withdrawal")
@needs(Action.MANAGE_CALENDAR)
def withdraw_calendar_day(number: int) -> Response:
    """A city's own day is taken back."""
    with runtime().writing() as session:
        withdraw_day(session, act(), number)
    return saved(gettext("The day is withdrawn."), url_for("administration.calendar"))


def _preview(plan: DayPlan) -> list[ProjectChange]:
    with runtime().reading() as session:
        refuse_bad_day(session, act(), plan)
        return changes_of_day(
            session, city().id, plan.day, plan.kind, now(), today(), runtime().rules, runtime().histories
        )


def _year(text: str) -> int:
    """The year asked for, or this one."""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today().year
    return year if FIRST_DAY.year <= year <= LATEST_PLAN.year else today().year
