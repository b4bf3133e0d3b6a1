"""What a link of an old mail answers, when nothing waits for its reader any more."""

from __future__ import annotations

from flask import flash, redirect
from werkzeug.wrappers import Response

from pmo.domain.errors import NotAllowed
from pmo.i18n import gettext
from pmo.queries.alerts import was_told
from pmo.queries.visibility import posts_of
from pmo.services.answers import ANSWER
from pmo.web.context import actor, runtime


def overtaken(city: str, item: str, there: str) -> Response:
    """Leads whoever was told of the item once to its page, with a word why. Raises NotAllowed for everybody else."""
    with runtime().reading() as session:
        if not was_told(session, city, item, posts_of(actor())):
            raise NotAllowed(ANSWER)
    flash(gettext("Nothing of this kind waits for your answer any more: here is how it stands now."), "warning")
    return redirect(there, 303)
