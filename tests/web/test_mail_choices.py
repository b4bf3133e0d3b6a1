"""Choosing regular mail on one's own page, and ending a digest by the link in it (RFC 8058)."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes

import pytest
from flask import Flask
from sqlalchemy import func, select

from pmo.app import create_app
from pmo.db.models.people import MailChoiceRecord, PersonRecord
from pmo.domain.mail_choices import MailChoice, MailChoices
from pmo.jobs.deliver import deliver_due
from pmo.mail.drafts import MailKind
from pmo.mail.transport import RecordingTransport
from pmo.mail.unsubscribing import Subscription, unsubscribe_url
from pmo.queries.mail_choices import choices_of
from pmo.runtime import Runtime
from tests.cast import Town
from tests.post_office import a_draft, a_line, mails, put_in_outbox
from tests.web.pages import Pages, faults_of
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def wants(town: Town, person: str) -> MailChoices:
    with town.runtime.reading() as session:
        return choices_of(session, person, town.runtime.now())


def link(town: Town, person: str, kind: MailKind = MailKind.DIGEST_WEEKLY) -> str:
    settings = town.runtime.settings
    url = unsubscribe_url(settings.base_url, settings.secret_keys, Subscription(person, kind))
    assert url is not None
    return url.removeprefix(settings.base_url or "")


@pytest.mark.parametrize(
    ("person", "offered"),
    [
        ("manager", ["daily_digest"]),
        ("owner", ["weekly_digest", "daily_digest", "all_in_order"]),
        ("curator", ["weekly_digest", "all_in_order"]),
        ("akim", ["weekly_digest", "all_in_order"]),
        ("pmo-head", ["weekly_digest", "all_in_order"]),
        ("observer", []),
        ("admin", []),
    ],
)
def test_each_post_is_offered_what_it_gets_and_told_what_cannot_be_switched_off(
    pages_in_town: PagesOf, person: str, offered: list[str]
) -> None:
    page = pages_in_town(person).get("/me")
    assert [box["name"] for box in page.tree.all("input", type="checkbox")] == offered
    assert ("cannot be switched off" in page.text) is bool(offered)
    assert ("Your post gets no regular mail." in page.text) is not bool(offered)


def test_a_choice_is_kept_shown_and_taken_back(town: Town, pages_in_town: PagesOf) -> None:
    owner = pages_in_town("owner")
    page = owner.get("/me")
    assert [box["name"] for box in page.tree.all("input", type="checkbox") if "checked" in box] == [
        "weekly_digest",
        "daily_digest",
    ]
    token = page.tree.all("input", name="csrf_token")[0]["value"]
    owner.client.post("/me/mails", base_url=owner.base_url, data={"csrf_token": token, "all_in_order": "y"})
    assert wants(town, "owner") == MailChoices(weekly_digest=False, daily_digest=False, all_in_order=True)
    page = owner.get("/me")
    assert [box["name"] for box in page.tree.all("input", type="checkbox") if "checked" in box] == ["all_in_order"]
    assert "Daily digest: switched off" in page.text
    page = owner.submit(page, "/me/mails", weekly_digest="y", daily_digest="y")
    assert wants(town, "owner") == MailChoices(all_in_order=True)
    assert wants(town, "manager") == MailChoices()


def test_what_a_post_is_not_offered_is_not_taken(town: Town, pages_in_town: PagesOf) -> None:
    pages_in_town("manager").post("/me/mails", daily_digest="y", all_in_order="y")
    assert wants(town, "manager") == MailChoices()


def test_opening_the_link_changes_nothing_and_its_button_ends_the_digest(town: Town, app_in_town: Flask) -> None:
    nobody = Pages(app_in_town)
    address = link(town, "curator")
    for _ in range(2):
        page = nobody.get(address)
        assert "Nothing has changed yet." in page.text
    nobody.client.head(address, base_url=nobody.base_url)
    assert wants(town, "curator") == MailChoices()
    done = nobody.submit(page, address)
    assert "does not come to you any more" in done.text
    assert wants(town, "curator") == MailChoices(weekly_digest=False)
    assert not [form for form in nobody.get(address).tree.all("form") if "unsubscribe" in form["action"]]


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"}])
def test_a_mail_program_ends_the_digest_with_one_post_without_cookies_and_without_a_redirect(
    town: Town, app_in_town: Flask, headers: dict[str, str]
) -> None:
    client = app_in_town.test_client(use_cookies=False)
    for _ in range(2):
        answer = client.post(
            link(town, "manager", MailKind.DIGEST_DAILY), base_url="http://localhost", data=ONE_CLICK, headers=headers
        )
        assert answer.status_code == 200
        assert faults_of(answer.text) == []
    assert wants(town, "manager") == MailChoices(daily_digest=False)
    with town.runtime.reading() as session:
        rows = list(session.execute(select(MailChoiceRecord.source, MailChoiceRecord.entered_by)))
    assert [tuple(row) for row in rows] == [("unsubscribe", "manager")]


def test_the_header_of_a_real_digest_leads_here_and_an_alert_has_none(town: Town, app_in_town: Flask) -> None:
    line = a_line()
    to = {"recipient": "manager", "item": None, "rung": None, "not_before": town.runtime.now()}
    shown = {"on": "2020-01-31", "sections": [{"section": "overdue", "lines": [line], "more": 0}]}
    put_in_outbox(
        town.runtime,
        a_draft(1, kind=MailKind.DIGEST_DAILY, key=("digest",), facts=shown, **to),
        a_draft(2, kind=MailKind.ALERT_BUNDLE, key=("bundle",), facts=shown, **to),
        a_draft(3, recipient="manager", key=("alert",)),
        now=town.runtime.now(),
    )
    there = town.at("2020-02-03").runtime
    deliver_due(there)
    assert isinstance(there.transport, RecordingTransport)
    messages = [message_from_bytes(envelope.content) for envelope in there.transport.envelopes]
    (digest,) = [message for message in messages if message["List-Id"]]
    assert len(messages) == 3
    assert [message["List-Unsubscribe"] is None for message in messages].count(True) == 2
    assert all(message["Auto-Submitted"] == "auto-generated" for message in messages)
    assert {message["Reply-To"] for message in messages} == {"pmo-head@almaty.example"}
    assert "unsubscribe" not in str([mail.headers for mail in mails(town.runtime)])
    address = digest["List-Unsubscribe"].strip().strip("<>")
    name, _, value = digest["List-Unsubscribe-Post"].partition("=")
    assert app_in_town.test_client(use_cookies=False).post(address, data={name: value}).status_code == 200
    assert wants(town, "manager") == MailChoices(daily_digest=False)


def test_a_post_without_the_words_of_the_standard_changes_nothing(town: Town, app_in_town: Flask) -> None:
    client = app_in_town.test_client()
    for data in ({}, {"List-Unsubscribe": "yes"}, {"x": "One-Click"}):
        answer = client.post(link(town, "curator"), base_url="http://localhost", data=data)
        assert answer.status_code == 200
    assert wants(town, "curator") == MailChoices()


def test_the_link_opens_no_session_and_no_other_door(town: Town, app_in_town: Flask) -> None:
    client = app_in_town.test_client()
    client.post(link(town, "curator"), base_url="http://localhost", data=ONE_CLICK)
    assert client.get("/me", base_url="http://localhost").status_code == 302
    assert client.post("/me/mails", base_url="http://localhost", data={"weekly_digest": "y"}).status_code == 400
    assert wants(town, "curator") == MailChoices(weekly_digest=False)


def test_a_wrong_link_is_not_there(town: Town, app_in_town: Flask) -> None:
    client = app_in_town.test_client()
    good = link(town, "curator")
    for address in (good[:-4], good + "x", "/unsubscribe/curator", link(town, "nobody")):
        for answer in (
            client.get(address, base_url="http://localhost"),
            client.post(address, base_url="http://localhost", data=ONE_CLICK),
        ):
            assert answer.status_code == 404
    with town.runtime.writing() as session:
        session.get_one(PersonRecord, "curator").is_active = False
    assert client.get(good, base_url="http://localhost").status_code == 404


def test_another_secret_makes_old_links_void(town: Town) -> None:
    settings = replace(town.runtime.settings, secret_key="another secret for tests, long enough")
    app = create_app(Runtime(settings, town.runtime.engines, town.runtime.clock))
    answer = app.test_client().get(link(town, "curator"), base_url="http://localhost")
    assert answer.status_code == 404


def test_no_other_route_takes_a_post_without_a_token(town: Town, app_in_town: Flask) -> None:
    client = app_in_town.test_client()
    for rule in app_in_town.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint == "unsubscribing.show":
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(next(part for part in path.split("/") if argument in part), "1")
        refused = 401 if path.startswith("/api/") else 400  # programs bring a token of another kind
        assert client.post(path, base_url="http://localhost", data=ONE_CLICK).status_code == refused, path
    with town.runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(MailChoiceRecord)) == 0


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_the_page_speaks_the_readers_language(town: Town, app_in_town: Flask, language: str) -> None:
    with town.runtime.writing() as session:
        session.get_one(PersonRecord, "curator").language = language
    page = Pages(app_in_town).get(link(town, "curator"))
    assert page.language == language
    assert Pages(app_in_town).sign_in("curator").get("/me").language == language
    assert {choice.value for choice in MailChoice} > {"weekly_digest"}
