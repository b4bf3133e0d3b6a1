"""One screen that answers where a project stands, why, since when, and what turns it green."""

from __future__ import annotations

from flask import Blueprint, render_template

from pmo.domain.access import Action
from pmo.queries.calendar import working_calendar
from pmo.queries.chronicle import chronicle
from pmo.queries.names import reason_codes
from pmo.queries.past_weeks import weeks_of_project
from pmo.queries.project_page import project_page
from pmo.web.access import needs
from pmo.web.context import actor, runtime, zone
from pmo.web.indicators.curves import curve_of
from pmo.web.moments import moment_of_page
from pmo.web.projects.timeline import timeline_of
from pmo.web.projects.trend import trend_of

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
        calendar = working_calendar(session, page.city)
        past = weeks_of_project(session, project_id, moment, zone(), runtime().rules, runtime().histories)
    timeline = timeline_of(page, moment, calendar, runtime().rules)
    curves = {line.facts.code: curve_of(line, moment.on) for line in page.indicators}
    return render_template(
        "projects/show.html",
        page=page,
        moment=moment,
        entries=entries,
        timeline=timeline,
        trend=trend_of(page, past, moment),
        curves=curves,
        reason_names=names,
    )
