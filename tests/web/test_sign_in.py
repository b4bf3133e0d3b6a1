"""Signing in and out."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import update

from pmo.app import create_app
from pmo.db.models.people import PersonRecord
from pmo.runtime import Runtime
from pmo.services.passwords import hash_password
from pmo.web.demonstration import Demonstration
from tests.web.conftest import PASSWORD, POSTS, strict
from tests.web.pages import Pages

REFUSED = "Неверный адрес или пароль."


def test_address_and_password_open_the_first_page(pages: Pages) -> None:
    page = pages.submit(pages.get("/sign-in?next=/me"), "/sign-in", email="manager.alm@city.example", password=PASSWORD)
    assert page.heading == "Должность manager.alm"


def test_capitals_and_spaces_in_the_address_do_not_matter(pages: Pages) -> None:
    page = pages.submit(
        pages.get("/sign-in?next=/me"), "/sign-in", email=" Manager.ALM@City.Example ", password=PASSWORD
    )
    assert page.heading == "Должность manager.alm"


def test_unknown_address_wrong_password_and_inactive_post_read_the_same(pages: Pages, small_city: Runtime) -> None:
    with small_city.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "head.alm").values(is_active=False))
    tries = [("nobody@city.example", PASSWORD), ("akim.alm@city.example", "wrong"), ("head.alm@city.example", PASSWORD)]
    for email, password in tries:
        page = pages.submit(pages.get("/sign-in"), "/sign-in", status=422, email=email, password=password)
        assert page.errors == [REFUSED]
        assert page.tree.one("input", name="email")["value"] == email
        assert page.tree.one("input", name="password")["value"] == ""


def test_empty_fields_are_named_in_the_summary_and_at_the_field(pages: Pages) -> None:
    page = pages.submit(pages.get("/sign-in"), "/sign-in", status=422)
    assert page.errors == ["Укажите адрес электронной почты.", "Укажите пароль."]
    email = page.tree.one("input", name="email")
    assert email["aria-invalid"] == "true"
    assert "Укажите адрес" in page.tree.one("p", id=email["aria-describedby"]).text


def test_whoever_came_for_a_page_gets_it_after_sign_in(pages: Pages) -> None:
    asked = pages.get("/me?x=1")
    assert (asked.path, asked.heading) == ("/sign-in", "Вход")
    page = pages.submit(asked, "/sign-in", email="akim.alm@city.example", password=PASSWORD)
    assert page.response.request.full_path == "/me?x=1"


def test_no_address_leads_out_of_the_site(pages: Pages) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        page = pages.get("/sign-in?next=" + elsewhere)
        assert page.tree.all("input", name="next", value=elsewhere) == []


def test_the_session_is_new_after_sign_in(pages: Pages) -> None:
    page = pages.get("/sign-in?next=/me")
    with pages.client.session_transaction(base_url=pages.base_url) as cookie:
        cookie["planted"] = "by somebody else"
        token = cookie["csrf_token"]
    pages.submit(page, "/sign-in", email="akim.alm@city.example", password=PASSWORD)
    with pages.client.session_transaction(base_url=pages.base_url) as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != token


def test_sign_out_is_a_post_and_ends_the_session(pages_of: Callable[[str], Pages]) -> None:
    pages = pages_of("akim.alm")
    assert pages.client.get("/sign-out", base_url=pages.base_url).status_code == 405
    page = pages.submit(pages.get("/me"), "/sign-out")
    assert page.heading == "Вход"
    assert pages.get("/me").path == "/sign-in"


def test_after_signing_out_the_browser_forgets_the_pages(pages_of: Callable[[str], Pages]) -> None:
    answer = pages_of("manager.alm").post("/sign-out")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache"')


def test_a_new_password_ends_old_sessions(pages_of: Callable[[str], Pages], small_city: Runtime) -> None:
    pages = pages_of("akim.alm")
    with small_city.writing() as session:
        changed = {"password_hash": hash_password("quite another password")}
        session.execute(update(PersonRecord).where(PersonRecord.id == "akim.alm").values(**changed))
    assert pages.get("/me").path == "/sign-in"


def test_a_post_that_was_closed_is_out_at_once(pages_of: Callable[[str], Pages], small_city: Runtime) -> None:
    pages = pages_of("akim.alm")
    with small_city.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "akim.alm").values(is_active=False))
    assert pages.get("/me").path == "/sign-in"


def test_posts_and_password_are_listed_in_the_demonstration(small_city: Runtime) -> None:
    page = demonstration(small_city).get("/sign-in")
    assert "one-password-for-all" in page.text
    for person, *_ in POSTS:
        assert page.form("/sign-in/as", person=person)
        assert f"{person}@city.example" in page.text


def test_one_press_signs_in_as_a_post_in_the_demonstration(small_city: Runtime) -> None:
    pages = demonstration(small_city)
    page = pages.submit(pages.get("/sign-in?next=/me"), "/sign-in/as", choose="person=head.alm")
    assert (page.heading, page.language) == ("Лауазым head.alm", "kk")


def test_posts_are_not_listed_outside_the_demonstration(pages: Pages) -> None:
    page = pages.get("/sign-in")
    assert "akim.alm" not in page.text
    assert pages.post("/sign-in/as", person="akim.alm").status_code == 404


def demonstration(runtime: Runtime) -> Pages:
    """A browser in front of the demonstration."""
    settings = replace(runtime.settings, demo=True)
    demo = Runtime(settings, runtime.engines, runtime.clock, runtime.transport)
    return Pages(strict(create_app(demo, Demonstration("one-password-for-all"))))
