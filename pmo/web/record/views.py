"""What the record proves, what it does not, and its newest checkpoint: open, because a secret proves nothing."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from pmo.domain.errors import NotFound
from pmo.queries.audit import newest_checkpoint
from pmo.web.access import public
from pmo.web.context import runtime

record = Blueprint("record", __name__)


@record.get("/record")
@public
def show() -> str:
    """The help of the record. GET never writes: the checkpoint is the last one that the scheduler made."""
    with runtime().reading() as session:
        newest = newest_checkpoint(session)
    return render_template("record/show.html", newest=newest)


@record.get("/record/checkpoint.txt")
@public
def checkpoint() -> Response:
    """The signed note itself, for programs."""
    with runtime().reading() as session:
        newest = newest_checkpoint(session)
    if newest is None:
        raise NotFound
    return Response(newest.note, mimetype="text/plain")
