"""The parts of the one form: a small form for each milestone, value and project, told apart by its key as prefix."""

from __future__ import annotations

from datetime import date

from wtforms import HiddenField

from pmo.i18n import lazy_gettext as _
from pmo.queries.row_numbers import row_number_or_zero
from pmo.web.forms import (
    ChoiceField,
    DayField,
    Form,
    LongTextField,
    NumberField,
    RadiosField,
    TextField,
    at_most,
    optional,
    required,
)

SAME, DONE, MOVED = "same", "done", "moved"


class PartForm(Form):
    """What every part carries along: ``seen`` is the newest entry when the form was opened, ``item`` the code."""

    seen = HiddenField()
    item = HiddenField()

    def lead(self, name: str, text: str) -> None:
        """Adds an error to a field."""
        field = self._fields[name]
        field.errors = [*field.errors, text]

    def look_again_at(self, newest: int) -> None:
        """The next press of the button counts from an entry that is now shown."""
        self.seen.data = str(newest)
        self.seen.raw_data = [str(newest)]

    @property
    def seen_entry(self) -> int:
        """The newest entry when the form was opened; 0 for none, and for what is no number."""
        return row_number_or_zero(str(self.seen.data or ""))


class MilestonePartForm(PartForm):
    """As it stands, done, or moved; ``standing_on`` is the date that is confirmed."""

    standing_on = HiddenField()
    answer = RadiosField(_("Your answer"), [optional()])
    completed_on = DayField(_("Completed on"), [optional()])
    document_number = TextField(_("Number of the document"), [optional(), at_most(100)])
    document_date = DayField(_("Date of the document"), [optional()])
    link = TextField(_("Link"), [optional(), at_most(1000)], render_kw={"inputmode": "url", "spellcheck": "false"})
    expected_on = DayField(_("New forecast date"), [optional()])
    reason_id = ChoiceField(_("Reason"), [optional()])
    text = LongTextField(_("In your own words"), [optional(), at_most(2000)])

    @property
    def confirmed_day(self) -> date | None:
        """The date that the reader saw when confirming."""
        try:
            return date.fromisoformat(str(self.standing_on.data or ""))
        except ValueError:
            return None


class ReadingPartForm(PartForm):
    """One number; the period is the one that is due."""

    value = NumberField(_("Value"), [optional()])
    text = LongTextField(_("Note, or the reason of a correction"), [optional(), at_most(2000)])


class ProjectPartForm(PartForm):
    """A paragraph, the own view, the decision wanted, and the answer to an open question."""

    view = RadiosField(_("Your own view"), [optional()])
    text = LongTextField(_("What happened, in one paragraph"), [optional(), at_most(2000)])
    decision = LongTextField(_("Decision wanted"), [optional(), at_most(1000)])
    level = ChoiceField(_("Decision wanted from"), [optional()])
    reply = LongTextField(_("Your answer"), [optional(), at_most(2000)])


class QuestionForm(Form):
    """What is asked back."""

    question = LongTextField(_("Question to the manager"), [required(), at_most(1000)])


class OwnViewForm(Form):
    """How those who steer see it themselves, and why."""

    view = RadiosField(_("Your own view"), [required(_("Choose one of the list."))])
    text = LongTextField(_("Why"), [required(), at_most(2000)])


class ConfidenceForm(Form):
    """How sure the office is, and why."""

    level = RadiosField(_("Confidence in delivery"), [required(_("Choose one of the list."))])
    text = LongTextField(_("Why"), [required(), at_most(2000)])
