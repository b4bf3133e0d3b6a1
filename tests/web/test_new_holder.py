"""Somebody else takes a post: the former holder has nothing left to sign in with, and the post has lost nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.saved_views import SavedViewRecord
from pmo.db.models.sign_in import (
    AuthenticatorAppRecord,
    PasskeyRecord,
    RecoveryCodeRecord,
    SingleSignOnRecord,
)
from pmo.domain.access_tokens import TokenScope
from pmo.domain.errors import RuleBroken
from pmo.runtime import Runtime
from pmo.services.access_tokens import make_token
from pmo.services.single_sign_on import person_of
from tests.web.pages import Pages
from tests.web.test_passwords import NEW, enter, links_sent
from tests.web.test_second_factors import with_app

PagesOf = Callable[[str], Pages]
THERE = "/accounts/manager.alm/new-holder"


@pytest.fixture
def token(small_city: Runtime) -> str:
    """What the former holder left behind beside password and app; returns a token of theirs."""
    now = small_city.clock_on_the_wall.now()
    with_app(small_city)
    with small_city.writing() as session:
        session.add_all(
            [
                PasskeyRecord(
                    person_id="manager.alm", credential="key", public_key=b"k", sign_count=1, name="key", created_at=now
                ),
                SingleSignOnRecord(person_id="manager.alm", issuer="https://id", subject="former", bound_at=now),
                SavedViewRecord(person_id="manager.alm", name="mine", query="status=off_track", created_at=now),
            ]
        )
        return make_token(session, "manager.alm", "sheet", TokenScope.READ, 30, now)


def test_nothing_of_the_former_holder_opens_the_post_and_the_new_one_begins_by_the_link(
    app: Flask, pages_of: PagesOf, small_city: Runtime, token: str
) -> None:
    former, office = pages_of("manager.alm"), pages_of("pmo-head.alm")
    page = office.get(THERE)
    assert "manager.alm@city.example" in page.text
    assert office.submit(page, THERE).path == "/accounts"

    assert former.get("/me").path == "/sign-in"
    assert Pages(app).client.get("/api/v1/projects", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    (link,) = links_sent(small_city)
    with small_city.reading() as session:
        assert session.get_one(PersonRecord, "manager.alm").password_hash is None
        for table in (AuthenticatorAppRecord, PasskeyRecord, RecoveryCodeRecord, SingleSignOnRecord):
            assert session.scalar(select(func.count()).where(table.person_id == "manager.alm")) == 0
        with pytest.raises(RuleBroken, match="sso_unknown"):
            person_of(session, "https://id", "former")
        assert session.scalar(select(func.count()).select_from(SavedViewRecord)) == 1
        events = [json.loads(body) for body in session.scalars(select(AuditEventRecord.body))]
        told = [(one["actor"], one["object"]) for one in events if one["action"] == "post_has_new_holder"]
        assert told == [("pmo-head.alm", "manager.alm")]

    new = Pages(app)
    new.submit(new.get(link), link, password=NEW)
    assert enter(new, NEW) == "/me"


def test_links_that_were_sent_before_set_no_password_any_more(
    pages: Pages, pages_of: PagesOf, small_city: Runtime
) -> None:
    office = pages_of("admin.alm")
    office.submit(office.get("/accounts"), "/accounts/manager.alm/invitation")
    office.submit(office.get(THERE), THERE)
    before, after = links_sent(small_city)
    assert pages.get(before, status=404).errors == []
    assert pages.get(after).path == after


def test_a_closed_post_takes_no_new_holder(pages_of: PagesOf, small_city: Runtime) -> None:
    with small_city.writing() as session:
        session.get_one(PersonRecord, "manager.alm").is_active = False
    office = pages_of("admin.alm")
    assert office.get(THERE, status=404)
    assert office.post(THERE).status_code == 404
    assert links_sent(small_city) == []


def test_nobody_does_it_to_oneself_the_office_not_to_an_administrator_and_no_city_to_another(
    pages_of: PagesOf, small_city: Runtime
) -> None:
    for person, whose, status in (
        ("admin.alm", "admin.alm", 403),
        ("pmo-head.alm", "admin.alm", 403),
        ("analyst.alm", "manager.alm", 403),
        ("pmo-head.alm", "akim.ast", 404),
    ):
        assert pages_of(person).get(f"/accounts/{whose}/new-holder", status=status)
        assert pages_of(person).post(f"/accounts/{whose}/new-holder").status_code == status
    assert links_sent(small_city) == []
