"""Tokens by which another system speaks for the visitor's post: made, listed, revoked."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.domain.access_tokens import LIFETIMES, LONGEST_NAME, TokenScope
from pmo.domain.errors import NotFound
from pmo.i18n import formats, gettext
from pmo.i18n import lazy_gettext as _
from pmo.i18n.labels import label
from pmo.queries.access_tokens import tokens_of, tokens_of_city
from pmo.services.access_tokens import make_token, revoke_token
from pmo.web.access import fully_signed_in, needs, signed_in
from pmo.web.acts import Answer, form_page, saved
from pmo.web.context import actor, city, person, runtime, wall_now
from pmo.web.forms import ChoiceField, Form, RadiosField, TextField, at_most, required

access_tokens = Blueprint("access_tokens", __name__)


class TokenForm(Form):
    """What the token is for, what it may, and for how long."""

    name = TextField(_("What the token is for"), [required(_("Say which system it is for.")), at_most(LONGEST_NAME)])
    scope = RadiosField(_("What it may"), [required(_("Choose what it may."))])
    days = ChoiceField(_("Valid for"), [required(_("Choose how long it is valid."))])


@access_tokens.get("/me/tokens")
@signed_in
def index() -> str:
    """The visitor's tokens."""
    with runtime().reading() as session:
        listed = tokens_of(session, person().id, wall_now())
    return render_template("access_tokens/index.html", tokens=listed)


@access_tokens.route("/me/tokens/new", methods=["GET", "POST"])
@fully_signed_in
def new() -> Answer:
    """The form; and the token, shown this once."""
    form = TokenForm(scope=TokenScope.READ.value, days=str(LIFETIMES[1]))
    form.scope.offer([(scope.value, label("token_scope", scope.value)) for scope in TokenScope])
    form.days.offer([(str(days), formats.calendar_days(days)) for days in LIFETIMES])
    if form.validate_on_submit() and form.name.data and form.scope.data and form.days.data:
        with form.answering():
            scope, days = TokenScope(form.scope.data), int(form.days.data)
            with runtime().writing() as session:
                token = make_token(session, person().id, form.name.data, scope, days, wall_now())
            return render_template(
                "access_tokens/made.html", token=token, name=form.name.data, base_url=runtime().settings.base_url
            )
    return form_page("access_tokens/new.html", form)


@access_tokens.post("/me/tokens/revoke")
@signed_in
def revoke() -> Response:
    """Ends a token of one's own, or of the city where one looks after sign-ins."""
    number = request.form.get("token", "")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise NotFound
    with runtime().writing() as session:
        revoke_token(session, actor(), int(number), wall_now())
    return saved(gettext("The token is revoked."), url_for("access_tokens.index"))


@access_tokens.get("/accounts/tokens")
@needs(Action.MANAGE_SIGN_IN)
def of_city() -> str:
    """The tokens of every post of the city."""
    with runtime().reading() as session:
        listed = tokens_of_city(session, city().id, wall_now())
    return render_template("access_tokens/of_city.html", listed=listed)
