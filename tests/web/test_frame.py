"""What surrounds every page: headers, cookies, language, banner, friendly errors."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, request

from config import SettingsError
from pmo.app import create_app
from pmo.domain.errors import Conflict, RuleBroken
from pmo.runtime import Runtime
from pmo.web.access import public
from pmo.web.demonstration import Demonstration
from tests.web.conftest import PASSWORD, strict
from tests.web.pages import Pages


def test_every_answer_carries_the_security_headers(pages: Pages) -> None:
    for path, status in (("/sign-in", 200), ("/nowhere", 404)):
        headers = pages.get(path, status=status).response.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers


def test_every_filter_of_ours_is_asked_anew_for_each_reader(pages: Pages) -> None:
    """A filter that takes no context is answered once where its values are constants: ``pmo.i18n.add_filters``."""
    filters = pages.client.application.jinja_env.filters
    ours = {name: one for name, one in filters.items() if one.__module__.startswith("pmo.")}
    assert {"label", "period", "done_by", "explained"} <= set(ours)
    assert {name for name, one in ours.items() if not hasattr(one, "jinja_pass_arg")} == set()


def test_every_answer_says_its_type_and_its_letters(pages: Pages) -> None:
    for path, kind in (
        ("/sign-in", "text/html; charset=utf-8"),
        ("/nowhere", "text/html; charset=utf-8"),
        ("/live", "text/plain; charset=utf-8"),
        ("/health", "application/json"),
        ("/static/js/theme.js", 'text/javascript; charset="utf-8"'),
    ):
        assert pages.client.get(path, base_url=pages.base_url).headers["Content-Type"] == kind


def test_over_https_the_cookie_is_bound_to_the_host_and_the_browser_remembers_https(small_city: Runtime) -> None:
    pages = Pages(strict(create_app(served_at(small_city, "https://pmo.city.example"))))
    answer = pages.get("/sign-in").response
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-pmo=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_files_carry_the_same_headers_and_no_folder_is_listed(small_city: Runtime) -> None:
    pages = Pages(strict(create_app(served_at(small_city, "https://pmo.city.example"))))
    for path in ("/static/js/theme.js", "/static/icons.svg"):
        headers = pages.client.get(path, base_url=pages.base_url).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert "Access-Control-Allow-Origin" not in headers
    for path in ("/static/", "/static/js/", "/static/../config.py", "/.git/config"):
        assert pages.get(path, status=404)


def test_no_method_but_those_of_pages_is_answered(pages: Pages) -> None:
    for method in ("TRACE", "PUT", "DELETE", "CONNECT"):
        assert pages.client.open("/sign-in", method=method, base_url=pages.base_url).status_code == 405


@pytest.mark.parametrize(("hops", "seen"), [(0, ("127.0.0.1", "http")), (1, ("10.9.8.7", "https"))])
def test_only_what_our_own_proxy_adds_is_believed(small_city: Runtime, hops: int, seen: tuple[str, str]) -> None:
    settings = replace(small_city.settings, proxy_hops=hops)
    app = strict(create_app(Runtime(settings, small_city.engines, small_city.clock, small_city.transport)))
    found: list[tuple[str | None, str]] = []
    app.before_request(lambda: found.append((request.remote_addr, request.scheme)))
    said = {"X-Forwarded-For": "6.6.6.6, 10.9.8.7", "X-Forwarded-Proto": "http, https"}
    assert app.test_client().get("/sign-in", base_url="http://localhost", headers=said).status_code == 200
    assert found == [seen]


def test_a_foreign_host_name_is_refused(app: Flask) -> None:
    app.testing = False
    answer = app.test_client().get("/sign-in", base_url="http://evil.example")
    assert answer.status_code == 400
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_form_without_token_changes_nothing(pages_of: Callable[[str], Pages]) -> None:
    pages = pages_of("akim.alm")
    answer = pages.client.post("/language", base_url=pages.base_url, data={"language": "kk"})
    assert answer.status_code == 400
    assert "Форма устарела" in answer.text
    assert pages.get("/me").language == "ru"


def test_a_form_sent_from_another_site_is_refused(pages: Pages) -> None:
    token = pages.get("/sign-in").tree.all("input", name="csrf_token")[0]["value"]
    answer = pages.client.post(
        "/sign-in",
        base_url=pages.base_url,
        data={"csrf_token": token, "email": "akim.alm@city.example", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


def test_static_files_are_named_by_their_content_and_kept(pages: Pages) -> None:
    styles = [link["href"] for link in pages.get("/sign-in").tree.all("link", rel="stylesheet")]
    assert all("?v=" in address for address in styles)
    answer = pages.client.get(styles[-1], base_url=pages.base_url)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_web_does_not_start_without_its_secrets(small_city: Runtime) -> None:
    settings = replace(small_city.settings, secret_key=None)
    with pytest.raises(SettingsError, match="PMO_SECRET_KEY"):
        create_app(Runtime(settings, small_city.engines, small_city.clock, small_city.transport))


# --- language -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "accepts", "language"),
    [
        ("/sign-in", "", "ru"),
        ("/sign-in", "de-DE,de;q=0.9", "ru"),
        ("/sign-in", "kk-KZ,kk;q=0.9,ru;q=0.8", "kk"),
        ("/sign-in", "en-GB,en;q=0.9", "en"),
        ("/sign-in?lang=kk", "en-GB", "kk"),
        ("/sign-in?lang=xx", "en-GB", "en"),
    ],
)
def test_before_sign_in_the_address_then_the_browser_then_russian_decide(
    pages: Pages, path: str, accepts: str, language: str
) -> None:
    assert pages.get(path, Accept_Language=accepts).language == language


def test_the_switch_holds_for_the_browser_before_sign_in(pages: Pages) -> None:
    page = pages.submit(pages.get("/sign-in?lang=ru"), "/language", choose="language=kk")
    assert (page.language, page.heading) == ("kk", "Кіру")
    assert pages.get("/sign-in", Accept_Language="ru").language == "kk"


def test_after_sign_in_it_is_the_posts_own_language_and_the_switch_changes_it(
    pages_of: Callable[[str], Pages],
) -> None:
    pages = pages_of("head.alm")
    page = pages.get("/me?lang=en", Accept_Language="en")
    assert page.language == "kk"
    assert pages.submit(page, "/language", choose="language=ru").language == "ru"
    assert pages_of("head.alm").get("/me", Accept_Language="en").language == "ru"


def test_a_language_we_do_not_speak_is_refused(pages_of: Callable[[str], Pages]) -> None:
    answer = pages_of("akim.alm").post("/language", language="de")
    assert answer.status_code == 422
    assert "Выберите русский, казахский или английский язык." in answer.text


# --- banner, menu, errors -------------------------------------------------------------------------------------------


def test_demonstration_data_is_labelled_with_its_date(pages_of: Callable[[str], Pages]) -> None:
    banner = pages_of("akim.alm").get("/me").tree.one("aside", class_="demo-banner").text
    assert banner == "Демонстрационные данные Сегодня 31 января 2020 г., пятница"


def test_a_city_with_data_of_its_own_has_no_banner(pages_of: Callable[[str], Pages]) -> None:
    assert pages_of("akim.ast").get("/me").tree.all("aside", class_="demo-banner") == []


def test_the_clock_of_the_demonstration_moves_by_a_day_or_a_week(small_city: Runtime) -> None:
    moved: list[int] = []
    # The week meets one event of the log that contradicts what was entered; the day meets none.
    skipped: dict[int, list[str]] = {1: [], 7: ["DP-10-M3 was completed before"]}

    def move_clock(days: int) -> list[str]:
        moved.append(days)
        return skipped[days]

    pages = Pages(strict(create_app(small_city, Demonstration("word", move_clock)))).sign_in("akim.alm")
    warnings: list[list[str]] = []
    for days in ("1", "7"):
        page = pages.submit(pages.get("/me"), "/demo/clock", choose=f"days={days}")
        assert page.path == "/me"
        warnings.append([item.text for item in page.tree.all("p", class_="notice-warning")])
    assert moved == [1, 7]
    assert warnings == [
        [],
        ["1 событие журнала противоречит внесённому здесь и пропущено; оно указано под почтовым ящиком."],
    ]
    assert pages.post("/demo/clock", days="365").status_code == 422


def test_there_is_no_clock_to_move_outside_the_demonstration(pages_of: Callable[[str], Pages]) -> None:
    pages = pages_of("akim.alm")
    assert pages.get("/me").tree.all("form", action="/demo/clock") == []
    assert pages.post("/demo/clock", days="1").status_code == 404


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_refusals_and_errors_have_a_page_in_every_language(app: Flask, pages: Pages, language: str) -> None:
    app.testing = False
    met = {
        "rule": (RuleBroken("already_done", None, milestone="DP-10-M3"), 422),
        "conflict": (Conflict({"name": "x"}), 409),
        "bug": (ZeroDivisionError("a bug"), 500),
    }
    for name, (error, status) in met.items():
        app.view_functions[name] = public(_raising(error))
        app.url_map.add(app.url_rule_class(f"/{name}", endpoint=name, methods=["GET"]))
        page = pages.get(f"/{name}?lang={language}", status=status)
        assert page.language == language
        assert str(status) in page.text
        assert "a bug" not in page.text
    assert pages.get(f"/me/nothing?lang={language}", status=404).language == language


def test_a_method_that_an_address_does_not_know_is_answered_kindly(app: Flask) -> None:
    answer = app.test_client().get("/sign-out", base_url="http://localhost")
    assert answer.status_code == 405
    assert "Этот адрес так не работает" in answer.text


def served_at(runtime: Runtime, base_url: str) -> Runtime:
    """The same installation under another address."""
    return Runtime(replace(runtime.settings, base_url=base_url), runtime.engines, runtime.clock, runtime.transport)


def _raising(error: Exception) -> Callable[[], str]:
    def view() -> str:
        raise error

    return view
