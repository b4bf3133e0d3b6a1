"""The main menu, by right: one table. An entry shows once its page exists."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from pmo.domain.access import Action, Actor, Role
from pmo.i18n import lazy_gettext as _
from pmo.web.access import may_ever


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. ``action`` is the right it needs, ``roles`` the posts it is for; empty means everybody."""

    endpoint: str
    word: str
    icon: str
    action: Action | None = None
    roles: frozenset[Role] = frozenset()

    @property
    def url(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        """Whether the page belongs to the entry: the same feature, that is the same blueprint."""
        return (request.blueprint or "") == self.endpoint.partition(".")[0]


WORKING = frozenset(Role) - {Role.OBSERVER, Role.ADMINISTRATOR}

STEERING = frozenset({Role.AKIM, Role.DEPUTY_AKIM, Role.CHIEF_OF_STAFF, Role.PMO_HEAD, Role.PMO_ANALYST})

MENU = (
    Entry("tasks.index", _("My tasks"), "list-check", roles=WORKING),
    Entry("portfolio.index", _("Portfolio"), "table"),
    Entry("news.index", _("What changed"), "history"),
    Entry("meeting.show", _("Meeting"), "users", roles=STEERING),
    Entry("milestones.index", _("Milestones"), "flag"),
    Entry("alerts.index", _("Alerts"), "bell"),
    Entry("absences.index", _("Absences"), "users", action=Action.SET_ABSENCE),
    Entry("administration.index", _("Administration"), "users", roles=frozenset({Role.ADMINISTRATOR})),
    Entry("imports.index", _("Import"), "upload", action=Action.IMPORT),
    Entry("jobs.index", _("Jobs"), "clock", action=Action.SEE_JOBS),
    Entry("outbox.index", _("Mail"), "mail", action=Action.SEE_OUTBOX),
)
FIRST_PAGE = {Role.PROJECT_MANAGER: "tasks.index", Role.ADMINISTRATOR: "jobs.index"}
"""The page after sign-in where it is not the portfolio (issue: "my tasks" as a manager's first page)."""


def entries_for(actor: Actor) -> list[Entry]:
    """The menu of somebody: what exists and is for them."""
    return [entry for entry in MENU if entry.endpoint in current_app.view_functions and _is_for(entry, actor)]


def first_page(actor: Actor) -> str:
    """Where somebody begins."""
    for endpoint in (FIRST_PAGE.get(actor.role, ""), "portfolio.index"):
        if endpoint in current_app.view_functions:
            return url_for(endpoint)
    return url_for("people.show_me")


def _is_for(entry: Entry, actor: Actor) -> bool:
    posts = (actor, *actor.others)
    if entry.roles and not any(post.role in entry.roles for post in posts):
        return False
    return entry.action is None or may_ever(actor, entry.action)
