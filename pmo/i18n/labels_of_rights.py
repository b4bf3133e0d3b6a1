"""What posts may do, how far, and why: the words of the table of rights."""

from __future__ import annotations

from pmo.i18n import lazy_pgettext as _in

ACTIONS = {
    "view": _in("action", "see projects"),
    "claim": _in("action", "report a milestone done"),
    "forecast": _in("action", "give a forecast date"),
    "reading": _in("action", "enter an indicator value"),
    "request_change": _in("action", "request a new baseline date"),
    "update": _in("action", "send an update"),
    "acknowledge_update": _in("action", "acknowledge an update or ask back"),
    "confidence": _in("action", "give the confidence of the project management office"),
    "own_view": _in("action", "give the curator's own view"),
    "comment": _in("action", "write comments"),
    "withdraw_comment": _in("action", "withdraw comments of others"),
    "decide_evidence": _in("action", "accept or return evidence"),
    "check_change": _in("action", "check a requested change"),
    "rule_change": _in("action", "approve or refuse a change"),
    "pause": _in("action", "pause"),
    "resume": _in("action", "resume"),
    "cancel": _in("action", "cancel a project"),
    "override": _in("action", "set a worse colour"),
    "reopen_period": _in("action", "correct a closed period"),
    "edit": _in("action", "edit projects"),
    "create_project": _in("action", "create projects"),
    "import": _in("action", "import a portfolio"),
    "see_jobs": _in("action", "see the job log"),
    "see_outbox": _in("action", "see outgoing mail"),
    "set_absence": _in("action", "enter absences"),
    "manage_sign_in": _in("action", "look after how posts sign in"),
    "preview_alerts": _in("action", "preview alerts"),
    "see_rights": _in("action", "see the rights of others"),
    "manage_people": _in("action", "add and close posts, give roles for a time"),
    "manage_departments": _in("action", "reform departments, give areas to curators"),
    "manage_calendar": _in("action", "change the working calendar"),
    "manage_rules": _in("action", "change the numbers of the rules"),
}

SCOPES = {
    "own": _in("scope", "own projects"),
    "department": _in("scope", "the department"),
    "area": _in("scope", "the curator's area"),
    "city": _in("scope", "the city"),
}

GROUNDS = {
    "city": _in("ground", "the post has this right in the whole city"),
    "area": _in("ground", "the project belongs to a curator's area that the post holds"),
    "department": _in("ground", "the project belongs to the department of the post"),
    "manager": _in("ground", "the post manages the project"),
    "owner": _in("ground", "the post owns the project"),
    "curator": _in("ground", "the post is the curator of the project"),
    "performer": _in("ground", "the post is named for one of its milestones"),
    "asked": _in("ground", "an escalation about the project reached the post, so it may look"),
    "city_given": _in("ground", "the post was given this city to look at"),
    "never": _in("ground", "this role does not have the right anywhere"),
    "other_city": _in("ground", "the project belongs to another city"),
    "out_of_reach": _in("ground", "the role has the right, but this project lies outside its reach"),
}
