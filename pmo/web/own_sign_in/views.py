"""One's own sign-in: where one is signed in now, and how to end that."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.i18n import gettext as _
from pmo.queries.row_numbers import row_number_or_zero
from pmo.queries.second_factors import second_factors_of
from pmo.queries.user_sessions import open_sessions_of
from pmo.services.single_sign_on import identity_of
from pmo.services.user_sessions import end_own_session, end_sessions
from pmo.web.access import enrolling, freshly_signed_in
from pmo.web.acts import saved
from pmo.web.context import needs_factor, open_session, person, runtime, wall_now
from pmo.web.own_sign_in.browsers import browser_name
from pmo.web.sign_in.second_factor import here as site

own_sign_in = Blueprint("own_sign_in", __name__)


@own_sign_in.get("/me/sign-in")
@enrolling
def show() -> str:
    """Sessions, password and second factors on one page."""
    with runtime().reading() as session:
        factors = second_factors_of(session, person().id)
        identity = identity_of(session, person().id)
        sessions = open_sessions_of(session, person().id, runtime().settings.idle_session, wall_now())
    return render_template(
        "own_sign_in/show.html",
        sessions=sessions,
        here=open_session().id,
        browser_name=browser_name,
        factors=factors,
        identity=identity,
        has_single_sign_on=runtime().settings.single_sign_on is not None,
        has_passkeys=site() is not None,
        must_enrol=needs_factor(),
        email=person().email,
    )


@own_sign_in.post("/me/sessions/end")
@freshly_signed_in
def end() -> Response:
    """Ends one session of one's own."""
    number = row_number_or_zero(request.form.get("session", ""))
    with runtime().writing() as session:
        end_own_session(session, person().id, number, wall_now())
    return saved(_("The session is ended."), url_for("own_sign_in.show"))


@own_sign_in.post("/me/sessions/end-others")
@freshly_signed_in
def end_others() -> Response:
    """Ends every session but this one."""
    with runtime().writing() as session:
        end_sessions(session, person().id, person().id, wall_now(), but=open_session().id)
    return saved(_("You are signed in here only."), url_for("own_sign_in.show"))
