"""Where the links of a mail lead: to the exact form or page, at the installation's own address.

A link holds no right: whoever follows it signs in first, and nothing changes before a button is pressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

FALLBACK_BASE_URL = "http://localhost:8000"
"""For commands that need no address (a simulation, a dry run)."""

SENIORS = ("curator", "chief_of_staff", "akim")
"""Roles of those who hear of work that others owe."""
OFFICE = ("pmo_analyst", "pmo_head")
_PAGES = {
    "project": "/projects/{id}",
    "milestone": "/milestones/{id}",
    "indicator": "/indicators/{id}",
}
_FORMS = {
    "completion": "/milestones/{id}/completion",
    "forecast": "/milestones/{id}/forecast",
    "acknowledgement": "/milestones/{id}/acknowledgement",
    "decision": "/milestones/{id}/evidence-decision",
    "reading": "/indicators/{id}/readings/new",
    "help": "/milestones/{id}/help-request",
    "snooze": "/milestones/{id}/snooze",
    "mute": "/milestones/{id}/mute",
    "plan": "/projects/{id}/recovery-plan",
    "project_heard": "/projects/{id}/acknowledgement",
    "indicator_heard": "/indicators/{id}/acknowledgement",
    "ruling": "/change-requests/{request}",
    "update": "/update?item={item}",
}
_ANSWERS = {
    "claim_or_forecast": ("update", "completion", "forecast", "help", "acknowledgement", "snooze"),
    "confirm_or_forecast": ("update", "forecast", "acknowledgement", "help"),
    "enter_reading": ("update", "reading", "indicator_heard"),
    "ask_for_measures": ("indicator_heard",),
    "send_update": ("update",),
    "decide_evidence": ("decision",),
    "recovery_plan": ("plan", "project_heard"),
    "ask_for_plan": ("project_heard",),
    "rule_change": ("ruling",),
}
"""Which forms answer what is expected, the foremost first."""
_OWN_WORK = ("overdue", "slipped", "next_days", "silent")
"""Sections whose lines a manager or an owner finds among the own tasks."""
_REST = {
    "newly_red": "?status=off_track",
    "off_curve": "?status=attention",
    "silent": "?status=attention",
}
"""How the overview is narrowed to the projects that a section speaks of."""
_OF_SENIORS = {
    "claim_or_forecast": ("acknowledgement", "mute"),
    "confirm_or_forecast": ("acknowledgement", "mute"),
    "enter_reading": ("indicator_heard",),
    "recovery_plan": ("project_heard",),
    "send_update": (),
}
"""The same for those who do not do the work themselves."""
_OF_OFFICE = frozenset({"decision", "ruling"})
"""The project management office judges and checks; it does not report what others have done."""
_OF_MANAGER = {"recovery_plan": ("project_heard",)}
"""The plan is the owner's to give."""
_TO_AN_ALERT = frozenset({"acknowledgement", "help", "snooze", "mute", "indicator_heard", "project_heard", "plan"})
"""Forms that only somebody who was told may open; a line of a digest that is no alert does not offer them."""


def owes(line: Mapping[str, Any], role: str) -> bool:
    """Whether somebody in this capacity owes the answer that a line expects."""
    if line.get("action") == "decide_evidence":
        return role in OFFICE
    return bool(line.get("action")) and role not in (*SENIORS, *OFFICE)


class Links:
    """Addresses for one installation."""

    def __init__(self, base_url: str | None) -> None:
        self.base = (base_url or FALLBACK_BASE_URL).rstrip("/")

    def page(self, line: Mapping[str, Any]) -> str:
        """The page of what a line tells: the project's where the thing has none of its own; of a group, all ladders."""
        if line["kind"] == "group":
            return f"{self.base}/alerts"
        if line.get("id") is not None and line["kind"] in _PAGES:
            return self.base + _PAGES[line["kind"]].format(id=line["id"])
        return self.project(line["project"])

    def password(self) -> str:
        """Where a password is set; the token is written in when the mail leaves (``pmo.mail.password_links``)."""
        return f"{self.base}/password/hidden"

    def own_address(self) -> str:
        """Where a new address is confirmed; its token is written in likewise (``pmo.mail.address_links``)."""
        return f"{self.base}/me/address/hidden"

    def project(self, project: Mapping[str, Any]) -> str:
        """The page of a project."""
        return self.base + _PAGES["project"].format(id=project["id"])

    def forms(self, line: Mapping[str, Any], role: str) -> tuple[tuple[str, str], ...]:
        """The forms with which a reader in a role answers a line, as (code, address), the foremost first.

        Its page, with the code ``open``, where there is none.
        """
        found = self.answers(line, role)
        return found or (("open", self.page(line)),)

    def answers(self, line: Mapping[str, Any], role: str) -> tuple[tuple[str, str], ...]:
        """The same without the page."""
        action = line.get("action") or ""
        codes = _ANSWERS.get(action, ())
        if role in SENIORS:
            codes = _OF_SENIORS.get(action, codes)
        if role == "manager":
            codes = _OF_MANAGER.get(action, codes)
        if role in OFFICE:
            codes = tuple(code for code in codes if code in _OF_OFFICE)
        if line.get("id") is None:
            return ()
        numbers = {"id": line["id"], "request": line["values"].get("request"), "item": quote(line["item"])}
        return tuple(
            (code, self.base + _FORMS[code].format(**numbers))
            for code in codes
            if line.get("rung") or code not in _TO_AN_ALERT
        )

    def foremost(self, line: Mapping[str, Any], role: str) -> tuple[tuple[str, str], ...]:
        """What stands beside a line of a list: one form; the page behind the line's name has the rest.

        Ten lines a section with every form would be clipped by mail programs.
        """
        return self.answers(line, role)[:1]

    def rest(self, section: str, role: str) -> str:
        """Where the lines stand that a section leaves out."""
        if section == "decisions" or (role not in (*SENIORS, *OFFICE) and section in _OWN_WORK):
            return self.tasks()
        if section in ("overdue", "slipped"):
            return f"{self.base}/alerts"
        return f"{self.base}/portfolio{_REST.get(section, '')}"

    def tasks(self) -> str:
        """The reader's own first page."""
        return f"{self.base}/tasks"

    def own_mail(self) -> str:
        """Where the reader chooses which regular mail to get."""
        return f"{self.base}/me#mail"

    def outbox(self) -> str:
        """The page of outgoing mail."""
        return f"{self.base}/outbox"
