"""An uploaded file and the virus scanner, as whoever uploads and whoever runs the tracker sees it (ASVS 5.4.3)."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import event, func, select

from pmo.app import create_app
from pmo.cli.logs import tell_from
from pmo.db.models.files import FileRecord
from pmo.db.models.milestones import ClaimRecord
from pmo.db.models.people import PersonRecord
from pmo.jobs.health import health_of
from pmo.jobs.metrics import exposition
from pmo.runtime import Runtime
from tests.cast import Town
from tests.fakes_clamd import Clamd, listening
from tests.services.test_files import PDF
from tests.web.pages import Page, Pages
from tests.web.town import cast_url, town

__all__ = ["cast_url", "town"]

INFECTED = {
    "en": "“Акт.pdf” carries a virus (Win.Test.EICAR_HDB-1). It was not kept",
    "ru": "Файл «Акт.pdf» заражён вирусом (Win.Test.EICAR_HDB-1). Он не сохранён",
    "kk": "«Акт.pdf» файлында вирус бар (Win.Test.EICAR_HDB-1). Ол сақталмады",
}
AWAY = {
    "en": "“Акт.pdf” was not kept, because the virus scanner does not answer",
    "ru": "Файл «Акт.pdf» не сохранён: антивирус не отвечает",
    "kk": "«Акт.pdf» файлы сақталмады: антивирус жауап бермейді",
}


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with listening(Clamd()) as server:
        yield server


@pytest.fixture
def scanned(town: Town, clamd: Clamd) -> Runtime:
    settings = replace(town.runtime.settings, clamd=clamd.place)
    return Runtime(settings, town.runtime.engines, town.runtime.clock, town.runtime.transport)


@pytest.fixture
def app(scanned: Runtime) -> Flask:
    app = create_app(scanned)
    app.testing = True
    return app


@pytest.fixture
def lines(app: Flask, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Lines of the log since the last look."""
    tell_from(logging.INFO)
    capsys.readouterr()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.reset_defaults()


def upload(app: Flask, town: Town, status: int = 422) -> Page:
    claiming = f"/milestones/{town.milestone()}/completion"
    manager = Pages(app).sign_in("manager")
    return manager.submit(manager.get(claiming), claiming, status=status, file=(BytesIO(PDF), "Акт.pdf"))


def kept(runtime: Runtime) -> int:
    with runtime.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (FileRecord, ClaimRecord)]
    return sum(count or 0 for count in counts)


def speak(town: Town, language: str) -> None:
    with town.writing() as session:
        found = session.get(PersonRecord, "manager")
        assert found is not None
        found.language = language


def test_a_clean_file_is_kept_and_is_scanned_before_anything_is_written(
    app: Flask, town: Town, clamd: Clamd, scanned: Runtime
) -> None:
    seen: list[int] = []

    def inserted(*_: object) -> None:
        seen.append(len(clamd.streams))

    event.listen(FileRecord, "before_insert", inserted)
    try:
        upload(app, town, status=200)
    finally:
        event.remove(FileRecord, "before_insert", inserted)
    assert (kept(scanned), clamd.streams, seen) == (2, [PDF], [1])


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize(("says", "words"), [("found", INFECTED), ("error", AWAY), ("close", AWAY)])
def test_a_refused_file_is_named_in_the_language_of_whoever_sent_it_and_nothing_is_kept(
    app: Flask, town: Town, clamd: Clamd, scanned: Runtime, language: str, says: str, words: dict[str, str]
) -> None:
    clamd.says = says
    speak(town, language)
    events = len(town.audit_actions())
    page = upload(app, town)
    assert words[language] in page.text
    assert (kept(scanned), len(town.audit_actions())) == (0, events)


def test_a_virus_and_a_scanner_that_fails_are_lines_of_the_log_without_the_name_of_the_file(
    app: Flask, town: Town, clamd: Clamd, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    clamd.says = "found"
    upload(app, town)
    told = lines()
    (found,) = [line for line in told if line["event"] == "virus found"]
    assert (found["level"], found["person"], found["size"]) == ("warning", "manager", len(PDF))
    assert (found["signature"], len(found["sha256"])) == ("Win.Test.EICAR_HDB-1", 64)
    (refused,) = [line for line in told if line["event"] == "request refused"]
    assert (refused["reason"], refused["request"]) == ("file_infected", found["request"])
    clamd.says = "error"
    upload(app, town)
    told += (failed := lines())
    (line,) = [line for line in failed if line["event"] == "virus scan failed"]
    assert (line["level"], line["reason"]) == ("error", "clamd answered: stream: Can't allocate memory ERROR")
    assert "Акт" not in json.dumps(told, ensure_ascii=False)


def test_the_light_and_the_page_of_jobs_say_that_the_scanner_is_away(
    app: Flask, town: Town, clamd: Clamd, scanned: Runtime
) -> None:
    def scanner(runtime: Runtime) -> list[bool]:
        return [check.is_well for check in health_of(runtime).checks if check.name == "virus_scanner"]

    admin = Pages(app).sign_in("admin")
    assert scanner(scanned) == [True]
    assert "The virus scanner does not answer" not in admin.get("/jobs").text
    clamd.says = "close"
    assert scanner(scanned) == [False]
    assert "The virus scanner does not answer" in admin.get("/jobs").text
    assert "pmo_virus_scanner_ok 0.0" in exposition(health_of(scanned)).decode()
    assert scanner(town.runtime) == []  # none is set up: nothing to look at
    assert "The virus scanner" not in Pages(create_app(town.runtime)).sign_in("admin").get("/jobs").text


def test_the_light_speaks_of_the_scanner_where_the_database_is_away(scanned: Runtime) -> None:
    broken = Runtime(
        replace(scanned.settings, database_url="sqlite:////no/such/folder/pmo.db"), None, scanned.clock, None
    )
    names = {check.name: check.is_well for check in health_of(broken).checks}
    assert names == {"database": False, "virus_scanner": True}
