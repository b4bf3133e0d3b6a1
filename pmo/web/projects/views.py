"""One screen that answers where a project stands, why, since when, and what turns it green."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, url_for

from pmo.domain.access import Action
from pmo.domain.comments import may_withdraw
from pmo.queries.calendar import working_calendar
from pmo.queries.chronicle import chronicle
from pmo.queries.comments import Comment, comments_on, standing
from pmo.queries.names import reason_codes
from pmo.queries.overview import Moment
from pmo.queries.past_weeks import weeks_of_project
from pmo.queries.project_page import ProjectPage, project_page
from pmo.queries.project_papers import papers_of
from pmo.queries.project_people import people_of_project
from pmo.web.access import needs
from pmo.web.context import actor, runtime, zone
from pmo.web.indicators.curves import curves_of
from pmo.web.moments import moment_of_page
from pmo.web.projects.ledger import ledger_of
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
        calendar = working_calendar(session, page.city, moment.at)
        in_force = runtime().rules.on(session, page.city, moment.on, moment.at)
        papers = papers_of(session, project_id, moment.at)
        comments = comments_on(session, project_id, moment.at)
        posts = people_of_project(session, project_id, page.scope, moment.on)
        past = weeks_of_project(session, project_id, moment, zone(), runtime().rules, runtime().histories)
    timeline = timeline_of(page, moment, calendar, in_force)
    return render_template(
        "projects/show.html",
        page=page,
        moment=moment,
        entries=entries,
        timeline=timeline,
        trend=trend_of(page, past, moment),
        curves=curves_of(page.indicators, moment.on),
        ledger=ledger_of(page, entries, calendar),
        papers=papers,
        comments=comments,
        standing_comments=standing(comments),
        withdrawable=_withdrawable(page, comments),
        posts=posts,
        addresses=_addresses(page, moment),
        reason_names=names,
    )


def _withdrawable(page: ProjectPage, threads: Sequence[Comment]) -> frozenset[int]:
    """Comments that the visitor may take back."""
    every = (comment for thread in threads for comment in (thread, *thread.replies))
    return frozenset(one.id for one in every if may_withdraw(actor(), one.author_id, page.scope))


def _addresses(page: ProjectPage, moment: Moment) -> dict[str, str]:
    """Pages of the project's milestones and indicators, by code."""
    as_of = moment.on.isoformat() if moment.is_past else None
    milestones = {
        line.facts.code: url_for("milestones.show", milestone_id=line.judged.id, as_of=as_of)
        for line in page.milestones
    }
    return milestones | {
        line.facts.code: url_for("indicators.show", indicator_id=line.judged.id, as_of=as_of)
        for line in page.indicators
    }
