"""A new address of one's own: asked for here, in force when its link was opened and the button pressed.

The link opens for the post that asked, signed in: a stranger who got the mail by a slip of the hand can do nothing.
"""

from __future__ import annotations

from flask import Blueprint, render_template, url_for

from pmo.domain.errors import NotFound
from pmo.domain.sign_in import Door
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.services.own_address import GOOD_FOR, address_of_link, ask_for_address, confirm_address
from pmo.services.password_links import Moments
from pmo.web.access import fully_signed_in, signed_in
from pmo.web.acts import Answer, form_page, saved
from pmo.web.attempts import count_only
from pmo.web.context import open_session, person, runtime, wall_now
from pmo.web.forms import Form, TextField, at_most, required

own_address = Blueprint("own_address", __name__)
MINUTES = int(GOOD_FOR.total_seconds() // 60)


class AddressForm(Form):
    """The address that the post wants to have."""

    email = TextField(
        _("New e-mail address"),
        [required(_("Enter the new e-mail address.")), at_most(254)],
        render_kw={"type": "email", "autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"},
    )


class ConfirmForm(Form):
    """The button."""


@own_address.route("/me/address", methods=["GET", "POST"])
@fully_signed_in
def change() -> Answer:
    """Asks for the new address and sends it a link; nothing changes yet."""
    form = AddressForm()
    if form.validate_on_submit():
        with form.answering():
            count_only(Door.RESET, person().id)
            address = form.email.data or ""
            with runtime().writing() as session:
                ask_for_address(session, person().id, address, Moments(runtime().now(), wall_now()), runtime().settings)
            return saved(
                gettext("A link to confirm the new address goes to %(address)s.", address=address.strip()),
                url_for("own_sign_in.show"),
            )
    return form_page("own_sign_in/address.html", form, email=person().email, minutes=MINUTES)


@own_address.route("/me/address/<token>", methods=["GET", "POST"])
@signed_in
def by_link(token: str) -> Answer:
    """Shows the new address; the button makes it hold."""
    keys = runtime().settings.secret_keys
    form = ConfirmForm()
    try:
        with runtime().reading() as session:
            address = address_of_link(session, person().id, token, keys, wall_now())
        if form.validate_on_submit():
            with form.answering():
                with runtime().writing() as session:
                    confirm_address(session, person().id, token, keys, wall_now(), open_session().id)
                return saved(
                    gettext("The address of your post is now %(address)s.", address=address),
                    url_for("own_sign_in.show"),
                )
    except NotFound:
        return render_template("own_sign_in/address_spent.html", minutes=MINUTES), 404
    return form_page("own_sign_in/address_link.html", form, token=token, address=address, email=person().email)
