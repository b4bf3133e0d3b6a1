"""Forms of pausing, resuming, cancelling and of the worse colour."""

from __future__ import annotations

from pmo.i18n import lazy_gettext as _
from pmo.web.forms import ChoiceField, DayField, Form, LongTextField, RadiosField, at_most, optional, required


class PauseForm(Form):
    """From when and why."""

    starts_on = DayField(_("Paused from"), [required(_("Enter the first day of the pause."))])
    reason_id = ChoiceField(_("Reason"), [required(_("Choose the reason."))])
    text = LongTextField(_("Explanation"), [optional(), at_most(2000)])


class ResumptionForm(Form):
    """From when work goes on."""

    resumed_on = DayField(_("Work goes on from"), [required(_("Enter the day on which work goes on."))])


class CancellationForm(Form):
    """From when and why; the reason is shown wherever the cancellation is."""

    effective_on = DayField(_("Cancelled from"), [required(_("Enter the day from which it is cancelled."))])
    reason_id = ChoiceField(_("Reason"), [required(_("Choose the reason."))])
    text = LongTextField(_("Explanation"), [required(_("Explain the decision.")), at_most(2000)])


class OverrideForm(Form):
    """A colour worse than the computed one, until a day."""

    severity = RadiosField(_("Colour"), [required(_("Choose the colour."))])
    ends_on = DayField(_("Until"), [required(_("Enter the last day."))])
    text = LongTextField(_("Reason"), [required(_("Give the reason.")), at_most(2000)])
