"""Somebody who was told of a milestone answers; the level above confirms a new forecast (DOMAIN 3.2).

A link opens a form and changes nothing: only its button does.
"""

from __future__ import annotations

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.domain.errors import NotAllowed
from pmo.i18n import formats, gettext
from pmo.queries.milestone_page import MilestonePage
from pmo.queries.names import reason_codes
from pmo.queries.row_numbers import row_number_or_zero
from pmo.services.answers import ANSWER, acknowledge, ask_for_help, confirm_forecast, mute, snooze
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, milestone_for, saved
from pmo.web.answers.forms import AcknowledgementForm, ConfirmationForm, HelpForm, MuteForm, SnoozeForm
from pmo.web.answers.overtaken import overtaken
from pmo.web.context import runtime

answers = Blueprint("answers", __name__)


@answers.route("/milestones/<int:milestone_id>/acknowledgement", methods=["GET", "POST"])
@needs(Action.VIEW)
def acknowledgement(milestone_id: int) -> Answer:
    """Says that the alert has arrived and what is being done."""
    page = milestone_for(milestone_id, Action.VIEW)
    if page.ladder.own.alert is None:
        return overtaken(page.city, page.code, _ladder_of(page))
    form = AcknowledgementForm()
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                acknowledge(session, act(), milestone_id, form.text.data)
            return _done(
                page, gettext("Acknowledged: %(item)s. The next level is told on its day all the same.", item=page.code)
            )
    return form_page("answers/acknowledgement.html", form, page=page)


@answers.route("/milestones/<int:milestone_id>/help-request", methods=["GET", "POST"])
@needs(Action.VIEW)
def help_request(milestone_id: int) -> Answer:
    """Asks the level above for help."""
    page = milestone_for(milestone_id, Action.VIEW)
    if page.ladder.own.alert is None:
        return overtaken(page.city, page.code, _ladder_of(page))
    form = HelpForm()
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                ask_for_help(session, act(), milestone_id, form.text.data)
            return _done(page, gettext("Your request for help with %(item)s is recorded.", item=page.code))
    return form_page("answers/help_request.html", form, page=page)


@answers.route("/milestones/<int:milestone_id>/snooze", methods=["GET", "POST"])
@needs(Action.VIEW)
def snoozing(milestone_id: int) -> Answer:
    """Puts repeats to oneself off for some days."""
    page = milestone_for(milestone_id, Action.VIEW)
    if page.ladder.own.alert is None:
        return overtaken(page.city, page.code, _ladder_of(page))
    form = SnoozeForm(until=page.ladder.own.snooze_to)
    if form.validate_on_submit() and form.until.data:
        with form.answering():
            with runtime().writing() as session:
                snooze(session, act(), milestone_id, form.until.data, form.text.data)
            told = {"item": page.code, "day": formats.day(form.until.data)}
            return _done(page, gettext("%(item)s is snoozed for you until %(day)s.", **told))
    return form_page("answers/snooze.html", form, page=page)


@answers.route("/milestones/<int:milestone_id>/mute", methods=["GET", "POST"])
@needs(Action.VIEW)
def muting(milestone_id: int) -> Answer:
    """A curator or the akim wants no repeats of this item."""
    page = milestone_for(milestone_id, Action.VIEW)
    if page.ladder.own.alert is None:
        return overtaken(page.city, page.code, _ladder_of(page))
    form = MuteForm()
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                mute(session, act(), milestone_id, form.text.data)
            return _done(page, gettext("%(item)s is muted for you. The others are told as before.", item=page.code))
    return form_page("answers/mute.html", form, page=page)


@answers.route("/milestones/<int:milestone_id>/forecast-confirmation", methods=["GET", "POST"])
@needs(Action.VIEW)
def confirmation(milestone_id: int) -> Answer:
    """The next level accepts a new forecast."""
    page = milestone_for(milestone_id, Action.VIEW)
    forecast = page.ladder.own.forecast
    form = ConfirmationForm(forecast_id=str(forecast.id) if forecast else None)
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                seen = row_number_or_zero(form.forecast_id.data or "")
                confirm_forecast(session, act(), milestone_id, seen, form.text.data)
            return _done(
                page,
                gettext("The forecast of %(item)s is confirmed. The next step of the ladder waits.", item=page.code),
            )
    elif forecast is None:
        raise NotAllowed(ANSWER)
    with runtime().reading() as session:
        reasons = reason_codes(session)
    return form_page("answers/confirmation.html", form, page=page, reason_names=reasons)


def _ladder_of(page: MilestonePage) -> str:
    return url_for("milestones.show", milestone_id=page.id, _anchor="ladder")


def _done(page: MilestonePage, message: str) -> Response:
    return saved(message, _ladder_of(page))
