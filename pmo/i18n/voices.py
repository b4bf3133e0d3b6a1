"""Words for what people say of a project: confidence, levels of decision, marks of the lists."""

from __future__ import annotations

from pmo.i18n import lazy_gettext as _
from pmo.i18n import lazy_pgettext as _in

VOICES: dict[str, dict[str, str]] = {
    "confidence": {
        "high": _in("confidence", "High"),
        "medium": _in("confidence", "Medium"),
        "low": _in("confidence", "Low"),
    },
    "decision_level": {
        "owner": _in("decision from", "the head of department"),
        "curator": _in("decision from", "the curator"),
        "akim": _in("decision from", "the akim"),
        "pmo": _in("decision from", "the project management office"),
    },
    "mark": {
        "disagree": _in("voices", "Voices disagree"),
        "decision": _in("voices", "Decision wanted"),
        "stale": _in("voices", "No update for over 14 days"),
        "silent": _in("voices", "Silent for over 35 days"),
    },
    "disagreement": {
        "manager_better": _("The manager sees it better than the rules"),
        "manager_worse": _("The manager sees it worse than the rules"),
        "curator_better": _("The curator sees it better than the rules"),
        "curator_worse": _("The curator sees it worse than the rules"),
        "office_doubts": _("The rules say green, the office has low confidence"),
    },
}
