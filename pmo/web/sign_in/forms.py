"""The forms of signing in."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField

from pmo.i18n import lazy_gettext as _
from pmo.web.forms import Form, TextField, required


class SignInForm(Form):
    """Address and password."""

    email = TextField(
        _("E-mail address"),
        [required(_("Enter your e-mail address."))],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    )
    password = PasswordField(
        _("Password"), [required(_("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )


class CodeForm(Form):
    """The code of an app, or a recovery code."""

    code = TextField(
        _("Code"),
        [required(_("Enter the code."))],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none", "maxlength": 40},
    )


class PasskeyForm(Form):
    """What a passkey answered, as JSON; the script fills it."""

    answer = HiddenField()
