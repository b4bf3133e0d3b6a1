"""Signing in with a passkey and nothing else: no address, no password, and no second step."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, redirect, session, url_for
from werkzeug.wrappers import Response

from pmo.domain.errors import RuleBroken
from pmo.domain.sign_in import Door, Factor, Method
from pmo.services import passkey_sign_in
from pmo.services.passkey_sign_in import Asked
from pmo.services.passkeys import Site
from pmo.web.access import public
from pmo.web.addresses import next_path
from pmo.web.attempts import attempt
from pmo.web.context import begin_session, runtime, wall_now
from pmo.web.sign_in.forms import PasskeyForm
from pmo.web.sign_in.second_factor import here
from pmo.web.sign_in.views import sign_in_page

passkey_alone = Blueprint("passkey_alone", __name__)
ASKED = "passkey"


@passkey_alone.post("/sign-in/passkey-alone/options")
@public
def options() -> Response:
    """What any passkey of this site is asked to sign, for the script."""
    site = here()
    if site is None:
        return Response("null", 404, mimetype="application/json")
    told, asked = passkey_sign_in.ask(site, wall_now())
    session[ASKED] = asdict(asked)
    return Response(told, mimetype="application/json")


@passkey_alone.post("/sign-in/passkey-alone")
@public
def enter() -> str | Response | tuple[str, int]:
    """Takes what the passkey signed: both factors at once."""
    site, asked = here(), session.pop(ASKED, None)
    if site is None:
        return redirect(url_for("sign_in.show", next=next_path()))
    form = PasskeyForm()
    if form.validate_on_submit():
        answer = form.answer.data or ""
        with form.answering():
            with attempt(Door.PASSKEY, passkey_sign_in.account_of(answer)):
                person = _owner(site, asked, answer)
            begin_session(person, Method.PASSKEY, Factor.PASSKEY)
            return redirect(next_path() or url_for("home.show"), 303)
    return sign_in_page(form)


def _owner(site: Site, remembered: dict[str, Any] | None, answer: str) -> str:
    if remembered is None:
        raise RuleBroken("passkey_alone_refused")
    asked = Asked(**remembered)
    with runtime().writing() as writing:
        passkey_sign_in.spend(writing, asked, wall_now())
    with runtime().writing() as writing:
        return passkey_sign_in.owner_of(writing, site, asked, answer, wall_now())
