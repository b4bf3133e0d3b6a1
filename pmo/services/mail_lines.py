"""Alerts and digest lines as the facts of mails: names put to codes, dates as ISO text (``pmo.mail.facts``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, cast

from pmo.domain.alerts import ItemKind, NewAlert
from pmo.domain.digests import SECTION_OF, WHAT_OF, Line, ProjectLine, SectionLines
from pmo.domain.project import ProjectAssessment
from pmo.domain.reason import Reason
from pmo.domain.status_weeks import StatusCount
from pmo.domain.week import reason_about
from pmo.mail.facts import (
    DepartmentFacts,
    LineFacts,
    ProjectLineFacts,
    ProjectRef,
    ReasonFacts,
    SectionFacts,
    StatusCountFacts,
)
from pmo.queries.alerts import WaitingLine
from pmo.queries.directory import Directory, Entry, Names

OWN_KEYS = ("action", "act_by", "next_rung", "next_on")
"""Facts of an alert that a line holds itself, not among its ``values``."""
OF_THE_ALERT = (*OWN_KEYS, "told", "answers", "note", "stands_for")
"""What only an alert knows; a digest's own numbers are newer than those of an alert that waited for it."""

Stored = Mapping[tuple[str, str], LineFacts]


class MailLines:
    """Puts names to codes; one for each run of a job."""

    def __init__(self, directory: Directory, reasons: Mapping[str, Names]) -> None:
        self._directory = directory
        self._reasons = reasons
        self._by_code = {entry.code: entry for entry in directory.projects.values()}

    def of_alert(self, project_id: int, alert: NewAlert, assessment: ProjectAssessment) -> LineFacts:
        """The line of a new alert; it is kept with the alert."""
        entry = self._directory.projects[project_id]
        facts = dict(alert.facts)
        told = [
            {"rung": step["rung"], "on": plain(step["on"]), "people": self._titles(step["people"])}
            for step in cast("list[dict[str, Any]]", facts.pop("told", []))
        ]
        answers = [
            {**plain(answer), "person": self._title(answer["person"])}
            for answer in cast("list[dict[str, Any]]", facts.pop("answers", []))
        ]
        if alert.kind is ItemKind.PROJECT:
            reason = assessment.reasons[0] if assessment.reasons else None
        else:
            reason = reason_about(assessment, alert.item)
        if isinstance(facts.get("reason"), str):
            facts["reason"] = self._reasons.get(str(facts["reason"]))
        line = {
            "section": SECTION_OF[alert.rung].value,
            "what": WHAT_OF[alert.rung].value,
            "kind": alert.kind.value,
            "item": alert.item,
            **self._named(entry, alert.item),
            "severity": facts.get("severity"),
            "critical": bool(facts.get("critical", False)),
            "days_overdue": facts.get("days_overdue", 0),
            "rung": alert.rung.value,
            "reason": self._reason(reason, entry),
            **{key: plain(facts.pop(key, None)) for key in OWN_KEYS},
            "values": plain(facts),
            "told": told,
            "answers": answers,
            "note": alert.addressee.note,
            "stands_for": self._title(alert.addressee.stands_for),
        }
        return cast(LineFacts, line)

    def of_line(self, line: Line, stored: Stored) -> LineFacts:
        """A line of a list or a digest; where it is an alert, with what the alert knows besides."""
        entry = self._by_code[line.project]
        values = dict(line.values)
        own = {key: plain(values.pop(key, None)) for key in OWN_KEYS}
        if isinstance(values.get("reason"), str):
            values["reason"] = self._reasons.get(str(values["reason"]))
        if "author" in values:
            values["author"] = self._title(cast("str | None", values["author"]))
        alert = stored.get((line.item, line.rung.value)) if line.rung else None
        facts: dict[str, Any] = {
            "section": line.section.value,
            "what": line.what.value,
            "kind": line.kind,
            "item": line.item,
            **self._named(entry, line.item),
            "severity": line.severity,
            "critical": line.critical,
            "days_overdue": line.days_overdue,
            "rung": line.rung.value if line.rung else None,
            "reason": self._reason(line.reason, entry),
            "values": plain(values),
            **own,
            "told": [],
            "answers": [],
            "note": None,
            "stands_for": None,
        }
        if alert is not None:
            facts |= {key: alert.get(key) for key in OF_THE_ALERT}
            facts["reason"] = facts["reason"] or alert.get("reason")
        return cast(LineFacts, facts)

    def of_sections(self, found: Iterable[SectionLines], stored: Stored) -> list[SectionFacts]:
        """Sections with their lines."""
        return [
            SectionFacts(
                section=section.section.value,
                lines=[self.of_line(line, stored) for line in section.lines],
                more=section.more,
            )
            for section in found
        ]

    def of_departments(self, departments: Mapping[str, Sequence[ProjectLine]]) -> list[DepartmentFacts]:
        """A curator's projects under their departments."""
        found = []
        for lines in departments.values():
            entries = [self._by_code[line.project] for line in lines]
            projects = [self._project_line(line, entry) for line, entry in zip(lines, entries, strict=True)]
            found.append(DepartmentFacts(department=entries[0].department_names, projects=projects))
        return found

    def of_count(self, count: StatusCount) -> StatusCountFacts:
        """The reader's projects by colour on a day."""
        return StatusCountFacts(
            on=count.on.isoformat(), red=count.red, amber=count.amber, green=count.green, none=count.none
        )

    def line_of(self, waiting: WaitingLine) -> Line:
        """An alert that waited, as a line to be ordered and grouped among others."""
        facts = waiting.facts
        values = facts["values"]
        since = values.get("overdue_from")
        entry = self._by_code[facts["project"]["code"]]
        return Line(
            section=SECTION_OF[waiting.rung],
            what=WHAT_OF[waiting.rung],
            kind=facts["kind"],
            item=facts["item"],
            project=entry.code,
            department=entry.department,
            severity=facts["severity"] or 0,
            critical=facts["critical"],
            days_overdue=facts["days_overdue"],
            weight=values.get("weight") or 1.0,
            overdue_since=date.fromisoformat(since) if since else None,
            rung=waiting.rung,
            values=values,
        )

    def _project_line(self, line: ProjectLine, entry: Entry) -> ProjectLineFacts:
        return ProjectLineFacts(
            project=self._ref(entry),
            status=line.status,
            severity=line.severity,
            trend=line.trend.value,
            reason=self._reason(line.reason, entry),
        )

    def _named(self, entry: Entry, code: str) -> dict[str, Any]:
        item = entry.items.get(code)
        return {
            "id": item.id if item else entry.id,
            "name": item.names if item else entry.names,
            "project": self._ref(entry),
            "department": entry.department_names,
        }

    def _ref(self, entry: Entry) -> ProjectRef:
        return ProjectRef(id=entry.id, code=entry.code, name=entry.names)

    def _reason(self, reason: Reason | None, entry: Entry) -> ReasonFacts | None:
        if reason is None:
            return None
        item = entry.items.get(reason.item)
        return ReasonFacts(
            rule=reason.rule,
            item=reason.item,
            values=plain(dict(reason.values)),
            limit=plain(reason.limit),
            name=item.names if item else entry.names,
        )

    def _titles(self, people: Sequence[str]) -> list[Names]:
        return [title for title in map(self._title, people) if title is not None]

    def _title(self, person: str | None) -> Names | None:
        contact = self._directory.people.get(person) if person else None
        return contact.titles if contact else None


def plain(value: Any) -> Any:
    """JSON-able: dates as ISO text, codes as text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def stored_lines(waiting: Iterable[WaitingLine]) -> dict[tuple[str, str], LineFacts]:
    """Stored lines by item and rung."""
    return {(line.facts["item"], line.rung.value): cast(LineFacts, line.facts) for line in waiting}
