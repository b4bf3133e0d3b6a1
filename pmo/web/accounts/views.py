"""How the posts of the city sign in, and what can be done when somebody's phone or password is lost."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.db.session import alphabetical
from pmo.domain.access import Action
from pmo.domain.errors import NotFound
from pmo.i18n import gettext as _
from pmo.i18n.names import name_of
from pmo.queries.people import Person
from pmo.queries.people import person as load_person
from pmo.queries.sign_ins import SignInState, WantedSignIns, sign_ins
from pmo.services.holders import welcome_holder
from pmo.services.password_links import Moments, invite
from pmo.services.second_factors import demand_sign_in_of, remove_all_factors
from pmo.services.user_sessions import end_sessions
from pmo.web.access import needs
from pmo.web.acts import Answer, saved
from pmo.web.context import actor, city, runtime, wall_now

accounts = Blueprint("accounts", __name__)


@accounts.get("/accounts")
@needs(Action.MANAGE_SIGN_IN)
def index() -> str:
    """The posts of the city, by search and state."""
    state = request.args.get("state", "")
    wanted = WantedSignIns(
        search=request.args.get("q", "").strip(),
        state=SignInState(state) if state in set(SignInState) else SignInState.ALL,
    )
    with runtime().reading() as session:
        listed = sign_ins(session, city().id, runtime().settings.idle_session, wall_now(), wanted)
    listed.sort(key=lambda one: alphabetical(name_of(one.person)))
    return render_template("accounts/index.html", sign_ins=listed, wanted=wanted)


@accounts.post("/accounts/<person_id>/sessions/end")
@needs(Action.MANAGE_SIGN_IN)
def end(person_id: str) -> Response:
    """Signs somebody out everywhere."""
    found = _of_own_city(person_id)
    with runtime().writing() as session:
        end_sessions(session, found.id, actor().person, wall_now())
    return saved(_("%(post)s is signed out everywhere.", post=name_of(found)), url_for("accounts.index"))


@accounts.post("/accounts/<person_id>/second-factors/remove")
@needs(Action.MANAGE_SIGN_IN)
def remove_factors(person_id: str) -> Response:
    """Somebody lost the phone and the codes."""
    found = _of_own_city(person_id)
    with runtime().writing() as session:
        remove_all_factors(session, actor(), found.id, wall_now())
    return saved(_("The second factor is removed: %(post)s.", post=name_of(found)), url_for("accounts.index"))


@accounts.post("/accounts/<person_id>/invitation")
@needs(Action.MANAGE_SIGN_IN)
def invite_post(person_id: str) -> Response:
    """Sends the link by which the post sets its password."""
    found = _of_own_city(person_id)
    with runtime().writing() as session:
        invite(session, actor(), found.id, Moments(runtime().now(), wall_now()), runtime().settings)
    return saved(_("A link to set a password goes to %(address)s.", address=found.email), url_for("accounts.index"))


@accounts.route("/accounts/<person_id>/new-holder", methods=["GET", "POST"])
@needs(Action.MANAGE_SIGN_IN)
def new_holder(person_id: str) -> Answer:
    """Somebody else takes the post: what that ends, and the button that ends it."""
    found = _of_own_city(person_id)
    if not found.is_active:
        raise NotFound
    if request.method == "POST":
        with runtime().writing() as session:
            welcome_holder(session, actor(), found.id, Moments(runtime().now(), wall_now()), runtime().settings)
        told = _(
            "The former holder can no longer sign in. A link to set a password goes to %(address)s.",
            address=found.email,
        )
        return saved(told, url_for("accounts.index"))
    with runtime().reading() as session:
        demand_sign_in_of(session, actor(), found.id)
    return render_template("accounts/new_holder.html", post=found)


def _of_own_city(person_id: str) -> Person:
    """Raises NotFound for a post of another city: the right reaches no farther."""
    with runtime().reading() as session:
        found = load_person(session, person_id)
    if found is None or found.city.id != city().id:
        raise NotFound
    return found
