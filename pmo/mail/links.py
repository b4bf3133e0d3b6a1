"""Where the links of a mail lead: to the exact form or page, at the installation's own address.

A link holds no right: whoever follows it signs in first, and nothing changes before a button is pressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FALLBACK_BASE_URL = "http://localhost:8000"
"""For commands that need no address (a simulation, a dry run)."""

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
}
_ANSWERS = {
    "claim_or_forecast": ("completion", "forecast", "acknowledgement"),
    "confirm_or_forecast": ("forecast",),
    "enter_reading": ("reading",),
    "decide_evidence": ("decision",),
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
_OFFICE = ("pmo_analyst", "pmo_head")
_STEERING = ("curator", "akim", *_OFFICE)


def owes(line: Mapping[str, Any], role: str) -> bool:
    """Whether somebody in this capacity owes the answer that a line expects."""
    if line.get("action") == "decide_evidence":
        return role in _OFFICE
    return bool(line.get("action")) and role not in _STEERING


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

    def project(self, project: Mapping[str, Any]) -> str:
        """The page of a project."""
        return self.base + _PAGES["project"].format(id=project["id"])

    def forms(self, line: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """The forms that answer a line, as (code, address); its page, with the code ``open``, where there is none."""
        answers = _ANSWERS.get(line.get("action") or "", ())
        if line.get("id") is None or not answers:
            return (("open", self.page(line)),)
        return tuple((answer, self.base + _FORMS[answer].format(id=line["id"])) for answer in answers)

    def answers(self, line: Mapping[str, Any], role: str) -> tuple[tuple[str, str], ...]:
        """The forms of a line among others: only for those who owe the answer, and only those that give one."""
        if not owes(line, role):
            return ()
        return tuple(form for form in self.forms(line) if form[0] not in ("open", "acknowledgement"))

    def rest(self, section: str, role: str) -> str:
        """Where the lines stand that a section leaves out."""
        if section == "decisions" or (role not in _STEERING and section in _OWN_WORK):
            return self.tasks()
        if section in ("overdue", "slipped"):
            return f"{self.base}/alerts"
        return f"{self.base}/portfolio{_REST.get(section, '')}"

    def tasks(self) -> str:
        """The reader's own first page."""
        return f"{self.base}/tasks"

    def outbox(self) -> str:
        """The page of outgoing mail."""
        return f"{self.base}/outbox"
