"""Passwords: forgotten, set by the link of a mail, changed.

Opening a link changes nothing, for mail scanners open links (RELIABILITY 4.4): the button does.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from wtforms import PasswordField

from pmo.domain.access import Role
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.sign_in import Door
from pmo.i18n import gettext, speak
from pmo.i18n import lazy_gettext as _
from pmo.queries.people import person as load_person
from pmo.services.password_links import ask_for_link, change_password, person_of_link, use_link
from pmo.services.password_rules import SHORTEST_OF_ADMINISTRATOR, SHORTEST_PASSWORD
from pmo.web.access import enrolling, public
from pmo.web.acts import Answer, form_page, saved
from pmo.web.attempts import count_only
from pmo.web.context import begin_session, open_session, person, runtime, wall_now
from pmo.web.forms import Form, TextField, required
from pmo.web.own_sign_in.confirmation import prove

passwords = Blueprint("passwords", __name__)


class ForgottenForm(Form):
    """The address to which the link goes, if anybody has it."""

    email = TextField(
        _("E-mail address"),
        [required(_("Enter your e-mail address."))],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    )


class NewPasswordForm(Form):
    """A new password."""

    password = PasswordField(
        _("New password"), [required(_("Enter a new password."))], render_kw={"autocomplete": "new-password"}
    )


class ChangeForm(NewPasswordForm):
    """The old one and the new one."""

    current = PasswordField(
        _("Password of now"), [required(_("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )


@passwords.route("/password/forgotten", methods=["GET", "POST"])
@public
def forgotten() -> Answer:
    """Takes an address and says the same of every one."""
    form = ForgottenForm()
    if form.validate_on_submit():
        with form.answering():
            count_only(Door.RESET, form.email.data or "")
            with runtime().writing() as session:
                ask_for_link(session, form.email.data or "", wall_now())
            return redirect(url_for("passwords.asked"), 303)
    return form_page("passwords/forgotten.html", form)


@passwords.get("/password/asked")
@public
def asked() -> str:
    """What happens now."""
    return render_template("passwords/asked.html")


@passwords.route("/password/<token>", methods=["GET", "POST"])
@public
def by_link(token: str) -> Answer:
    """The form for a new password, while the link is good."""
    keys = runtime().settings.secret_keys
    form = NewPasswordForm()
    try:
        with runtime().reading() as session:
            reader = load_person(session, person_of_link(session, token, keys, wall_now()))
        if reader is None:
            raise NotFound
        speak(reader.language)
        if form.validate_on_submit():
            with form.answering():
                with runtime().writing() as session:
                    use_link(session, token, keys, form.password.data or "", wall_now())
                flash(gettext("The password is set. Sign in with it."), "success")
                return redirect(url_for("sign_in.show"), 303)
    except NotFound:
        return render_template("passwords/spent.html"), 404
    return form_page("passwords/by_link.html", form, token=token, reader=reader, least=_least(reader.role))


@passwords.route("/me/password", methods=["GET", "POST"])
@enrolling
def change() -> Answer:
    """A new password of one's own: all other sessions end, this one goes on under a new id."""
    form = ChangeForm()
    if form.validate_on_submit():
        with form.answering():
            _prove_current(form)
            with runtime().writing() as session:
                change_password(session, person().id, form.password.data or "", wall_now())
            begin_session(person().id, open_session().method, open_session().factor)
            return saved(gettext("The password is changed. All other sessions are ended."), url_for("own_sign_in.show"))
    return form_page("passwords/change.html", form, least=_least(person().role))


def _prove_current(form: ChangeForm) -> None:
    """The refusal belongs to the field of the old password."""
    try:
        prove(form.current.data or "")
    except RuleBroken as refusal:
        raise RuleBroken(refusal.code, "current" if refusal.field else None, **refusal.values) from refusal


def _least(role: Role) -> int:
    return SHORTEST_OF_ADMINISTRATOR if role is Role.ADMINISTRATOR else SHORTEST_PASSWORD
