"""Somebody who signs in with the form, looks round, and writes down every address with a query and every form."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser

from benchmarks.attacks.served import KEPT_AWAY

SIGNED_OUT = ("/sign-in", "/second-factor")
NUMBER = re.compile(r"/\d+(?=/|$)")
PATIENCE = 60
QUERIES = (
    "/portfolio?city=almaty&area=ALA-DA1&department=ALA-BIZ&priority=1&sector=1&district=1&status=off_track&mine=1"
    "&q=school&group=department&sort=-status&after=1&as_of=2019-12-31",
    "/portfolio/timeline?status=off_track&q=school&as_of=2019-12-31",
    "/portfolio/charts?area=ALA-DA1&as_of=2019-12-31",
    "/portfolio/punctuality?department=ALA-BIZ",
    "/changes?since=2019-12-02&until=2020-01-15&kind=status&q=school",
    "/voices?show=stale&q=school",
    "/meeting?area=ALA-DA1&as_of=2019-12-31",
    "/alerts?rung=EP-1&area=ALA-DA1&critical=1&after=2019-12-01.5&as_of=2019-12-31",
    "/alerts/preview?on=2020-02-03&item=DP-10-M3&person=akim.alm",
    "/alerts/preview/mail?on=2020-02-03&key=x",
    "/administration/people?q=head&role=observer&department=ALA-BIZ&state=active",
    "/administration/calendar?year=2020",
    "/administration/departments/reform?close=ALA-POLICE&new=1",
    "/jobs?job=assess",
    "/mailbox?to=akim.alm&after=10",
    "/outbox?state=sent&kind=digest_weekly&after=10",
    "/rights?person=akim.alm&project=1",
    "/update?item=DP-10-M3",
    "/tasks?as_of=2019-12-31",
    "/projects/1?as_of=2019-12-31",
    "/projects/1/comments/new?item=DP-01-M1",
    "/indicators/1/readings/new?period=2019-12-31",
    "/sign-in?next=/portfolio&lang=en",
)
"""Every parameter that a page reads, with a true value; tests/rights/test_hostile_addresses.py hears which."""


@dataclass(frozen=True, slots=True)
class Target:
    """One request to attack: a path with its query, and the fields of a form where it is one."""

    path: str
    fields: tuple[tuple[str, str], ...] = ()
    method: str = "GET"

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """The same form on another page is the same target."""
        path, _, query = self.path.partition("?")
        names = [name for name, _ in urllib.parse.parse_qsl(query, keep_blank_values=True)]
        return NUMBER.sub("/1", path), self.method, tuple(sorted({*names, *(name for name, _ in self.fields)}))


@dataclass
class _Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Page(HTMLParser):
    """Links and forms."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[_Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and told.get("href", "").startswith("/"):
            self.links.append(told["href"].partition("#")[0])
        elif tag == "form":
            self.forms.append(_Form(told.get("action", ""), told.get("method", "get").lower()))
        elif self.forms and tag in ("input", "textarea", "select", "button") and told.get("name"):
            if told.get("type") != "file":
                self.forms[-1].fields.setdefault(told["name"], told.get("value") or "1")
            self._select = told["name"] if tag == "select" else ""
        elif self.forms and tag == "option" and self._select and told.get("value"):
            self.forms[-1].fields[self._select] = told["value"]


class Visitor:
    """A browser with its cookies. ``base`` is the address of the demonstration."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._jar = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def sign_in(self, email: str, password: str) -> None:
        """As a person does, with the form and its token. Raises RuntimeError where it is refused."""
        _, page, _ = self.open("/sign-in")
        token = page.forms[0].fields["csrf_token"]
        sent = urllib.parse.urlencode({"csrf_token": token, "email": email, "password": password}).encode()
        with self._browser.open(f"{self.base}/sign-in", sent, timeout=PATIENCE) as answer:
            if urllib.parse.urlsplit(answer.url).path in SIGNED_OUT:
                raise RuntimeError(f"the sign-in of {email} was refused")

    @property
    def cookie(self) -> str:
        """The Cookie header of the session."""
        return "; ".join(f"{one.name}={one.value}" for one in self._jar)

    def is_signed_in(self) -> bool:
        """Whether the session is still good for something."""
        status, _, at = self.open("/me")
        return status == 200 and at == "/me"

    def open(self, path: str) -> tuple[int, _Page, str]:
        """Status, what is on the page, and where it is after redirects."""
        page = _Page()
        try:
            with self._browser.open(self.base + path, timeout=PATIENCE) as answer:
                status, content, at = answer.status, answer.read(), answer.url
                kind = answer.headers.get_content_type()
        except urllib.error.HTTPError as error:
            return error.code, page, path
        if kind == "text/html":
            page.feed(content.decode("utf-8", "replace"))
        return status, page, urllib.parse.urlsplit(at).path

    def look_round(self, most_pages: int, seconds: float) -> list[Target]:
        """Follows links breadth first, one page of each kind: every query and form met, and those of ``QUERIES``."""
        asked = (Target(query) for query in QUERIES)
        found = {target.kind: target for target in asked if self.open(target.path)[0] in (200, 422)}
        waiting, seen, ends_at = ["/", "/me", "/record"], set[object](), time.monotonic() + seconds
        while waiting and len(seen) < most_pages and time.monotonic() < ends_at:
            target = Target(waiting.pop(0))
            if target.kind in seen:
                continue
            seen.add(target.kind)
            _, page, _ = self.open(target.path)
            if "?" in target.path:
                found.setdefault(target.kind, target)
            waiting += page.links
            for form in page.forms:
                made = _target_of(form)
                if made and not made.path.startswith(KEPT_AWAY):
                    found.setdefault(made.kind, made)
        return list(found.values())


def _target_of(form: _Form) -> Target | None:
    """A form as a request; None where there is nothing to fill."""
    fields = tuple(form.fields.items())
    if not {name for name, _ in fields} - {"csrf_token", "next"}:
        return None
    if form.method == "get":
        return Target(f"{form.action.partition('?')[0]}?{urllib.parse.urlencode(fields)}")
    return Target(form.action, fields, "POST")
