"""The password once more, before somebody changes how they sign in (ASVS 7.5.1, RELIABILITY 4.2: fifteen minutes)."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField

from pmo.domain.sign_in import Door
from pmo.i18n import lazy_gettext as _
from pmo.services.passwords import check_own_password
from pmo.web.access import enrolling
from pmo.web.acts import Answer, form_page
from pmo.web.addresses import next_path
from pmo.web.attempts import attempt
from pmo.web.context import begin_session, open_session, person, runtime
from pmo.web.forms import Form, required

confirmation = Blueprint("confirmation", __name__)


class ConfirmationForm(Form):
    """The password that the session was opened with."""

    password = PasswordField(
        _("Password"), [required(_("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )


@confirmation.route("/me/confirmation", methods=["GET", "POST"])
@enrolling
def show() -> Answer:
    """Asks, and goes on to where somebody was going. The session gets a new id, as after every proof."""
    form = ConfirmationForm()
    if form.validate_on_submit():
        with form.answering():
            prove(form.password.data or "")
            begin_session(person().id, open_session().method, open_session().factor)
            return _onward()
    return form_page("own_sign_in/confirmation.html", form, method=open_session().method.value)


def prove(password: str) -> None:
    """The visitor knows the password. Raises RuleBroken ``password_wrong``, ``too_many_attempts``."""
    with attempt(Door.CONFIRMATION, person().id), runtime().reading() as session:
        check_own_password(session, person().id, password)


def _onward() -> Response:
    return redirect(next_path() or url_for("own_sign_in.show"), 303)
