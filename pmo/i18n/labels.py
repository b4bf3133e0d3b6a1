"""The only place where codes become words.

``label("project_status", "off_track")`` gives the word in the reader's language, ``lazy_label`` one that is looked up
each time it is shown. Words are those of the glossary (DOMAIN 4); statuses agree in gender with what they are said of,
so each kind has its own context: «исполнено» of a milestone, «завершён» of a project.
"""

from __future__ import annotations

from enum import Enum
from typing import cast

from babel.support import LazyProxy

from pmo.i18n import lazy_gettext as _
from pmo.i18n import lazy_pgettext as _in
from pmo.i18n.labels_of_news import NEWS, TOPICS
from pmo.i18n.labels_of_rights import ACTIONS, GROUNDS, SCOPES
from pmo.i18n.refusals import sentence as sentence
from pmo.i18n.voices import VOICES

MILESTONE_STATUSES = {
    "planned": _in("milestone", "Planned"),
    "due_soon": _in("milestone", "Due soon"),
    "at_risk": _in("milestone", "At risk"),
    "overdue": _in("milestone", "Overdue"),
    "under_review": _in("milestone", "Under review"),
    "done_on_time": _in("milestone", "Done on time"),
    "done_late": _in("milestone", "Done late"),
    "paused": _in("milestone", "Paused"),
    "cancelled": _in("milestone", "Cancelled"),
    "no_date": _in("milestone", "No date"),
}

INDICATOR_STATUSES = {
    "not_started": _in("indicator", "Not started"),
    "no_data_yet": _in("indicator", "No data yet"),
    "no_data": _in("indicator", "No data"),
    "on_track": _in("indicator", "On track"),
    "at_risk": _in("indicator", "At risk"),
    "off_track": _in("indicator", "Off track"),
    "achieved": _in("indicator", "Achieved"),
    "nearly_achieved": _in("indicator", "Nearly achieved"),
    "missed": _in("indicator", "Missed"),
    "stale": _in("indicator", "Stale data"),
    "no_current_data": _in("indicator", "No current data"),
    "no_baseline": _in("indicator", "No baseline value"),
}

PROJECT_STATUSES = {
    "on_track": _in("project", "On track"),
    "at_risk": _in("project", "At risk"),
    "off_track": _in("project", "Off track"),
    "no_data": _in("project", "No data"),
    "not_started": _in("project", "Not started"),
    "paused": _in("project", "Paused"),
    "closing": _in("project", "Closing"),
    "completed": _in("project", "Completed"),
    "completed_with_shortfall": _in("project", "Completed with shortfall"),
    "cancelled": _in("project", "Cancelled"),
}

RULES = {
    "MS-1": _in("rule", "The milestone or its project is cancelled"),
    "MS-2": _in("rule", "Evidence accepted, finished by the due date"),
    "MS-3": _in("rule", "Evidence accepted, finished after the due date"),
    "MS-4": _in("rule", "Claimed in time, the evidence is under review"),
    "MS-5": _in("rule", "The milestone or its project is paused"),
    "MS-6": _in("rule", "No date"),
    "MS-7": _in("rule", "The due date has passed"),
    "MS-8": _in("rule", "The expected finish is later than the due date by more than the tolerance"),
    "MS-9": _in("rule", "The due date is near"),
    "MS-10": _in("rule", "The due date is ahead"),
    "IN-1": _in("rule", "Reporting has not begun"),
    "IN-2": _in("rule", "No observation yet, the first report is not due"),
    "IN-3": _in("rule", "The first report is missing"),
    "IN-4": _in("rule", "The target is reached"),
    "IN-5": _in("rule", "At the target date almost reached"),
    "IN-6": _in("rule", "At the target date not reached"),
    "IN-7": _in("rule", "Too early to judge the progress"),
    "IN-8": _in("rule", "Progress follows the trajectory"),
    "IN-9": _in("rule", "Progress is behind the trajectory"),
    "IN-10": _in("rule", "Progress is far behind the trajectory"),
    "IN-11": _in("rule", "One report is missing"),
    "IN-12": _in("rule", "Two or more reports are missing"),
    "IN-13": _in("rule", "The level has to be kept"),
    "IN-14": _in("rule", "The value has to stay within a range"),
    "IN-NB": _in("rule", "The baseline value is unknown"),
    "LC-CANCELLED": _in("rule", "The project is cancelled"),
    "LC-NOT-STARTED": _in("rule", "The project has not begun"),
    "LC-PAUSED": _in("rule", "The project is paused"),
    "LC-COMPLETED": _in("rule", "All milestones are done and all indicators are achieved"),
    "LC-SHORTFALL": _in("rule", "All milestones are done, some indicators are not achieved"),
    "LC-CLOSING": _in("rule", "All milestones are done, the indicators are still open"),
    "PM-A": _in("rule", "Critical milestones"),
    "PM-B": _in("rule", "Other milestones"),
    "PM-C": _in("rule", "Share of due milestones that are done"),
    "PS-1": _in("rule", "Expected slip of the end date"),
    "PI-A": _in("rule", "Critical indicators"),
    "PI-B": _in("rule", "Other indicators"),
    "PI-C": _in("rule", "Index of the indicators"),
    "PC-1": _in("rule", "Budget overrun"),
    "PC-2": _in("rule", "Slow spending"),
    "PR-1": _in("rule", "Critical issue past its date"),
    "GD-OVERRIDE": _in("rule", "Override by the project management office"),
    "GD-REBASELINE": _in("rule", "The baseline was moved far or often"),
    "PN-1": _in("rule", "No data"),
}

ROLES = {
    "akim": _("Akim of the city"),
    "deputy_akim": _("Deputy akim"),
    "chief_of_staff": _("Chief of staff"),
    "department_head": _("Head of department"),
    "project_manager": _("Project manager"),
    "pmo_head": _("Head of the project management office"),
    "pmo_analyst": _("Analyst of the project management office"),
    "observer": _("Observer"),
    "administrator": _("Administrator"),
}

CAPACITIES = {
    **ROLES,
    "manager": _("Project manager"),
    "owner": _("Owner"),
    "curator": _("Curator"),
    "performer": _("Performer"),
}
"""In which capacity somebody is told (``recipient_role``)."""

RUNGS = {
    "R-14": _("Reminder 14 days before"),
    "R-7": _("Reminder 7 days before"),
    "R-1": _("Reminder on the last working day"),
    "O+1": _("Overdue, 1st working day"),
    "O+3": _("Overdue, 3rd working day"),
    "O+7": _("Overdue, 7th working day"),
    "O+14": _("Overdue, 14th working day"),
    "weekly": _("Overdue, weekly repeat"),
    "at_risk": _("Risk of slipping"),
    "off_track": _("Project turned red"),
    "plan_missing": _("Recovery plan missing"),
    "indicator_red": _("Critical indicator red in two reports"),
    "report_missing": _("Report missing"),
    "evidence_waiting": _("Evidence waits for review"),
    "change_waiting": _("Change request waits for a ruling"),
}

ENTRIES = {
    "project_created": _in("entry", "Project created"),
    "project_edited": _in("entry", "Project edited"),
    "handed_over": _in("entry", "Handed over"),
    "milestone_created": _in("entry", "Milestone created"),
    "milestone_edited": _in("entry", "Milestone edited"),
    "indicator_created": _in("entry", "Indicator created"),
    "indicator_edited": _in("entry", "Indicator edited"),
    "completion_claimed": _in("entry", "Reported done"),
    "evidence_accepted": _in("entry", "Evidence accepted"),
    "evidence_rejected": _in("entry", "Evidence returned for revision"),
    "forecast": _in("entry", "Forecast date given"),
    "indicator": _in("entry", "Indicator value entered"),
    "change_requested": _in("entry", "New baseline date requested"),
    "change_checked": _in("entry", "Change request checked"),
    "change_returned": _in("entry", "Change request returned for revision"),
    "change_refused": _in("entry", "Change request refused"),
    "rebaseline": _in("entry", "Baseline revised"),
    "pause": _in("entry", "Paused"),
    "resume": _in("entry", "Resumed"),
    "cancel": _in("entry", "Cancelled"),
    "override": _in("entry", "Worse colour set by hand"),
    "cost_reported": _in("entry", "Money report entered"),
    "issue_raised": _in("entry", "Issue raised"),
    "issue_closed": _in("entry", "Issue closed"),
    "acknowledged": _in("entry", "Alert acknowledged"),
    "snoozed": _in("entry", "Alert snoozed"),
    "muted": _in("entry", "Alert muted for oneself"),
    "help_wanted": _in("entry", "Help wanted"),
    "alert_acknowledged": _in("entry", "Alert acknowledged"),
    "recovery_plan": _in("entry", "Recovery plan given"),
    "forecast_confirmed": _in("entry", "Forecast confirmed by the next level"),
    "update": _in("entry", "Update sent"),
    "date_confirmed": _in("entry", "Date confirmed"),
    "update_acknowledged": _in("entry", "Update acknowledged"),
    "update_questioned": _in("entry", "Asked back about an update"),
    "question_answered": _in("entry", "Question about an update answered"),
    "curator_view": _in("entry", "Curator's own view given"),
    "comment": _in("entry", "Comment"),
    "comment_withdrawn": _in("entry", "Comment withdrawn"),
    "confidence": _in("entry", "Confidence of the project management office given"),
}

WORDS: dict[str, dict[str, str]] = {
    "milestone_status": MILESTONE_STATUSES,
    "indicator_status": INDICATOR_STATUSES,
    "project_status": PROJECT_STATUSES,
    "rule": RULES,
    "role": ROLES,
    "capacity": CAPACITIES,
    "action": ACTIONS,
    "scope": SCOPES,
    "ground": GROUNDS,
    "rung": RUNGS,
    "news": NEWS,
    "topic": TOPICS,
    "entry": ENTRIES,
    **VOICES,
    "severity": {"0": _("Green"), "1": _("Amber"), "2": _("Red")},
    "component": {
        "M": _("Milestones"),
        "S": _("Schedule forecast"),
        "I": _("Indicators"),
        "C": _("Cost"),
        "R": _("Issues"),
    },
    "driver": {
        "done": _in("driver", "actual date"),
        "claimed": _in("driver", "claimed date"),
        "baseline": _in("driver", "baseline date"),
        "own_forecast": _in("driver", "manager's forecast"),
        "not_before_tomorrow": _in("driver", "not before the next working day"),
        "predecessor": _in("driver", "predecessor"),
    },
    "direction": {
        "up": _("up (more is better)"),
        "down": _("down (less is better)"),
        "range": _("within a range"),
    },
    "indicator_kind": {
        "point": _("at a point in time"),
        "cumulative": _("cumulative"),
        "period": _("for the period"),
    },
    "interpolation": {"linear": _("straight line"), "step": _("in steps")},
    "indicator_source": {
        "departmental_report": _in("source", "departmental report"),
        "official_statistics": _in("source", "official statistics"),
    },
    "frequency": {"monthly": _("monthly"), "quarterly": _("quarterly")},
    "calendar_kind": {"day_off": _in("calendar", "Day off"), "working": _in("calendar", "Working day")},
    "duty": {
        "manages": _in("duty", "Projects managed"),
        "performs": _in("duty", "Milestones performed"),
        "owns": _in("duty", "Projects owned"),
        "curates": _in("duty", "Projects curated"),
        "heads": _in("duty", "Departments headed"),
        "holds_area": _in("duty", "Areas of the curator"),
        "substitutes": _in("duty", "People this post stands in for"),
        "told": _in("duty", "Open alerts"),
    },
    "item_kind": {
        "project": _in("item", "Project"),
        "milestone": _in("item", "Milestone"),
        "indicator": _in("item", "Indicator"),
    },
    "change_outcome": {
        "waiting": _in("change", "Waits for a ruling"),
        "checked": _in("change", "Checked"),
        "returned": _in("change", "Returned for revision"),
        "approved": _in("change", "Approved"),
        "refused": _in("change", "Refused"),
    },
    "alert_state": {
        "scheduled": _in("alert", "Scheduled"),
        "sent": _in("alert", "Sent"),
        "lapsed": _in("alert", "Lapsed, not sent"),
        "acknowledged": _in("alert", "Acknowledged"),
        "snoozed": _in("alert", "Snoozed"),
        "resolved": _in("alert", "Resolved"),
        "superseded": _in("alert", "Superseded"),
        "suspended": _in("alert", "Suspended"),
        "closed": _in("alert", "Closed"),
        "failed": _in("alert", "Not delivered"),
    },
    "alert_note": {
        "role_vacant": _in("alert", "role vacant"),
        "absent_copy": _in("alert", "copy to the absent"),
        "not_delivered": _in("alert", "not delivered to the previous level"),
        "handed_over": _in("alert", "handed over"),
    },
    "channel": {
        "direct": _in("channel", "direct mail"),
        "list": _in("channel", "list"),
        "digest": _in("channel", "digest"),
    },
    "mail_kind": {
        "alert": _in("mail", "Alert"),
        "alert_bundle": _in("mail", "Several alerts"),
        "alert_list": _in("mail", "List of alerts"),
        "digest_daily": _in("mail", "Daily digest"),
        "digest_weekly": _in("mail", "Weekly digest"),
        "delivery_notice": _in("mail", "Notice of failed delivery"),
        "password_invitation": _in("mail", "Invitation to set a password"),
        "password_reset": _in("mail", "Link for a new password"),
    },
    "mail_choice": {
        "weekly_digest": _("Weekly digest"),
        "daily_digest": _("Daily digest"),
        "all_in_order": _("Weekly digest also when all is in order"),
    },
    "mail_state": {
        "queued": _in("mail", "Queued"),
        "sending": _in("mail", "Being sent"),
        "sent": _in("mail", "Sent"),
        "failed": _in("mail", "Not delivered"),
        "suppressed": _in("mail", "Suppressed"),
        "expired": _in("mail", "Expired"),
    },
    "job": {
        "assess": _in("job", "Computing statuses"),
        "alerts": _in("job", "Alerts"),
        "digests": _in("job", "Digests"),
        "retention": _in("job", "Removing what was kept long enough"),
        "deliver": _in("job", "Mail delivery"),
    },
    "job_count": {
        "projects": _in("count", "projects looked at"),
        "assessed": _in("count", "statuses computed"),
        "removed_rows": _in("count", "rows removed"),
        "emptied_mails": _in("count", "copies of sent mails removed"),
        "cleared_posts": _in("count", "closed posts cleared"),
        "changed": _in("count", "statuses changed"),
        "carried_out": _in("count", "planned changes carried out"),
        "alerts": _in("count", "alerts raised"),
        "ended": _in("count", "alerts ended"),
        "lapsed": _in("count", "reminders lapsed"),
        "mails": _in("count", "mails written"),
        "digests": _in("count", "digests written"),
        "lists": _in("count", "lists instead of weekly digests"),
        "daily": _in("count", "daily"),
        "weekly": _in("count", "weekly"),
        "nothing_to_say": _in("count", "readers without news"),
        "sent": _in("count", "mails sent"),
        "put_off": _in("count", "to be tried again"),
        "uncertain": _in("count", "perhaps delivered twice"),
        "failed": _in("count", "given up"),
        "our_fault": _in("count", "refused for a fault of ours"),
        "withheld": _in("count", "withheld"),
        "expired": _in("count", "expired"),
        "suppressed": _in("count", "not sent to addresses that return mail"),
        "notices": _in("count", "notices"),
        "failures": _in("count", "failed attempts"),
    },
    "job_state": {
        "running": _in("job", "Running"),
        "done": _in("job", "Done"),
        "already_done": _in("job", "Already done"),
        "nothing_due": _in("job", "Nothing due"),
        "failed": _in("job", "Failed"),
    },
    "import_noun": {
        "cities": _("Cities"),
        "lists": _("Lists"),
        "districts": _("Districts"),
        "departments": _("Departments"),
        "people": _("Posts"),
        "areas": _("Areas of curators"),
        "projects": _("Projects"),
        "milestones": _("Milestones"),
        "indicators": _("Indicators"),
    },
    "language": {"ru": "Русский", "kk": "Қазақша", "en": "English"},
    "language_short": {"ru": "Рус", "kk": "Қаз", "en": "Eng"},
}
"""Kind to code to word. A code that is missing here is a mistake in the code, and a test says which."""


def label(kind: str, code: object) -> str:
    """The word for a code in the reader's language; the empty string for None.

    ``code`` may be an enum member, a string or a number. A driver ``predecessor DP-10-M2`` keeps the code it names.
    Raises KeyError for an unknown kind or code.
    """
    if code is None:
        return ""
    key = str(code.value if isinstance(code, Enum) else code)
    if kind == "driver" and key.startswith("predecessor "):
        return f"{WORDS[kind]['predecessor']} {key.removeprefix('predecessor ')}"
    return str(WORDS[kind][key])


def lazy_label(kind: str, code: object) -> str:
    """The word, looked up each time it is shown: for form choices built once."""
    return cast(str, LazyProxy(label, kind, code, enable_cache=False))


def choices(kind: str) -> list[tuple[str, str]]:
    """(code, word) of a kind in its own order, for a list to choose from."""
    return [(code, str(word)) for code, word in WORDS[kind].items()]
