"""A session that is over: the reader is told so in their language, and what they had written is not lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import UserSessionRecord
from tests.cast import Town
from tests.web.pages import Page, Pages
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

WORDS = "The poles wait for power.\nThe company <b>promised</b> Friday."


@pytest.fixture
def manager(town: Town, pages_in_town: PagesOf) -> Pages:
    """The manager at a browser, who reads Kazakh and whose browser prefers English."""
    with town.runtime.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "manager").values(language="kk"))
    return pages_in_town("manager")


def fall_silent(town: Town) -> None:
    """An hour passes in which nobody does anything."""
    then = town.runtime.clock_on_the_wall.now() - timedelta(hours=1)
    with town.runtime.writing() as session:
        session.execute(update(UserSessionRecord).values(seen_at=then))


def sent_late(town: Town, pages: Pages, path: str, action: str, **values: str) -> Page:
    """The page after a form that was sent when the session was over."""
    form = pages.get(path)
    fall_silent(town)
    return pages.submit(form, action, status=400, **values)


def test_the_sign_in_says_that_the_session_has_ended_in_the_reader_s_language(town: Town, manager: Pages) -> None:
    fall_silent(town)
    page = manager.get("/tasks", Accept_Language="en")
    assert (page.path, page.language) == ("/sign-in", "kk")
    assert "Сеанс аяқталды. Қайта кіріңіз." in page.text
    assert "Сеанс аяқталды" not in manager.get("/sign-in").text


def test_nobody_who_was_not_signed_in_reads_of_a_session(app_in_town: object, manager: Pages) -> None:
    assert "session" not in Pages(manager.app).get("/tasks", Accept_Language="en").text


def test_signing_out_leaves_the_language_to_the_sign_in(manager: Pages) -> None:
    assert manager.submit(manager.get("/me"), "/sign-out").language == "kk"


def test_what_was_written_when_the_session_was_over_stands_on_the_page(town: Town, manager: Pages) -> None:
    path = f"/projects/{town.project()}/comments/new"
    before = town.entries()
    page = sent_late(town, manager, path, path, text=WORDS)
    assert page.heading == "Сеанс аяқталды"
    assert [text.text for text in page.tree.all("textarea")] == [" ".join(WORDS.split())]
    assert page.links["Кіру"] == f"/sign-in?next={path}"
    assert town.entries() == before


def test_a_password_that_came_too_late_is_not_shown(town: Town, manager: Pages) -> None:
    words = "correct horse battery staple"
    page = sent_late(town, manager, "/me/password", "/me/password", current=words, password=words)
    assert words not in page.text
    assert page.tree.all("textarea") == []


def test_words_of_a_form_without_a_token_stay_with_the_session_they_came_with(town: Town, manager: Pages) -> None:
    path = f"/projects/{town.project()}/comments/new"
    for pages, is_shown in ((manager, True), (Pages(manager.app), False)):
        answer = pages.client.post(path, base_url=pages.base_url, data={"text": WORDS, "csrf_token": "of another site"})
        assert answer.status_code == 400
        assert ("The poles wait for power.\nThe company &lt;b&gt;promised" in answer.text) is is_shown


def test_an_address_that_only_takes_what_is_sent_leads_to_the_first_page(town: Town, manager: Pages) -> None:
    page = sent_late(town, manager, "/me", "/me/mails")
    assert page.links["Кіру"] == "/sign-in"
