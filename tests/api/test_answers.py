"""What programs read agrees with the pages and with the command line, as of any day and in any language."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import CliRunner
from flask import Flask

from pmo.app import create_app
from pmo.cli import main
from pmo.runtime import Runtime
from tests.api.conftest import ProgramOf
from tests.api.programs import Program, token_for, told
from tests.cast import Town
from tests.tour.city import AKIM, MANAGER, WorkingCity
from tests.web.markup import Element
from tests.web.pages import Pages

Programs = Callable[[str], Program]


@pytest.fixture
def city_app(working_city: WorkingCity) -> Flask:
    """The application over the city at work."""
    return create_app(working_city.runtime)


@pytest.fixture
def programs(working_city: WorkingCity, city_app: Flask) -> Programs:
    """A program that speaks for a post of that city."""
    return lambda person: Program(city_app, token_for(working_city.runtime, person))


def counts_on(page: Element) -> dict[str, int]:
    """Status to count, as the overview's links say."""
    links = [link for tally in page.all("ul", class_="tally") for link in tally.all("a")]
    return {
        link["href"].partition("status=")[2].partition("&")[0]: int(link["data-count"])
        for link in links
        if "status=" in link["href"]
    }


@pytest.mark.parametrize("person", [AKIM, MANAGER])
@pytest.mark.parametrize("day", ["", "2020-01-10"])
def test_the_counts_are_those_of_the_overview(city_app: Flask, programs: Programs, person: str, day: str) -> None:
    answer = told(programs(person).get(f"/portfolio?on={day}" if day else "/portfolio"))
    page = Pages(city_app).sign_in(person).get(f"/portfolio?as_of={day}" if day else "/portfolio")
    shown = counts_on(page.tree)
    assert shown, "the overview shows no counts"
    known = {**answer["counts"], "attention": answer["attention"]}
    assert {status: known[status] for status in shown} == shown
    assert sum(answer["counts"].values()) == answer["total"] >= 3
    assert sum(known[status] for status in shown if status != "attention") == answer["total"]


def test_a_list_is_whole_over_its_pages_and_has_what_its_count_says(programs: Programs) -> None:
    program = programs(AKIM)
    counts = told(program.get("/portfolio?city=all"))
    found: list[str] = []
    page = 1
    while part := told(program.get(f"/projects?city=all&size=7&page={page}"))["projects"]:
        assert len(part) <= 7
        found += [f"{project['city']}/{project['code']}" for project in part]
        page += 1
    assert found == sorted(found)
    assert len(set(found)) == len(found) == counts["total"]
    for status, number in {**counts["counts"], "attention": counts["attention"]}.items():
        listed = told(program.get(f"/projects?city=all&size=100&status={status}"))
        assert listed["total"] == len(listed["projects"]) == number, status


def test_filters_choose_as_they_do_on_the_overview(programs: Programs) -> None:
    program = programs(AKIM)
    everything = told(program.get("/projects?size=100"))["projects"]
    for name in ("department", "area"):
        place = everything[0][name]
        wanted = [project["code"] for project in everything if project[name] == place]
        chosen = told(program.get(f"/projects?size=100&{name}={place}"))
        assert [project["code"] for project in chosen["projects"]] == wanted
        assert 0 < chosen["total"] < len(everything)
    assert told(program.get("/projects?department=no-such"))["total"] == 0


def test_a_project_is_what_the_command_line_says_of_it(
    town: Town, program_of: ProgramOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = town.runtime.engines.writing.url.render_as_string(hide_password=False)
    monkeypatch.setenv("PMO_DATABASE_URL", url)
    for day in ("2020-01-31", "2019-12-15"):
        run = CliRunner().invoke(main, ["status", "DP-10", "--as-of", day, "--format", "json"])
        assert run.exit_code == 0, run.output
        (by_command,) = json.loads(run.stdout)
        by_program = told(program_of("manager").get(f"/projects/{town.project()}?on={day}"))
        assert by_program["on"] == day
        assert _only(by_program, by_command) == by_command


def _only(told: object, wanted: object) -> object:
    """What of an answer the command line says too."""
    if isinstance(told, dict) and isinstance(wanted, dict):
        return {name: _only(told.get(name), value) for name, value in wanted.items()}
    if isinstance(told, list) and isinstance(wanted, list):
        assert len(told) == len(wanted)
        return [_only(one, other) for one, other in zip(told, wanted, strict=True)]
    return told


def test_reasons_speak_the_language_that_is_asked_for(town: Town, program_of: ProgramOf) -> None:
    path = f"/projects/{town.project()}"
    sentences = {}
    for language in ("ru", "kk", "en"):
        answer = program_of("manager", language=language).get(path)
        assert answer.headers["Content-Language"] == language
        (reason, *_) = told(answer)["reasons"]
        assert reason["rule"] == "PM-A"
        sentences[language] = reason["sentence"]
    assert sentences["en"].startswith("Off track: critical milestone DP-10-M1")
    assert len(set(sentences.values())) == 3
    assert program_of("manager", language="de").get(path).headers["Content-Language"] == "en"  # the post's own


def test_the_past_is_told_as_it_was_known(town: Town, program_of: ProgramOf) -> None:
    program, path = program_of("manager"), f"/projects/{town.project()}"
    program.post(f"/indicators/{town.indicator()}/readings", {"period_end": "2019-12-31", "value": 5, "note": None})
    now = told(program.get(path))
    then = told(program.get(f"{path}?on=2019-12-30"))
    assert [indicator["readings"] != [] for indicator in now["indicators"]] == [True, False]
    assert [indicator["readings"] for indicator in then["indicators"]] == [[], []]
    assert (now["status"], then["status"]) == ("off_track", "at_risk")
    early = told(program.get(f"{path}?on=2019-09-01", 404))
    assert early["detail"] == "It has been tracked since 16 September 2019 only."
    (fault,) = told(program.get(f"{path}?on=2020-02-01", 422))["errors"]
    assert (fault["field"], fault["code"]) == ("on", "day_ahead")


def test_weeks_are_those_of_the_projects_history(town: Town, program_of: ProgramOf) -> None:
    weeks = told(program_of("manager").get(f"/projects/{town.project()}/weeks"))["weeks"]
    days = [week["on"] for week in weeks]
    assert (days[0], days[-1]) == ("2019-09-22", "2020-01-31")
    assert len(days) == 20
    assert weeks[-1]["status"] == "off_track"


def test_open_alerts_are_told_with_their_project(simulated: Runtime) -> None:
    program = Program(create_app(simulated), token_for(simulated, "akim.alm"))
    listed = told(program.get("/projects?size=100"))["projects"]
    alerts = [
        (project["code"], alert)
        for project in listed
        for alert in told(program.get(f"/projects/{project['id']}"))["alerts"]
    ]
    page = Pages(program.app).sign_in("akim.alm").get("/alerts")
    (rows,) = [element for element in page.tree.walk() if "data-rows" in element][:1]
    assert len(alerts) == int(rows["data-rows"]) > 0
    assert all(alert["rung"] and alert["since"] and alert["item"].startswith(code) for code, alert in alerts)


def test_data_of_the_demonstration_say_so(town: Town, program_of: ProgramOf) -> None:
    assert told(program_of("manager").get("/portfolio"))["demonstration"] is False
    there = town.runtime
    shown = Runtime(replace(there.settings, demo=True), there.engines, there.clock, there.transport)
    program = Program(create_app(shown), token_for(there, "manager"))
    for path in ("/portfolio", "/projects", f"/projects/{town.project()}", f"/projects/{town.project()}/weeks"):
        assert told(program.get(path))["demonstration"] is True
