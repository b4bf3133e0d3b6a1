"""Passwords by link and by oneself: once, for an hour, past every session, and never telling who exists."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from sqlalchemy import delete, event, func, select, update

from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.sign_in import PasswordLinkRecord, PasswordRequestRecord
from pmo.jobs.deliver import deliver_due
from pmo.mail.password_links import SALT
from pmo.mail.row_links import RowLink
from pmo.mail.transport import RecordingTransport
from pmo.runtime import Runtime
from tests.web.conftest import PASSWORD
from tests.web.pages import Pages
from tests.web.test_second_factors import with_app

PagesOf = Callable[[str], Pages]
NEW = "plum yacht in the fog"


def enter(pages: Pages, password: str, person: str = "manager.alm", status: int = 200) -> str:
    """Where somebody is after trying to sign in."""
    asked = pages.get("/sign-in?next=/me")
    return pages.submit(asked, "/sign-in", status=status, email=f"{person}@city.example", password=password).path


def links_sent(runtime: Runtime) -> list[str]:
    """Paths of the links in the mails that have left, the earliest first."""
    deliver_due(runtime)
    transport = runtime.transport
    assert isinstance(transport, RecordingTransport)
    texts = [plain_text(envelope.content) for envelope in transport.envelopes]
    found = [re.search(r"http://localhost(/password/[\w.=-]+)", text) for text in texts]
    return [match.group(1) for match in found if match]


def plain_text(content: bytes) -> str:
    """The text part of a mail as it left."""
    body = message_from_bytes(content, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def ask(pages: Pages, email: str) -> str:
    page = pages.submit(pages.get("/password/forgotten"), "/password/forgotten", email=email)
    assert page.path == "/password/asked"
    return page.text


def test_a_forgotten_password_is_set_by_the_link_of_a_mail(pages: Pages, small_city: Runtime) -> None:
    ask(pages, " Manager.ALM@city.example")
    (link,) = links_sent(small_city)
    page = pages.submit(pages.get(link), link, password=NEW)
    assert page.path == "/sign-in"
    assert enter(pages, NEW) == "/me"


def test_known_unknown_and_closed_addresses_get_the_same_words_after_the_same_statements(
    pages: Pages, small_city: Runtime
) -> None:
    statements: list[str] = []
    event.listen(small_city.engines.writing, "before_cursor_execute", lambda *about: statements.append(str(about[2])))
    seen = []
    for email in ("manager.alm@city.example", "nobody@city.example", "x"):
        statements.clear()
        seen.append((ask(pages, email), list(statements)))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][1], "something was written down"


def test_nobody_gets_a_mail_for_an_address_that_nobody_has_and_no_trace_stays(
    pages: Pages, small_city: Runtime
) -> None:
    ask(pages, "nobody@city.example")
    assert links_sent(small_city) == []
    with small_city.reading() as session:
        assert session.scalar(select(func.count()).select_from(PasswordRequestRecord)) == 0
        assert session.scalar(select(func.count()).select_from(OutgoingMailRecord)) == 0


def test_opening_a_link_changes_nothing_and_it_is_good_once(pages: Pages, small_city: Runtime) -> None:
    ask(pages, "manager.alm@city.example")
    (link,) = links_sent(small_city)
    for _ in range(3):
        assert pages.get(link).heading == "Новый пароль"
    assert enter(pages, PASSWORD) == "/me"
    page = pages.get(link)
    pages.submit(page, link, password=NEW)
    assert pages.post(link, password="another one of mine").status_code == 404
    assert pages.get(link, status=404)


def test_a_link_is_good_for_an_hour_and_the_use_of_one_spends_them_all(pages: Pages, small_city: Runtime) -> None:
    ask(pages, "manager.alm@city.example")
    links_sent(small_city)
    ask(pages, "manager.alm@city.example")
    first, second = links_sent(small_city)
    wall = small_city.clock_on_the_wall.now()
    with small_city.reading() as session:
        lives = [link.expires_at - link.created_at for link in session.scalars(select(PasswordLinkRecord))]
    assert lives == [timedelta(minutes=60)] * 2
    with small_city.writing() as session:
        session.execute(update(PasswordLinkRecord).where(PasswordLinkRecord.id == 1).values(expires_at=wall))
    assert pages.get(first, status=404)
    ask(pages, "manager.alm@city.example")
    third = links_sent(small_city)[-1]
    pages.submit(pages.get(third), third, password=NEW)
    assert pages.get(second, status=404)


@pytest.mark.parametrize("token", ["hidden", "1", "MQ.x", "eyJ4IjoxfQ"])
def test_a_link_that_we_did_not_sign_is_worth_nothing(pages: Pages, token: str) -> None:
    assert pages.get(f"/password/{token}", status=404).heading == "Ссылка больше не действует"


def test_a_new_password_by_link_ends_every_session_and_opens_none(app: Flask, small_city: Runtime) -> None:
    old, pages = Pages(app), Pages(app)
    enter(old, PASSWORD)
    ask(pages, "manager.alm@city.example")
    (link,) = links_sent(small_city)
    pages.submit(pages.get(link), link, password=NEW)
    assert old.get("/me").path == "/sign-in"
    assert pages.get("/me").path == "/sign-in"


def test_a_link_does_not_skip_the_second_factor(pages: Pages, small_city: Runtime) -> None:
    with_app(small_city)
    ask(pages, "manager.alm@city.example")
    (link,) = links_sent(small_city)
    pages.submit(pages.get(link), link, password=NEW)
    assert enter(pages, NEW) == "/sign-in/second-factor"


def test_a_weak_password_is_refused_and_the_link_stays_good(pages: Pages, small_city: Runtime) -> None:
    ask(pages, "manager.alm@city.example")
    (link,) = links_sent(small_city)
    page = pages.submit(pages.get(link), link, status=422, password="almaty2026!!")
    assert page.errors
    assert pages.submit(page, link, password=NEW).path == "/sign-in"


def test_whoever_looks_into_the_outbox_finds_no_link_that_works(pages_of: PagesOf, small_city: Runtime) -> None:
    pages = pages_of("admin.alm")
    ask(pages, "manager.alm@city.example")
    (link,) = links_sent(small_city)
    with small_city.reading() as session:
        kept = session.execute(select(OutgoingMailRecord.body_text, OutgoingMailRecord.body_html)).one()
    for body in kept:
        assert link not in body
        assert "http://localhost/password/hidden" in body


def test_a_post_is_invited_by_mail_by_those_who_look_after_sign_ins(pages_of: PagesOf, small_city: Runtime) -> None:
    office = pages_of("pmo-head.alm")
    office.submit(office.get("/accounts"), "/accounts/head.alm/invitation")
    (link,) = links_sent(small_city)
    pages = Pages(office.app)
    assert pages.get(link).language == "kk"
    pages.submit(pages.get(link), link, password=NEW)
    assert enter(pages, NEW, "head.alm") == "/me"
    assert pages_of("analyst.alm").post("/accounts/head.alm/invitation").status_code == 403
    assert office.post("/accounts/akim.ast/invitation").status_code == 404


def test_changing_the_password_needs_the_old_one_and_ends_all_other_sessions(app: Flask) -> None:
    here, other = Pages(app), Pages(app)
    enter(here, PASSWORD)
    enter(other, PASSWORD)
    page = here.submit(here.get("/me/password"), "/me/password", status=422, current="wrong", password=NEW)
    assert page.errors == ["Неверный пароль."]
    page = here.submit(page, "/me/password", current=PASSWORD, password=NEW)
    assert page.path == "/me/sign-in"
    assert other.get("/me").path == "/sign-in"
    assert enter(other, NEW) == "/me"


def test_a_password_is_hidden_while_it_is_typed_and_may_be_pasted_or_filled_in(pages_of: PagesOf) -> None:
    page = pages_of("manager.alm").get("/me/password")
    fields = [field for field in page.tree.all("input") if "password" in field["autocomplete"]]
    assert [(field["type"], field["autocomplete"]) for field in fields] == [
        ("password", "current-password"),
        ("password", "new-password"),
    ]
    assert not [field for field in fields if "maxlength" in field or "pattern" in field]


def test_asking_for_links_has_an_end(pages: Pages, small_city: Runtime) -> None:
    for _ in range(3):
        ask(pages, "manager.alm@city.example")
    page = pages.submit(
        pages.get("/password/forgotten"), "/password/forgotten", status=422, email="manager.alm@city.example"
    )
    assert "Слишком много попыток" in page.errors[0]


def test_an_old_mail_opens_nothing_that_was_made_after_its_row_was_removed(
    pages: Pages, pages_of: PagesOf, small_city: Runtime
) -> None:
    """SQLite gives the number of a removed row again: an old link must not set the password of another post."""
    office = pages_of("pmo-head.alm")
    office.submit(office.get("/accounts"), "/accounts/head.alm/invitation")
    with small_city.writing() as session:  # as if it had been sent long ago
        link = session.scalars(select(PasswordLinkRecord)).one()
        long_ago = RowLink.to(link.id, link.created_at - timedelta(days=99))
        session.execute(delete(PasswordLinkRecord))
    old = f"/password/{long_ago.token(small_city.settings.secret_keys, SALT)}"
    office.submit(office.get("/accounts"), "/accounts/head.alm/invitation")
    with small_city.writing() as session:
        session.execute(update(PasswordLinkRecord).values(id=long_ago.number))
        again = session.scalars(select(PasswordLinkRecord)).one()
        current = f"/password/{RowLink.to(again.id, again.created_at).token(small_city.settings.secret_keys, SALT)}"
    assert pages.get(current).path == current
    assert pages.get(old, status=404)
