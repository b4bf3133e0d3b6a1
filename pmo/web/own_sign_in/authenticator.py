"""The authenticator app and the recovery codes of the visitor."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pmo.domain.one_time_codes import address_of, written
from pmo.domain.secret_keys import SecretKeys
from pmo.domain.sign_in import Door, Factor
from pmo.i18n import gettext as _
from pmo.queries.second_factors import second_factors_of
from pmo.services.second_factors import begin_app, confirm_app, new_recovery_codes, pending_secret, remove_app
from pmo.services.user_sessions import show_factor
from pmo.web.access import freshly_signed_in
from pmo.web.acts import Answer, saved
from pmo.web.attempts import attempt
from pmo.web.context import open_session, person, runtime, wall_now
from pmo.web.own_sign_in.pictures import picture_of
from pmo.web.sign_in.forms import CodeForm

authenticator = Blueprint("authenticator", __name__)


@authenticator.post("/me/authenticator/new")
@freshly_signed_in
def begin() -> Response:
    """Makes a secret; the next page shows it."""
    with runtime().writing() as session:
        begin_app(session, person().id, _keys())
    return redirect(url_for("authenticator.show"), 303)


@authenticator.route("/me/authenticator", methods=["GET", "POST"])
@freshly_signed_in
def show() -> Answer:
    """The picture for the app, and its first code."""
    with runtime().reading() as session:
        secret = pending_secret(session, person().id, _keys())
    if secret is None:
        return redirect(url_for("own_sign_in.show"))
    form = CodeForm()
    if form.validate_on_submit():
        with form.answering():
            with attempt(Door.SECOND_FACTOR, person().id), runtime().writing() as session:
                confirm_app(session, person().id, form.code.data or "", wall_now(), _keys())
                show_factor(session, open_session().id, Factor.TOTP)
            return after_set_up(_("The app is set up."))
    address = address_of(secret, person().email, _issuer())
    page = render_template(
        "own_sign_in/authenticator.html", form=form, picture=picture_of(address), secret=written(secret)
    )
    return page, form.status


@authenticator.post("/me/authenticator/remove")
@freshly_signed_in
def remove() -> Response:
    """Takes the app away."""
    with runtime().writing() as session:
        remove_app(session, person().id, wall_now())
    factor_is_gone()
    return saved(_("The app is removed."), url_for("own_sign_in.show"))


@authenticator.post("/me/recovery-codes")
@freshly_signed_in
def renew_codes() -> Answer:
    """Ten new codes, shown this once."""
    with runtime().reading() as session:
        if not second_factors_of(session, person().id).is_any:
            return redirect(url_for("own_sign_in.show"), 303)
    return _codes_page()


def after_set_up(message: str) -> Answer:
    """A factor was set up: the first one brings recovery codes with it."""
    with runtime().reading() as session:
        has_codes = second_factors_of(session, person().id).codes_left > 0
    return saved(message, url_for("own_sign_in.show")) if has_codes else _codes_page()


def factor_is_gone() -> None:
    """Without any factor left, this session has shown none: a post that needs one is asked to set it up."""
    with runtime().writing() as session:
        if not second_factors_of(session, person().id).is_any and open_session().factor is not Factor.DEMO:
            show_factor(session, open_session().id, None)


def _codes_page() -> str:
    with runtime().writing() as session:
        codes = new_recovery_codes(session, person().id, wall_now())
    return render_template("own_sign_in/recovery_codes.html", codes=codes)


def _keys() -> SecretKeys:
    return runtime().settings.secret_keys


def _issuer() -> str:
    return (runtime().settings.base_url or "").partition("://")[2]
