"""Every route × every post × own, foreign and missing objects: the pages do what the table of rights says (8.2, 8.3).

The number of cases is printed, and held from below: a walk that lost its way must not pass.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from pmo.app import create_app
from pmo.domain.access import RIGHTS, Action, Actor, Role, Scope, may
from pmo.runtime import Runtime
from tests.api.programs import token_for
from tests.cast import POSTS, Town, cast_url, town
from tests.conftest import Databases, runtime_on
from tests.rights import walk
from tests.rights.city_of_objects import MORE_POSTS, Objects, actors_of, make_objects, settle_more
from tests.rights.routes import ROUTES, Apart, Rule
from tests.rights.walk import Case, Expectations, Outcome, ask, cases, outcome
from tests.web.pages import Pages

__all__ = ["cast_url", "town"]

EVERYBODY = sorted({**POSTS, **MORE_POSTS})
TWINS = {"owner", "owner-b", "curator-b", "manager-b", "manager-ast", "curator-ast", "observer"}
"""Posts whose rights somebody else on the way has too, in another place; ``PMO_WALK_EVERYBODY=1`` sends them along."""
PEOPLE = [one for one in EVERYBODY if one not in TWINS or os.environ.get("PMO_WALK_EVERYBODY") == "1"]
SAMPLE = ("manager", "deputy-head-b", "curator-b", "outsider")
"""Who walks on the second database: rights are decided in Python, and what SQL adds does not depend on the person."""
WORDS = {"DP-10": ("DP-10", "Safe city"), "DP-11": ("DP-11", "Clean air"), "AST-01": ("AST-01", "Left bank")}
"""What gives a project away on a page."""
TESTED_BY_NUMBER = 3_500


class Walked:
    """The application over the city, walked by one person after another."""

    def __init__(self, runtime: Runtime) -> None:
        self.town = Town(runtime)
        settle_more(self.town)
        self.objects: Objects = make_objects(self.town)
        self.actors = actors_of(self.town, EVERYBODY)
        self.app: Flask = create_app(runtime)
        self.app.testing = True
        self.expected = Expectations(self.objects, self.actors)


@pytest.fixture(scope="module")
def walked(databases: Databases, cast_url: str) -> Iterator[Walked]:
    url = databases.copy_of(cast_url)
    runtime = runtime_on(url)
    prepared = Walked(runtime)
    yield prepared
    runtime.engines.dispose()
    databases.drop(url)


def test_every_route_says_what_it_asks(walked: Walked) -> None:
    endpoints = {rule.endpoint for rule in walked.app.url_map.iter_rules()}
    assert sorted(endpoints - set(ROUTES)) == [], "say in tests/rights/routes.py what these open, and for whom"
    assert sorted(set(ROUTES) - endpoints) == [], "these routes are gone"


def test_every_role_and_every_right_is_on_the_way(walked: Walked) -> None:
    assert {actor.role for actor in walked.actors.values()} == set(Role)
    asked = {action for rule in ROUTES.values() if isinstance(rule, Rule) for action in rule.actions}
    assert set(Action) - asked == set(), "rights that no route asks for"
    assert any(actor.acts_for for actor in walked.actors.values())
    assert any(actor.extra_cities for actor in walked.actors.values())


def test_all_doors_agree_with_the_table(
    walked: Walked, dialect: str, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    people = PEOPLE if dialect == "sqlite" else SAMPLE
    browsers = {person: Pages(walked.app).sign_in(person) for person in people}
    bearers = {person: token_for(walked.town.runtime, person) for person in people}
    monkeypatch.setattr(Runtime, "writing", walk.nothing_is_kept)
    counted: Counter[str] = Counter()
    wrong: list[str] = []
    for person in people:
        pages = browsers[person]
        token = pages.get("/me").tree.all("input", name="csrf_token")[0]["value"]
        unseen = _unseen_words(walked, walked.actors[person])
        met: dict[Case, Outcome] = {}
        for case in cases(walked.app, walked.objects, person):
            answer = ask(pages, case, token, bearers[person])
            met[case] = outcome(answer)
            counted[met[case]] += 1
            if met[case] not in walked.expected.of(case):
                wrong.append(f"{case}: {answer.status}, not {sorted(walked.expected.of(case))}")
            unasked = [word for word in unseen if word not in case.path]  # an address is repeated on its page
            if answer.mimetype in ("text/html", "application/json") and (
                told := [word for word in unasked if word in answer.text]
            ):
                wrong.append(f"{case} tells of {told}")
        wrong += _that_can_be_told_apart(walked, met)
    print(f"\n{dialect}: {sum(counted.values())} cases of {len(people)} people: {dict(counted)}")
    record_property("cases", sum(counted.values()))
    assert not wrong, "\n".join([f"{len(wrong)} of {sum(counted.values())} disagree", *wrong[:50]])
    assert sum(counted.values()) > TESTED_BY_NUMBER * len(people) // len(PEOPLE)
    assert min(counted[one] for one in (Outcome.OPEN, Outcome.REFUSED, Outcome.HIDDEN)) > 5 * len(people)


def test_nobody_gets_past_the_door_without_signing_in(walked: Walked) -> None:
    pages = Pages(walked.app)
    token = pages.get("/sign-in").tree.all("input", name="csrf_token")[0]["value"]
    met = {case: outcome(ask(pages, case, token)) for case in cases(walked.app, walked.objects, "nobody")}
    assert {str(case) for case, found in met.items() if found is not Outcome.SIGN_IN} == set()
    assert len(met) > TESTED_BY_NUMBER // len(PEOPLE)


def test_the_walk_finds_a_door_that_was_left_open(walked: Walked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own twin: with one right given away behind the table's back, the walk must notice."""
    case = next(
        case
        for case in cases(walked.app, walked.objects, "guest")
        if (case.endpoint, case.method, case.place) == ("lifecycle.pause_project", "GET", "DP-10")
    )
    pages = Pages(walked.app).sign_in("guest")
    assert outcome(ask(pages, case, "")) in walked.expected.of(case)
    expected = walked.expected.of(case)
    monkeypatch.setitem(RIGHTS, Role.OBSERVER, {Action.VIEW: Scope.CITY, Action.PAUSE: Scope.CITY})
    assert outcome(ask(pages, case, "")) not in expected


def _unseen_words(walked: Walked, actor: Actor) -> list[str]:
    """Words of projects that must stand on no page of this person."""
    unseen = [code for code, scope in walked.objects.scopes.items() if not may(actor, Action.VIEW, scope)]
    return [word for code in unseen for word in WORDS[code]]


def _that_can_be_told_apart(walked: Walked, met: dict[Case, Outcome]) -> list[str]:
    """What does not exist and what is out of sight answer alike, or the answer tells which is which."""
    missing = {(case.endpoint, case.method): found for case, found in met.items() if case.place == walk.UNKNOWN}
    return [
        f"{case}: {found}, but {missing[case.endpoint, case.method]} where there is nothing"
        for case, found in met.items()
        if Outcome.HIDDEN in walked.expected.of(case)
        and not isinstance(ROUTES[case.endpoint], Apart)
        and (case.endpoint, case.method) in missing
        and found is not missing[case.endpoint, case.method]
    ]
