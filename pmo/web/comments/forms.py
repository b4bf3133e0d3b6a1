"""Forms of comments."""

from __future__ import annotations

from pmo.i18n import lazy_gettext as _
from pmo.services.comments import LONGEST
from pmo.web.forms import ChoiceField, Form, LongTextField, at_most, optional, required


class ReplyForm(Form):
    """What is answered to a comment."""

    text = LongTextField(_("Reply"), [required(), at_most(LONGEST)])


class CommentForm(Form):
    """What is said, and of what: nothing chosen is the project as a whole."""

    item = ChoiceField(_("About"), [optional()])
    text = LongTextField(_("Comment"), [required(), at_most(LONGEST)])


class WithdrawalForm(Form):
    """One button."""
