"""Addresses that nobody is led to: numbers beyond every table, NUL, days at both ends of the calendar, names twice.

Every route with an argument gets arguments that no row has; every query parameter that a view reads gets every value of
``VALUES``, alone, twice, and together with the others. The parameters are not listed: the walk hears which ones a view
asks for. On both databases, for they stumble over different things: SQLite over 2**63, PostgreSQL over NUL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict

from pmo.app import create_app
from pmo.runtime import Runtime
from tests.cast import Town, cast_url, town
from tests.conftest import Databases, runtime_on
from tests.rights import walk
from tests.rights.city_of_objects import Objects, actors_of, make_objects, settle_more
from tests.rights.routes import ROUTES, Apart
from tests.rights.walk import LET_IN, Case, Expectations, cases
from tests.web.pages import Pages

__all__ = ["cast_url", "town"]

PEOPLE = ("analyst", "admin", "pmo-head", "manager", "akim")
"""Between them they open every page; each page is attacked once, by the first of them who may see it."""
NUMBERS = (0, 2**31, 2**63, 2**64 + 1, 10**40)
"""None, beyond a 32-bit column, beyond what SQLite and PostgreSQL bind, and beyond every integer of both."""
NAMES = (
    "%00", "a%00b", "%ED%A0%80", "%FF%FE", "x" * 3000, "%2e%2e%2f%2e%2e", "%252e%252e%252f", "%E2%80%AEnimda",
    "%0d%0aSet-Cookie:a=b",
)  # fmt: skip
VALUES = (
    "%00", "%ED%A0%80", "0001-01-01", "9999-12-31", "-1", "9223372036854775808", "9" * 5000,
    "2020-01-31.9223372036854775808", "1e999", "%D9%A3", "%E2%80%AE%27%20or%201=1--%25%5C_%3Cscript%3E%0d%0aX:y",
)  # fmt: skip
HEALTH = "health.show"
"""Says 503 of the installation, whatever is asked."""
FEWEST_OF_ARGUMENTS, FEWEST_OF_QUERIES = 500, 1_000


class Overheard(ImmutableMultiDict[str, Any]):
    """What came in a query; remembers for which names a view asked."""

    asked: set[str] = set()  # noqa: RUF012 - one ear for all requests, emptied before each

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def getlist(self, key: str, type: Any = None) -> Any:
        """The same for names that may stand there more than once."""
        self.asked.add(key)
        return super().getlist(key, type) if type else super().getlist(key)


class ListeningRequest(Request):
    """A request whose query is overheard."""

    parameter_storage_class = Overheard


@dataclass
class Besieged:
    """The application, who is signed in to it, and what it answered."""

    app: Flask
    objects: Objects
    expected: Expectations
    browsers: dict[str, Pages]
    tokens: dict[str, str]
    met: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def ask(self, person: str, path: str, method: str = "GET") -> int:
        """Sends one request; a fault of the server is written down."""
        pages = self.browsers[person]
        sent = {"csrf_token": self.tokens[person]} if method == "POST" else None
        answer = pages.client.open(path, method=method, base_url=pages.base_url, data=sent)
        self.met[answer.status_code] += 1
        if answer.status_code >= 500:
            self.wrong.append(f"{person} {method} {path[:200]}: {answer.status}")
        if answer.mimetype == "text/html" and answer.headers["Cache-Control"] != "no-store":
            self.wrong.append(f"{person} {method} {path[:200]}: may be kept by a cache")
        return answer.status_code


@pytest.fixture
def besieged(databases: Databases, cast_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Besieged]:
    url = databases.copy_of(cast_url)
    runtime = runtime_on(url)
    here = Town(runtime)
    settle_more(here)
    objects = make_objects(here)
    app = create_app(runtime)
    app.request_class = ListeningRequest
    browsers = {person: Pages(app).sign_in(person) for person in PEOPLE}
    tokens = {
        person: pages.get("/me").tree.all("input", name="csrf_token")[0]["value"] for person, pages in browsers.items()
    }
    monkeypatch.setattr(Runtime, "writing", walk.nothing_is_kept)
    yield Besieged(app, objects, Expectations(objects, actors_of(here, list(PEOPLE))), browsers, tokens)
    runtime.engines.dispose()
    databases.drop(url)


def test_an_address_of_something_impossible_is_answered_like_one_of_nothing(
    besieged: Besieged, record_property: Callable[[str, object], None]
) -> None:
    for person, method, path in _impossible(besieged):
        status = besieged.ask(person, path, method)
        if status < 400 or status in (409, 422):
            besieged.wrong.append(f"{person} {method} {path[:200]}: {status}, as if it were there")
    _say(besieged, record_property)
    assert sum(besieged.met.values()) > FEWEST_OF_ARGUMENTS


def test_no_value_of_a_query_breaks_a_page(besieged: Besieged, record_property: Callable[[str, object], None]) -> None:
    heard: dict[str, set[str]] = {}
    for case in _pages(besieged):
        Overheard.asked.clear()
        besieged.ask(case.person, case.path)
        heard[case.path] = set(Overheard.asked) - {"csrf_token"}
        for query in _queries(sorted(heard[case.path])):
            besieged.ask(case.person, f"{case.path}?{query}")
    _say(besieged, record_property)
    assert {"as_of", "q", "after", "on", "year", "close"} <= set().union(*heard.values()), "the walk hears too little"
    assert sum(besieged.met.values()) > FEWEST_OF_QUERIES


def _say(besieged: Besieged, record_property: Callable[[str, object], None]) -> None:
    total = sum(besieged.met.values())
    print(f"\n{total} requests: {dict(sorted(besieged.met.items()))}")
    record_property("requests", total)
    assert not besieged.wrong, "\n".join([f"{len(besieged.wrong)} of {total}", *besieged.wrong[:60]])


def _impossible(besieged: Besieged) -> Iterator[tuple[str, str, str]]:
    """(person, method, path) with one argument that cannot be, the others true."""
    for route in sorted(besieged.app.url_map.iter_rules(), key=lambda one: one.rule):
        for argument in sorted(route.arguments - {"filename"}):
            is_number = f"<int:{argument}>" in route.rule
            path = route.rule.replace(f"<int:{argument}>" if is_number else f"<{argument}>", "\0")
            path = path.replace("<int:project_id>", str(besieged.objects.projects["DP-10"]))
            path = path.replace("<person_id>", "manager")
            path = path.replace("<int:comment_id>", str(besieged.objects.comments["DP-10"]))
            path = path.replace("<int:update_id>", str(besieged.objects.updates["DP-10"]))
            path = path.replace("<int:grant_id>", str(besieged.objects.grants["DP-10"]))
            path = path.replace("<int:template_id>", str(besieged.objects.templates["DP-10"])).replace("<code>", "M1")
            assert "<" not in path, route.rule
            for value in NUMBERS if is_number else NAMES:
                for method in sorted((route.methods or set()) & {"GET", "POST"}):
                    for person in PEOPLE[:2]:
                        yield person, method, path.replace("\0", str(value))


def _pages(besieged: Besieged) -> Iterator[Case]:
    """Every page once, by the first who may open it; besides those that the walk of rights leaves out."""
    done: set[str] = set()
    for person in PEOPLE:
        for case in cases(besieged.app, besieged.objects, person):
            bare = case.method == "GET" and "?" not in case.path and case.place in ("", "DP-10")
            if bare and case.endpoint not in done and besieged.expected.of(case) <= LET_IN:
                done.add(case.endpoint)
                yield case
    for route in besieged.app.url_map.iter_rules():
        is_apart = isinstance(ROUTES[route.endpoint], Apart) and route.endpoint != HEALTH
        if is_apart and "GET" in (route.methods or ()) and not route.arguments:
            yield Case(PEOPLE[0], route.endpoint, "GET", "", route.rule)


def _queries(names: list[str]) -> Iterator[str]:
    for value in VALUES:
        yield from (f"{name}={value}" for name in names)
        if len(names) > 1:
            yield "&".join(f"{name}={value}" for name in names)
    yield from (f"{name}=1&{name}=%00&{name}=2" for name in names)
