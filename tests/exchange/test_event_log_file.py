"""A log is checked as a whole: its form field by field, its meaning by a dry replay over what is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pmo.domain.access import Actor, ProjectScope, Role
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.indicator import Frequency
from pmo.exchange.authors import Authors
from pmo.exchange.document import read_yaml
from pmo.exchange.event_log_file import EventLog, is_event_log, read_events
from pmo.exchange.event_replay import Ground, MilestoneState, ProjectState, Replay, replay
from pmo.exchange.faults import ImportFault, sentence_of
from pmo.i18n import speaking
from tests.exchange.import_samples import Raw, as_yaml, event, small_log

POSTS = [
    Actor("akim-a", "almaty", Role.AKIM),
    Actor("analyst-a", "almaty", Role.PMO_ANALYST),
    Actor("deputy-a", "almaty", Role.DEPUTY_AKIM, areas=frozenset({"AREA-a"})),
    Actor("manager-a", "almaty", Role.PROJECT_MANAGER, "DEP-a"),
    Actor("deputy-b", "astana", Role.DEPUTY_AKIM, areas=frozenset({"AREA-b"})),
]


def ground(entered: dict[str, str] | None = None) -> Ground:
    """The small portfolio as it stands when tracking begins."""
    first = ProjectState(
        code="DP-1",
        city="almaty",
        tracked_since=date(2019, 9, 16),
        scope=ProjectScope("almaty", "DEP-a", "AREA-a", "head-a", "manager-a", "deputy-a"),
        milestones={
            "DP-1-M1": MilestoneState(date(2019, 9, 10), is_done=True),
            "DP-1-M2": MilestoneState(date(2019, 11, 29)),
            "DP-1-M3": MilestoneState(date(2020, 6, 30)),
        },
        indicators={"DP-1-I1": Frequency.MONTHLY, "DP-1-I2": Frequency.QUARTERLY},
    )
    second = ProjectState(
        code="AST-1",
        city="astana",
        tracked_since=date(2019, 9, 16),
        scope=ProjectScope("astana", "DEP-b", "AREA-b", None, None, "deputy-b"),
        milestones={"AST-1-M1": MilestoneState(date(2020, 3, 31))},
        indicators={},
    )
    calendar = WorkingCalendar()
    return Ground(
        projects={"DP-1": {"almaty": first}, "AST-1": {"astana": second}},
        calendars={"almaty": calendar, "astana": calendar},
        authors=Authors(POSTS),
        evidence_types=frozenset({"act"}),
        reason_codes=frozenset({"other"}),
        entered=entered or {},
    )


def read(raw: Raw) -> tuple[EventLog, list[ImportFault]]:
    return read_events(read_yaml(as_yaml(raw), "log.yaml"))


def played(raw: Raw, over: Ground | None = None) -> Replay:
    log, faults = read(raw)
    assert faults == []
    return replay(log, over or ground())


def only(*events: Raw) -> Raw:
    return {"events": list(events)}


def test_a_log_is_told_from_a_portfolio_by_its_events() -> None:
    assert is_event_log(read_yaml(b"events: []", "x.yaml"))
    assert not is_event_log(read_yaml(b"people: []", "x.yaml"))


def test_a_good_log_passes_whole() -> None:
    replayed = played(small_log())
    assert replayed.faults == []
    assert (len(replayed.new), replayed.skipped) == (11, 0)


def test_events_are_replayed_by_day_and_within_a_day_in_the_order_of_the_file() -> None:
    later = event("2019-11-06", "forecast", "DP-1-M3", forecast_date=date(2020, 8, 1))
    first = event("2019-11-05", "completion_claimed", "DP-1-M2", completed_on=date(2019, 11, 1), evidence="act")
    second = event("2019-11-05", "evidence_accepted", "DP-1-M2")
    log, _ = read(only(later, first, second))
    assert [found.type for found in log.events] == ["completion_claimed", "evidence_accepted", "forecast"]
    assert [found.type for found in log.on(date(2019, 11, 5))] == ["completion_claimed", "evidence_accepted"]
    assert log.on(date(2019, 11, 7)) == ()


Spoil = Callable[[list[Raw]], Any]

FORM: list[tuple[str, Spoil, str, str]] = [
    ("no date", lambda events: events[0].pop("event_date"), "events[0].event_date", "missing_field"),
    ("a date is no date", lambda events: events[0].update(event_date="2019-10-32"),
     "events[0].event_date", "not_a_date"),
    ("no project", lambda events: events[0].pop("project"), "events[0].project", "missing_field"),
    ("no type", lambda events: events[0].pop("type"), "events[0].type", "missing_field"),
    ("unknown type", lambda events: events[0].update(type="party"), "events[0].type", "unknown_event_type"),
    ("no ref", lambda events: events[0].pop("ref"), "events[0].ref", "missing_field"),
    ("unknown field", lambda events: events[0].update(valeu=5), "events[0].valeu", "unknown_field"),
    ("a field of another type", lambda events: events[0].update(forecast_date=date(2020, 1, 1)),
     "events[0].forecast_date", "unknown_field"),
    ("no value", lambda events: events[0].pop("value"), "events[0].value", "missing_field"),
    ("value in words", lambda events: events[0].update(value="ten"), "events[0].value", "not_a_number"),
    ("no period", lambda events: events[0].pop("period_end"), "events[0].period_end", "missing_field"),
    ("no completion date", lambda events: events[1].pop("completed_on"), "events[1].completed_on", "missing_field"),
    ("no evidence", lambda events: events[1].pop("evidence"), "events[1].evidence", "missing_field"),
    ("no reason", lambda events: events[2].pop("reason"), "events[2].reason", "missing_field"),
    ("no forecast", lambda events: events[5].pop("forecast_date"), "events[5].forecast_date", "missing_field"),
    ("no new dates", lambda events: events[7].pop("new_dates"), "events[7].new_dates", "missing_field"),
    ("a new date is no date", lambda events: events[7].update(new_dates={"DP-1-M3": "x"}),
     "events[7].new_dates.DP-1-M3", "not_a_date"),
    ("an event is a text", lambda events: events.append("x"), "events[11]", "not_a_mapping"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "path", "code"), [case[1:] for case in FORM], ids=[case[0] for case in FORM])
def test_a_fault_of_form_is_named_with_its_place(spoil: Spoil, path: str, code: str) -> None:
    raw = small_log()
    spoil(raw["events"])
    _, faults = read(raw)
    assert (path, code) in [(fault.path, fault.code) for fault in faults]
    assert all(fault.line for fault in faults)


CLAIM = {"completed_on": date(2019, 10, 1), "evidence": "act"}

MEANING: list[tuple[str, list[Raw], str, str]] = [
    ("unknown project", [event("2019-10-10", "pause", "DP-99", reason="other")],
     "events[0].project", "unknown_project"),
    ("unknown milestone", [event("2019-10-10", "evidence_accepted", "DP-1-M9")], "events[0].ref", "unknown_item"),
    ("unknown indicator", [event("2019-10-10", "indicator", "DP-1-I9", period_end=date(2019, 9, 30), value=1)],
     "events[0].ref", "unknown_item"),
    ("a milestone of another project",
     [{**event("2019-10-10", "completion_claimed", "AST-1-M1", **CLAIM), "project": "DP-1"}],
     "events[0].ref", "unknown_item"),
    ("before tracking", [event("2019-09-15", "pause", "DP-1", reason="other")],
     "events[0].event_date", "before_tracking"),
    ("a completion in the future",
     [event("2019-10-10", "completion_claimed", "DP-1-M2", completed_on=date(2019, 10, 11), evidence="act")],
     "events[0].completed_on", "completion_in_future"),
    ("unknown evidence",
     [event("2019-10-10", "completion_claimed", "DP-1-M2", completed_on=date(2019, 10, 1), evidence="word")],
     "events[0].evidence", "unknown_reference"),
    ("a document of tomorrow",
     [event("2019-10-10", "completion_claimed", "DP-1-M2", **CLAIM, document_date=date(2019, 10, 11))],
     "events[0].document_date", "document_in_future"),
    ("unknown reason", [event("2019-10-10", "pause", "DP-1", reason="rain")], "events[0].reason", "unknown_reference"),
    ("a claim on a done milestone", [event("2019-10-10", "completion_claimed", "DP-1-M1", **CLAIM)],
     "events[0].ref", "already_done"),
    ("a second claim",
     [event("2019-10-10", "completion_claimed", "DP-1-M2", **CLAIM),
      event("2019-10-11", "completion_claimed", "DP-1-M2", **CLAIM)], "events[1].ref", "already_claimed"),
    ("a decision without a claim", [event("2019-10-10", "evidence_accepted", "DP-1-M2")],
     "events[0].ref", "no_open_claim"),
    ("a forecast in the past", [event("2019-10-10", "forecast", "DP-1-M2", forecast_date=date(2019, 10, 9))],
     "events[0].forecast_date", "forecast_in_past"),
    ("a forecast of a done one", [event("2019-10-10", "forecast", "DP-1-M1", forecast_date=date(2019, 11, 9))],
     "events[0].ref", "already_done"),
    ("a period that is not over",
     [event("2019-10-31", "indicator", "DP-1-I1", period_end=date(2019, 10, 31), value=1)],
     "events[0].period_end", "period_not_over"),
    ("no period end", [event("2019-10-10", "indicator", "DP-1-I1", period_end=date(2019, 9, 29), value=1)],
     "events[0].period_end", "not_a_period_end"),
    ("no quarter end", [event("2019-11-10", "indicator", "DP-1-I2", period_end=date(2019, 10, 31), value=1)],
     "events[0].period_end", "not_a_period_end"),
    ("a closed period", [event("2019-11-12", "indicator", "DP-1-I1", period_end=date(2019, 9, 30), value=1)],
     "events[0].period_end", "period_closed"),
    ("a resume without a pause", [event("2019-10-10", "resume", "DP-1")], "events[0].ref", "not_paused"),
    ("a second pause",
     [event("2019-10-10", "pause", "DP-1", reason="other"), event("2019-10-11", "pause", "DP-1", reason="other")],
     "events[1].ref", "already_paused"),
    ("a second cancellation",
     [event("2019-10-10", "cancel", "DP-1", reason="other"), event("2019-10-11", "cancel", "DP-1", reason="other")],
     "events[1].ref", "already_cancelled"),
    ("a claim in a cancelled project",
     [event("2019-10-10", "cancel", "DP-1", reason="other"),
      event("2019-10-11", "completion_claimed", "DP-1-M2", **CLAIM)], "events[1].ref", "milestone_cancelled"),
    ("a second request",
     [event("2019-10-10", "change_requested", "DP-1", reason="other"),
      event("2019-10-11", "change_requested", "DP-1", reason="other")], "events[1].type", "change_pending"),
    ("a new date for an unknown milestone",
     [event("2019-10-10", "rebaseline", "DP-1", new_dates={"DP-1-M9": date(2020, 1, 1)})],
     "events[0].new_dates.DP-1-M9", "unknown_item"),
    ("a new date for a done milestone",
     [event("2019-10-10", "rebaseline", "DP-1", new_dates={"DP-1-M1": date(2020, 1, 1)})],
     "events[0].new_dates.DP-1-M1", "already_done"),
    ("a new date that is the old one",
     [event("2019-10-10", "rebaseline", "DP-1", new_dates={"DP-1-M3": date(2020, 6, 30)})],
     "events[0].new_dates.DP-1-M3", "date_unchanged"),
    ("a post that does not exist",
     [event("2019-10-10", "rebaseline", "DP-1", new_dates={"DP-1-M3": date(2020, 7, 1)}, approved_by="nobody")],
     "events[0].approved_by", "unknown_author"),
    ("a post without the right",
     [event("2019-10-10", "cancel", "DP-1", reason="other", approved_by="role_curator")],
     "events[0].approved_by", "author_may_not"),
    ("a pause of a done milestone", [event("2019-10-10", "pause", "DP-1-M1", reason="other")],
     "events[0].ref", "already_done"),
    ("a new date in a cancelled project",
     [event("2019-10-10", "cancel", "DP-1", reason="other"),
      event("2019-10-11", "rebaseline", "DP-1", new_dates={"DP-1-M3": date(2020, 7, 1)})],
     "events[1].new_dates.DP-1-M3", "already_cancelled"),
    ("a link to nowhere on the web",
     [event("2019-10-10", "completion_claimed", "DP-1-M2", **CLAIM, link="javascript:alert(1)")],
     "events[0].link", "link_not_web"),
    ("the same event with another value",
     [event("2019-10-10", "indicator", "DP-1-I1", period_end=date(2019, 9, 30), value=1),
      event("2019-10-10", "indicator", "DP-1-I1", period_end=date(2019, 9, 30), value=2)],
     "events[1]", "event_conflict"),
]  # fmt: skip


@pytest.mark.parametrize(("events", "path", "code"), [case[1:] for case in MEANING], ids=[case[0] for case in MEANING])
def test_a_contradiction_is_named_with_its_place(events: list[Raw], path: str, code: str) -> None:
    faults = played(only(*events)).faults
    assert [(fault.path, fault.code) for fault in faults] == [(path, code)]
    with speaking("en"):
        assert "%(" not in sentence_of(faults[0])


def test_all_contradictions_are_found_at_once() -> None:
    events = [found for _, bad, _, _ in MEANING for found in bad if len(bad) == 1]
    assert len(played(only(*events)).faults) >= len(events)


def test_the_same_event_twice_in_a_file_is_entered_once() -> None:
    reading = event("2019-10-10", "indicator", "DP-1-I1", period_end=date(2019, 9, 30), value=1)
    replayed = played(only(reading, {**reading, "value": 1.0}))
    assert (replayed.faults, len(replayed.new), replayed.skipped) == ([], 1, 1)


def test_an_event_that_was_imported_before_is_skipped_and_a_changed_one_is_a_conflict() -> None:
    log, _ = read(small_log())
    cities = {"DP-1": "almaty", "AST-1": "astana"}
    entered = {found.key(cities[found.project]): found.digest() for found in log.events}
    again = played(small_log(), ground(entered))
    assert (again.faults, again.new, again.skipped) == ([], (), 11)
    changed = small_log()
    changed["events"][0]["value"] = 11
    assert [(fault.path, fault.code) for fault in played(changed, ground(entered)).faults] == [
        ("events[0]", "event_conflict")
    ]


def test_a_correction_of_a_reading_on_another_day_is_no_contradiction() -> None:
    first = event("2019-10-10", "indicator", "DP-1-I1", period_end=date(2019, 9, 30), value=1)
    second = event("2019-10-11", "indicator", "DP-1-I1", period_end=date(2019, 9, 30), value=2)
    assert played(only(first, second)).faults == []


def test_a_code_that_two_cities_use_needs_the_city() -> None:
    over = ground()
    twin = ground().projects["AST-1"]["astana"]
    both = Ground(
        projects={**over.projects, "AST-1": {"astana": over.projects["AST-1"]["astana"], "almaty": twin}},
        calendars=over.calendars,
        authors=over.authors,
        evidence_types=over.evidence_types,
        reason_codes=over.reason_codes,
    )
    pause = event("2019-10-10", "pause", "AST-1", reason="other")
    assert [fault.code for fault in played(only(pause), both).faults] == ["project_in_several_cities"]
    assert played(only({**pause, "city": "astana"}), both).faults == []


def test_a_duty_that_nobody_holds_is_done_by_the_post_itself() -> None:
    authors = Authors([])
    scope = ProjectScope("almaty", "DEP-a", "AREA-a", None, None, None)
    for kind, role in [
        ("completion_claimed", Role.DEPARTMENT_HEAD),
        ("evidence_accepted", Role.PMO_ANALYST),
        ("pause", Role.AKIM),
        ("cancel", Role.AKIM),
    ]:
        author = authors.author_of(kind, None, scope)
        assert author is not None
        assert (author.person, author.role) == ("", role)
