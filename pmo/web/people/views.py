"""One's own post: what it is, what it may do, for whom it stands in today."""

from __future__ import annotations

from flask import Blueprint, render_template

from pmo.domain.access import RIGHTS
from pmo.queries.people import person as load_person
from pmo.web.access import signed_in
from pmo.web.context import actor, runtime

people = Blueprint("people", __name__)


@people.get("/me")
@signed_in
def show_me() -> str:
    """The page behind the visitor's own title."""
    me = actor()
    with runtime().reading() as session:
        acts_for = [load_person(session, post.person) for post in me.acts_for]
    return render_template("people/me.html", actor=me, rights=list(RIGHTS[me.role]), acts_for=acts_for)
