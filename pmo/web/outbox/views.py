"""Mails with their states, for those who answer for the post; each one opens as its reader got it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from pmo.db.session import Session
from pmo.domain.access import Action, may_in_city
from pmo.domain.errors import NotFound
from pmo.i18n import gettext as _
from pmo.queries.mailbox import mail_lines, mails_by_state
from pmo.queries.outbox import GIVEN_UP, Mail, mail
from pmo.queries.people import person as person_by_id
from pmo.queries.returned_addresses import returned_addresses
from pmo.queries.row_numbers import row_number
from pmo.services.mail_pictures import with_pictures_inside
from pmo.services.outbox import requeue
from pmo.services.returned_mail import allow_address
from pmo.web.access import needs, signed_in
from pmo.web.acts import act, saved
from pmo.web.context import actor, city, now, runtime

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""A mail carries its styles with it, because mail programs want that. Nothing else of it is alive."""
outbox = Blueprint("outbox", __name__)


@outbox.get("/outbox")
@needs(Action.SEE_OUTBOX)
def index() -> str:
    """The newest mails of the city; ``?state=`` and ``?kind=`` narrow, ``?after=`` pages."""
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    with runtime().reading() as session:
        lines, after = mail_lines(
            session, city().id, request.args.get("after", type=row_number), state=state or None, kind=kind or None
        )
        counts = mails_by_state(session, city().id, kind or None)
        returned = returned_addresses(session, city().id)
    return render_template(
        "outbox/index.html", lines=lines, after=after, counts=counts, state=state, kind=kind, returned=returned
    )


@outbox.post("/outbox/addresses/<int:returned_id>/permission")
@needs(Action.SEE_OUTBOX)
def allow(returned_id: int) -> Answer:
    """Mail may go again to an address that sent it back."""
    with runtime().writing() as session:
        allow_address(session, act(), returned_id)
    return saved(_("Mail goes to this address again."), url_for("outbox.index"))


@outbox.get("/outbox/<int:mail_id>")
@signed_in
def show(mail_id: int) -> str:
    """One mail as text, with a link to its HTML; for those who see the outbox, and for its reader."""
    with runtime().reading() as session:
        found = _readable(session, mail_id)
        recipient = person_by_id(session, found.row["recipient"])
    may_resend = found.row["state"] in GIVEN_UP and may_in_city(actor(), Action.SEE_OUTBOX, found.row["city"])
    return render_template("outbox/show.html", mail=found, mail_id=mail_id, recipient=recipient, may_resend=may_resend)


@outbox.post("/outbox/<int:mail_id>/resend")
@needs(Action.SEE_OUTBOX)
def resend(mail_id: int) -> Answer:
    """Puts a mail that was given up back into the queue, under the same Message-ID; 422 where it was not given up."""
    with runtime().reading() as session:
        found = mail(session, mail_id)
    if not may_in_city(actor(), Action.SEE_OUTBOX, found.row["city"]):
        raise NotFound
    with runtime().writing() as session:
        requeue(session, mail_id, actor().person, now())
    return saved(_("The mail will be sent again."), url_for("outbox.show", mail_id=mail_id))


@outbox.get("/outbox/<int:mail_id>/html")
@signed_in
def show_html(mail_id: int) -> Response:
    """The HTML part alone, under a policy that lets nothing run and nothing load."""
    with runtime().reading() as session:
        found = _readable(session, mail_id)
    return Response(
        with_pictures_inside(found.html),
        mimetype="text/html",
        headers={"Content-Security-Policy": f"sandbox allow-top-navigation; {MAIL_POLICY}"},
    )


def _readable(session: Session, mail_id: int) -> Mail:
    """The mail, if the visitor may read it; to everybody else it does not exist."""
    found = mail(session, mail_id)
    me = actor()
    is_mine = found.row["recipient"] in (me.person, *(post.person for post in me.acts_for))
    in_demo = runtime().settings.demo and found.row["city"] == me.city
    if not (is_mine or in_demo or may_in_city(me, Action.SEE_OUTBOX, found.row["city"])):
        raise NotFound
    return found
