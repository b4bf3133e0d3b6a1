"""Tokens of other systems: made by a fresh sign-in, shown once, dead when they should be, counted when wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from pmo.app import create_app
from pmo.db.models.access_tokens import AccessTokenRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import UserSessionRecord
from pmo.domain.access_tokens import MOST_TOKENS, TokenScope
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.sign_in import BY_ACCOUNT, Door
from pmo.runtime import Runtime
from pmo.services.access_tokens import make_token, revoke_token
from pmo.services.passwords import set_password
from pmo.services.second_factors import remove_all_factors
from pmo.services.user_sessions import hash_of
from tests.api.conftest import ProgramOf
from tests.api.programs import Program, token_for, told
from tests.cast import Town
from tests.web.pages import Pages


def records(town: Town) -> list[AccessTokenRecord]:
    """All rows."""
    with town.runtime.reading() as session:
        return list(session.scalars(select(AccessTokenRecord).order_by(AccessTokenRecord.id)))


def change(town: Town, record: type[AccessTokenRecord] | type[UserSessionRecord], **values: object) -> None:
    """Changes every row."""
    with town.runtime.writing() as session:
        session.execute(update(record).values(**values))


def test_a_token_is_made_on_ones_own_page_and_shown_this_once(town: Town, app: Flask) -> None:
    pages = Pages(app).sign_in("manager")
    form = pages.get("/me/tokens/new")
    made = pages.submit(form, "/me/tokens/new", name="open dashboard", scope="read", days="90")
    (token,) = [code.text for box in made.tree.all("p", class_="token") for code in box.all("code")]
    (kept,) = records(town)
    assert kept.token_hash == hash_of(token)
    assert len(token) == 47
    assert token.startswith("pmo_")
    assert kept.expires_at - kept.created_at == timedelta(days=90)
    listed = pages.get("/me/tokens")
    assert "open dashboard" in listed.text
    assert token not in listed.response.text
    event = next(body for body in town.audit_actions() if '"action":"token_made"' in body)
    assert token not in event
    assert '"actor":"manager"' in event
    assert told(Program(app, token).get("/portfolio"))["total"] == 1


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scope": "write"}, {"days": "3650"}, {"days": ""}, {"name": "x" * 61}], ids=str
)
def test_a_token_without_purpose_scope_or_end_is_not_made(town: Town, app: Flask, wrong: dict[str, str]) -> None:
    pages = Pages(app).sign_in("manager")
    said = {"name": "open dashboard", "scope": "read", "days": "90", **wrong}
    refused = pages.submit(pages.get("/me/tokens/new"), "/me/tokens/new", 422, **said)
    assert refused.errors
    assert records(town) == []


def test_the_password_is_asked_for_again_before_a_token_is_made(town: Town, app: Flask) -> None:
    pages = Pages(app).sign_in("manager")
    change(town, UserSessionRecord, proved_at=town.runtime.clock_on_the_wall.now() - timedelta(minutes=16))
    assert pages.get("/me/tokens/new").path == "/me/confirmation"
    pages.post("/me/tokens/new", name="x", scope="read", days="90")
    assert records(town) == []
    assert pages.get("/me/tokens").path == "/me/tokens"


def test_a_post_that_needs_a_second_factor_makes_none_before_it_has_one(town: Town) -> None:
    there = town.runtime
    settings = replace(there.settings, second_factor_roles=frozenset({"pmo_analyst"}))
    pages = Pages(create_app(Runtime(settings, there.engines, there.clock, there.transport))).sign_in("analyst")
    change(town, UserSessionRecord, factor=None)
    for path in ("/me/tokens", "/me/tokens/new"):
        assert pages.get(path).path == "/me/sign-in"
    pages.client.post("/me/tokens/new", base_url=pages.base_url, data={"name": "x", "scope": "read", "days": "90"})
    assert records(town) == []


def test_nobody_collects_tokens_without_end(town: Town) -> None:
    for _ in range(MOST_TOKENS):
        token_for(town.runtime, "manager")
    with pytest.raises(RuleBroken, match="tokens_full"):
        token_for(town.runtime, "manager")
    token_for(town.runtime, "colleague")


def test_a_token_that_was_revoked_opens_nothing_at_once(town: Town, app: Flask) -> None:
    pages, program = Pages(app).sign_in("manager"), Program(app, token_for(town.runtime, "manager"))
    program.get("/portfolio")
    pages.submit(pages.get("/me/tokens"), "/me/tokens/revoke")
    refused = program.get("/portfolio", 401)
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="pmo", error="invalid_token"'
    assert '"action":"tokens_revoked"' in town.audit_actions()[-1]
    assert "manager" in town.audit_actions()[-1]


def test_an_administrator_revokes_tokens_of_the_own_city_and_nobody_else_does(town: Town, app: Flask) -> None:
    for person in ("manager", "manager-ast"):
        token_for(town.runtime, person)
    own, foreign = records(town)
    for person in ("colleague", "analyst", "owner"):
        assert Pages(app).sign_in(person).post("/me/tokens/revoke", token=own.id).status_code == 404
    assert all(record.revoked_at is None for record in records(town))
    pages = Pages(app).sign_in("admin")
    page = pages.get("/accounts/tokens")
    assert "manager" in page.text
    assert "manager-ast" not in page.text
    assert pages.submit(page, "/me/tokens/revoke").path == "/accounts/tokens"
    assert pages.post("/me/tokens/revoke", token=foreign.id).status_code == 404
    for nonsense in ("", "x", "999999", "9" * 40, "٣"):
        assert pages.post("/me/tokens/revoke", token=nonsense).status_code == 404
    assert [(record.person_id, record.revoked_by) for record in records(town)] == [
        ("manager", "admin"),
        ("manager-ast", None),
    ]
    with town.runtime.writing() as session, pytest.raises(NotFound):
        revoke_token(session, town.act("outsider").actor, own.id, town.runtime.clock_on_the_wall.now())


def test_a_token_dies_with_its_time_its_post_its_password_and_its_second_factor(town: Town, app: Flask) -> None:
    wall = town.runtime.clock_on_the_wall.now()
    old = Program(app, token_for(town.runtime, "manager"))
    old.get("/portfolio")
    change(town, AccessTokenRecord, expires_at=wall - timedelta(seconds=1))
    old.get("/portfolio", 401)

    closed = Program(app, token_for(town.runtime, "colleague"))
    closed.get("/portfolio")
    with town.runtime.writing() as session:
        session.get_one(PersonRecord, "colleague").is_active = False
    closed.get("/portfolio", 401)
    with town.runtime.writing() as session, pytest.raises(NotFound):
        make_token(session, "colleague", "late", TokenScope.READ, 30, wall)

    renewed = Program(app, token_for(town.runtime, "owner"))
    with town.runtime.writing() as session:
        set_password(session, "owner", "a new password of many letters", wall)
    renewed.get("/portfolio", 401)

    lost = Program(app, token_for(town.runtime, "manager-b"))
    with town.runtime.writing() as session:
        remove_all_factors(session, town.act("admin").actor, "manager-b", wall)
    lost.get("/portfolio", 401)


def test_a_post_that_is_closed_on_its_page_has_no_token_when_it_is_opened_again(town: Town, app: Flask) -> None:
    program = Program(app, token_for(town.runtime, "observer"))
    pages = Pages(app).sign_in("admin")
    closing = pages.get("/administration/people/observer/closing")
    pages.submit(closing, "/administration/people/observer/closing")
    with town.runtime.writing() as session:
        session.get_one(PersonRecord, "observer").is_active = True
    program.get("/portfolio", 401)


def test_cookies_are_nobodys_here_and_tokens_are_nobodys_on_pages(town: Town, app: Flask) -> None:
    pages = Pages(app).sign_in("manager")
    answer = pages.client.get("/api/v1/portfolio", base_url=pages.base_url)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="pmo"')
    path = f"/api/v1/indicators/{town.indicator()}/readings"
    sent = {"period_end": "2019-12-31", "value": 1}
    assert pages.client.post(path, base_url=pages.base_url, json=sent).status_code == 401
    shown = {"Authorization": f"Bearer {token_for(town.runtime, 'manager')}"}
    for page in ("/portfolio", "/me", "/me/tokens"):
        stranger = app.test_client().get(page, base_url=pages.base_url, headers=shown)
        assert stranger.status_code == 302
        assert stranger.location.startswith("/sign-in")


@pytest.mark.parametrize("way", ["access_token", "token", "authorization", "api_key"])
def test_a_token_in_the_address_is_none(town: Town, app: Flask, way: str) -> None:
    token = token_for(town.runtime, "manager")
    Program(app, None).get(f"/portfolio?{way}={token}", 401)
    assert {record.used_at for record in records(town)} == {None}
    (fault,) = told(Program(app, token).get(f"/portfolio?{way}={token}", 422))["errors"]
    assert (fault["field"], fault["code"]) == (way, "field_unknown")
    assert token not in fault["detail"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic bWFuYWdlcjpwYXNz", "Bearer pmo_x y", "pmo_x"])
def test_a_header_without_a_good_token_is_answered_with_what_is_wanted(app: Flask, header: str) -> None:
    refused = Program(app, None).get("/portfolio", 401, Authorization=header)
    assert refused.headers["WWW-Authenticate"].startswith('Bearer realm="pmo"')
    assert told(refused)["type"] == "http://localhost/api#no-token"


def test_wrong_tokens_are_counted_and_right_ones_still_come_in(town: Town, app: Flask, program_of: ProgramOf) -> None:
    wrong = Program(app, "pmo_" + "A" * 43)
    for _ in range(BY_ACCOUNT[Door.TOKEN].most):
        wrong.get("/portfolio", 401)
    refused = wrong.get("/portfolio", 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    program_of("manager").get("/portfolio")
    Program(app, "pmo_" + "B" * 43).get("/portfolio", 401)


def test_the_last_use_is_written_down_once_a_minute(town: Town, program_of: ProgramOf) -> None:
    program = program_of("manager")
    assert records(town)[0].used_at is None
    program.get("/portfolio")
    (first,) = records(town)
    assert first.used_at is not None
    assert first.used_from == "127.0.0.1"
    program.get("/portfolio")
    assert records(town)[0].used_at == first.used_at
    change(town, AccessTokenRecord, used_at=first.used_at - timedelta(minutes=2))
    program.get("/portfolio")
    assert records(town)[0].used_at > first.used_at - timedelta(minutes=1)


def test_an_entry_names_the_token_that_it_came_by(town: Town, program_of: ProgramOf) -> None:
    from pmo.db.models.entries import EntryRecord

    body = {"period_end": "2019-12-31", "value": 1}
    program_of("manager").post(f"/indicators/{town.indicator()}/readings", body)
    with town.runtime.reading() as session:
        entry = session.scalars(select(EntryRecord).order_by(EntryRecord.id.desc())).first()
    assert entry is not None
    assert (entry.entered_by, entry.source) == ("manager", f"api:{records(town)[0].id}")


def test_rights_given_for_today_hold_for_the_token_too(town: Town) -> None:
    app = create_app(town.runtime)
    program = Program(app, token_for(town.runtime, "outsider"))
    assert told(program.get("/portfolio?city=all"))["total"] == 1
    assert [one["city"] for one in told(program.get("/projects?city=all"))["projects"]] == ["astana"]
    assert told(program.get("/projects?city=almaty"))["total"] == 0
