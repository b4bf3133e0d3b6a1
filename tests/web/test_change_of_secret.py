"""The secret of an installation is changed: what it signed and sealed holds while it is named among the former ones.

Each thing is made under the old secret and opened under the new one with the old in the fallbacks, then without; and it
is made while both are known and opened under the new one alone, which it would not if the old one still signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO

import pytest

from pmo.app import create_app
from pmo.db.models.sign_in import AuthenticatorAppRecord, PasswordLinkRecord
from pmo.domain.errors import RuleBroken
from pmo.domain.one_time_codes import code_of, counter_at
from pmo.domain.sign_in import Factor
from pmo.mail.drafts import MailKind
from pmo.mail.password_links import HIDDEN, PATH, with_true_link
from pmo.mail.returned import mail_of_return_path, return_path
from pmo.mail.row_links import RowLink
from pmo.mail.unsubscribing import Subscription, unsubscribe_url
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.password_links import Moments, invite
from pmo.services.second_factors import begin_app, confirm_app, pending_secret, take_code
from tests.cast import TODAY, Town, cast_url, town
from tests.cli.terminal import pmo
from tests.web.pages import Pages
from tests.web.test_imports import GOOD

__all__ = ["cast_url", "town"]

OLD, NEW = "the former key of an installation of tests", "the next key of an installation of tests"
BOUNCES = "bounces@pmo.example.kz"
PERSON = "analyst"


def installation(town: Town, present: str, *former: str) -> Runtime:
    """The same installation, started with these secrets."""
    was = town.runtime
    settings = replace(
        was.settings, secret_key=present, former_secret_keys=former, bounce_address=BOUNCES, base_url="http://localhost"
    )
    return Runtime(settings, was.engines, was.clock, was.transport)


def browser(runtime: Runtime, cookie: str | None = None) -> Pages:
    """Somebody at a browser, signed in, or with a cookie from before."""
    app = create_app(runtime)
    app.testing = True
    pages = Pages(app)
    if cookie is None:
        return pages.sign_in(PERSON)
    pages.client.set_cookie("pmo", cookie, domain="localhost")
    return pages


def cookie_of(pages: Pages) -> str:
    found = pages.client.get_cookie("pmo", domain="localhost")
    assert found is not None
    return found.value


def status_of(runtime: Runtime, path: str) -> int:
    """What somebody without a session gets."""
    app = create_app(runtime)
    app.testing = True
    return app.test_client().get(path, base_url="http://localhost").status_code


def make_session(runtime: Runtime) -> str:
    pages = browser(runtime)
    pages.get("/me")
    return cookie_of(pages)


def opens_session(runtime: Runtime, cookie: str) -> bool:
    return browser(runtime, cookie).get("/me").path == "/me"


def make_form(runtime: Runtime) -> str:
    pages = browser(runtime)
    token = pages.get("/me").tree.all("input", name="csrf_token")[0]["value"]
    return f"{cookie_of(pages)} {token}"


def opens_form(runtime: Runtime, made: str) -> bool:
    cookie, _, token = made.partition(" ")
    sent = {"csrf_token": token, "language": "kk", "next": "/me"}
    answer = browser(runtime, cookie).client.post("/language", base_url="http://localhost", data=sent)
    assert answer.status_code in (302, 303, 400)
    return answer.status_code != 400


def make_preview(runtime: Runtime) -> str:
    pages = browser(runtime)
    page = pages.submit(pages.get("/import"), "/import", file=(BytesIO(GOOD.encode()), "more.yaml"))
    return page.tree.one("input", name="parcel")["value"] if page.tree.all("input", name="parcel") else ""


def opens_preview(runtime: Runtime, parcel: str) -> bool:
    assert parcel
    answer = browser(runtime).post("/import/application", parcel=parcel)
    assert answer.status_code in (303, 422)
    return answer.status_code == 303


def make_password_link(runtime: Runtime) -> str:
    wall = runtime.clock_on_the_wall.now()
    with runtime.writing() as session:
        actor = actor_for(session, "admin", TODAY)
        assert actor is not None
        invite(session, actor, "observer", Moments(runtime.now(), wall), runtime.settings)
        found = session.query(PasswordLinkRecord).order_by(PasswordLinkRecord.id.desc()).limit(1).one()
        link = str(RowLink.to(found.id, found.created_at))
    keys = runtime.settings.secret_keys
    return with_true_link(f"{PATH}{HIDDEN}", MailKind.PASSWORD_INVITATION, "", keys, link)


def make_unsubscribing(runtime: Runtime) -> str:
    digest = Subscription("akim", MailKind.DIGEST_WEEKLY)
    url = unsubscribe_url("http://localhost", runtime.settings.secret_keys, digest)
    assert url is not None
    return url.removeprefix("http://localhost")


def opens_page(runtime: Runtime, path: str) -> bool:
    status = status_of(runtime, path)
    assert status in (200, 404)
    return status == 200


def make_return_path(runtime: Runtime) -> str:
    return return_path(BOUNCES, runtime.settings.secret_keys, 7)


def opens_return_path(runtime: Runtime, address: str) -> bool:
    found = mail_of_return_path([address], BOUNCES, runtime.settings.secret_keys)
    assert found in (7, None)
    return found == 7


def make_app(runtime: Runtime) -> str:
    keys, then = runtime.settings.secret_keys, runtime.clock_on_the_wall.now() - timedelta(minutes=10)
    with runtime.writing() as session:
        begin_app(session, PERSON, keys)
        session.flush()
        secret = pending_secret(session, PERSON, keys)
        assert secret is not None
        confirm_app(session, PERSON, code_of(secret, counter_at(then)), then, keys)
    return secret.hex()


def opens_app(runtime: Runtime, secret: str) -> bool:
    now = runtime.clock_on_the_wall.now()
    code = code_of(bytes.fromhex(secret), counter_at(now))
    try:
        with runtime.writing() as session:
            return take_code(session, PERSON, code, now, runtime.settings.secret_keys) is Factor.TOTP
    except RuleBroken:
        return False


@dataclass(frozen=True)
class Thing:
    """Something that is signed or sealed."""

    make: Callable[[Runtime], str]
    opens: Callable[[Runtime, str], bool]


THINGS = {
    "an open session": Thing(make_session, opens_session),
    "an open form": Thing(make_form, opens_form),
    "the preview of an import": Thing(make_preview, opens_preview),
    "a link for a password": Thing(make_password_link, opens_page),
    "a link that ends a digest": Thing(make_unsubscribing, opens_page),
    "a return path": Thing(make_return_path, opens_return_path),
    "an authenticator app": Thing(make_app, opens_app),
}


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_it_opens_while_the_former_secret_is_named(town: Town, thing: Thing) -> None:
    made = thing.make(installation(town, OLD))
    assert thing.opens(installation(town, NEW, "a third key that signed nothing at all here", OLD), made)


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_it_is_void_when_the_former_secret_is_named_no_more(town: Town, thing: Thing) -> None:
    made = thing.make(installation(town, OLD))
    assert not thing.opens(installation(town, NEW), made)


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS.keys())
def test_what_is_made_meanwhile_is_of_the_new_secret(town: Town, thing: Thing) -> None:
    made = thing.make(installation(town, NEW, OLD))
    assert thing.opens(installation(town, NEW), made)


def test_an_app_is_sealed_anew_when_it_is_used(town: Town) -> None:
    secret = make_app(installation(town, OLD))
    assert opens_app(installation(town, NEW, OLD), secret)
    with town.runtime.writing() as session:
        session.get_one(AuthenticatorAppRecord, PERSON).last_counter = None
    assert opens_app(installation(town, NEW), secret)


def test_all_apps_are_sealed_anew_by_one_command_which_names_what_it_cannot_open(town: Town) -> None:
    secret = make_app(installation(town, OLD))
    settings = {"PMO_SECRET_KEY": NEW, "PMO_SECRET_KEY_FALLBACKS": OLD}
    alone = pmo(town.runtime, "user", "reseal", PMO_SECRET_KEY=NEW)
    assert alone.status == 1
    assert f"No secret opens the app of {PERSON}" in alone.messages
    first, second = (pmo(town.runtime, "user", "reseal", **settings) for _ in range(2))
    assert (first.status, second.status) == (0, 0)
    assert "1 sealed anew, 0 were" in first.messages + first.output
    assert "0 sealed anew, 1 were" in second.messages + second.output
    assert opens_app(installation(town, NEW), secret)
    assert pmo(town.runtime, "user", "reseal").status == 2


def test_somebody_whose_app_no_secret_opens_is_told_so_and_not_that_the_code_is_wrong(town: Town) -> None:
    secret = make_app(installation(town, OLD))
    after = installation(town, NEW)
    code = code_of(bytes.fromhex(secret), counter_at(after.clock_on_the_wall.now()))
    with pytest.raises(RuleBroken) as raised, after.writing() as session:
        take_code(session, PERSON, code, after.clock_on_the_wall.now(), after.settings.secret_keys)
    assert raised.value.code == "app_sealed"
