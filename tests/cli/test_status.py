"""`pmo status`: the contract of PRODUCT 5."""

from datetime import date

from pmo.runtime import Runtime
from tests.cli.terminal import pmo

PROJECT = {"code", "city", "status", "severity", "reasons", "components", "changes_on", "milestones", "indicators"}
MILESTONE = {"code", "status", "severity", "due_on", "effective_due_on", "expected_on", "days_overdue"}
INDICATOR = {"code", "status", "severity", "actual", "expected", "ratio"}
REASON = {"rule", "item", "values", "limit", "severity"}


def test_status_lists_every_project_by_city_then_code(replayed: Runtime) -> None:
    projects = pmo(replayed, "status", "--as-of", "2020-01-31", "--format", "json").json
    assert len(projects) == 64
    assert [(p["city"], p["code"]) for p in projects] == sorted((p["city"], p["code"]) for p in projects)


def test_every_field_of_the_contract_is_there_and_none_is_more(replayed: Runtime) -> None:
    projects = pmo(replayed, "status", "--city", "almaty", "--as-of", "2020-03-31", "--format", "json").json
    assert len(projects) == 50
    for project in projects:
        assert set(project) == PROJECT
        assert set(project["components"]) == {"M", "S", "I", "C", "R"}
        assert all(set(milestone) == MILESTONE for milestone in project["milestones"])
        assert all(set(indicator) == INDICATOR for indicator in project["indicators"])
        assert all(set(reason) == REASON for reason in project["reasons"])


def test_the_worked_example_of_the_cameras_comes_out_of_the_real_data(replayed: Runtime) -> None:
    [amber] = pmo(replayed, "status", "DP-10", "--as-of", "2020-01-04", "--format", "json").json
    [red] = pmo(replayed, "status", "DP-10", "--as-of", "2020-01-08", "--format", "json").json
    cameras = {day["code"]: day for day in amber["milestones"]}["DP-10-M3"]
    assert (cameras["status"], cameras["severity"], cameras["days_overdue"]) == ("overdue", 1, 0)
    cameras = {day["code"]: day for day in red["milestones"]}["DP-10-M3"]
    assert (cameras["status"], cameras["severity"], cameras["days_overdue"]) == ("overdue", 2, 3)
    assert red["status"] == "off_track"


def test_before_tracking_began_the_list_is_empty(replayed: Runtime) -> None:
    answer = pmo(replayed, "status", "--as-of", "2019-09-15", "--format", "json")
    assert (answer.status, answer.json) == (0, [])


def test_without_a_day_status_is_of_the_present(portfolio: Runtime) -> None:
    assert len(pmo(portfolio, "status", "--format", "json").json) == 64


def test_unknown_codes_and_cities_are_refused(portfolio: Runtime) -> None:
    for words in (("DP-99",), ("--city", "karaganda"), ("AST-01", "--city", "almaty")):
        answer = pmo(portfolio, "status", *words)
        assert (answer.status, answer.output) == (1, "")
        assert answer.messages


def test_a_date_that_is_no_date_is_wrong_usage(portfolio: Runtime) -> None:
    assert pmo(portfolio, "status", "--as-of", "2020-02-30").status == 2


def test_without_a_database_it_is_unusable_and_names_the_setting() -> None:
    answer = pmo(None, "status")
    assert answer.status == 2
    assert "PMO_DATABASE_URL" in answer.messages


def test_the_same_question_gets_the_same_answer(replayed: Runtime) -> None:
    words = ("status", "--as-of", "2020-06-30", "--format", "json")
    assert pmo(replayed, *words).output == pmo(replayed, *words).output


def test_changes_on_lies_after_the_day_asked(replayed: Runtime) -> None:
    for project in pmo(replayed, "status", "--as-of", "2020-06-30", "--format", "json").json:
        assert project["changes_on"] is None or date.fromisoformat(project["changes_on"]) > date(2020, 6, 30)
