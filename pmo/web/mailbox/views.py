"""All mail that was sent, by reader: in the demonstration only, where nobody has a mailbox of their own."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from pmo.domain.errors import NotFound
from pmo.queries.mailbox import mail_lines, readers
from pmo.queries.row_numbers import row_number
from pmo.queries.skipped_events import skipped_events
from pmo.web.access import signed_in
from pmo.web.context import city, runtime

mailbox = Blueprint("mailbox", __name__)


@mailbox.get("/mailbox")
@signed_in
def index() -> str:
    """Who got how many mails; ``?to=`` opens one reader's, newest first."""
    if not runtime().settings.demo:
        raise NotFound
    reader = request.args.get("to", "")
    with runtime().reading() as session:
        everybody = readers(session, city().id)
        lines, after = mail_lines(
            session, city().id, request.args.get("after", type=row_number), recipient=reader or None, state="sent"
        )
        skipped = skipped_events(session, city().id)
    return render_template(
        "mailbox/index.html", readers=everybody, lines=lines, after=after, reader=reader, skipped=skipped
    )
