"""Import of a portfolio or a log: read, check everything, compare, then apply; whole or not at all (PRODUCT 5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import holidays
from sqlalchemy.orm import Session

from pmo.exchange.document import Document, Faults, read_file, read_yaml
from pmo.exchange.event_log_file import EventLog, LogEvent, is_event_log, read_events, read_log
from pmo.exchange.event_replay import replay
from pmo.exchange.faults import IMPORT_FAULTS, ImportFault, ImportRefused
from pmo.exchange.portfolio_file import read_portfolio
from pmo.exchange.portfolio_rows import Portfolio
from pmo.exchange.workbook import read_workbook
from pmo.queries.import_state import authors, known_things
from pmo.queries.log_state import ground_of_replay
from pmo.services.calendar import load_calendar
from pmo.services.log_import import EnterResult, EventRefused, RefusedEvent, enter_events, enter_what_fits
from pmo.services.portfolio_import import compare_projects, import_projects
from pmo.services.reference_import import compare_references, import_references

__all__ = [
    "EnterResult",
    "EventLog",
    "EventRefused",
    "ImportFault",
    "ImportPlan",
    "ImportRefused",
    "LogEvent",
    "RefusedEvent",
    "apply_import",
    "check_log",
    "enter_events",
    "enter_what_fits",
    "fault_of",
    "plan_import",
    "read_log",
]

NOUNS = ("cities", "lists", "districts", "departments", "people", "areas", "projects", "milestones", "indicators")
YAML, WORKBOOK = (".yaml", ".yml"), ".xlsx"
OUTCOMES = ("created", "changed", "unchanged")
CONFLICTS = frozenset(
    {"event_conflict", "date_needs_change_request", "tracked_since_fixed", "completion_differs", "reading_differs"}
)
"""Faults that are no slip of the pen: the file says otherwise than what is already entered."""

Counts = dict[str, object]
"""``created``, ``changed``, ``unchanged``, ``events_entered``, ``events_skipped``; the first three ``by_noun`` too."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. With faults it does nothing; ``kind`` is ``portfolio`` or ``log``."""

    file: str
    kind: str
    faults: tuple[ImportFault, ...]
    outcomes: Counter[tuple[str, str]]
    portfolio: Portfolio | None = None
    events: tuple[LogEvent, ...] = ()
    events_skipped: int = 0
    log: EventLog | None = None

    @property
    def conflicts(self) -> tuple[ImportFault, ...]:
        """The faults that contradict facts already entered."""
        return tuple(fault for fault in self.faults if fault.code in CONFLICTS)

    @property
    def counts(self) -> Counts:
        """What would be created, changed and left; the stable part of ``--format json``. Events count as well."""
        by_noun = {noun: {outcome: self.outcomes[outcome, noun] for outcome in OUTCOMES} for noun in NOUNS}
        events = {"created": len(self.events), "changed": 0, "unchanged": self.events_skipped}
        return {
            **{outcome: sum(of[outcome] for of in (*by_noun.values(), events)) for outcome in OUTCOMES},
            "events_entered": len(self.events),
            "events_skipped": self.events_skipped,
            "by_noun": by_noun,
        }


def plan_import(session: Session, source: Path | bytes, name: str | None = None) -> ImportPlan:
    """Reads and checks a file against the database and says what it would change; writes nothing.

    ``source`` is a path, or the bytes of an upload with its file name.
    """
    file = name or (source.name if isinstance(source, Path) else "upload.yaml")
    try:
        document, of_sheets = _read(source, file)
    except ImportRefused as refusal:
        return ImportPlan(file, "portfolio", refusal.faults, Counter())
    if is_event_log(document):
        return _plan_log(session, document)
    return _plan_portfolio(session, document, of_sheets)


def apply_import(session: Session, plan: ImportPlan, recorded_at: datetime) -> Counts:
    """Carries a plan out in the transaction of ``session``. Raises ImportRefused where the plan has faults."""
    if plan.faults:
        raise ImportRefused(plan.faults)
    if plan.portfolio is not None:
        import_references(session, plan.portfolio, recorded_at)
        for calendar in sorted({city.calendar for city in plan.portfolio.cities}):
            load_calendar(session, calendar)
        import_projects(session, plan.portfolio, authors(session), recorded_at)
    if plan.log is not None:
        try:
            enter_events(session, plan.events, recorded_at)
        except EventRefused as refusal:
            raise ImportRefused([fault_of(plan.log, refusal.refused)]) from refusal
    session.flush()
    return plan.counts


def check_log(session: Session, log: EventLog, first: date, last: date) -> list[ImportFault]:
    """Everything in a log's events from ``first`` to ``last``, both included, that contradicts what is known."""
    days = {day: events for day, events in log.days.items() if first <= day <= last}
    return replay(replace(log, days=days), ground_of_replay(session)).faults


def fault_of(log: EventLog, broken: RefusedEvent) -> ImportFault:
    """A refused event as a fault of the file it stands in."""
    code = broken.refusal.code if broken.refusal.code in IMPORT_FAULTS else "rule_broken"
    return log.fault(broken.event, code, broken.event.ref, **{**broken.refusal.values, "rule": broken.why})


def _read(source: Path | bytes, file: str) -> tuple[Document, list[ImportFault]]:
    """A file as plain values, and what is wrong with its sheets if it has any."""
    if not file.lower().endswith((*YAML, WORKBOOK)):
        raise ImportRefused([ImportFault(file, "", None, None, "unknown_format")])
    raw = read_file(source) if isinstance(source, Path) else source
    return read_workbook(raw, file) if file.lower().endswith(WORKBOOK) else (read_yaml(raw, file), [])


def _plan_portfolio(session: Session, document: Document, of_sheets: list[ImportFault]) -> ImportPlan:
    calendars = frozenset(holidays.list_supported_countries())
    portfolio, found = read_portfolio(document, known_things(session), calendars)
    if of_sheets or found:
        return ImportPlan(document.file, "portfolio", (*of_sheets, *found), Counter(), portfolio)
    faults = Faults(document)
    outcomes = compare_references(session, portfolio) + compare_projects(session, portfolio, faults)
    return ImportPlan(document.file, "portfolio", tuple(faults.found), outcomes, portfolio)


def _plan_log(session: Session, document: Document) -> ImportPlan:
    log, found = read_events(document)
    played = replay(log, ground_of_replay(session))
    faults = (*found, *played.faults)
    return ImportPlan(
        document.file, "log", faults, Counter(), events=played.new, events_skipped=played.skipped, log=log
    )
