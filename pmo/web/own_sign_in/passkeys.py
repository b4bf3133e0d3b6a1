"""The visitor's passkeys."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField

from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.sign_in import Factor
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.i18n.names import name_of
from pmo.queries.row_numbers import row_number_or_zero
from pmo.services.passkeys import LONGEST_NAME, add_passkey, offer_registration, remove_passkey, spend_challenge
from pmo.services.user_sessions import show_factor
from pmo.web.access import freshly_signed_in
from pmo.web.acts import Answer, form_page, saved
from pmo.web.context import open_session, person, runtime, wall_now
from pmo.web.forms import Form, TextField, at_most, required
from pmo.web.own_sign_in.authenticator import after_set_up, factor_is_gone
from pmo.web.sign_in.second_factor import here

passkeys = Blueprint("passkeys", __name__)


class NewPasskeyForm(Form):
    """A name to know the key by, and what the browser answered."""

    name = TextField(
        _("Name of the passkey"),
        [required(_("Give the passkey a name, such as “work laptop”.")), at_most(LONGEST_NAME)],
    )
    answer = HiddenField()


@passkeys.post("/me/passkeys/options")
@freshly_signed_in
def options() -> Response:
    """What the browser needs to make a passkey, for the script."""
    site, me = here(), person()
    if site is None:
        raise NotFound
    with runtime().writing() as session:
        asked = offer_registration(session, site, open_session().id, me.id, me.email, name_of(me))
    return Response(asked, mimetype="application/json")


@passkeys.route("/me/passkeys", methods=["GET", "POST"])
@freshly_signed_in
def add() -> Answer:
    """The form for a new passkey, and what the browser made of it."""
    site = here()
    if site is None:
        return redirect(url_for("own_sign_in.show"))
    form = NewPasskeyForm()
    if form.validate_on_submit():
        with form.answering():
            try:
                with runtime().writing() as session:
                    answer, name = form.answer.data or "", form.name.data or ""
                    add_passkey(session, site, open_session().id, person().id, answer, name, wall_now())
                    show_factor(session, open_session().id, Factor.PASSKEY)
            except RuleBroken:
                with runtime().writing() as session:
                    spend_challenge(session, open_session().id)
                raise
            return after_set_up(gettext("The passkey is set up."))
    return form_page("own_sign_in/passkey.html", form)


@passkeys.post("/me/passkeys/remove")
@freshly_signed_in
def remove() -> Response:
    """Takes one away."""
    number = row_number_or_zero(request.form.get("passkey", ""))
    with runtime().writing() as session:
        remove_passkey(session, person().id, number, wall_now())
    factor_is_gone()
    return saved(gettext("The passkey is removed."), url_for("own_sign_in.show"))
