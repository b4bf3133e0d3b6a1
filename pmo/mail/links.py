"""Where the links of a mail lead: to the exact form or page, at the installation's own address.

A link holds no right: whoever follows it signs in first, and nothing changes before a button is pressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

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
    "update": "/update?item={item}",
}
_ANSWERS = {
    "claim_or_forecast": ("update", "completion", "acknowledgement"),
    "confirm_or_forecast": ("update",),
    "enter_reading": ("update",),
    "send_update": ("update",),
    "decide_evidence": ("decision",),
}
"""Which forms answer what is expected, the foremost first."""


class Links:
    """Addresses for one installation."""

    def __init__(self, base_url: str | None) -> None:
        self.base = (base_url or FALLBACK_BASE_URL).rstrip("/")

    def page(self, line: Mapping[str, Any]) -> str:
        """The page of what a line tells; the project's where the thing has none of its own.

        Where a word on a project is wanted from the reader, it is the form for that.
        """
        if line.get("action") == "send_update":
            return self._form("update", line)
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
        return tuple((answer, self._form(answer, line)) for answer in answers)

    def tasks(self) -> str:
        """The reader's own first page."""
        return f"{self.base}/tasks"

    def outbox(self) -> str:
        """The page of outgoing mail."""
        return f"{self.base}/outbox"

    def _form(self, answer: str, line: Mapping[str, Any]) -> str:
        return self.base + _FORMS[answer].format(id=line["id"], item=quote(line["item"]))
