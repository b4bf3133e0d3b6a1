"""A city on its first day, without a project: every page opens and says what is missing or what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmo.app import create_app
from pmo.runtime import Runtime
from tests.tour.stops import NO_PAGES
from tests.web.conftest import strict
from tests.web.pages import Pages

pytestmark = pytest.mark.surface

POSTS = ("pmo-head.alm", "manager.alm", "akim.alm", "admin.alm")
"""Who tries to open a page, one after the other."""

NEVER_EMPTY = {
    "access_tokens.new": "a form",
    "accounts.index": "a city has posts before it has projects",
    "administration.calendar": "a form, and the days of the country",
    "administration.departments": "a city has departments before it has projects",
    "administration.index": "a list of pages",
    "administration.new_person": "a form",
    "administration.people": "a city has posts before it has projects",
    "administration.next_rules": "a form",
    "administration.reform": "a form that says what to choose first",
    "administration.rules": "the numbers that hold, and the standard among the versions",
    "api_guide.show": "a page of help",
    "authenticator.show": "leads to one's own sign-in where no app is being set up",
    "confirmation.show": "a form",
    "own_address.change": "a form",
    "own_sign_in.show": "one's own sign-in",
    "passkeys.add": "a form",
    "passwords.asked": "a word about a mail",
    "passwords.change": "a form",
    "passwords.forgotten": "a form",
    "record.show": "what the record is, whatever stands in it",
    "rights.index": "the table of rights",
    "absences.index": "the small city has an absence",
    "imports.index": "a form: it is what there is to do in an empty city",
    "jobs.index": "the timetable stands there on the first day too; the list of runs has its own word",
    "meeting.show": "the deck opens with its title page; without a project its agenda says so in a sentence",
    "people.show_me": "one's own post",
    "previews.index": "a form that asks about a morning",
    "project_editing.new": "a form",
    "project_templates.new": "a form",
    "sign_in.show": "a form",
    "updates.show": "a form, which says that nothing is due",
}
"""Endpoint to the reason why it needs no word for emptiness."""

WITH_A_KEY = {"previews.mail", "previews.mail_html"}
"""Pages of one mail, named in the query: without a mail there is none."""


def test_every_page_of_an_empty_city_says_what_is_missing(small_city: Runtime) -> None:
    app = strict(create_app(Runtime(replace(small_city.settings, demo=True), small_city.engines, small_city.clock)))
    without_ids = {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint not in NO_PAGES
    }
    silent = []
    for endpoint, path in sorted(without_ids.items()):
        if endpoint in WITH_A_KEY:
            continue
        for post in POSTS:
            pages = Pages(app).sign_in(post)
            if pages.client.get(path, base_url=pages.base_url).status_code == 200:
                page = pages.get(path)
                break
        else:
            page = Pages(app).get(path)
        boxes = page.tree.all("div", class_="empty")
        if endpoint not in NEVER_EMPTY and not (boxes and boxes[0].text):
            silent.append(f"{path}: {page.text[:200]}")
    assert not silent, "\n".join(silent)
    assert NEVER_EMPTY.keys() <= without_ids.keys()


def test_the_office_of_an_empty_city_is_shown_how_projects_come_in(small_city: Runtime) -> None:
    app = strict(create_app(small_city))
    ways_in = {"/import", "/projects/new"}
    (box,) = Pages(app).sign_in("pmo-head.alm").get("/portfolio").tree.all("div", class_="empty")
    assert {link["href"] for link in box.all("a")} == ways_in
    (box,) = Pages(app).sign_in("akim.alm").get("/portfolio").tree.all("div", class_="empty")
    assert not ways_in & {link["href"] for link in box.all("a")}
