"""Signing in with address and password; in the demonstration also by choosing a post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Role
from pmo.domain.errors import NotFound
from pmo.domain.sign_in import Door, Factor, Method
from pmo.queries.people import Person, active_people
from pmo.queries.places import City
from pmo.services import passwords
from pmo.services.passkeys import site_of
from pmo.web.access import public
from pmo.web.addresses import next_path
from pmo.web.attempts import attempt
from pmo.web.context import begin_session, end_session, runtime, visitor
from pmo.web.demonstration import demonstration
from pmo.web.forms import Form
from pmo.web.sign_in.forms import SignInForm

sign_in = Blueprint("sign_in", __name__)


@dataclass(frozen=True, slots=True)
class PostsOfCity:
    """The posts of a city by role, in the order of rank."""

    city: City
    roles: tuple[tuple[Role, tuple[Person, ...]], ...]

    @property
    def count(self) -> int:
        """How many posts these are."""
        return sum(len(posts) for _, posts in self.roles)


@sign_in.route("/sign-in", methods=["GET", "POST"])
@public
def show() -> str | Response | tuple[str, int]:
    """The form, and what becomes of it."""
    if visitor() and request.method == "GET":
        return redirect(url_for("home.show"))
    form = SignInForm()
    if form.validate_on_submit():
        with form.answering():
            with attempt(Door.SIGN_IN, form.email.data or ""):
                person = _proved(form.email.data or "", form.password.data or "")
            begin_session(person, Method.PASSWORD)
            return redirect(next_path() or url_for("home.show"))
    return sign_in_page(form)


@sign_in.post("/sign-in/as")
@public
def choose_post() -> Response:
    """The demonstration's short way: a button for each post. Anywhere else there is no such page."""
    if not runtime().settings.demo:
        raise NotFound
    begin_session(request.form.get("person", ""), Method.DEMO, Factor.DEMO)
    return redirect(next_path() or url_for("home.show"))


@sign_in.post("/sign-out")
@public
def leave() -> Response:
    """Ends the session; the browser forgets the pages that it showed (ASVS 14.3.1)."""
    end_session()
    answer = redirect(url_for("sign_in.show"))
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def sign_in_page(form: Form) -> tuple[str, int]:
    """The page of signing in, with what was refused; ``form`` is the one that was sent, of whichever way."""
    shown = form if isinstance(form, SignInForm) else SignInForm(formdata=None)
    shown.refusals = form.refusals
    cities: Sequence[PostsOfCity] = ()
    demo = demonstration()
    if runtime().settings.demo:
        with runtime().reading() as session:
            cities = posts_by_city(active_people(session))
    page = render_template(
        "sign_in/show.html",
        form=shown,
        cities=cities,
        demo=demo,
        next=next_path(),
        has_passkeys=site_of(runtime().settings.base_url or "") is not None,
        has_single_sign_on=runtime().settings.single_sign_on is not None,
    )
    return page, form.status


def posts_by_city(people: Sequence[Person]) -> list[PostsOfCity]:
    """People in the order of their cities, then of rank, then as they come."""
    rank = {role: place for place, role in enumerate(Role)}
    grouped = []
    for _, posts in groupby(people, key=lambda person: person.city.id):
        in_order = sorted(posts, key=lambda person: rank[person.role])
        roles = tuple((role, tuple(same)) for role, same in groupby(in_order, key=lambda person: person.role))
        grouped.append(PostsOfCity(in_order[0].city, roles))
    return grouped


def _proved(email: str, password: str) -> str:
    """The hash is computed while nobody waits for the database. Raises RuleBroken ``sign_in_refused``."""
    with runtime().reading() as session:
        person = passwords.recognise(session, email, password)
    with runtime().writing() as session:
        passwords.renew_hash(session, person, password)
    return person
