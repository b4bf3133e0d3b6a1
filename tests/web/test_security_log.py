"""What the log says of signing in, refusals and acts: a line each, one number a request, nobody's name (ASVS 16)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy.exc import IntegrityError

from pmo.cli.logs import tell_from
from pmo.db.models.people import PersonRecord
from pmo.runtime import Runtime
from pmo.web.access import public
from tests.web.conftest import PASSWORD
from tests.web.pages import Pages

Lines = Callable[[], list[dict[str, Any]]]
PagesOf = Callable[[str], Pages]
NEVER = ("@", PASSWORD, "wrong-word-of-mine", "127.0.0.1", "Должность")


@pytest.fixture
def lines(app: Flask, capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """Lines written since the last look, each one JSON; none of them names a person, an address or a password."""
    tell_from(logging.INFO)
    capsys.readouterr()

    def read() -> list[dict[str, Any]]:
        written = capsys.readouterr().err
        assert not [word for word in NEVER if word in written], written
        return [json.loads(line) for line in written.splitlines()]

    yield read
    structlog.reset_defaults()


def told(found: list[dict[str, Any]], event: str) -> dict[str, Any]:
    """The one line of an event."""
    (line,) = [line for line in found if line["event"] == event]
    return line


def try_to_enter(pages: Pages, email: str, password: str, status: int = 200) -> str:
    """Returns the number that the answer carries."""
    asked = pages.get("/sign-in")
    answer = pages.submit(asked, "/sign-in", status=status, email=email, password=password).response
    return str((answer.history[0] if answer.history else answer).headers["X-Request-Id"])


def test_a_wrong_password_is_a_line_with_door_account_place_and_the_number_of_the_answer(
    pages: Pages, lines: Lines, small_city: Runtime
) -> None:
    number = try_to_enter(pages, "akim.alm@city.example", "wrong-word-of-mine", status=422)
    found = lines()
    line = told(found, "attempt failed")
    assert (line["door"], line["reason"], line["level"]) == ("sign_in", "sign_in_refused", "warning")
    assert line["request"] == number
    assert (line["route"], line["method"]) == ("sign_in.show", "POST")
    now = small_city.clock_on_the_wall.now()
    assert abs(datetime.fromisoformat(line["timestamp"]) - now) < timedelta(minutes=1)
    assert line["timestamp"].endswith("Z")
    assert len(line["account"]) == len(line["place"]) == 12
    refused = told(found, "request refused")
    assert (refused["status"], refused["reason"], refused["request"]) == (422, "sign_in_refused", number)
    try_to_enter(pages, " Akim.ALM@city.example", "wrong-word-of-mine", status=422)
    try_to_enter(pages, "nobody@city.example", "wrong-word-of-mine", status=422)
    same, other = [line["account"] for line in lines() if line["event"] == "attempt failed"]
    assert (same == line["account"], other == line["account"]) == (True, False)


def test_signing_in_and_out_are_lines_with_method_and_factor(pages: Pages, lines: Lines) -> None:
    number = try_to_enter(pages, "manager.alm@city.example", PASSWORD)
    found = lines()
    opened = told(found, "session opened")
    assert (opened["whose"], opened["method"], opened["request"]) == ("manager.alm", "password", number)
    assert told(found, "attempt succeeded")["door"] == "sign_in"
    pages.submit(pages.get("/me"), "/sign-out")
    assert told(lines(), "session ended")["person"] == "manager.alm"


def test_too_many_attempts_are_told(pages: Pages, lines: Lines) -> None:
    for _ in range(11):
        try_to_enter(pages, "akim.alm@city.example", "wrong-word-of-mine", status=422)
    assert told(lines(), "too many attempts")["door"] == "sign_in"


def test_whoever_has_no_right_is_told_with_the_right_that_was_missing(pages_of: PagesOf, lines: Lines) -> None:
    pages = pages_of("observer.alm")
    lines()
    pages.get("/administration/people", status=403)
    line = told(lines(), "request refused")
    assert (line["status"], line["person"], line["reason"]) == (403, "observer.alm", "right manage_people")
    assert line["route"] == "administration.people"


def test_what_lies_outside_of_ones_scope_and_forged_forms_are_told(pages_of: PagesOf, lines: Lines) -> None:
    pages = pages_of("admin.alm")
    lines()
    pages.get("/administration/people/akim.ast", status=404)
    assert told(lines(), "request refused")["status"] == 404
    pages.client.post("/language", base_url=pages.base_url, data={"language": "kk"})
    assert told(lines(), "request refused")["reason"] == "form without a good token"
    pages.app.testing = False
    pages.client.get("/sign-in", base_url="http://evil.example")
    assert told(lines(), "request refused")["reason"] == "foreign host"


def test_an_act_of_the_administrator_is_told_with_its_number_in_the_record(pages_of: PagesOf, lines: Lines) -> None:
    pages = pages_of("admin.alm")
    page = pages.get("/administration/people/new")
    lines()
    pages.submit(
        page,
        "/administration/people/new",
        code="observer-2.alm",
        title_ru="Наблюдатель 2",
        title_kk="Бақылаушы 2",
        title_en="Observer 2",
        email="observer-2@city.example",
        role="observer",
    )
    line = told(lines(), "recorded")
    assert (line["action"], line["object"], line["by"]) == ("post_added", "almaty/people/observer-2.alm", "admin.alm")
    assert line["event_number"] >= 0
    assert line["person"] == "admin.alm"


def test_an_act_that_was_undone_is_not_told(small_city: Runtime, lines: Lines) -> None:
    from pmo.services import audit

    def undone() -> None:
        with small_city.writing() as session:
            audit.note(session, at=small_city.now(), actor="admin.alm", action="tried", item="x")
            audit.append_notes(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert not lines()


def test_what_breaks_is_told_with_its_trace_and_without_the_row(app: Flask, small_city: Runtime, lines: Lines) -> None:
    @app.get("/breaks/<token>", endpoint="breaks")
    @public
    def breaks(token: str) -> str:
        with small_city.writing() as session:
            session.add(PersonRecord(id="akim.alm", email="akim.alm@city.example"))
            session.flush()
        return token

    app.testing = False
    answer = Pages(app).get("/breaks/a-secret-link", status=500)
    line = told(lines(), "GET breaks failed")
    assert IntegrityError.__name__ in line["exception"]
    assert "a-secret-link" not in str(line)
    assert line["request"] == answer.response.headers["X-Request-Id"]
    assert line["request"] in answer.text
    assert "IntegrityError" not in answer.text


def test_a_line_stays_one_line_whatever_somebody_types(pages: Pages, lines: Lines) -> None:
    lines()
    pages.get("/nowhere%0a%7b%22event%22:%22forged%22%7d", status=404)
    pages.post("/sign-in", email='a\r\n{"event": "forged"}', password="x")
    assert {line["event"] for line in lines()} == {"request refused", "attempt failed"}


def test_an_address_that_gets_into_a_line_is_masked_the_same_each_time(lines: Lines) -> None:
    log = structlog.get_logger()
    log.info("a post is named after its address", person="Admin@City.kz", note="mail to <admin@city.kz>, now")
    logging.getLogger("a library").error("no mail to %s", "admin@city.kz")
    first, second = lines()
    assert first["person"].startswith("address-")
    assert first["note"] == f"mail to <{first['person']}>, now"
    assert second["event"] == f"no mail to {first['person']}"


def test_the_number_of_a_request_is_ours_and_never_the_visitors(pages: Pages) -> None:
    one, other = (pages.get("/sign-in", X_Request_Id="chosen").response.headers["X-Request-Id"] for _ in range(2))
    assert len({one, other, "chosen"}) == 3
