"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pmo.domain.errors import RuleBroken
from pmo.domain.sign_in import Door, Factor
from pmo.queries.second_factors import second_factors_of
from pmo.services.passkeys import Site, offer_sign_in, site_of, spend_challenge, take_signature
from pmo.services.second_factors import take_code
from pmo.web.access import public
from pmo.web.addresses import next_path
from pmo.web.attempts import attempt
from pmo.web.context import Waiting, begin_session, runtime, waiting, wall_now
from pmo.web.forms import Form
from pmo.web.sign_in.forms import CodeForm, PasskeyForm

second_factor = Blueprint("second_factor", __name__)


@second_factor.route("/sign-in/second-factor", methods=["GET", "POST"])
@public
def show() -> str | Response | tuple[str, int]:
    """Asks for the code, and takes it. Only somebody whose password was right sees it."""
    half = waiting()
    if half is None:
        return redirect(url_for("sign_in.show", next=next_path()))
    form = CodeForm()
    if form.validate_on_submit():
        with form.answering():
            with attempt(Door.SECOND_FACTOR, half.person.id), runtime().writing() as session:
                keys = runtime().settings.secret_keys
                factor = take_code(session, half.person.id, form.code.data or "", wall_now(), keys)
            return _enter(half, factor)
    return _page(half, form)


@second_factor.post("/sign-in/passkey/options")
@public
def options() -> Response | tuple[str, int]:
    """What a passkey is asked to sign, for the script."""
    half, site = waiting(), here()
    if half is None or site is None:
        return Response("null", 404, mimetype="application/json")
    with runtime().writing() as session:
        asked = offer_sign_in(session, site, half.session.id, half.person.id)
    return Response(asked, mimetype="application/json")


@second_factor.post("/sign-in/passkey")
@public
def passkey() -> str | Response | tuple[str, int]:
    """Takes what the passkey signed."""
    half, site = waiting(), here()
    if half is None or site is None:
        return redirect(url_for("sign_in.show", next=next_path()))
    form = PasskeyForm()
    if form.validate_on_submit():
        with form.answering():
            with attempt(Door.SECOND_FACTOR, half.person.id):
                _check(half, site, form.answer.data or "")
            return _enter(half, Factor.PASSKEY)
    return _page(half, form)


def here() -> Site | None:
    """The site that passkeys are for, or None where there can be none."""
    return site_of(runtime().settings.base_url or "")


def _check(half: Waiting, site: Site, answer: str) -> None:
    try:
        with runtime().writing() as session:
            take_signature(session, site, half.session.id, half.person.id, answer, wall_now())
    except RuleBroken:
        with runtime().writing() as session:
            spend_challenge(session, half.session.id)
        raise


def _enter(half: Waiting, factor: Factor) -> Response:
    begin_session(half.person.id, half.session.method, factor)
    return redirect(next_path() or url_for("home.show"), 303)


def _page(half: Waiting, form: Form) -> tuple[str, int]:
    with runtime().reading() as session:
        factors = second_factors_of(session, half.person.id)
    code_form = form if isinstance(form, CodeForm) else CodeForm(formdata=None)
    if code_form is not form:
        code_form.refusals = form.refusals
    page = render_template(
        "sign_in/second_factor.html",
        form=code_form,
        has_passkey=bool(factors.passkeys) and here() is not None,
        has_app=factors.app_since is not None,
        next=next_path(),
    )
    return page, form.status
