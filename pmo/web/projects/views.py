"""One screen that answers where a project stands, why, since when, and what turns it green."""

from __future__ import annotations

from flask import Blueprint, render_template

from pmo.domain.access import Action
from pmo.queries.chronicle import chronicle
from pmo.queries.names import reason_codes
from pmo.queries.project_page import project_page
from pmo.web.access import needs
from pmo.web.context import actor, runtime
from pmo.web.indicators.curves import curve_of
from pmo.web.moments import moment_of_page

projects = Blueprint("projects", __name__)


@projects.get("/projects/<int:project_id>")
@needs(Action.VIEW)
def show(project_id: int) -> str:
    """Status with its receipt, milestones, indicators with their curves, people, money, history."""
    moment = moment_of_page()
    with runtime().reading() as session:
        page = project_page(session, actor(), project_id, moment, runtime().rules, runtime().histories)
        entries = chronicle(session, project_id, moment.at)
        names = reason_codes(session)
    curves = {line.facts.code: curve_of(line, moment.on) for line in page.indicators}
    return render_template(
        "projects/show.html", page=page, moment=moment, entries=entries, curves=curves, reason_names=names
    )
