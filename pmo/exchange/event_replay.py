"""Would these events pass? A dry replay of a log over what is known, without a database: it finds every contradiction.

The rules are those of the services (DOMAIN 1.4, 1.5), each applied on the event's own day.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from pmo.domain.access import ProjectScope, may
from pmo.domain.calendar import ONE_DAY, WorkingCalendar
from pmo.domain.indicator import Frequency, next_period_end
from pmo.domain.milestone import NOT_STATED
from pmo.domain.rule_book import RuleBook
from pmo.exchange.authors import DUTY, ROLE_WORDS, Authors
from pmo.exchange.document import Faults
from pmo.exchange.event_log_file import EventLog, LogEvent
from pmo.exchange.faults import ImportFault


@dataclass(slots=True)
class MilestoneState:
    """Where a milestone stands after the events so far."""

    due_on: date | None = None
    is_done: bool = False
    is_claimed: bool = False
    paused_from: date | None = None
    resumed_on: date | None = None
    cancelled_on: date | None = None


@dataclass(slots=True)
class ProjectState:
    """Where a project stands after the events so far; ``indicators`` by code with their frequency."""

    code: str
    city: str
    tracked_since: date
    scope: ProjectScope
    milestones: dict[str, MilestoneState]
    indicators: dict[str, Frequency]
    paused_from: date | None = None
    resumed_on: date | None = None
    cancelled_on: date | None = None
    change_pending: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What a log is replayed over.

    ``projects`` by code and city, ``calendars`` by city, ``entered`` the digests of imported events by key,
    ``books`` the rules by city (none: the standard).
    """

    projects: Mapping[str, Mapping[str, ProjectState]]
    calendars: Mapping[str, WorkingCalendar]
    authors: Authors
    evidence_types: frozenset[str]
    reason_codes: frozenset[str]
    entered: Mapping[str, str] = dataclasses.field(default_factory=dict)
    books: Mapping[str, RuleBook] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replay:
    """The events still to be entered, in order, how many are there already, and everything that contradicts."""

    new: tuple[LogEvent, ...]
    skipped: int
    faults: list[ImportFault]


def replay(log: EventLog, ground: Ground) -> Replay:
    """Plays a log over ``ground``, whose states it changes."""
    return _Replayer(log, ground).run()


def find_project(ground: Ground, event: LogEvent) -> ProjectState | None:
    """The project of an event, or None where there is none or more than one by that code."""
    found = ground.projects.get(event.project, {})
    if event.city:
        return found.get(event.city)
    return next(iter(found.values())) if len(found) == 1 else None


class _Replayer:
    def __init__(self, log: EventLog, ground: Ground) -> None:
        self.log = log
        self.ground = ground
        self.faults = Faults(log.document)
        self.seen: dict[str, str] = dict(ground.entered)
        self.checks: Mapping[str, Callable[[LogEvent, ProjectState], None]] = {
            "completion_claimed": self._claim,
            "evidence_accepted": self._decide,
            "evidence_rejected": self._decide,
            "forecast": self._forecast,
            "indicator": self._reading,
            "change_requested": self._change_request,
            "rebaseline": self._rebaseline,
            "pause": self._pause,
            "resume": self._resume,
            "cancel": self._cancel,
        }

    def run(self) -> Replay:
        new: list[LogEvent] = []
        skipped = 0
        for event in self.log.events:
            project = self._project(event)
            if project is None:
                continue
            key, digest = event.key(project.city), event.digest()
            known = self.seen.get(key)
            if known is not None:
                if known != digest:
                    self._fault(event, None, "event_conflict", event.ref)
                skipped += 1
                continue
            self.seen[key] = digest
            new.append(event)
            self._check(event, project)
        return Replay(tuple(new), skipped, self.faults.found)

    def _project(self, event: LogEvent) -> ProjectState | None:
        project = find_project(self.ground, event)
        if project is None:
            cities = sorted(self.ground.projects.get(event.project, {}))
            if event.city is None and len(cities) > 1:
                self._fault(event, "project", "project_in_several_cities", event.project, cities=cities)
            else:
                self._fault(event, "project", "unknown_project", event.project)
        return project

    def _check(self, event: LogEvent, project: ProjectState) -> None:
        if event.day < project.tracked_since:
            self._fault(event, "event_date", "before_tracking", event.day, tracked_since=project.tracked_since)
        if event.reason not in self.ground.reason_codes and event.reason != NOT_STATED:
            self._fault(event, "reason", "unknown_reference", event.reason, kind="reason_codes")
        if event.evidence and event.evidence not in self.ground.evidence_types:
            self._fault(event, "evidence", "unknown_reference", event.evidence, kind="evidence_types")
        self._check_author(event, project)
        self.checks[event.type](event, project)

    def _check_author(self, event: LogEvent, project: ProjectState) -> None:
        author = self.ground.authors.author_of(event.type, event.author, project.scope)
        field = "approved_by" if event.type in ("rebaseline", "cancel") else "by"
        if author is None:
            self._fault(event, field, "unknown_author", event.author, expected=list(ROLE_WORDS))
        elif not may(author, DUTY[event.type][1], project.scope):
            self._fault(event, field, "author_may_not", event.author, author=author.person, type=event.type)

    def _claim(self, event: LogEvent, project: ProjectState) -> None:
        milestone = self._open_milestone(event, project)
        if milestone is None or event.on is None:
            return
        if milestone.is_claimed:
            self._fault(event, "ref", "already_claimed", event.ref, milestone=event.ref)
        if event.on > event.day:
            self._fault(event, "completed_on", "completion_in_future", event.on, today=event.day)
        if event.document_date and event.document_date > event.day:
            self._fault(event, "document_date", "document_in_future", event.document_date, today=event.day)
        if event.link and not event.link.lower().startswith(("https://", "http://")):
            self._fault(event, "link", "link_not_web", event.link)
        milestone.is_claimed = True

    def _decide(self, event: LogEvent, project: ProjectState) -> None:
        milestone = self._milestone(event, project)
        if milestone is None:
            return
        if not milestone.is_claimed:
            self._fault(event, "ref", "no_open_claim", event.ref, milestone=event.ref)
        milestone.is_claimed = False
        milestone.is_done = milestone.is_done or event.type == "evidence_accepted"

    def _forecast(self, event: LogEvent, project: ProjectState) -> None:
        if self._open_milestone(event, project) and event.on and event.on < event.day:
            self._fault(event, "forecast_date", "forecast_in_past", event.on, today=event.day)

    def _reading(self, event: LogEvent, project: ProjectState) -> None:
        frequency = project.indicators.get(event.ref)
        if frequency is None:
            self._fault(event, "ref", "unknown_item", event.ref, project=project.code, expected="indicator")
            return
        if event.on is None:
            return
        expected = next_period_end(event.on - ONE_DAY, frequency)
        if event.on >= event.day:
            self._fault(event, "period_end", "period_not_over", event.on, today=event.day)
        elif event.on != expected:
            self._fault(event, "period_end", "not_a_period_end", event.on, expected=expected)
        else:
            rules = self.ground.books.get(project.city, RuleBook()).on(event.day)
            closed_on = self.ground.calendars[project.city].addwd(event.on, rules.closed_period_wd)
            if event.day > closed_on:
                self._fault(event, "period_end", "period_closed", event.on, closed_on=closed_on)

    def _change_request(self, event: LogEvent, project: ProjectState) -> None:
        self._is_about_project(event, project)
        if project.change_pending:
            self._fault(event, "type", "change_pending", event.ref)
        self._check_new_dates(event, project)
        project.change_pending = True

    def _rebaseline(self, event: LogEvent, project: ProjectState) -> None:
        self._is_about_project(event, project)
        self._check_new_dates(event, project)
        for code, due_on in event.new_dates.items():
            if code in project.milestones:
                project.milestones[code].due_on = due_on
        project.change_pending = False

    def _pause(self, event: LogEvent, project: ProjectState) -> None:
        item = self._item_in_work(event, project)
        if item is None:
            return
        if item.paused_from is not None:
            self._fault(event, "ref", "already_paused", event.ref, item=event.ref)
        elif item.resumed_on and event.day < item.resumed_on:
            self._fault(event, "event_date", "pause_overlaps", event.day, resumed_on=item.resumed_on)
        item.paused_from = event.day

    def _resume(self, event: LogEvent, project: ProjectState) -> None:
        item = self._item(event, project)
        if item is None:
            return
        if item.paused_from is None:
            self._fault(event, "ref", "not_paused", event.ref, item=event.ref)
        elif event.day < item.paused_from:
            self._fault(event, "ref", "resume_before_pause", event.ref, item=event.ref, starts_on=item.paused_from)
        item.paused_from, item.resumed_on = None, event.day

    def _cancel(self, event: LogEvent, project: ProjectState) -> None:
        item = self._item_in_work(event, project)
        if item is not None:
            item.cancelled_on = item.cancelled_on or event.day

    def _check_new_dates(self, event: LogEvent, project: ProjectState) -> None:
        for code, due_on in event.new_dates.items():
            milestone = project.milestones.get(code)
            path = (*event.path, "new_dates", code)
            if milestone is None:
                self.faults.add(path, "unknown_item", code, project=project.code, expected="milestone")
            elif milestone.is_done:
                self.faults.add(path, "already_done", code, milestone=code)
            elif project.cancelled_on or milestone.cancelled_on:
                self.faults.add(path, "already_cancelled", code, item=code)
            elif milestone.due_on == due_on:
                self.faults.add(path, "date_unchanged", due_on, milestone=code)

    def _is_about_project(self, event: LogEvent, project: ProjectState) -> None:
        if event.ref != project.code:
            self._fault(event, "ref", "unknown_item", event.ref, project=project.code, expected=project.code)

    def _item(self, event: LogEvent, project: ProjectState) -> ProjectState | MilestoneState | None:
        return project if event.ref == project.code else self._milestone(event, project)

    def _item_in_work(self, event: LogEvent, project: ProjectState) -> ProjectState | MilestoneState | None:
        """The project or milestone of an event that one that is done or dropped cannot have."""
        item = self._item(event, project)
        if item is None:
            return None
        if item.cancelled_on is not None or project.cancelled_on is not None:
            self._fault(event, "ref", "already_cancelled", event.ref, item=event.ref)
        elif isinstance(item, MilestoneState) and item.is_done:
            self._fault(event, "ref", "already_done", event.ref, milestone=event.ref)
        return item

    def _milestone(self, event: LogEvent, project: ProjectState) -> MilestoneState | None:
        milestone = project.milestones.get(event.ref)
        if milestone is None:
            self._fault(event, "ref", "unknown_item", event.ref, project=project.code, expected="milestone")
        return milestone

    def _open_milestone(self, event: LogEvent, project: ProjectState) -> MilestoneState | None:
        """The milestone of an event that only an open one can have."""
        milestone = self._milestone(event, project)
        if milestone is None:
            return None
        if milestone.is_done:
            self._fault(event, "ref", "already_done", event.ref, milestone=event.ref)
        since = min((on for on in (project.cancelled_on, milestone.cancelled_on) if on), default=None)
        if since and since <= event.day:
            self._fault(event, "ref", "milestone_cancelled", event.ref, milestone=event.ref, since=since)
        return milestone

    def _fault(self, event: LogEvent, field: str | None, code: str, value: object, **values: object) -> None:
        path = (*event.path, field) if field else event.path
        self.faults.add(path, code, value, **values)
