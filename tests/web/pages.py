"""The web client of the tests. It has taste: every page it fetches is inspected, so no test has to ask for that.

pages = Pages(app).sign_in("manager-police.alm")
page = pages.get("/projects/DP-10")
assert page.heading == "…"
answer = pages.submit(page, "/milestones/7/claim", completed_on="31.01.2020")      follows the redirect, 200 or 422
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flask import Flask
from werkzeug.test import TestResponse

from pmo.domain.sign_in import Factor, Method
from pmo.i18n import LANGUAGES, catalogue
from pmo.services.user_sessions import Browser, open_session
from pmo.web.context import EXTENSION, TOKEN
from tests.web.markup import Element, read

CONTROLS = ("input", "select", "textarea")
LETTERS = re.compile(r"[A-Za-z]{3,}")


@dataclass(frozen=True)
class Page:
    """A page that has passed inspection."""

    response: TestResponse
    tree: Element

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.response.status_code

    @property
    def path(self) -> str:
        """Where it is, after redirects."""
        return self.response.request.path

    @property
    def heading(self) -> str:
        """Text of its h1."""
        return self.tree.one("h1").text

    @property
    def text(self) -> str:
        """Everything that can be read in the main part."""
        return self.tree.one("main").text

    @property
    def language(self) -> str:
        """Language it is written in."""
        return self.tree.one("html")["lang"]

    @property
    def links(self) -> dict[str, str]:
        """Text to address."""
        return {link.text: link["href"] for link in self.tree.all("a")}

    @property
    def errors(self) -> list[str]:
        """Lines of the error summary."""
        return [item.text for box in self.tree.all("div", class_="error-summary") for item in box.all("li")]

    def form(self, action: str, **hidden: str) -> Element:
        """The form that is posted to a path, chosen by hidden values where there are several."""
        found = [
            form
            for form in self.tree.all("form")
            if form["action"].split("?")[0] == action
            and form["method"] == "post"
            and all(form.all("input", name=name, value=value) for name, value in hidden.items())
        ]
        assert len(found) == 1, f"{len(found)} forms to {action} {hidden}"
        return found[0]


class Pages:
    """Somebody at a browser without JavaScript."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.base_url = app.extensions[EXTENSION].settings.base_url

    def sign_in(self, person: str) -> Pages:
        """Goes on as this post, without asking for a password."""
        runtime = self.app.extensions[EXTENSION]
        here, now = Browser("a browser of the tests", "127.0.0.1"), runtime.clock_on_the_wall.now()
        with runtime.writing() as session:
            token = open_session(session, person, Method.PASSWORD, Factor.TOTP, here, now)
        with self.client.session_transaction(base_url=self.base_url) as cookie:
            cookie.clear()
            cookie.permanent = True
            cookie[TOKEN] = token
        return self

    def get(self, path: str, status: int = 200, **headers: str) -> Page:
        """Opens an address and follows redirects."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._inspected(
            self.client.get(path, base_url=self.base_url, headers=names, follow_redirects=True), status
        )

    def submit(self, page: Page, action: str, status: int = 200, choose: str | None = None, **values: object) -> Page:
        """Fills and sends the page's form to ``action``. ``choose`` is ``name=value`` of the button or hidden value."""
        name, _, chosen = (choose or "").partition("=")
        buttons = any(button["name"] == name for form in page.tree.all("form") for button in form.all("button"))
        form = page.form(action, **({name: chosen} if choose and not buttons else {}))
        sent: dict[str, object] = {**dict(_filled(form)), **values}
        if choose:
            sent[name] = chosen
        unknown = set(values) - {control["name"] for tag in CONTROLS for control in form.all(tag)}
        assert not unknown, f"the form has no {sorted(unknown)}"
        answer = self.client.post(form["action"], base_url=self.base_url, data=sent, follow_redirects=True)
        return self._inspected(answer, status)

    def post(self, path: str, **values: object) -> TestResponse:
        """Sends something no page offers, with a valid token; the bare answer."""
        token = self.get("/me" if self._is_signed_in() else "/sign-in").tree.all("input", name="csrf_token")[0]["value"]
        return self.client.post(path, base_url=self.base_url, data={"csrf_token": token, **values})

    def _is_signed_in(self) -> bool:
        with self.client.session_transaction(base_url=self.base_url) as cookie:
            return TOKEN in cookie

    def _inspected(self, response: TestResponse, status: int) -> Page:
        assert response.status_code == status, f"{response.request.path}: {response.status}\n{_gist(response)}"
        page = Page(response, read(response.text)[0])
        faults = faults_of(response.text)
        assert not faults, f"{response.request.path}:\n" + "\n".join(faults)
        return page


def faults_of(html: str) -> list[str]:
    """Everything that is wrong with a page."""
    tree, faults = read(html)
    language = next((element["lang"] for element in tree.all("html")), "")
    if not html.lstrip().lower().startswith("<!doctype html>"):
        faults.append("no doctype")
    if language not in LANGUAGES:
        faults.append(f"lang is {language!r}")
    checks = (_headings, _ids, _labels, _forms, _names, _inline_code, _images)
    for check in checks:
        faults += check(tree)
    faults += _untranslated(tree, language)
    return faults


def _headings(tree: Element) -> Iterator[str]:
    headings = [heading.text for heading in tree.all("h1")]
    found = [title for head in tree.all("head") for title in head.all("title")]
    titles = ["".join(str(piece) for piece in title.children) for title in found]
    if len(headings) != 1 or len(titles) != 1 or not headings[0]:
        yield f"headings {headings}, titles {titles}"
    elif not " ".join(titles[0].split()).startswith(headings[0]):
        yield f"the title {titles[0]!r} does not begin with the heading {headings[0]!r}"


def _ids(tree: Element) -> Iterator[str]:
    ids = [element["id"] for element in tree.walk() if "id" in element]
    yield from (f"id {name!r} is used twice" for name in sorted({name for name in ids if ids.count(name) > 1}))
    for element in tree.walk():
        targets = element["aria-describedby"].split() + element["aria-labelledby"].split()
        targets += [element["for"]] if element.tag == "label" and element["for"] else []
        targets += [element["href"][1:]] if element.tag == "a" and element["href"].startswith("#") else []
        yield from (f"<{element.tag}> points to {name!r}, which is not there" for name in targets if name not in ids)


def _labels(tree: Element) -> Iterator[str]:
    labelled = {label["for"] for label in tree.all("label")}
    wrapped = {id(control) for label in tree.all("label") for control in label.walk()}
    for tag in CONTROLS:
        for control in tree.all(tag):
            if control["type"] in ("hidden", "submit", "button"):
                continue
            if not (control["id"] in labelled or id(control) in wrapped or control["aria-label"]):
                yield f"<{tag} name={control['name']!r}> has no label"


def _forms(tree: Element) -> Iterator[str]:
    for form in tree.all("form"):
        if not form["action"] or form["method"].lower() not in ("get", "post"):
            yield f"a form without action or method: {form.attributes}"
        if form["method"].lower() == "post" and not form.all("input", name="csrf_token"):
            yield f"the form to {form['action']} has no CSRF token"
        if form["method"].lower() == "get" and form.all("input", name="csrf_token"):
            yield f"the form to {form['action']} puts its token into the address"


def _names(tree: Element) -> Iterator[str]:
    for tag in ("a", "button", "summary", "th"):
        for element in tree.all(tag):
            inner = any(part["aria-label"] or part.tag == "title" for part in element.walk())
            if not (element.text or inner or element["aria-hidden"]):
                yield f"a <{tag}> without words: {element.attributes}"


def _inline_code(tree: Element) -> Iterator[str]:
    for element in tree.walk():
        if "style" in element or any(name.startswith("on") for name in element.attributes):
            yield f"<{element.tag}> has style or script in an attribute, which the CSP forbids"
        if element.tag in ("style", "script") and not element["src"]:
            yield f"<{element.tag}> in the page, which the CSP forbids"


def _images(tree: Element) -> Iterator[str]:
    yield from (f"<img src={image['src']!r}> without alt" for image in tree.all("img") if "alt" not in image)
    for drawing in tree.all("svg"):
        if not (drawing["aria-hidden"] == "true" or drawing["aria-label"] or drawing.all("title")):
            yield "a drawing without words that is not hidden"


def _untranslated(tree: Element, language: str) -> list[str]:
    if language not in ("ru", "kk"):
        return []
    shown = set(tree.pieces())
    shown |= {element[name] for element in tree.walk() for name in ("aria-label", "title", "placeholder", "alt")}
    return [f"not translated: {text!r}" for text in sorted(shown & _english(language))]


@cache
def _english(language: str) -> frozenset[str]:
    """English texts that are written otherwise in the language, so that meeting one is a gap."""
    known = getattr(catalogue(language), "_catalog", {})
    texts = {key[0] if isinstance(key, tuple) else key: value for key, value in known.items()}
    plain = {text.rpartition("\x04")[2]: value for text, value in texts.items()}
    return frozenset(text for text, value in plain.items() if LETTERS.search(text) and value != text)


def _filled(form: Element) -> Iterator[tuple[str, str]]:
    """What a browser would send if nobody touched the form."""
    for control in form.walk():
        name = control["name"]
        if not name or control.tag not in CONTROLS:
            continue
        if control["type"] in ("radio", "checkbox"):
            if "checked" in control:
                yield name, control["value"] or "on"
        elif control.tag == "select":
            chosen = [option["value"] for option in control.all("option") if "selected" in option]
            yield from ((name, value) for value in chosen or [option["value"] for option in control.all("option")][:1])
        elif control.tag == "textarea":
            yield name, "".join(str(piece) for piece in control.children).removeprefix("\n")
        elif control["type"] not in ("file", "submit"):
            yield name, control["value"]


def _gist(response: TestResponse) -> str:
    return read(response.text)[0].text[:600] if response.mimetype == "text/html" else response.text[:600]
