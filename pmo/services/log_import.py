"""Enters the events of a log through the services, each as of its own day (PRODUCT 5, time of facts)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.clock import start_of_day
from pmo.db.models.clock import SkippedEventRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.errors import NotAllowed, NotFound, Refusal, RuleBroken
from pmo.exchange.authors import MANAGER
from pmo.exchange.event_log_file import LogEvent
from pmo.queries.import_state import authors
from pmo.queries.log_state import scope_of_record
from pmo.queries.places import cities
from pmo.services import audit, changes, indicators, lifecycle, milestones
from pmo.services.acts import Act, LogMark

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event that contradicts what is known, and the code of the rule it would break."""

    event: LogEvent
    refusal: RuleBroken

    @property
    def why(self) -> str:
        """The rule with its values, for a list."""
        return str(self.refusal)[:LONGEST_REASON]


@dataclass(frozen=True, slots=True)
class EnterResult:
    """How many events were entered, how many were there already, and which contradict."""

    entered: int
    skipped: int
    refused: tuple[RefusedEvent, ...] = ()


class EventRefused(Refusal):
    """An event of a log breaks a rule; nothing of the log was entered."""

    def __init__(self, refused: RefusedEvent) -> None:
        super().__init__(refused.why)
        self.refused = refused


def enter_events(session: Session, events: Sequence[LogEvent], recorded_at: datetime) -> EnterResult:
    """Enters events in their order; one entered before is skipped. Raises EventRefused for the first contradiction."""
    return _Entering(session, events, recorded_at).enter_all(events) if events else EnterResult(0, 0)


def enter_what_fits(session: Session, events: Sequence[LogEvent], recorded_at: datetime) -> EnterResult:
    """The same where a visitor may have acted in between: an event that contradicts is skipped, listed and never tried
    again (PRODUCT 5, the demo)."""
    if not events:
        return EnterResult(0, 0)
    entering = _Entering(session, events, recorded_at)
    keys = [entering.key_of(event) for event in events]
    given_up = set(session.scalars(select(SkippedEventRecord.log_key).where(SkippedEventRecord.log_key.in_(keys))))
    result = EnterResult(0, 0)
    for key, event in zip(keys, events, strict=True):
        if key in given_up:
            result = replace(result, skipped=result.skipped + 1)
            continue
        noted = len(session.info.get(audit.NOTES, ()))
        try:
            with session.begin_nested():
                one = entering.enter_all([event])
        except EventRefused as refusal:
            del session.info.get(audit.NOTES, [])[noted:]
            session.add(SkippedEventRecord(log_key=key, event_on=event.day, why=refusal.refused.why))
            given_up.add(key)
            result = replace(result, refused=(*result.refused, refusal.refused))
        else:
            result = replace(result, entered=result.entered + one.entered, skipped=result.skipped + one.skipped)
    session.flush()
    return result


class _Entering:
    """Enters events of which it knows the projects and the posts beforehand."""

    def __init__(self, session: Session, events: Iterable[LogEvent], recorded_at: datetime) -> None:
        codes = {event.project for event in events}
        self.session = session
        self.recorded_at = recorded_at
        self.authors = authors(session)
        self.zones = {city.id: city.zone for city in cities(session)}
        self.projects: dict[str, list[ProjectRecord]] = {}
        for record in session.scalars(select(ProjectRecord).where(ProjectRecord.code.in_(codes))):
            self.projects.setdefault(record.code, []).append(record)
        self.items: dict[tuple[type[Any], int], dict[str, int]] = {}

    def enter_all(self, events: Sequence[LogEvent]) -> EnterResult:
        known = self._known(self.key_of(event) for event in events)
        entered = skipped = 0
        for event in events:
            key, digest = self.key_of(event), event.digest()
            if key in known:
                if known[key] != digest:
                    raise EventRefused(RefusedEvent(event, RuleBroken("event_conflict")))
                skipped += 1
                continue
            try:
                self._enter(event, LogMark(key, digest))
            except RuleBroken as refusal:
                raise EventRefused(RefusedEvent(event, refusal)) from refusal
            except NotAllowed as refusal:
                broken = RuleBroken("author_may_not", "by", author=event.author, type=event.type)
                raise EventRefused(RefusedEvent(event, broken)) from refusal
            except NotFound as refusal:
                broken = RuleBroken("unknown_item", "ref", project=event.project, expected=event.ref)
                raise EventRefused(RefusedEvent(event, broken)) from refusal
            known[key] = digest
            entered += 1
        return EnterResult(entered, skipped)

    def key_of(self, event: LogEvent) -> str:
        """The event's identity; that of an event about an unknown project names no city."""
        project = self._project(event)
        return event.key(project.city_id if project else "")

    def _known(self, keys: Iterable[str]) -> dict[str, str | None]:
        wanted = list(keys)
        known: dict[str, str | None] = {}
        for start in range(0, len(wanted), 500):
            rows = self.session.execute(
                select(EntryRecord.log_key, EntryRecord.log_digest).where(
                    EntryRecord.log_key.in_(wanted[start : start + 500])
                )
            )
            known |= {row.log_key: row.log_digest for row in rows}
        return known

    def _project(self, event: LogEvent) -> ProjectRecord | None:
        found = [
            record
            for record in self.projects.get(event.project, ())
            if event.city is None or record.city_id == event.city
        ]
        return found[0] if len(found) == 1 else None

    def _enter(self, event: LogEvent, mark: LogMark) -> None:
        project = self._project(event)
        if project is None:
            raise RuleBroken("unknown_project", "project", project=event.project)
        scope = scope_of_record(project)
        author = self.authors.author_of(event.type, event.author, scope)
        if author is None:
            raise RuleBroken("unknown_author", "by", author=event.author)
        at = start_of_day(event.day, self.zones[project.city_id])
        act = Act(author, at, event.day, self.recorded_at, "import", mark)
        if event.type in ("change_requested", "rebaseline"):
            manager = self.authors.author_of("change_requested", MANAGER, scope)
            assert manager is not None
            self._enter_change(event, act, replace(act, actor=manager, mark=None), project)
        elif event.type == "indicator":
            assert event.on is not None
            assert event.value is not None
            indicator = self._item(IndicatorRecord, event, project)
            indicators.enter_reading(self.session, act, indicator, event.on, event.value)
        elif event.type in ("pause", "resume", "cancel"):
            self._enter_stop(event, act, project)
        else:
            self._enter_milestone_fact(event, act, self._item(MilestoneRecord, event, project))

    def _enter_milestone_fact(self, event: LogEvent, act: Act, milestone: int) -> None:
        if event.type == "completion_claimed":
            assert event.on is not None
            evidence = milestones.Evidence(
                event.evidence, event.document_number, event.document_date, event.link, None, event.text
            )
            milestones.claim_completion(self.session, act, milestone, event.on, evidence)
        elif event.type == "evidence_accepted":
            milestones.accept_evidence(self.session, act, milestone, event.text)
        elif event.type == "evidence_rejected":
            milestones.return_evidence(self.session, act, milestone, event.reason, event.text)
        else:
            assert event.on is not None
            milestones.move_forecast(self.session, act, milestone, event.on, event.reason, event.text)

    def _enter_change(self, event: LogEvent, act: Act, asking: Act, project: ProjectRecord) -> None:
        """A re-baseline without an open request brings its own."""
        if event.type == "change_requested":
            changes.request_change(self.session, act, project.id, event.new_dates, event.reason, event.text)
            return
        request = changes.open_request(self.session, project.id)
        if request is None:
            request = changes.request_change(
                self.session, asking, project.id, event.new_dates, event.reason, event.text
            )
        changes.approve_change(self.session, act, request.id, event.text, event.new_dates)

    def _enter_stop(self, event: LogEvent, act: Act, project: ProjectRecord) -> None:
        session, day, reason, text = self.session, event.day, event.reason, event.text
        if event.ref == project.code:
            if event.type == "pause":
                lifecycle.pause_project(session, act, project.id, day, reason, text)
            elif event.type == "resume":
                lifecycle.resume_project(session, act, project.id, day)
            else:
                lifecycle.cancel_project(session, act, project.id, day, reason, text)
            return
        milestone = self._item(MilestoneRecord, event, project)
        if event.type == "pause":
            lifecycle.pause_milestone(session, act, milestone, day, reason, text)
        elif event.type == "resume":
            lifecycle.resume_milestone(session, act, milestone, day)
        else:
            lifecycle.cancel_milestone(session, act, milestone, day, reason, text)

    def _item(
        self, record: type[MilestoneRecord] | type[IndicatorRecord], event: LogEvent, project: ProjectRecord
    ) -> int:
        of_kind = (record, project.id)
        if of_kind not in self.items:
            rows = self.session.execute(select(record.code, record.id).where(record.project_id == project.id))
            self.items[of_kind] = {row.code: row.id for row in rows}
        number = self.items[of_kind].get(event.ref)
        if number is None:
            raise RuleBroken("unknown_item", "ref", project=project.code, expected=event.ref)
        return number
