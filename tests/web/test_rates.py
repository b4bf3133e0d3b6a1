"""Programs and posts that do too much in a minute are told to wait; whoever only reads costs no write (ASVS 2.4.1)."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from pmo.app import create_app
from pmo.cli.logs import tell_from
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import SignInAttemptRecord
from pmo.db.session import DatabaseAway
from pmo.runtime import Runtime
from pmo.web import rates
from tests.api.programs import Program, facts_in, token_for, told
from tests.cast import Town
from tests.web.pages import Pages
from tests.web.town import cast_url, town

__all__ = ["cast_url", "town"]

CALLS, CHANGES = 12, 10
SENTENCES = {
    "en": "This one was not saved: wait a minute",
    "ru": "Это изменение не сохранено: подождите минуту",
    "kk": "Бұл өзгеріс сақталмады: бір минут күтіп",
}


@pytest.fixture
def counting(town: Town) -> Runtime:
    settings = replace(town.runtime.settings, calls_per_minute=CALLS, changes_per_minute=CHANGES)
    return Runtime(settings, town.runtime.engines, town.runtime.clock, town.runtime.transport)


@pytest.fixture
def app(counting: Runtime) -> Flask:
    return create_app(counting)


def rows(runtime: Runtime) -> int:
    with runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(SignInAttemptRecord)) or 0


def a_minute_later(runtime: Runtime) -> None:
    with runtime.writing() as session:
        for record in session.scalars(select(SignInAttemptRecord)):
            record.began_at -= timedelta(minutes=1)


def change_language(pages: Pages, language: str, status: int = 303) -> TestResponse:
    token = pages.get("/me").tree.all("input", name="csrf_token")[0]["value"]
    sent = {"csrf_token": token, "language": language, "next": "/me"}
    answer = pages.client.post("/language", base_url=pages.base_url, data=sent)
    assert answer.status_code in (302, 303) if status == 303 else answer.status_code == status
    return answer


def test_of_any_number_of_calls_at_once_through_two_processes_exactly_the_limit_is_answered(
    counting: Runtime,
) -> None:
    other = Runtime(counting.settings, None, counting.clock, counting.transport)
    token = token_for(counting, "manager")
    apps = [create_app(counting), create_app(other)]

    def call(number: int) -> int:
        client = apps[number % 2].test_client(use_cookies=False)
        header = {"Authorization": f"Bearer {token}"}
        return client.get("/api/v1/portfolio", base_url="http://localhost", headers=header).status_code

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(call, range(3 * CALLS)))
    other.engines.dispose()
    assert (found.count(200), found.count(429)) == (CALLS, 2 * CALLS)


def test_a_program_that_calls_too_often_hears_how_long_to_wait_and_then_goes_on(town: Town, app: Flask) -> None:
    program = Program(app, token_for(town.runtime, "manager"))
    path = f"/indicators/{town.indicator()}/readings"
    for _ in range(CALLS):
        program.get("/portfolio")
    refused = program.get("/portfolio", 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert told(refused)["type"] == "http://localhost/api#too-many"
    before = facts_in(town.runtime)
    program.post(path, {"period_end": "2019-12-31", "value": 1.0, "note": None}, 429)
    assert facts_in(town.runtime) == before
    Program(app, token_for(town.runtime, "manager")).get("/portfolio")  # a token of the same post has its own
    Pages(app).sign_in("manager").get("/me")
    a_minute_later(town.runtime)
    program.get("/portfolio")


def test_a_refused_call_does_not_prolong_the_wait_and_a_wrong_token_uses_up_nobodys(town: Town, app: Flask) -> None:
    program = Program(app, token_for(town.runtime, "manager"))
    for _ in range(CALLS):
        program.get("/portfolio")
        Program(app, "pmo_" + "A" * 43).get("/portfolio", 401)
    with town.runtime.reading() as session:
        (began,) = [
            record.began_at for record in session.scalars(select(SignInAttemptRecord)) if record.count == CALLS
        ][:1]
    for _ in range(5):
        program.get("/portfolio", 429)
    with town.runtime.reading() as session:
        assert began in session.scalars(select(SignInAttemptRecord.began_at)).all()


def test_reading_pages_is_not_counted_and_writes_nothing(town: Town, app: Flask) -> None:
    manager = Pages(app).sign_in("manager")
    before = rows(town.runtime)
    for _ in range(2 * CHANGES):
        manager.get("/me")
    assert rows(town.runtime) == before


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_post_that_sends_too_much_is_told_so_nothing_is_saved_and_it_may_still_leave(
    town: Town, app: Flask, language: str
) -> None:
    manager = Pages(app).sign_in("manager")
    for _ in range(CHANGES):
        change_language(manager, language)
    refused = change_language(manager, "kk" if language == "en" else "en", 429)
    assert SENTENCES[language] in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    with town.runtime.reading() as session:
        assert session.scalar(select(PersonRecord.language).where(PersonRecord.id == "manager")) == language
    change_language(Pages(app).sign_in("curator"), language)
    token = manager.get("/me").tree.all("input", name="csrf_token")[0]["value"]
    left = manager.client.post("/sign-out", base_url=manager.base_url, data={"csrf_token": token})
    assert left.headers["Location"].endswith("/sign-in")


def test_whoever_uses_up_the_changes_of_a_post_from_a_stolen_session_cannot_keep_its_holder_from_ending_that(
    town: Town, app: Flask
) -> None:
    holder, thief = Pages(app).sign_in("manager"), Pages(app).sign_in("manager")
    for _ in range(CHANGES):
        change_language(thief, "en")
    change_language(holder, "en", 429)
    assert holder.post("/me/password", current="wrong", password="another long password").status_code == 422
    assert holder.post("/me/confirmation", password="wrong").status_code == 422
    assert "You are signed in here only." in holder.submit(holder.get("/me/sign-in"), "/me/sessions/end-others").text
    assert thief.get("/me").path == "/sign-in"


def test_what_was_written_too_fast_stands_on_the_page(town: Town, app: Flask) -> None:
    manager = Pages(app).sign_in("manager")
    path = f"/projects/{town.project()}/comments/new"
    form = manager.get(path)
    for _ in range(CHANGES):
        change_language(manager, "en")
    refused = manager.submit(form, path, status=429, text="The poles wait for power.")
    assert [text.text for text in refused.tree.all("textarea")] == ["The poles wait for power."]


def test_a_count_that_cannot_be_written_refuses_nobody(town: Town, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise DatabaseAway(None, None, OSError("locked"))

    program = Program(app, token_for(town.runtime, "manager"))
    monkeypatch.setattr(rates, "count_use", away)
    for _ in range(CALLS + 1):
        program.get("/portfolio")


def test_the_log_says_who_was_too_fast(town: Town, app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    program = Program(app, token_for(town.runtime, "manager"))
    for _ in range(CALLS):
        program.get("/portfolio")
    tell_from(logging.INFO)
    capsys.readouterr()
    program.get("/portfolio", 429)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.reset_defaults()
    (line,) = [line for line in lines if line["event"] == "request refused"]
    assert (line["status"], line["reason"], line["person"]) == (429, "too many calls", "manager")


def test_the_page_for_programs_names_the_limit_and_the_description_the_header(town: Town, app: Flask) -> None:
    assert f"A token has {CALLS} calls a minute." in Pages(app).get("/api?lang=en").text
    assert "calls a minute" not in Pages(create_app(town.runtime)).get("/api?lang=en").text
    described = told(Program(app, None).get("/openapi.json"))
    for methods in described["paths"].values():
        for operation in methods.values():
            assert operation["responses"]["429"]["headers"]["Retry-After"]["required"]
