"""Every form, filled with nonsense: never a 500, and nothing is stored by an answer that refuses (RELIABILITY 6, 19).

``PMO_FUZZ_EXAMPLES=10000`` sends more. The forms are those that the pages show to four posts, and besides every POST
route of the walk, whether a page shows a form for it at that moment or not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmo.app import create_app
from pmo.db.session import Session
from pmo.runtime import Runtime
from pmo.services.settlement import settle
from pmo.web import context
from tests.cast import Town, cast_url, town
from tests.conftest import Databases, runtime_on
from tests.rights.city_of_objects import actors_of, make_objects, settle_more
from tests.rights.walk import LET_IN, Expectations, cases
from tests.web.markup import read
from tests.web.pages import CONTROLS, Pages

__all__ = ["cast_url", "town"]

EXAMPLES = int(os.environ.get("PMO_FUZZ_EXAMPLES", "200"))
PEOPLE = ("manager", "analyst", "akim", "admin")
NASTY = (
    "", " ", "\x00", "a\x00b", "\x1f", "\ufffe", "\u202egpj.exe", "💥" * 50, "x" * 5000, "0" * 400, "-1", "1e309",
    "nan", "inf", "9" * 30, "99999999999999999999", "1,5", "1.5", "½", "٣", "31.02.2020", "00.00.0000", "31.12.9999",
    "01.01.0001",
    "2020-01-31", "31.01.2020", "31.03.2020", "<script>alert(1)</script>", "{{ 7*7 }}", "%(x)s",
    "'; drop table people; --",
    "=cmd|' /C calc'!A0", "../../etc/passwd", "on", "true", "None", "contractor_delay", "manager",
    "DP-10-M1", "DP-10-M1 FS+9999999999",
    "DP-10-M2 XX", "https://x", "javascript:alert(1)", "a@b", "ә" * 300, "\r\nBcc: x@y",
)  # fmt: skip
TRIES = ("/me/confirmation", "/me/password", "/me/authenticator", "/me/passkeys", "/me/address")
"""Where a try at a secret is counted, or its challenge spent, and that is kept before it is looked at."""
VALUES = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=60), st.integers().map(str), st.dates().map("{:%d.%m.%Y}".format)
)
FILES = st.one_of(
    st.none(),
    st.tuples(st.sampled_from(["a.pdf", "a.png", "a.xlsx", "a.yaml", "\x00", "", "x" * 400]), st.binary(max_size=200)),
)


@dataclass
class Shown:
    """A form as a page shows it: where it goes, its fields with the values on offer, whether it takes a file."""

    person: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


@dataclass
class Ground:
    """The application, what was shown, and how often a transaction would have been kept during a request."""

    browsers: dict[str, Pages]
    tokens: dict[str, str]
    forms: list[Shown]
    kept: list[int] = field(default_factory=lambda: [0])
    answers: dict[int, int] = field(default_factory=dict)
    actions: set[str] = field(default_factory=set)


def _forms_of(pages: Pages, person: str, path: str, known: dict[tuple[str, str], Shown]) -> None:
    answer = pages.client.get(path, base_url=pages.base_url)
    if answer.mimetype != "text/html":
        return
    for form in read(answer.text)[0].all("form"):
        if form["method"] != "post" or form["action"].startswith(("/sign-out", "/language")):
            continue
        shown = known.setdefault((person, form["action"]), Shown(person, form["action"]))
        for control in form.walk():
            if control.tag in (*CONTROLS, "button") and control["name"] not in ("", "csrf_token"):
                offered = [option["value"] for option in control.all("option")] or [control["value"]]
                shown.fields.setdefault(control["name"], []).extend(offered)
                if control["type"] == "file":
                    shown.files.add(control["name"])


@pytest.fixture
def ground(databases: Databases, cast_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    # That a session is in use is written down once a minute, whatever the answer; a slow machine takes longer here.
    monkeypatch.setattr("pmo.domain.sign_in.NOTICED_EVERY", timedelta(days=1))
    url = databases.copy_of(cast_url)
    runtime = runtime_on(url)
    here = Town(runtime)
    settle_more(here)
    objects = make_objects(here)
    app = create_app(runtime)
    app.testing = True
    browsers = {person: Pages(app).sign_in(person) for person in PEOPLE}
    tokens = {
        person: pages.get("/me").tree.all("input", name="csrf_token")[0]["value"] for person, pages in browsers.items()
    }
    known: dict[tuple[str, str], Shown] = {}
    allowed = Expectations(objects, actors_of(here, list(PEOPLE)))
    for person, pages in browsers.items():
        for case in cases(app, objects, person):
            if case.place in ("", "DP-10") and allowed.of(case) <= LET_IN:
                if case.method == "GET":
                    _forms_of(pages, person, case.path, known)
                else:
                    known.setdefault((person, case.path), Shown(person, case.path, {"text": [""], "name": [""]}))
    made = Ground(browsers, tokens, list(known.values()))

    @contextmanager
    def counted(self: Runtime) -> Iterator[Session]:
        with Session(self.engines.writing, expire_on_commit=False) as session:
            yield session
            settle(session, self.now(), self.rules)
            session.flush()
            made.kept[0] += 1
            session.rollback()

    monkeypatch.setattr(Runtime, "writing", counted)
    # The use of a session is written down once a minute, whatever becomes of a request: it is not looked for here.
    monkeypatch.setattr(context, "_notice", lambda _session_id, _wall: None)
    yield made
    runtime.engines.dispose()
    databases.drop(url)


def test_nonsense_in_every_form_is_answered_and_never_kept_when_it_is_refused(ground: Ground, dialect: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize="PMO_FUZZ_EXAMPLES" not in os.environ,  # every commit the same; a night's run looks elsewhere
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        form = data.draw(st.sampled_from(ground.forms))
        sent: dict[str, object] = {"csrf_token": ground.tokens[form.person]}
        for name, offered in form.fields.items():
            if name in form.files:
                file = data.draw(FILES)
                sent |= {name: (BytesIO(file[1]), file[0])} if file else {}
            else:
                sent[name] = data.draw(st.one_of(VALUES, st.sampled_from(offered)))
        pages = ground.browsers[form.person]
        ground.kept[0] = 0
        answer = pages.client.post(form.action, base_url=pages.base_url, data=sent)
        ground.answers[answer.status_code] = ground.answers.get(answer.status_code, 0) + 1
        ground.actions.add(form.action)
        assert answer.status_code < 500, form.action
        kept = 0 if form.action in TRIES else ground.kept[0]
        assert answer.status_code < 400 or kept == 0, f"{form.action}: {answer.status} and something was kept"

    send()
    print(f"\n{dialect}: {sum(ground.answers.values())} requests to {len(ground.actions)} addresses: {ground.answers}")
    assert len(ground.forms) > 40
    assert ground.answers.get(422, 0) > EXAMPLES // 20
    assert any(status < 400 for status in ground.answers)
