"""A milestone: its dates, its evidence, how its date moved, and who was told what of it."""

from __future__ import annotations

from flask import Blueprint, render_template

from pmo.domain.access import Action, may_in_city
from pmo.queries.milestone_page import milestone_page
from pmo.queries.names import reason_codes
from pmo.web.access import needs
from pmo.web.context import actor, runtime
from pmo.web.moments import moment_of_page

milestones = Blueprint("milestones", __name__)


@milestones.get("/milestones/<int:milestone_id>")
@needs(Action.VIEW)
def show(milestone_id: int) -> str:
    """Facts, evidence, slip ledger, versions of the baseline, and the history of its alerts."""
    moment = moment_of_page()
    with runtime().reading() as session:
        page = milestone_page(session, actor(), milestone_id, moment, runtime().rules, runtime().histories)
        names = reason_codes(session)
    reads_all_mail = runtime().settings.demo or may_in_city(actor(), Action.SEE_OUTBOX, page.city)
    return render_template(
        "milestones/show.html", page=page, moment=moment, reason_names=names, reads_all_mail=reads_all_mail
    )
