"""Which regular mail somebody wants."""

from __future__ import annotations

from collections.abc import Collection

from wtforms import BooleanField

from pmo.domain.mail_choices import MailChoice, MailChoices
from pmo.i18n import lazy_gettext as _
from pmo.web.forms import Form


class MailForm(Form):
    """A tick for each choice that the post has; the others are taken out."""

    weekly_digest = BooleanField(
        _("Weekly digest"),
        description=_(
            "The news of the week. Without it, what has reached your level and what waits for your decision still "
            "comes as a list."
        ),
    )
    daily_digest = BooleanField(
        _("Daily digest"),
        description=_(
            "Without it, no digest comes on days that bring only copies while you are away, or reminders that you were "
            "sent by themselves. Other reminders, returned evidence and missing reports still come."
        ),
    )
    all_in_order = BooleanField(
        _("Weekly digest also when all is in order"),
        description=_("On the first working day of each week, even if there is nothing to tell."),
    )

    @classmethod
    def showing(cls, offered: Collection[MailChoice], choices: MailChoices) -> MailForm:
        """The form with what is chosen now."""
        form = cls(data={choice.value: choices.wants(choice) for choice in offered})
        for choice in MailChoice:
            if choice not in offered:
                del form[choice.value]
        return form

    def wanted(self) -> dict[MailChoice, bool]:
        """What was ticked, by choice."""
        return {choice: bool(self[choice.value].data) for choice in MailChoice if choice.value in self}
