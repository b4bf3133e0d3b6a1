"""What scanners miss, tried by hand against the running demonstration and kept here (docs/security-tests.md)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from pmo.db.models.access_tokens import AccessTokenRecord
from pmo.db.models.projects import ProjectRecord
from tests.cast import Town
from tests.web.pages import Pages
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

BASE = "http://localhost"
FORWARDED = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Prefix": "/evil", "Forwarded": "host=evil.example", "X-Original-URL": "/administration",
    "X-Rewrite-URL": "/administration", "X-Real-IP": "127.0.0.1",
}  # fmt: skip
OVERRIDES = {"X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "PUT", "X-Method-Override": "PATCH"}
ELSEWHERE = (
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example",
    "/\t/evil.example",
    "/\r\nLocation:https://evil.example", "javascript:alert(1)", "https:evil.example", "http:/\\evil.example",
    " //evil.example", "\x01//evil.example", "@evil.example", "data:text/html,x",
)  # fmt: skip
PATHS = (
    "/static/../config.py", "/static/%2e%2e/config.py", "/static/%252e%252e/config.py", "/static/..%5cconfig.py",
    "/static//etc/passwd", "/static/%2fetc/passwd", "/static/css/..%2f..%2f..%2fconfig.py", "/..;/administration",
    "/%61dministration/../config.py", "/.git/config", "/.env", "/static/.%00./config.py",
)  # fmt: skip


def token_of(pages: Pages) -> str:
    return pages.get("/me").tree.all("input", name="csrf_token")[0]["value"]


def test_headers_of_a_proxy_that_is_not_there_are_not_believed(pages_in_town: PagesOf) -> None:
    manager = pages_in_town("manager")
    for path in ("/me", "/", "/projects/1", "/portfolio"):
        plain = manager.client.get(path, base_url=BASE)
        spoofed = manager.client.get(path, base_url=BASE, headers=FORWARDED)
        assert spoofed.status_code == plain.status_code
        assert "evil" not in spoofed.text
        assert spoofed.location == plain.location
        assert "Strict-Transport-Security" not in spoofed.headers


@pytest.mark.parametrize("name", OVERRIDES)
def test_no_header_or_field_makes_one_method_another(town: Town, pages_in_town: PagesOf, name: str) -> None:
    manager = pages_in_town("manager")
    before = town.audit_actions()
    assert manager.client.get("/me", base_url=BASE, headers={name: "POST"}).status_code == 200
    sent = {"_method": OVERRIDES[name], "csrf_token": token_of(manager)}
    answer = manager.client.post("/tasks", base_url=BASE, headers={name: OVERRIDES[name]}, data=sent)
    assert answer.status_code == 405
    assert town.audit_actions() == before


def test_every_other_method_is_refused_everywhere(app_in_town: Flask, pages_in_town: PagesOf) -> None:
    admin = pages_in_town("admin")
    token = token_of(admin)
    paths = [rule.rule for rule in app_in_town.url_map.iter_rules() if not rule.arguments]
    assert len(paths) > 30
    for path in paths:
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"):
            answer = admin.client.open(path, method=method, base_url=BASE, headers={"X-CSRFToken": token})
            assert answer.status_code == 405, f"{method} {path}: {answer.status}"


@pytest.mark.parametrize("path", PATHS)
def test_no_spelling_of_a_path_leaves_the_folder(pages_in_town: PagesOf, path: str) -> None:
    answer = pages_in_town("admin").client.get(path, base_url=BASE, follow_redirects=True)
    assert answer.status_code in (400, 404)
    assert "PMO_SECRET_KEY" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize("there", ELSEWHERE)
def test_nobody_is_sent_to_another_site(pages_in_town: PagesOf, there: str) -> None:
    manager = pages_in_town("manager")
    sent = {"csrf_token": token_of(manager), "language": "en", "next": there}
    answer = manager.client.post("/language", base_url=BASE, data=sent)
    assert answer.status_code in (302, 303)
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))
    assert "evil" not in answer.location
    assert "Location" not in answer.location


def test_large_cookies_headers_and_queries_are_answered(app_in_town: Flask, pages_in_town: PagesOf) -> None:
    manager = pages_in_town("manager")
    for headers, query in (
        ({"X-Long": "a" * 60_000}, ""),
        ({"Accept-Language": ",".join(f"x{number};q=0.1" for number in range(5_000))}, ""),
        ({}, "q=" + "a" * 60_000),
        ({}, "&".join(f"a{number}=1" for number in range(5_000))),
    ):
        answer = manager.client.get(f"/portfolio?{query}", base_url=BASE, headers=headers)
        assert answer.status_code == 200
    stranger = app_in_town.test_client(use_cookies=False)
    for cookie in ("pmo=" + "b" * 60_000, "; ".join(f"c{number}=1" for number in range(5_000)), "pmo=.e.e.e; pmo=\xff"):
        assert stranger.get("/sign-in", base_url=BASE, headers={"Cookie": cookie}).status_code == 200


def test_a_token_of_another_session_or_a_session_without_one_changes_nothing(
    town: Town, pages_in_town: PagesOf
) -> None:
    manager, analyst = pages_in_town("manager"), pages_in_town("analyst")
    before = town.audit_actions()
    for sent in ({}, {"csrf_token": token_of(analyst)}, {"csrf_token": ""}, {"csrf_token": "x" * 5_000}):
        for headers in ({}, {"Origin": "null"}, {"Referer": "https://evil.example/"}):
            answer = manager.client.post("/me/mails", base_url=BASE, data=sent, headers=headers)
            assert answer.status_code == 400
    assert town.audit_actions() == before


def test_what_nobody_sees_does_not_enter_a_name(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    path = f"/projects/{town.project()}/edit"
    page = analyst.get(path)
    name = "Safe\u202e ytic\u200b x"
    analyst.submit(page, path, name_en=name)
    with town.runtime.reading() as session:
        record = session.get(ProjectRecord, town.project())
    assert record is not None
    assert record.name_en == "Safe ytic x"


def test_a_condition_in_the_name_of_a_token_is_a_name(town: Town, pages_in_town: PagesOf) -> None:
    """What sqlmap takes for an injection: it counts the tokens that it makes itself."""
    manager = pages_in_town("manager")
    path = "/me/tokens/new"
    for condition in ("1=1", "1=2", "'x' LIKE '%", "(SELECT COUNT(*) FROM people)>0"):
        name = f"bridge' AND {condition} OR 'a'='a"
        manager.submit(manager.get(path), path, name=name)
        with town.runtime.reading() as session:
            newest = select(AccessTokenRecord.name).order_by(AccessTokenRecord.id.desc()).limit(1)
            assert session.scalar(newest) == name


@pytest.mark.parametrize("asked", ["bytes=0-10", "bytes=-5", "bytes=9999999999-", "bytes=0-0,2-2", "lines=1-2"])
def test_a_part_of_a_private_page_is_the_whole_page_under_the_same_headers(
    pages_in_town: Callable[[str], Pages], asked: str
) -> None:
    answer = pages_in_town("manager").client.get("/me", base_url=BASE, headers={"Range": asked})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "</html>" in answer.text
