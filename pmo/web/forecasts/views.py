"""A manager expects a milestone on another day, for a reason."""

from __future__ import annotations

from flask import Blueprint, url_for

from pmo.domain.access import Action
from pmo.domain.milestone import NOT_STATED
from pmo.i18n import formats, gettext
from pmo.i18n import lazy_gettext as _
from pmo.queries.names import reason_codes
from pmo.services.milestones import move_forecast
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, milestone_for, offered, saved
from pmo.web.context import runtime, today
from pmo.web.forms import ChoiceField, DayField, Form, LongTextField, at_most, optional, required

forecasts = Blueprint("forecasts", __name__)


class ForecastForm(Form):
    """The new date and why."""

    expected_on = DayField(_("New forecast date"), [required(_("Enter the date you now expect."))])
    reason_id = ChoiceField(_("Reason"), [required(_("Choose the reason."))])
    text = LongTextField(_("In your own words"), [optional(), at_most(2000)])


@forecasts.route("/milestones/<int:milestone_id>/forecast", methods=["GET", "POST"])
@needs(Action.VIEW)
def show(milestone_id: int) -> Answer:
    """The form, and the move. The ladder goes on: a forecast is no new baseline date."""
    page = milestone_for(milestone_id, Action.FORECAST)
    with runtime().reading() as session:
        reasons = reason_codes(session)
    standing = page.facts.forecast
    prefilled = standing.date if standing and standing.date >= today() else None
    form = ForecastForm(expected_on=prefilled)
    form.reason_id.offer(offered(reasons, without=[NOT_STATED]))
    if form.validate_on_submit() and form.expected_on.data and form.reason_id.data:
        with form.answering():
            with runtime().writing() as session:
                move_forecast(session, act(), milestone_id, form.expected_on.data, form.reason_id.data, form.text.data)
            told = {"item": page.code, "day": formats.day(form.expected_on.data)}
            return saved(
                gettext("The forecast of %(item)s is now %(day)s.", **told),
                url_for("milestones.show", milestone_id=milestone_id),
            )
    return form_page("forecasts/show.html", form, page=page)
