"""Words for what changed between two days, and for the topics of the weekly meeting."""

from __future__ import annotations

from pmo.i18n import lazy_gettext as _

NEWS: dict[str, str] = {
    "newly_red": _("Newly red"),
    "worse": _("Worse, not yet red"),
    "recovered": _("No longer red"),
    "better": _("Better"),
    "became_overdue": _("Became overdue"),
    "date_later": _("Dates moved to later"),
    "date_earlier": _("Dates moved to earlier"),
    "reported_done": _("Reported done, evidence not yet judged"),
    "done": _("Milestones done"),
    "completed": _("Projects completed"),
    "cancelled": _("Cancelled"),
    "paused": _("Paused"),
    "resumed": _("Resumed"),
    "started": _("Projects started"),
    "new": _("New in the portfolio"),
    "indicator_worse": _("Indicators worse"),
    "indicator_better": _("Indicators better"),
    "silent": _("Gone silent"),
    "answer": _("Answers to alerts"),
    "decision": _("Decisions and requests"),
    "comment": _("New comments"),
}

TOPICS: dict[str, str] = {
    "unanswered": _("Nobody answered the escalation"),
    "red": _("The project is red"),
    "slipped": _("Slipped since the last meeting"),
    "silent": _("Silent"),
    "decisions": _("A decision is wanted"),
}
