"""The value of an indicator for a period: told, corrected, or put right by the office after the period closed."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request, url_for

from pmo.domain.access import Action, may
from pmo.i18n import formats, gettext
from pmo.i18n import lazy_gettext as _
from pmo.queries.reporting_periods import ReportingPeriod, period_due, reporting_periods
from pmo.services.indicators import correct_closed_reading, enter_reading
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, indicator_for, saved
from pmo.web.context import actor, runtime, today
from pmo.web.forms import ChoiceField, Form, LongTextField, NumberField, at_most, optional, required

readings = Blueprint("readings", __name__)


class ReadingForm(Form):
    """Period and value; the text says why a value is corrected."""

    period_end = ChoiceField(_("Reporting period"), [required(_("Choose the period."))])
    value = NumberField(_("Value"), [required(_("Enter the value."))])
    text = LongTextField(_("Note, or the reason of a correction"), [optional(), at_most(2000)])


@readings.route("/indicators/<int:indicator_id>/readings/new", methods=["GET", "POST"])
@needs(Action.VIEW)
def new(indicator_id: int) -> Answer:
    """The form, prefilled with the period that is due; and the reading."""
    page = indicator_for(indicator_id, Action.READING, Action.REOPEN_PERIOD)
    reopens = not may(actor(), Action.READING, page.scope)
    with runtime().reading() as session:
        periods = reporting_periods(session, page.scope.city, page.line.facts, today(), runtime().rules)
    offered = [period for period in periods if reopens or not period.is_closed(today())]
    chosen = _asked(offered) or period_due(offered, today())
    form = ReadingForm(period_end=chosen.end.isoformat() if chosen else None)
    form.period_end.offer([(period.end.isoformat(), _words(period)) for period in offered])
    if form.validate_on_submit() and form.period_end.data and form.value.data is not None:
        with form.answering():
            period_end, value, text = date.fromisoformat(form.period_end.data), form.value.data, form.text.data
            with runtime().writing() as session:
                if reopens:
                    correct_closed_reading(session, act(), indicator_id, period_end, value, text or "")
                else:
                    enter_reading(session, act(), indicator_id, period_end, value, text)
            told = {"item": page.line.facts.code, "value": formats.number(value)}
            return saved(
                gettext("Saved: %(item)s is %(value)s.", **told),
                url_for("indicators.show", indicator_id=indicator_id),
            )
    return form_page("readings/new.html", form, page=page, periods=offered, reopens=reopens)


def _asked(periods: list[ReportingPeriod]) -> ReportingPeriod | None:
    """The period that the address names with ``?period=2019-12-31``."""
    asked = request.args.get("period")
    return next((period for period in periods if period.end.isoformat() == asked), None)


def _words(period: ReportingPeriod) -> str:
    words = formats.day(period.end)
    if period.told is not None:
        return gettext("%(day)s: %(value)s was told", day=words, value=formats.number(period.told))
    if period.is_closed(today()):
        return gettext("%(day)s: closed, nothing was told", day=words)
    return gettext("%(day)s: due by %(due)s", day=words, due=formats.day(period.due_on))
