"""Every door is locked, and opens for whom it should."""

from collections.abc import Callable

import pytest
from flask import Flask

from pmo.app import create_app
from pmo.db.models.people import PersonRecord
from pmo.domain.access import Action, ProjectScope
from pmo.domain.errors import NotAllowed, NotFound
from pmo.runtime import Runtime
from pmo.web import context
from pmo.web.access import demand, guard_of, needs, signed_in, unguarded
from tests.web.conftest import strict
from tests.web.pages import Pages

OWN = ProjectScope("almaty", "ALA-MOB", "ALA-DA1", "head.alm", "manager.alm", "deputy-1.alm")
ELSEWHERE = ProjectScope("astana", "AST-APP", "AST-DA1", None, None, None)
SINGLE_SIGN_ON = {"single_sign_on.start", "single_sign_on.answer"}
FOR_PROGRAMS = {"api.openapi", "api_guide.show"}
"""What there is, and how to get in."""
SECOND_STEP = {"second_factor.show", "second_factor.options", "second_factor.passkey"}
"""Open to whoever has shown the password; anybody else is sent to the sign-in."""
PASSKEY_ALONE = {"passkey_alone.options", "passkey_alone.enter"}
PASSWORDS = {"passwords.forgotten", "passwords.asked", "passwords.by_link"}
WITHOUT_SESSION = {"health.live", "health.show", "health.metrics", "unsubscribing.show"}
PUBLIC = {"static", "sign_in.show", "sign_in.choose_post", "sign_in.leave", "languages.change"} | {
    "record.show",
    "record.checkpoint",
}


def test_every_route_declares_its_guard(app: Flask) -> None:
    assert unguarded(app) == []


def test_only_these_routes_are_public(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    open_doors = {name for name in endpoints if (guard := guard_of(app, name)) and guard.is_public}
    assert open_doors == (
        PUBLIC | SECOND_STEP | PASSKEY_ALONE | PASSWORDS | SINGLE_SIGN_ON | WITHOUT_SESSION | FOR_PROGRAMS
    )


def test_an_application_with_an_unguarded_route_shuts_it(app: Flask, pages: Pages) -> None:
    app.view_functions["bare"] = lambda: "secret"
    app.url_map.add(app.url_rule_class("/bare", endpoint="bare", methods=["GET"]))
    assert unguarded(app) == ["bare"]
    pages.get("/bare", status=404)


def test_without_sign_in_every_page_leads_to_it(app: Flask) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        guard = guard_of(app, rule.endpoint)
        if guard is None or guard.is_public or "GET" not in (rule.methods or ()):
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(next(part for part in path.split("/") if argument in part), "1")
        answer = client.get(path, base_url="http://localhost")
        if guard.scope is not None:
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="pmo"'), path
            continue
        assert answer.status_code == 302, path
        assert answer.location.startswith("/sign-in"), path


def test_no_route_that_is_opened_with_get_changes_anything(app: Flask) -> None:
    verbs = ("create", "change", "move", "leave", "choose", "delete", "edit_", "save")
    opened = [rule.endpoint for rule in app.url_map.iter_rules() if rule.methods == {"GET", "HEAD", "OPTIONS"}]
    assert [name for name in opened if name.partition(".")[2].startswith(verbs)] == []


@pytest.mark.parametrize(
    ("person", "status"), [("pmo-head.alm", 200), ("admin.alm", 200), ("analyst.alm", 403), ("manager.alm", 403)]
)
def test_a_right_that_a_post_never_has_keeps_it_out(app: Flask, person: str, status: int) -> None:
    app.view_functions["log"] = needs(Action.SEE_JOBS)(lambda: ("<!doctype html>", 200))
    app.url_map.add(app.url_rule_class("/log", endpoint="log", methods=["GET"]))
    pages = Pages(app).sign_in(person)
    assert pages.client.get("/log", base_url=pages.base_url).status_code == status


@pytest.mark.parametrize(
    ("person", "project", "expected"),
    [
        ("manager.alm", OWN, None),
        ("observer.alm", OWN, NotAllowed),
        ("observer.alm", ELSEWHERE, NotAllowed),
        ("akim.ast", OWN, NotFound),
        ("deputy-1.alm", ELSEWHERE, NotFound),
    ],
)
def test_a_project_out_of_scope_is_not_there_and_one_in_scope_may_be_forbidden(
    app: Flask, person: str, project: ProjectScope, expected: type[Exception] | None
) -> None:
    met: list[type[Exception] | None] = []

    @signed_in
    def claim() -> str:
        try:
            demand(project, Action.CLAIM)
            met.append(None)
        except (NotFound, NotAllowed) as refusal:
            met.append(type(refusal))
        return "done"

    app.view_functions["claim"] = claim
    app.url_map.add(app.url_rule_class("/claim", endpoint="claim", methods=["GET"]))
    pages = Pages(app).sign_in(person)
    pages.client.get("/claim", base_url=pages.base_url)
    assert met == [expected]


def test_fields_that_a_form_does_not_have_change_nothing(pages_of: Callable[[str], Pages], small_city: Runtime) -> None:
    more = {"role": "administrator", "is_active": "", "password_hash": "x", "city_id": "astana"}
    assert pages_of("manager.alm").post("/language", language="kk", **more).status_code in (302, 303)
    with small_city.reading() as session:
        record = session.get_one(PersonRecord, "manager.alm")
        assert (record.language, record.role, record.is_active, record.city_id) == (
            "kk",
            "project_manager",
            True,
            "almaty",
        )
        assert record.password_hash != "x"


def test_what_a_form_sends_is_not_taken_from_the_address(pages: Pages) -> None:
    address = "/sign-in?email=manager.alm@city.example&password=a+long+enough+password"
    assert pages.post(address).status_code == 422
    assert pages.get("/me").path == "/sign-in"


def test_a_substitute_holds_the_rights_of_the_absent_on_those_days(
    app: Flask, pages_of: Callable[[str], Pages]
) -> None:
    page = pages_of("deputy-2.alm").get("/me")
    assert "Лауазым deputy-1.alm" in page.text
    with app.test_request_context("/me", base_url="http://localhost"), context.runtime().reading() as session:
        acting = context.people.actor_for(session, "deputy-2.alm", context.runtime().today("Asia/Almaty"))
        later = context.people.actor_for(
            session, "deputy-2.alm", context.runtime().today("Asia/Almaty").replace(day=26)
        )
    assert acting is not None
    assert later is not None
    assert [(post.person, post.areas) for post in acting.acts_for] == [("deputy-1.alm", frozenset({"ALA-DA1"}))]
    assert acting.areas == {"ALA-DA2"}
    assert later.acts_for == ()


def test_another_city_is_seen_only_where_it_was_given(app: Flask) -> None:
    with app.test_request_context("/", base_url="http://localhost"), context.runtime().reading() as session:
        day = context.runtime().today("Asia/Almaty")
        observer = context.people.actor_for(session, "observer.alm", day)
        analyst = context.people.actor_for(session, "analyst.alm", day)
    assert observer is not None
    assert analyst is not None
    assert (observer.extra_cities, analyst.extra_cities) == (frozenset({"astana"}), frozenset())


def test_an_unguarded_feature_stops_the_start(small_city: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    from flask import Blueprint

    from pmo import app as module

    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/bare", "show", lambda: "secret")
    features = module.blueprints()
    monkeypatch.setattr(module, "blueprints", lambda: [*features, bare])
    with pytest.raises(RuntimeError, match=r"bare\.show"):
        strict(create_app(small_city))
