"""The forms with which somebody who was told answers."""

from __future__ import annotations

from wtforms import HiddenField

from pmo.i18n import lazy_gettext as _
from pmo.web.forms import DayField, Form, LongTextField, at_most, optional, required

LONGEST = 2000


class AcknowledgementForm(Form):
    """What is being done."""

    text = LongTextField(_("What you are doing about it"), [required(_("Describe it in words.")), at_most(LONGEST)])


class HelpForm(Form):
    """What is missing, and from whom."""

    text = LongTextField(
        _("What help you need, and from whom"), [required(_("Describe it in words.")), at_most(LONGEST)]
    )


class SnoozeForm(Form):
    """Until when."""

    until = DayField(_("Spare me repeats until"), [required(_("Enter a day."))])
    text = LongTextField(_("In your own words"), [optional(), at_most(LONGEST)])


class MuteForm(Form):
    """Why, where one wants to say it."""

    text = LongTextField(_("In your own words"), [optional(), at_most(LONGEST)])


class ConfirmationForm(Form):
    """The forecast that was looked at, and a remark."""

    forecast_id = HiddenField()
    text = LongTextField(_("In your own words"), [optional(), at_most(LONGEST)])
