"""A live site over a copy of the portfolio, and a visitor with a browser in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from pmo.app import create_app
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.passwords import hash_password

PASSWORD = "a long enough password"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 900}


class _Silent(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_request(self, code: object = "-", size: object = "-") -> None:
        pass


@dataclass
class Site:
    """A running installation."""

    runtime: Runtime
    address: str

    def id_of(self, record: type, code: str) -> int:
        """Id of a project, milestone or indicator by its code."""
        with self.runtime.reading() as session:
            found = session.scalar(select(record.id).where(record.code == code))  # type: ignore[attr-defined]
        assert found is not None, code
        return int(found)

    def project(self, code: str) -> int:
        return self.id_of(ProjectRecord, code)

    def milestone(self, code: str) -> int:
        return self.id_of(MilestoneRecord, code)

    def indicator(self, code: str) -> int:
        return self.id_of(IndicatorRecord, code)

    def manager_of(self, code: str) -> str:
        """The post that manages a project."""
        with self.runtime.reading() as session:
            return str(session.scalar(select(ProjectRecord.manager_id).where(ProjectRecord.code == code)))

    def act(self, person: str, on: date = date(2020, 1, 31)) -> Act:
        """An act of a post, now."""
        now = self.runtime.now()
        with self.runtime.reading() as session:
            actor = actor_for(session, person, on)
        assert actor is not None
        return Act(actor=actor, at=now, on=on, recorded_at=now)

    def speaks(self, person: str, language: str) -> None:
        """Sets the language of a post."""
        with self.runtime.writing() as session:
            session.get_one(PersonRecord, person).language = language


@pytest.fixture(scope="session")
def hashed_password() -> str:
    """Of ``PASSWORD``, once."""
    return hash_password(PASSWORD)


@pytest.fixture
def site(portfolio: Runtime, hashed_password: str) -> Iterator[Site]:
    """The portfolio on a free port of this machine; every post has the same password."""
    with portfolio.writing() as session:
        for person in session.scalars(select(PersonRecord)):
            person.password_hash = hashed_password
    with served(create_app(portfolio)) as address:
        yield Site(portfolio, address)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Address of the application on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Visit]:
    """``visit("analyst.alm", DESK)`` signs in and gives a page; script errors fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(person: str | None, size: dict[str, int] = DESK, **options: object) -> Page:
        context = browser.new_context(viewport=size, base_url=site.address, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        if person:
            page.goto("/sign-in")
            page.locator("#email").fill(f"{person}@{_domain(person)}.example")
            page.locator("#password").fill(PASSWORD)
            page.locator(".sign-in-form button.btn-primary").click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    refused = [error for error in errors if "status of 4" not in error]
    assert refused == []


def _domain(person: str) -> str:
    return {"alm": "almaty", "ast": "astana", "shy": "shymkent"}[person.rpartition(".")[2]]


def width_of(page: Page) -> int:
    """How wide the page really is; wider than the screen means it scrolls sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth"))
