"""Plans of MS Project that are refused: wrong, broken, or meant to do harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo.exchange.mspdi import PlanRefused, read_plan
from pmo.exchange.mspdi_document import MAX_BYTES
from tests.exchange.mspdi_plans import (
    ELAPSED_DAYS,
    FF,
    FS,
    PLANS,
    after,
    calendar,
    early,
    exception,
    faults,
    plan,
    report,
    row,
    week,
)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(1, Duration="8 hours")], ("not_a_duration", 4, 1, "Duration")),
        ([row(1, Duration="PT")], ("not_a_duration", 4, 1, "Duration")),
        ([row(1, Duration="PT-8H0M0S")], ("not_a_duration", 4, 1, "Duration")),
        (["<Task><UID>1</UID></Task>"], ("missing", 4, 1, "Duration")),
        (["<Task><Name>x</Name></Task>"], ("missing", 4, None, "UID")),
        (["<Task><UID>one</UID></Task>"], ("not_a_number", 4, None, "UID")),
        ([row(1), row(1)], ("duplicate_task", 5, 1, "UID")),
        ([row(1), row(2, 8, after(7))], ("unknown_task", 5, 2, "PredecessorUID")),
        ([row(1), row(2, 8, after(1, 4))], ("unknown_code", 5, 2, "Type")),
        ([row(1), row(2, 8, after(1, FS, 10, 99))], ("unknown_code", 5, 2, "LagFormat")),
        ([row(1, ConstraintType=8)], ("unknown_code", 4, 1, "ConstraintType")),
        ([row(1, ConstraintType=4, ConstraintDate="2020-02-30T08:00:00")], ("not_a_date", 4, 1, "ConstraintDate")),
        ([row(1, ConstraintType=4, ConstraintDate="0020-02-03T08:00:00")], ("not_a_date", 4, 1, "ConstraintDate")),
        ([row(1, Deadline="tomorrow")], ("not_a_date", 4, 1, "Deadline")),
        ([row(1, Milestone="perhaps", Duration="")], ("unknown_code", 4, 1, "Milestone")),
        ([row(1, CalendarUID=5)], ("unknown_calendar", 4, 1, "CalendarUID")),
        (["<Task><UID>1</UID><Duration>PT8H</Duration><PredecessorLink/></Task>"], ("missing", 4, 1, "PredecessorUID")),
        (
            [row(1), row(2, 8, after(1, FF), OutlineLevel=1), row(3, 8, OutlineLevel=2)],
            ("unlinkable_summary", 5, 2, "Type"),
        ),
    ],
)
def test_a_fault_is_named_with_its_line_task_and_field(
    rows: list[str], expected: tuple[str, int | None, int | None, str | None]
) -> None:
    # Line 1 is the declaration, line 3 opens the tasks.
    assert expected in faults(plan(*rows))


def test_every_fault_of_a_file_is_told_at_once() -> None:
    content = plan(
        row(1, Duration="a day"),
        row(2, 8, after(9), ConstraintType=4, ConstraintDate="soon"),
        row(2),
        head="<MinutesPerDay>0</MinutesPerDay>",
    )
    assert {code for code, *_ in faults(content)} == {
        "not_a_duration",
        "unknown_task",
        "not_a_date",
        "duplicate_task",
        "not_a_number",
    }


def test_a_fault_reads_as_one_line() -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan(plan(row(1), row(2, 8, after(7))))
    assert str(refused.value) == "line 5, task 2, PredecessorUID: unknown_task '7' (expected: the UID of a task)"


def test_a_cycle_is_named_with_its_way_round() -> None:
    with pytest.raises(PlanRefused) as refused:
        report(plan(row(1), row(2, 8, after(1), after(4)), row(3, 8, after(2)), row(4, 8, after(3))))
    (fault,) = refused.value.faults
    assert (fault.code, fault.line, fault.task, fault.field) == ("cycle", 5, 2, "PredecessorLink")
    assert fault.value == "2 -> 3 -> 4 -> 2"


def test_a_summary_that_waits_for_its_own_task_is_a_cycle() -> None:
    content = plan(row(1, 8, after(2), OutlineLevel=1), row(2, 8, OutlineLevel=2))
    assert [code for code, *_ in faults(content)] == ["cycle"]


def test_a_date_in_a_plan_without_any_start_is_refused() -> None:
    content = plan(row(1, ConstraintType=4, ConstraintDate="2020-02-06T08:00:00"), start="")
    assert faults(content) == [("missing", 2, 1, "StartDate")]


def test_a_calendar_without_working_time_is_refused_when_it_is_needed() -> None:
    never = calendar(week({kind: [] for kind in range(1, 8)}))
    assert early(plan(row(1), calendars=never)) == {1: (0, 1)}
    elapsed = plan(row(1), row(2, 8, after(1, FS, 14400, ELAPSED_DAYS)), calendars=never)
    assert [code for code, *_ in faults(elapsed)] == ["no_working_time"]


def test_a_plan_on_a_calendar_that_is_not_there_is_refused() -> None:
    content = plan(row(1), head="<CalendarUID>7</CalendarUID>")
    assert faults(content) == [("unknown_calendar", 2, None, "CalendarUID")]


def test_a_length_beyond_every_calendar_is_refused() -> None:
    endless = plan(row(1, 999999999, DurationFormat=ELAPSED_DAYS), row(2, 8, after(1)))
    assert [code for code, *_ in faults(endless)] == ["no_working_time"]
    other = {"ExternalTask": 1, "Finish": "2020-02-06T17:00:00"}
    beyond = plan(row(1, **other), row(2, 8, after(1, FS, 99999999999, ELAPSED_DAYS)))
    assert [code for code, *_ in faults(beyond)] == ["no_working_time"]


@pytest.mark.parametrize(
    ("calendars", "code"),
    [
        (calendar("") + calendar(""), "duplicate_calendar"),
        (calendar("", uid=1, base=9), "unknown_calendar"),
        (calendar("", uid=1, base=2) + calendar("", uid=2, base=1), "cycle"),
        ("<Calendar/>", "missing"),
        (calendar(week({9: []})), "unknown_code"),
        (calendar(week({2: [("08:00", "07:00")]})), "not_a_time"),
        (calendar(week({2: [("25:00", "26:00")]})), "not_a_time"),
        (calendar(f"<Exceptions>{exception('2020-02-04', '2020-02-05') * 1001}</Exceptions>"), "too_large"),
        ("".join(calendar("", uid=uid) for uid in range(2001)), "too_large"),
    ],
)
def test_a_wrong_calendar_is_refused(calendars: str, code: str) -> None:
    assert code in [found for found, *_ in faults(plan(row(1), calendars=calendars))]


# --- files that mean harm --------------------------------------------------------------------------------------------

BILLION_LAUGHS = (
    b'<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>\n<Project><Name>&c;</Name></Project>'
)
EXTERNAL_ENTITY = (
    b'<!DOCTYPE Project [<!ENTITY file SYSTEM "file:///etc/passwd">]><Project><Name>&file;</Name></Project>'
)
EXTERNAL_DTD = b'<!DOCTYPE Project SYSTEM "http://example.org/plan.dtd"><Project/>'


@pytest.mark.parametrize("content", [BILLION_LAUGHS, EXTERNAL_ENTITY, EXTERNAL_DTD])
def test_entities_and_document_types_are_refused(content: bytes) -> None:
    assert [code for code, *_ in faults(content)] == ["forbidden_xml"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"UID;Name\n1;Survey\n", "not_xml"),
        (b"PK\x03\x04\x00\x00\x00", "not_xml"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_xml"),
        (b"<Project><Tasks><Task></Tasks></Project>", "not_xml"),
        (b"<Project><Tasks>", "not_xml"),
        (b'<?xml version="1.0" encoding="klingon"?><Project/>', "not_xml"),
        (b"<Project>&undeclared;</Project>", "not_xml"),
        (b"<html><body/></html>", "wrong_root"),
        (b'<Project xmlns="urn:another-format"/>', "wrong_root"),
        (b"<Project>" + b"<Tasks>" * 100 + b"</Tasks>" * 100 + b"</Project>", "too_large"),
        (b"<" + b" " * MAX_BYTES, "too_large"),
    ],
)
def test_what_is_no_plan_is_refused(content: bytes, code: str) -> None:
    assert [found for found, *_ in faults(content)] == [code]


def test_what_the_schedule_does_not_need_is_passed_over_however_deep() -> None:
    deep = "<Notes>" + "<b>" * 5000 + "</b>" * 5000 + "</Notes><Resources><Task><UID>1</UID></Task></Resources>"
    assert early(plan(row(1), head=deep)) == {1: (0, 1)}


def test_another_encoding_is_read() -> None:
    text = plan(row(1, Name="Школа")).decode().replace("UTF-8", "UTF-16")
    assert read_plan(text.encode("utf-16")).names == {"1": "Школа"}


def test_a_file_that_is_not_there_is_the_callers_to_report(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_plan(tmp_path / "nowhere.xml")


STRANGE_VALUES = (
    *("", "0", "1", "-1", "2", "7", "8", "19", "20", "99999999999999", "1e9", "NaN", "x", "PT1H", "PT999999999H"),
    *("1984-01-01T00:00:00", "2149-12-31T23:59:59", "2020-02-31T00:00:00", "2020-02-05", "9999-12-31T00:00:00"),
)


CHANGED_FIELDS = (
    *("Duration", "DurationFormat", "ConstraintType", "ConstraintDate", "Deadline", "Manual", "Start"),
    *("ActualStart", "ActualFinish", "RemainingDuration", "PercentComplete", "OutlineLevel", "Summary"),
)


def outcome(content: bytes) -> str:
    try:
        answer = report(content)
    except PlanRefused as refused:
        return "refused" if refused.faults else "refused without a reason"
    return "scheduled" if answer["duration"] >= 0 else "scheduled backwards"


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_plan_is_either_scheduled_or_refused(data: st.DataObject) -> None:
    content = bytearray((PLANS / "school.xml").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    assert outcome(bytes(content)) in ("scheduled", "refused")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_strange_values_are_either_scheduled_or_refused(data: st.DataObject) -> None:
    strange = st.sampled_from(STRANGE_VALUES)
    names = st.sampled_from(CHANGED_FIELDS)
    fields = data.draw(st.dictionaries(names, strange, max_size=5))
    link = after(1, data.draw(strange), data.draw(strange), data.draw(strange))  # type: ignore[arg-type]
    assert outcome(plan(row(1, 16), row(2, 8, link, **fields))) in ("scheduled", "refused")
