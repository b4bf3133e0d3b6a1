"""Signing in through the identity provider of the city, and binding a post to an identity there.

The way out is a link, for the content policy lets no form lead elsewhere. What is remembered meanwhile lies in the
browser's signed session and is taken out at the first answer. Binding asks once more by a button of ours: somebody
lured through the provider under a strange name binds nothing unseen.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from config import SingleSignOn
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.sign_in import Factor, Method
from pmo.i18n import gettext as _
from pmo.services.identity_provider import Identity, Started, begin, finish
from pmo.services.single_sign_on import bind, person_of, unbind
from pmo.web.access import fully_signed_in, public
from pmo.web.acts import saved
from pmo.web.addresses import local_path, next_path
from pmo.web.context import begin_session, person, runtime, visitor, wall_now

single_sign_on = Blueprint("single_sign_on", __name__)
STARTED, FOUND = "sso", "sso_found"


@single_sign_on.get("/sign-in/sso")
@public
def start() -> Response:
    """To the provider. Somebody signed in comes to prove who they are once more."""
    return _away(None, next_path(), is_proof=visitor() is not None)


@single_sign_on.get("/me/sso")
@fully_signed_in
def start_binding() -> Response:
    """To the provider, to bind the post to whom it knows."""
    return _away(person().id, None, is_proof=False)


@single_sign_on.get("/sign-in/sso/callback")
@public
def answer() -> str | Response:
    """Back from the provider. Raises RuleBroken ``sso_refused``, ``sso_away``, ``sso_unknown``."""
    remembered = session.pop(STARTED, None)
    said = {name: request.args.get(name, "") for name in ("state", "code", "iss")}
    if not remembered or not said["code"] or said["state"] != remembered["started"]["state"]:
        raise RuleBroken("sso_refused")
    if said["iss"] not in ("", _settings().issuer):
        raise RuleBroken("sso_refused")
    started = Started(**remembered["started"])
    found = finish(_settings(), _callback(), started, said["code"], wall_now())
    if remembered["binds"]:
        return _ask_to_bind(found, remembered["binds"])
    return _enter(found, remembered["next"])


@single_sign_on.post("/me/sso/bind")
@fully_signed_in
def confirm() -> Response:
    """The button of ours."""
    found = session.pop(FOUND, None)
    if not found or found["person"] != person().id:
        raise RuleBroken("sso_refused")
    with runtime().writing() as writing:
        bind(writing, person().id, found["issuer"], found["subject"], wall_now())
    return saved(_("Single sign-on is set up for your post."), url_for("own_sign_in.show"))


@single_sign_on.post("/me/sso/remove")
@fully_signed_in
def remove() -> Response:
    """Takes the binding away."""
    with runtime().writing() as writing:
        unbind(writing, person().id, wall_now())
    return saved(_("Single sign-on is removed from your post."), url_for("own_sign_in.show"))


def _enter(found: Identity, there: str | None) -> Response:
    with runtime().reading() as reading:
        known = person_of(reading, found.issuer, found.subject)
    try:
        begin_session(known, Method.SSO, Factor.IDP if found.is_strong else None)
    except NotFound as error:
        raise RuleBroken("sso_unknown") from error
    return redirect(local_path(there) or url_for("home.show"))


def _ask_to_bind(found: Identity, for_whom: str) -> str:
    here = visitor()
    if here is None or here.person.id != for_whom:
        raise RuleBroken("sso_refused")
    session[FOUND] = {"person": for_whom, "issuer": found.issuer, "subject": found.subject}
    return render_template("single_sign_on/bind.html", issuer=found.issuer, subject=found.subject)


def _away(binds: str | None, there: str | None, is_proof: bool) -> Response:
    address, started = begin(_settings(), _callback(), since=wall_now() if is_proof else None)
    remembered: dict[str, Any] = {"started": asdict(started), "binds": binds, "next": there}
    session[STARTED] = remembered
    return redirect(address)


def _settings() -> SingleSignOn:
    """Raises NotFound where the installation knows no provider."""
    known = runtime().settings.single_sign_on
    if known is None:
        raise NotFound
    return known


def _callback() -> str:
    return (runtime().settings.base_url or "") + url_for("single_sign_on.answer")
