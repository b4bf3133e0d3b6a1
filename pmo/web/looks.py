"""How a status looks: one of five grounds and an icon; the word comes from ``pmo.i18n.labels``.

Colour is never alone: a badge is icon, word and colour together (PRODUCT 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Look:
    """``ground`` is the CSS class ``status-<ground>``, ``icon`` a symbol of ``static/icons.svg``."""

    ground: str
    icon: str


GREEN = Look("on-track", "circle-check")
AMBER = Look("at-risk", "alert-triangle")
RED = Look("off-track", "alert-octagon")
DONE = Look("done", "check")
SILENT = Look("at-risk", "help-circle")

BY_SEVERITY = {0: GREEN, 1: AMBER, 2: RED}
LOOKS: dict[str, dict[str, Look]] = {
    "project_status": {
        "on_track": GREEN,
        "at_risk": AMBER,
        "off_track": RED,
        "no_data": SILENT,
        "not_started": Look("neutral", "circle-dashed"),
        "paused": Look("neutral", "player-pause"),
        "closing": Look("done", "flag"),
        "completed": DONE,
        "completed_with_shortfall": Look("at-risk", "check"),
        "cancelled": Look("neutral", "ban"),
    },
    "milestone_status": {
        "planned": Look("neutral", "calendar"),
        "due_soon": Look("neutral", "clock"),
        "at_risk": AMBER,
        "overdue": Look("at-risk", "clock"),
        "under_review": Look("done", "eye"),
        "done_on_time": DONE,
        "done_late": DONE,
        "paused": Look("neutral", "player-pause"),
        "cancelled": Look("neutral", "ban"),
        "no_date": SILENT,
    },
    "indicator_status": {
        "not_started": Look("neutral", "circle-dashed"),
        "no_data_yet": Look("neutral", "clock"),
        "no_data": SILENT,
        "on_track": GREEN,
        "at_risk": AMBER,
        "off_track": RED,
        "achieved": DONE,
        "nearly_achieved": AMBER,
        "missed": RED,
        "stale": SILENT,
        "no_current_data": SILENT,
        "no_baseline": SILENT,
    },
    "confidence": {"high": DONE, "medium": Look("neutral", "minus"), "low": AMBER},
    "severity": {"0": GREEN, "1": AMBER, "2": RED},
    "alert_state": {
        "sent": Look("neutral", "mail"),
        "acknowledged": Look("done", "check"),
        "resolved": DONE,
        "failed": RED,
    },
    "mail_state": {"sent": DONE, "failed": RED, "sending": Look("neutral", "mail")},
    "job_state": {"done": DONE, "already_done": DONE, "running": Look("neutral", "player-play"), "failed": RED},
    "change_outcome": {"approved": DONE, "refused": Look("neutral", "ban"), "returned": AMBER},
}
NEUTRAL = Look("neutral", "minus")


def look_of(kind: str, code: object, severity: int | None = None) -> Look:
    """The look of a code. A severity, where known, decides over colour: an overdue critical milestone is red."""
    key = str(code.value if isinstance(code, Enum) else code)
    look = LOOKS.get(kind, {}).get(key, NEUTRAL)
    if severity in (1, 2):
        ground = BY_SEVERITY[severity].ground
        return Look(ground, "alert-octagon" if severity == 2 else look.icon)
    if severity == 0 and kind == "milestone_status" and key == "no_date":
        return Look("neutral", look.icon)
    return look
