"""The forms with which somebody replies to an alert about a project or an indicator."""

from __future__ import annotations

from pmo.i18n import lazy_gettext as _
from pmo.web.forms import Form, LongTextField, at_most, required

LONGEST = 2000


class RecoveryPlanForm(Form):
    """How the project comes back on track."""

    text = LongTextField(
        _("What brings the project back on track: steps, dates, who answers for each"),
        [required(_("Describe it in words.")), at_most(2 * LONGEST)],
    )


class HeardForm(Form):
    """What is being done."""

    text = LongTextField(_("What you are doing about it"), [required(_("Describe it in words.")), at_most(LONGEST)])
