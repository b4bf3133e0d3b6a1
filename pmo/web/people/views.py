"""One's own post: what it is, what it may do, for whom it stands in today, and which regular mail it gets."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import RIGHTS
from pmo.domain.mail_choices import offered_to
from pmo.i18n import gettext as _
from pmo.queries.mail_choices import choices_of, latest_choices
from pmo.queries.people import person as load_person
from pmo.queries.returned_addresses import is_address_shut
from pmo.queries.staff import grants_of
from pmo.services.mail_choices import choose_mails
from pmo.web.access import signed_in
from pmo.web.acts import act, saved
from pmo.web.context import actor, now, person, runtime, today
from pmo.web.people.forms import MailForm

people = Blueprint("people", __name__)


@people.get("/me")
@signed_in
def show_me() -> str:
    """The page behind the visitor's own title."""
    me = actor()
    with runtime().reading() as session:
        acts_for = [load_person(session, post.person) for post in me.acts_for]
        choices = choices_of(session, me.person, now())
        grants = grants_of(session, me.person, today())
        latest = latest_choices(session, me.person)
        is_shut = is_address_shut(session, person().email)
    form = MailForm.showing(offered_to(me), choices)
    return render_template(
        "people/me.html",
        actor=me,
        rights=list(dict.fromkeys(right for post in (me, *me.grants) for right in RIGHTS[post.role])),
        acts_for=acts_for,
        grants=grants,
        form=form,
        has_choices=bool(offered_to(me)),
        latest=latest,
        is_shut=is_shut,
    )


@people.post("/me/mails")
@signed_in
def choose() -> Response:
    """Takes the ticks of the form."""
    me = actor()
    with runtime().reading() as session:
        form = MailForm.showing(offered_to(me), choices_of(session, me.person, now()))
    if form.validate_on_submit():
        with runtime().writing() as session:
            choose_mails(session, act(), form.wanted())
    return saved(_("Your choice of mail is saved."), url_for("people.show_me", _anchor="mail"))
