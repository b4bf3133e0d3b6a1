"""Words for how far a right reaches, and for why somebody has it or not."""

from __future__ import annotations

from pmo.i18n import lazy_pgettext as _in

SCOPES: dict[str, str] = {
    "own": _in("scope", "own projects"),
    "department": _in("scope", "the department"),
    "area": _in("scope", "the curator's area"),
    "city": _in("scope", "the city"),
}

GROUNDS: dict[str, str] = {
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
