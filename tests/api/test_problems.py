"""Every refusal is a problem document in the reader's language; the description tells of everything there is."""

from __future__ import annotations

import pytest
from flask import Flask

from pmo.web.api.description import OPERATIONS, description
from pmo.web.api.problems import KINDS
from pmo.web.api.views import api as blueprint
from tests.api.conftest import ProgramOf
from tests.api.programs import Program, told
from tests.cast import Town
from tests.web.pages import Pages


def test_every_problem_has_its_words_in_the_language_asked_for(app: Flask, program_of: ProgramOf) -> None:
    said: dict[str, set[str]] = {}
    for language in ("ru", "kk", "en"):
        program = program_of("manager", language=language)
        for path, status in (("/nothing", 404), ("/projects/999999", 404), ("/portfolio?x=1", 422)):
            problem = told(program.get(path, status))
            assert set(problem) == {"type", "title", "status", "detail", "errors", "current"}
            said.setdefault(f"{path} {status}", set()).add(problem["title"])
    assert {len(words) for words in said.values()} == {3}


def test_a_method_that_an_address_does_not_take_is_told_which_it_takes(app: Flask, program_of: ProgramOf) -> None:
    for method in ("PUT", "PATCH", "DELETE", "POST", "TRACE"):
        refused = program_of("manager").call(method, "/portfolio", 405, {})
        assert {"GET", "HEAD"} <= set(refused.headers["Allow"].split(", "))


def test_a_program_that_takes_no_json_is_told_so(program_of: ProgramOf) -> None:
    program = program_of("manager")
    program.get("/portfolio", 406, Accept="text/csv")
    for accepted in ("application/json", "*/*", "application/*;q=0.5, text/html"):
        program.get("/portfolio", Accept=accepted)


def test_a_mistake_of_ours_is_a_problem_without_its_secrets(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("a secret of the machine")

    monkeypatch.setitem(app.view_functions, "api.openapi", broken)
    broken.guard_of_the_route = app.view_functions["api_guide.show"].guard_of_the_route  # type: ignore[attr-defined]
    refused = Program(app, None).get("/openapi.json", 500)
    assert told(refused)["type"].endswith("#our-mistake")
    assert "secret" not in refused.text


def test_other_sites_are_refused_in_json_too(town: Town, program_of: ProgramOf) -> None:
    path = f"/indicators/{town.indicator()}/readings"
    program_of("manager").post(path, {}, 403, Sec_Fetch_Site="cross-site")


def test_a_question_that_is_said_twice_or_wrongly_is_refused_by_field(program_of: ProgramOf) -> None:
    program = program_of("manager")
    for query, fault in (
        ("page=1&page=2", ("page", "field_twice")),
        ("page=0", ("page", "number_out_of_range")),
        ("page=٣", ("page", "field_no_number")),
        ("size=101", ("size", "number_out_of_range")),
        ("status=green", ("status", "unknown_choice")),
        ("on=20200131", ("on", "field_no_day")),
        ("department=%00", ("department", "field_no_text")),
    ):
        (told_fault,) = told(program.get(f"/projects?{query}", 422))["errors"]
        assert (told_fault["field"], told_fault["code"]) == fault
    for number in ("99999999999999999999", "-1", "1.5", "x"):
        program.get(f"/projects/{number}", 404)


def test_the_description_knows_every_route_and_no_other(app: Flask) -> None:
    routes = {
        (rule.rule.removeprefix("/api/v1").replace("<int:", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{blueprint.name}.") and rule.endpoint != "api.openapi"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    with app.test_request_context("/api"):
        paths = description("http://localhost")["paths"]
    assert {(path, method) for path, methods in paths.items() for method in methods} == routes
    assert {(one.path, one.method) for one in OPERATIONS} == routes
    assert all(f"api.{one.endpoint}" in app.view_functions for one in OPERATIONS)


def test_the_description_is_open_and_speaks_three_languages(app: Flask) -> None:
    titles = {
        told(Program(app, None, language).get("/openapi.json"))["info"]["title"] for language in ["ru", "kk", "en"]
    }
    assert len(titles) == 3


def test_the_page_for_people_explains_every_problem_and_every_call(app: Flask) -> None:
    page = Pages(app).get("/api")
    assert "http://localhost/api/v1/portfolio" in page.text
    rows = {row["id"] for row in page.tree.all("tr")}
    assert {kind.name for kind in KINDS.values()} <= rows
    for one in OPERATIONS:
        assert f"{one.method.upper()} /api/v1{one.path}" in page.text
