"""The form of the sign-in page."""

from __future__ import annotations

from wtforms import PasswordField

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
