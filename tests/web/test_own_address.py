"""A new address of a post: it answers first, the former one is told, and nobody else can make it hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pmo.app import create_app
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import AddressChangeRecord, UserSessionRecord
from pmo.jobs.deliver import deliver_due
from pmo.mail.transport import RecordingTransport
from pmo.runtime import Runtime
from pmo.services.addresses import is_changed_here
from pmo.services.outbox import requeue
from tests.web.conftest import PASSWORD, strict
from tests.web.pages import Page, Pages
from tests.web.test_passwords import NEW, ask, links_sent, plain_text

PagesOf = Callable[[str], Pages]
FORMER, WANTED = "manager.alm@city.example", "new.address@city.example"


def ask_for(pages: Pages, address: str = WANTED, status: int = 200) -> Page:
    return pages.submit(pages.get("/me/address"), "/me/address", status=status, email=address)


def mails(runtime: Runtime) -> list[tuple[str, str]]:
    """Recipient and text of everything that has left, after what is due has left."""
    deliver_due(runtime)
    transport = runtime.transport
    assert isinstance(transport, RecordingTransport)
    return [(envelope.recipient, plain_text(envelope.content)) for envelope in transport.envelopes]


def link_in(runtime: Runtime) -> str:
    """The path of the newest link that went to the new address."""
    found = [
        match.group(1)
        for recipient, text in mails(runtime)
        if recipient == WANTED and (match := re.search(r"http://localhost(/me/address/[\w.=-]+)", text))
    ]
    return found[-1]


def address_of(runtime: Runtime, person: str = "manager.alm") -> str:
    with runtime.reading() as session:
        return session.get_one(PersonRecord, person).email


def test_the_new_address_holds_when_its_link_was_opened_and_the_button_pressed(
    pages_of: PagesOf, small_city: Runtime
) -> None:
    pages = pages_of("manager.alm")
    assert WANTED in ask_for(pages, f" {WANTED} ").text
    link = link_in(small_city)
    assert WANTED in pages.get(link).text
    assert address_of(small_city) == FORMER, "opening changes nothing"
    page = pages.submit(pages.get(link), link)
    assert (page.path, address_of(small_city)) == ("/me/sign-in", WANTED)
    told = [recipient for recipient, text in mails(small_city) if "больше не приходят" in text]
    assert told == [FORMER]
    assert pages.get(link, status=404).heading == "Ссылка больше не действует"
    fresh = Pages(pages.app)
    asked = fresh.get("/sign-in?next=/me")
    assert fresh.submit(asked, "/sign-in", email=WANTED, password=PASSWORD).path == "/me"
    with small_city.reading() as session:
        body = session.scalars(select(AuditEventRecord.body).where(AuditEventRecord.body.contains("address_changed")))
        assert WANTED in body.one()


def test_only_the_post_that_asked_makes_it_hold(pages_of: PagesOf, small_city: Runtime) -> None:
    ask_for(pages_of("manager.alm"))
    link = link_in(small_city)
    stranger = Pages(pages_of("manager.alm").app)
    assert stranger.get(link).path == "/sign-in"
    for person in ("analyst.alm", "admin.alm"):
        assert pages_of(person).get(link, status=404)
        assert pages_of(person).post(link).status_code == 404
    assert address_of(small_city) == FORMER


@pytest.mark.parametrize("token", ["hidden", "1", "MQ.x"])
def test_a_link_that_we_did_not_sign_is_worth_nothing(pages_of: PagesOf, token: str) -> None:
    pages = pages_of("manager.alm")
    ask_for(pages)
    assert pages.get(f"/me/address/{token}", status=404)


def test_a_link_is_good_for_an_hour_and_a_newer_wish_makes_it_void(pages_of: PagesOf, small_city: Runtime) -> None:
    pages = pages_of("manager.alm")
    ask_for(pages)
    first = link_in(small_city)
    ask_for(pages)
    second = link_in(small_city)
    assert pages.get(first, status=404)
    assert pages.get(second)
    with small_city.writing() as session:
        change = session.scalars(select(AddressChangeRecord).order_by(AddressChangeRecord.id.desc())).first()
        assert change is not None
        assert change.expires_at - change.asked_at == timedelta(minutes=60)
        change.expires_at = small_city.clock_on_the_wall.now()
    assert pages.get(second, status=404)


def test_the_outbox_keeps_no_link_that_works_and_sends_it_again_to_that_address_only(
    pages_of: PagesOf, small_city: Runtime
) -> None:
    ask_for(pages_of("manager.alm"))
    link = link_in(small_city)
    with small_city.writing() as session:
        mail = session.scalars(select(OutgoingMailRecord)).one()
        assert link not in mail.body_text + mail.body_html
        mail.state = "failed"
        session.flush()
        requeue(session, mail.id, "admin.alm", small_city.now())
        assert mail.address == WANTED


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("no address", "Это не адрес электронной почты."),
        ("analyst.alm@city.example", "Этот адрес уже у другой должности."),
        ("Manager.ALM@city.example", "Это и так адрес вашей должности."),
    ],
)
def test_a_bad_address_is_refused_at_its_field(pages_of: PagesOf, address: str, error: str) -> None:
    assert ask_for(pages_of("manager.alm"), address, status=422).errors == [error]


def test_an_address_that_somebody_else_got_meanwhile_is_refused(pages_of: PagesOf, small_city: Runtime) -> None:
    pages = pages_of("manager.alm")
    ask_for(pages)
    link = link_in(small_city)
    page = pages.get(link)
    with small_city.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "head.alm").values(email=WANTED))
    assert pages.submit(page, link, status=422).errors == ["Этот адрес уже у другой должности."]
    assert address_of(small_city) == FORMER


def test_a_new_address_asks_for_the_password_after_a_quarter_of_an_hour(pages_of: PagesOf, small_city: Runtime) -> None:
    pages = pages_of("manager.alm")
    with small_city.writing() as session:
        then = small_city.clock_on_the_wall.now() - timedelta(minutes=16)
        session.execute(update(UserSessionRecord).values(proved_at=then))
    page = pages.get("/me/address")
    assert page.path == "/me/confirmation"
    assert pages.submit(page, "/me/confirmation", password=PASSWORD).path == "/me/address"


def test_a_post_that_must_have_a_factor_sets_it_up_first(small_city: Runtime) -> None:
    settings = replace(small_city.settings, second_factor_roles=frozenset({"project_manager"}))
    pages = Pages(strict(create_app(Runtime(settings, small_city.engines, small_city.clock, small_city.transport))))
    pages.submit(pages.get("/sign-in"), "/sign-in", email=FORMER, password=PASSWORD)
    page = pages.get("/me/address")
    assert page.path == "/me/sign-in"
    assert "/me/address" not in page.links.values()


def test_links_for_a_password_that_went_to_the_former_address_are_void(pages_of: PagesOf, small_city: Runtime) -> None:
    pages = pages_of("manager.alm")
    ask(Pages(pages.app), FORMER)
    (old,) = links_sent(small_city)
    other = pages_of("manager.alm")
    ask_for(pages)
    link = link_in(small_city)
    pages.submit(pages.get(link), link)
    assert Pages(pages.app).get(old, status=404)
    assert other.get("/me").path == "/sign-in", "all other sessions end"
    ask(Pages(pages.app), WANTED)
    anybody, fresh = Pages(pages.app), links_sent(small_city)[-1]
    assert anybody.submit(anybody.get(fresh), fresh, password=NEW).path == "/sign-in"


def test_wishes_have_an_end(pages_of: PagesOf) -> None:
    pages = pages_of("manager.alm")
    for _ in range(3):
        ask_for(pages)
    assert "Слишком много попыток" in ask_for(pages, status=422).errors[0]


def test_an_administrators_change_is_told_to_both_addresses(pages_of: PagesOf, small_city: Runtime) -> None:
    pages = pages_of("admin.alm")
    where = "/administration/people/manager.alm"
    pages.submit(pages.get(where), where, email=WANTED)
    told = dict(mails(small_city))
    assert set(told) == {FORMER, WANTED}
    assert "больше не приходят" in told[FORMER]
    assert "приходят на этот адрес" in told[WANTED]
    assert len(mails(small_city)) == 2, "once"
    with small_city.reading() as session:
        assert is_changed_here(session, "manager.alm")
        assert not is_changed_here(session, "head.alm")
