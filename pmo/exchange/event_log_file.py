"""A log of dated events: read, checked field by field, grouped by day. What they mean is checked by the replay."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from pmo.domain.milestone import NOT_STATED
from pmo.exchange.canonical_json import canonical_json
from pmo.exchange.document import Document, Faults, read_file, read_yaml
from pmo.exchange.faults import ImportFault, ImportRefused, Steps
from pmo.exchange.fields import Fields, top_of

EVENTS = "events"

EVENT_TYPES = (
    "completion_claimed",
    "evidence_accepted",
    "evidence_rejected",
    "forecast",
    "indicator",
    "change_requested",
    "rebaseline",
    "pause",
    "resume",
    "cancel",
)


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event. ``day`` is its own date, ``on`` the date it is about: a completion, a forecast, or a period's end."""

    path: Steps
    day: date
    project: str
    city: str | None
    type: str
    ref: str
    author: str | None = None
    on: date | None = None
    value: float | None = None
    reason: str = NOT_STATED
    evidence: str | None = None
    document_number: str | None = None
    document_date: date | None = None
    link: str | None = None
    text: str | None = None
    new_dates: Mapping[str, date] = dataclasses.field(default_factory=dict)

    @property
    def period_end(self) -> date | None:
        """The end of the period that a reading is about; None for every other type."""
        return self.on if self.type == "indicator" else None

    def key(self, city: str) -> str:
        """What makes two events the same one (PRODUCT 5), within the city that the project belongs to."""
        period = self.period_end.isoformat() if self.period_end else ""
        return "/".join((self.day.isoformat(), city, self.project, self.type, self.ref, period))

    def digest(self) -> str:
        """A fingerprint of everything the event says: another one under the same key is a contradiction."""
        said = {field.name: getattr(self, field.name) for field in dataclasses.fields(self) if field.name not in _WHERE}
        return sha256(canonical_json({name: _plain(value) for name, value in said.items()})).hexdigest()


_WHERE = ("path", "city")


@dataclass(frozen=True, slots=True)
class EventLog:
    """All events of a file, those of one day in the file's order."""

    document: Document
    days: Mapping[date, tuple[LogEvent, ...]]

    @property
    def events(self) -> tuple[LogEvent, ...]:
        """Every event, day by day."""
        return tuple(event for day in sorted(self.days) for event in self.days[day])

    def on(self, day: date) -> tuple[LogEvent, ...]:
        """The events of a day."""
        return self.days.get(day, ())

    def fault(self, event: LogEvent, code: str, value: object = None, **values: object) -> ImportFault:
        """A fault of an event of this file."""
        return self.document.fault(event.path, code, value, **values)


def is_event_log(document: Document) -> bool:
    """Whether a file is a log of events rather than a portfolio."""
    return EVENTS in document.content


def read_log(path: Path) -> EventLog:
    """A log by its file name. Raises ImportRefused with every fault of form."""
    log, faults = read_events(read_yaml(read_file(path), path.name))
    if faults:
        raise ImportRefused(faults)
    return log


def read_events(document: Document) -> tuple[EventLog, list[ImportFault]]:
    """The events of a file and every fault of form; a faulty event is left out."""
    faults = Faults(document)
    top = top_of(document, faults)
    top.ignore("meta", "scenarios")
    days: dict[date, list[LogEvent]] = {}
    for fields in top.mappings(EVENTS):
        event = _event(fields)
        if event:
            days.setdefault(event.day, []).append(event)
    top.finish()
    return EventLog(document, {day: tuple(events) for day, events in days.items()}), faults.found


def _event(fields: Fields) -> LogEvent | None:
    day, project = fields.day("event_date"), fields.text("project", 30)
    city, ref = fields.optional_text("city", 40), fields.text("ref", 40)
    type_ = fields.text("type", 40)
    if type_ is not None and type_ not in EVENT_TYPES:
        fields.fault("type", "unknown_event_type", type_, expected=list(EVENT_TYPES))
        return None  # which fields it may have is unknown
    said = _said(fields, type_) if type_ else {}
    if type_:
        fields.finish()
    if not (day and project and ref and type_) or said is None:
        return None
    return LogEvent(path=fields.path, day=day, project=project, city=city, type=type_, ref=ref, **said)


def _said(fields: Fields, type_: str) -> dict[str, Any] | None:
    """What events of a type say beside the common fields; None where something that must be there is not."""
    said: dict[str, Any] = {"text": fields.optional_text("text", 2000)}
    required: list[object] = []
    if type_ == "completion_claimed":
        said["on"] = fields.day("completed_on")
        said["evidence"] = fields.text("evidence", 60)
        said["document_number"] = fields.optional_text("document_number", 100)
        said["document_date"] = fields.optional_day("document_date")
        said["link"] = fields.optional_text("link", 1000)
        required = [said["on"], said["evidence"]]
    elif type_ == "forecast":
        said["on"] = fields.day("forecast_date")
        said["reason"] = fields.optional_text("reason", 60) or NOT_STATED
        required = [said["on"]]
    elif type_ == "indicator":
        said["on"], said["value"] = fields.day("period_end"), fields.number("value")
        required = [said["on"], said["value"]]
    elif type_ in ("change_requested", "rebaseline"):
        said["new_dates"] = fields.days("new_dates")
        if type_ == "rebaseline":
            said["reason"] = fields.optional_text("reason", 60) or NOT_STATED
            if not said["new_dates"]:
                fields.fault("new_dates", "missing_field", field="new_dates")
            required = [said["new_dates"] or None]
        else:
            said["reason"] = fields.text("reason", 60)
            required = [said["reason"]]
    elif type_ in ("evidence_rejected", "pause", "cancel"):
        said["reason"] = fields.text("reason", 60)
        required = [said["reason"]]
    named = [fields.optional_text(name, 60) for name in ("by", "approved_by")]
    said["author"] = next((author for author in named if author), None)
    return None if any(value is None for value in required) else said


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {code: _plain(day) for code, day in value.items()}
    return value
