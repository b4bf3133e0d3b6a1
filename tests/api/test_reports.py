"""What programs report: entered once, by the rights of the post, never over what somebody else entered."""

from __future__ import annotations

import pytest

from pmo.domain.access_tokens import TokenScope
from tests.api.conftest import ProgramOf
from tests.api.programs import facts_in, told
from tests.cast import Town

READING = {"period_end": "2019-12-31", "value": 30.25, "note": "monthly statistics"}
FORECAST = {"expected_on": "2020-05-15", "reason": "contractor_delay"}


def test_a_reading_is_entered_once_however_often_it_is_sent(town: Town, program_of: ProgramOf) -> None:
    program, path = program_of("manager"), f"/indicators/{town.indicator()}/readings"
    before = facts_in(town.runtime)
    first = program.post(path, READING)
    again = program.post(path, READING, 200)
    assert told(first) == told(again)
    assert first.headers["Location"] == f"/api/v1{path}"
    reading = told(first)["reading"]
    assert (reading["value"], reading["period_end"], reading["note"]) == (30.25, "2019-12-31", "monthly statistics")
    assert reading["entered_at"] == "2020-01-31T13:00:00Z"
    assert facts_in(town.runtime) == before + 1
    assert told(program.get(path))["readings"] == [reading]
    assert town.audit_findings() == []
    assert '"action":"indicator"' in town.audit_actions()[-1]


def test_what_replaces_a_reading_names_what_it_replaces(town: Town, program_of: ProgramOf) -> None:
    program, path = program_of("manager"), f"/indicators/{town.indicator()}/readings"
    standing = told(program.post(path, READING))["reading"]
    corrected = {**READING, "value": 31, "note": "a late report came in"}
    refused = told(program.post(path, corrected, 409))
    assert refused["current"] == {"version": standing["version"], "period_end": "2019-12-31", "value": 30.25}
    entered = told(program.post(path, {**corrected, "version": standing["version"]}))["reading"]
    assert entered["is_correction"]
    assert told(program.get(path))["readings"] == [entered]
    told(program.post(path, {**READING, "value": 32, "version": standing["version"]}, 409))
    told(program.post(path, {**READING, "period_end": "2019-11-30", "version": 7}, 409))


def test_a_forecast_is_entered_once_and_replaced_by_its_version_only(town: Town, program_of: ProgramOf) -> None:
    program, path = program_of("manager"), f"/milestones/{town.milestone('DP-10-M2')}/forecasts"
    before = facts_in(town.runtime)
    standing = told(program.post(path, FORECAST))["forecast"]
    assert told(program.post(path, FORECAST, 200))["forecast"] == standing
    assert facts_in(town.runtime) == before + 1
    later = {"expected_on": "2020-06-15", "reason": "contractor_delay"}
    assert told(program.post(path, later, 409))["current"]["expected_on"] == "2020-05-15"
    program.post(path, {**later, "version": standing["version"]})
    assert [one["expected_on"] for one in told(program.get(path))["forecasts"]] == ["2020-05-15", "2020-06-15"]


def test_a_report_changes_the_status_as_the_page_would(town: Town, program_of: ProgramOf) -> None:
    program = program_of("manager")
    program.post(f"/milestones/{town.milestone('DP-10-M2')}/forecasts", FORECAST)
    milestones = told(program.get(f"/projects/{town.project()}"))["milestones"]
    (moved,) = [one for one in milestones if one["code"] == "DP-10-M2"]
    assert (moved["expected_on"], moved["forecast"]["reason"]) == ("2020-05-15", "contractor_delay")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {("period_end", "field_missing"), ("value", "field_missing")}),
        ({**READING, "values": 1}, {("values", "field_unknown")}),
        ({**READING, "value": "30"}, {("value", "field_no_number")}),
        ({**READING, "value": True}, {("value", "field_no_number")}),
        ({**READING, "value": 10**400}, {("value", "field_no_number")}),
        ({**READING, "period_end": "31.12.2019"}, {("period_end", "field_no_day")}),
        ({**READING, "period_end": "2019-02-30"}, {("period_end", "field_no_day")}),
        ({**READING, "period_end": "0001-01-01"}, {("period_end", "date_out_of_range")}),
        ({**READING, "period_end": "2019-12-30"}, {("period_end", "not_a_period_end")}),
        ({**READING, "period_end": "2020-01-31"}, {("period_end", "period_not_over")}),
        ({**READING, "note": "a\x00b"}, {("note", "field_no_text")}),
        ({**READING, "note": "\ud800"}, {("note", "field_no_text")}),
        ({**READING, "note": "x" * 2001}, {("note", "text_too_long")}),
        ({**READING, "version": -1}, {("version", "number_out_of_range")}),
        ({**READING, "version": "1"}, {("version", "field_no_number")}),
    ],
)
def test_everything_that_is_wrong_is_told_by_field_and_nothing_is_kept(
    town: Town, program_of: ProgramOf, body: dict[str, object], faults: set[tuple[str, str]]
) -> None:
    before = facts_in(town.runtime)
    refused = told(program_of("manager").post(f"/indicators/{town.indicator()}/readings", body, 422))
    assert {(fault["field"], fault["code"]) for fault in refused["errors"]} == faults
    assert all(fault["detail"] and fault["detail"] != fault["code"] for fault in refused["errors"])
    assert facts_in(town.runtime) == before


def test_faults_of_services_bear_the_names_of_the_interface(town: Town, program_of: ProgramOf) -> None:
    path = f"/milestones/{town.milestone('DP-10-M2')}/forecasts"
    for body, fault in (
        ({**FORECAST, "reason": "no such reason"}, ("reason", "unknown_choice")),
        ({**FORECAST, "reason": "not_stated"}, ("reason", "unknown_choice")),
        ({**FORECAST, "expected_on": "2020-01-30"}, ("expected_on", "forecast_in_past")),
    ):
        (told_fault,) = told(program_of("manager").post(path, body, 422))["errors"]
        assert (told_fault["field"], told_fault["code"]) == fault


def test_who_may_only_look_reports_nothing_and_who_may_not_look_finds_nothing(
    town: Town, program_of: ProgramOf
) -> None:
    path, before = f"/indicators/{town.indicator()}/readings", facts_in(town.runtime)
    program_of("analyst").post(path, READING, 403)
    program_of("colleague").post(path, READING, 403)
    foreign = program_of("manager-b").post(path, READING, 404)
    missing = program_of("manager-b").post("/indicators/999999/readings", READING, 404)
    assert told(foreign) == told(missing)
    reader = program_of("manager", TokenScope.READ).post(path, READING, 403)
    assert 'error="insufficient_scope"' in reader.headers["WWW-Authenticate"]
    assert facts_in(town.runtime) == before


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"value": NaN}', "application/json", 400),
        (b'{"value": 1, "value": 2}', "application/json", 400),
        (b'"\xff"', "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b"1" * 5_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "application/json; charset=latin-1", 415),
        (b" " * 70_000, "application/json", 413),
    ],
)
def test_what_is_no_json_object_is_refused(
    town: Town, program_of: ProgramOf, body: bytes, kind: str, status: int
) -> None:
    path = f"/indicators/{town.indicator()}/readings"
    program_of("manager").call("POST", path, status, {"Content_Type": kind}, data=body)
