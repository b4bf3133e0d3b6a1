"""The walk: every route × every post × every object, GET and POST, and what the table of rights says of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from pmo.db import session as db
from pmo.db.session import Session
from pmo.domain.access import RIGHTS, Action, Actor, ProjectScope, may, may_in_city
from pmo.queries.visibility import posts_of
from pmo.runtime import Runtime
from pmo.services.settlement import settle
from tests.rights.city_of_objects import NOT_THERE, SPEAKERS, Objects
from tests.rights.routes import ROUTES, Apart, Kind, Rule, Whose
from tests.web.pages import Pages

OF_PROJECTS = {
    Kind.PROJECT: "projects",
    Kind.MILESTONE: "milestones",
    Kind.INDICATOR: "indicators",
    Kind.REQUEST: "requests",
    Kind.UPDATE: "updates",
    Kind.COMMENT: "comments",
    Kind.FILE: "files",
}
OF_PEOPLE = {
    Kind.MAIL: "mails",
    Kind.ADDRESS: "addresses",
    Kind.ABSENCE: "absences",
    Kind.VIEW: "views",
    Kind.PERSON: "people",
    Kind.DEPARTMENT: "departments",
    Kind.AREA: "areas",
    Kind.GRANT: "grants",
    Kind.CALENDAR_DAY: "calendar_days",
    Kind.PLANNED_CHANGE: "planned_changes",
    Kind.RULE_VERSION: "rule_versions",
    Kind.TEMPLATE: "templates",
}
WITHIN = {Kind.UPDATE: "project_id", Kind.COMMENT: "project_id", Kind.GRANT: "person_id"}
"""The argument that names what the object is part of."""
UNKNOWN = "not there"


class Outcome(StrEnum):
    """What came of a request."""

    OPEN = "open"
    FAULTY = "faulty"
    """Let in, and told what is wrong with the form: an empty one mostly is."""
    REFUSED = "refused"
    HIDDEN = "hidden"
    SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class Case:
    """One request: who, what, to which object."""

    person: str
    endpoint: str
    method: str
    place: str
    path: str

    def __str__(self) -> str:
        return f"{self.person} {self.method} {self.path} ({self.endpoint}, {self.place})"


def outcome(response: TestResponse) -> Outcome:
    """The answer as the table knows it."""
    if response.status_code in (301, 302, 303) and response.location.startswith("/sign-in"):
        return Outcome.SIGN_IN
    if response.status_code == 401 and response.mimetype == "application/problem+json":
        return Outcome.SIGN_IN
    if response.status_code == 403:
        return Outcome.REFUSED
    if response.status_code == 404:
        return Outcome.HIDDEN
    if response.status_code in (409, 422):
        return Outcome.FAULTY
    assert response.status_code in (200, 201, 302, 303), f"{response.request.path}: {response.status}"
    return Outcome.OPEN


LET_IN = {Outcome.OPEN, Outcome.FAULTY}


class Expectations:
    """What the table says of each case."""

    def __init__(self, objects: Objects, actors: dict[str, Actor]) -> None:
        self.objects = objects
        self.actors = actors

    def of(self, case: Case) -> set[Outcome]:
        """The outcomes that agree with the table."""
        rule, actor = rule_of(case.endpoint), self.actors[case.person]
        if rule.kind is Kind.NOTHING:
            return self._of_place(rule, actor)
        shut_out = {Outcome.HIDDEN} | ({Outcome.REFUSED} if _never(actor, rule) else set())
        if case.place == UNKNOWN:
            return shut_out
        scope = self.objects.scopes[case.place]
        if rule.kind in OF_PEOPLE:
            return self._of_somebody(rule, actor, case.place, scope) or shut_out
        if not may(actor, Action.VIEW, scope):
            return shut_out
        return self._in_sight(rule, actor, case.place, scope)

    def _of_place(self, rule: Rule, actor: Actor) -> set[Outcome]:
        if rule.actions and _never(actor, rule):
            return {Outcome.REFUSED}
        return {Outcome.HIDDEN} if rule.whose is Whose.NOBODY else LET_IN

    def _of_somebody(self, rule: Rule, actor: Actor, place: str, scope: ProjectScope) -> set[Outcome]:
        """What is a person's own, or a city's; empty where it does not exist for the visitor."""
        in_city = any(may_in_city(actor, action, scope.city) for action in rule.actions)
        if in_city:
            return LET_IN
        own = {Kind.MAIL: posts_of(actor)}.get(rule.kind, [actor.person])
        if rule.whose is not Whose.RIGHT and SPEAKERS[place] in own:
            return LET_IN
        if rule.whose is Whose.OWN_OR_RIGHT and scope.city == actor.city:
            return {Outcome.REFUSED}
        return set()

    def _in_sight(self, rule: Rule, actor: Actor, place: str, scope: ProjectScope) -> set[Outcome]:
        if rule.whose is Whose.NOBODY:
            return {Outcome.REFUSED, Outcome.FAULTY}
        is_told = rule.whose is Whose.TOLD and SPEAKERS[place] in posts_of(actor)
        is_entitled = any(may(actor, action, scope) for action in rule.actions)
        return LET_IN if is_told or is_entitled else {Outcome.REFUSED}


def rule_of(endpoint: str) -> Rule:
    """The rule of a route that is walked."""
    rule = ROUTES[endpoint]
    assert isinstance(rule, Rule)
    return rule


def cases(app: Flask, objects: Objects, person: str) -> Iterator[Case]:
    """Every case of one person, by the routes that the application has."""
    for route in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
        rule = ROUTES[route.endpoint]
        if isinstance(rule, Apart):
            continue
        for method in sorted((route.methods or set()) & {"GET", "POST"}):
            for place, path in _addresses(route, rule, objects, method):
                yield Case(person, route.endpoint, method, place, path)


REPORTS = {
    "api.report_of_indicator": {"period_end": "2019-12-31", "value": 1},
    "api.report_of_milestone": {"expected_on": "2020-12-01", "reason": "contractor_delay"},
}
"""What a program says where it may: its body is read before anything is looked up."""


def ask(pages: Pages, case: Case, token: str, bearer: str | None = None) -> TestResponse:
    """The request itself; a POST brings a good token and an empty form. Programs bring the ``bearer`` of the person."""
    if case.endpoint.startswith("api."):
        return pages.client.open(
            case.path,
            method=case.method,
            base_url=pages.base_url,
            headers={"Authorization": f"Bearer {bearer}"} if bearer else {},
            json=REPORTS.get(case.endpoint),
        )
    if case.method == "POST":
        return pages.client.post(case.path, base_url=pages.base_url, data={"csrf_token": token})
    return pages.client.get(case.path, base_url=pages.base_url)


@contextmanager
def nothing_is_kept(runtime: Runtime) -> Iterator[Session]:
    """A writing session that settles and is then undone: no case changes the ground under the next one."""
    with Session(runtime.engines.writing, expire_on_commit=False) as session:
        yield session
        settle(session, runtime.now(), runtime.rules)
        session.rollback()


def _never(actor: Actor, rule: Rule) -> bool:
    """Whether neither the post nor one it stands in for has the right anywhere; it is refused before a look."""
    posts = (actor, *actor.others)
    return bool(rule.actions) and not any(action in RIGHTS[post.role] for post in posts for action in rule.actions)


def _addresses(route: Route, rule: Rule, objects: Objects, method: str) -> Iterator[tuple[str, str]]:
    if rule.kind is Kind.NOTHING:
        assert not route.arguments, f"{route.rule} names an object: say of which kind in tests/rights/routes.py"
        yield "", route.rule
        if method == "GET":
            yield from (("", f"{route.rule}?{query}") for query in rule.query)
        return
    known: dict[str, int | str] = getattr(objects, (OF_PROJECTS | OF_PEOPLE)[rule.kind])
    for place, name in known.items():
        yield place, _filled(route, rule, name, objects, place)
    yield UNKNOWN, _filled(route, rule, NOT_THERE, objects, "DP-10")


def _filled(route: Route, rule: Rule, name: int | str, objects: Objects, place: str) -> str:
    """The address with its names; an object within another is asked for in the one that it is part of."""
    path = route.rule
    for argument in route.arguments:
        whole = objects.projects[place] if argument == "project_id" else SPEAKERS[place]
        told = whole if argument == WITHIN.get(rule.kind) else name
        path = path.replace(f"<int:{argument}>", str(told)).replace(f"<{argument}>", str(told))
    assert "<" not in path, f"{route.rule} has an argument that the walk cannot fill"
    return path


__all__ = ["Case", "Expectations", "Outcome", "ask", "cases", "db", "nothing_is_kept", "outcome", "rule_of"]
