"""People: the list, adding and editing a post, closing it with everything handed over, roles for a time."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.db.models.people import PersonRecord
from pmo.db.session import Session, alphabetical
from pmo.domain.access import Action, Role
from pmo.domain.errors import NotFound
from pmo.i18n import gettext
from pmo.i18n.labels import choices
from pmo.i18n.names import name_of
from pmo.queries.belongings import Belongings, Duty, belongings_of
from pmo.queries.form_fields import places_of
from pmo.queries.people import Person, people_of_city
from pmo.queries.people import person as load_person
from pmo.queries.places import cities
from pmo.queries.staff import WantedPosts, grants_of, grants_of_city, posts_of_city
from pmo.services.departures import close_post, open_post_again
from pmo.services.role_grants import GrantPlan, grant_role, withdraw_grant
from pmo.services.staff import PostPlan, add_post, edit_post, standing
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, offered, saved
from pmo.web.administration.blueprint import administration
from pmo.web.administration.forms import ClosingForm, GrantForm, PostForm
from pmo.web.context import city, runtime, today
from pmo.web.editing.conflicts import correction
from pmo.web.forms import ChoiceField


@administration.get("/people")
@needs(Action.MANAGE_PEOPLE)
def people() -> str:
    """The posts of the visitor's city, by search, role, department and state."""
    with runtime().reading() as session:
        departments = offered(places_of(session, city().id, today()).departments)
        wanted = WantedPosts(
            search=request.args.get("q", "").strip(),
            role=_one_of(request.args.get("role", ""), choices("role")),
            department=_one_of(request.args.get("department", ""), departments),
            state=request.args.get("state", "active"),
        )
        lines = posts_of_city(session, city().id, wanted)
        grants = grants_of_city(session, city().id, today())
    return render_template(
        "administration/people.html",
        lines=lines,
        grants=grants,
        wanted=wanted,
        departments=departments,
        roles=choices("role"),
    )


@administration.route("/people/new", methods=["GET", "POST"])
@needs(Action.MANAGE_PEOPLE)
def new_person() -> Answer:
    """A post is added."""
    form = PostForm(language="ru")
    with runtime().reading() as session:
        _offer(session, form)
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                code = add_post(session, act(), str(form.code.data), _plan(form)).id
            return saved(gettext("The post is added."), url_for("administration.person", person_id=code))
    return form_page("administration/person.html", form, post=None, conflict=None)


@administration.route("/people/<person_id>", methods=["GET", "POST"])
@needs(Action.MANAGE_PEOPLE)
def person(person_id: str) -> Answer:
    """A post: what it is, its roles for a time, and the way to close it."""
    with runtime().reading() as session:
        post = _post(session, person_id)
        stands = standing(session, session.get_one(PersonRecord, person_id))
        form = PostForm(code=person_id, **stands)
        _offer(session, form, post)
        about = {"post": post, "grants": grants_of(session, person_id, today())}

    def save() -> Response:
        with runtime().writing() as session:
            edit_post(session, act(), person_id, _plan(form), form.opened_at_version)
        return saved(gettext("The post is saved."), url_for("administration.person", person_id=person_id))

    return correction(form, stands, save, "administration/person.html", **about)


@administration.route("/people/<person_id>/closing", methods=["GET", "POST"])
@needs(Action.MANAGE_PEOPLE)
def close_person(person_id: str) -> Answer:
    """A post is closed: the page lists what hangs on it and asks for the successors."""
    with runtime().reading() as session:
        post = _post(session, person_id)
        belongings = belongings_of(session, session.get_one(PersonRecord, person_id), today())
        titles = {one.id: name_of(one) for one in people_of_city(session, city().id)}
    form = _closing_form(belongings, titles)
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                close_post(session, act(), person_id, form.successors())
            return saved(
                gettext("The post is closed; everything is handed over."),
                url_for("administration.person", person_id=person_id),
            )
    return form_page("administration/closing.html", form, post=post, belongings=belongings)


@administration.post("/people/<person_id>/opening")
@needs(Action.MANAGE_PEOPLE)
def open_person(person_id: str) -> Response:
    """A closed post is in use again."""
    with runtime().writing() as session:
        open_post_again(session, act(), person_id)
    return saved(gettext("The post is in use again."), url_for("administration.person", person_id=person_id))


@administration.route("/people/<person_id>/roles/new", methods=["GET", "POST"])
@needs(Action.MANAGE_PEOPLE)
def new_role(person_id: str) -> Answer:
    """A further role for a time."""
    with runtime().reading() as session:
        post = _post(session, person_id)
        places = places_of(session, city().id, today())
    form = GrantForm(starts_on=today())
    form.offer_lists(offered(places.departments), offered(places.areas))
    if form.validate_on_submit() and form.starts_on.data and form.ends_on.data:
        with form.answering():
            plan = GrantPlan(
                form.chosen_role,
                form.department_id.data,
                form.area_id.data,
                form.starts_on.data,
                form.ends_on.data,
                form.reason.data,
            )
            with runtime().writing() as session:
                grant_role(session, act(), person_id, plan)
            return saved(gettext("The role is given."), url_for("administration.person", person_id=person_id))
    return form_page("administration/role.html", form, post=post)


@administration.post("/people/<person_id>/roles/<int:grant_id>/withdrawal")
@needs(Action.MANAGE_PEOPLE)
def withdraw_role(person_id: str, grant_id: int) -> Response:
    """A role given for a time is taken back."""
    with runtime().writing() as session:
        withdraw_grant(session, act(), person_id, grant_id)
    return saved(gettext("The role is withdrawn."), url_for("administration.person", person_id=person_id))


def _one_of(asked: str, offered: list[tuple[str, str]]) -> str:
    """What a filter asks for, if it is one of its choices; else everything."""
    return asked if asked in dict(offered) else ""


def _post(session: Session, person_id: str) -> Person:
    found = load_person(session, person_id)
    if found is None or found.city.id != city().id:
        raise NotFound
    return found


def _offer(session: Session, form: PostForm, post: Person | None = None) -> None:
    places = places_of(session, city().id, today())
    departments = offered(places.departments)
    if post and post.department and post.department not in dict(departments):
        departments.append((post.department, name_of(post.department_name)))
    others = [(one.id, name_of(one)) for one in cities(session) if one.id != city().id]
    form.offer_lists(departments, offered(places.areas), others)


def _plan(form: PostForm) -> PostPlan:
    fields: dict[str, Any] = {
        name: str(form[name].data) for name in ("title_ru", "title_kk", "title_en", "email", "language")
    }
    return PostPlan(
        **fields,
        role=Role(str(form.role.data)),
        department_id=form.department_id.data,
        areas=frozenset(form.areas.data or ()),
        extra_cities=frozenset(form.extra_cities.data or ()),
    )


def _closing_form(belongings: Belongings, titles: dict[str, str]) -> ClosingForm:
    form = ClosingForm()
    for field in list(form):
        if not isinstance(field, ChoiceField):
            continue
        duty = Duty(field.name)
        people = [(one, titles[one]) for one in belongings.suitable[duty] if one in titles]
        field.offer(sorted(people, key=lambda choice: alphabetical(choice[1])))
        if duty not in belongings.duties:
            del form[field.name]
    return form
