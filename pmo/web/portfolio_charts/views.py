"""Two charts of the projects that a filter of the overview leaves; each figure opens the list that it counts."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from pmo.queries.choices import filter_choices
from pmo.queries.overview import overview
from pmo.queries.past_weeks import status_history
from pmo.queries.punctuality import punctuality_by_department
from pmo.web.access import signed_in
from pmo.web.context import actor, runtime, zone
from pmo.web.moments import moment_of_page
from pmo.web.portfolio.views import wanted_in
from pmo.web.portfolio_charts.departments import departments_drawn
from pmo.web.portfolio_charts.filters import chosen_filters, query_of_filter
from pmo.web.portfolio_charts.weeks import weeks_drawn

portfolio_charts = Blueprint("portfolio_charts", __name__)


@portfolio_charts.get("/portfolio/charts")
@signed_in
def show() -> str:
    """Status over time and punctuality by department; the address has the overview's filters and ``as_of``."""
    me, moment, wanted = actor(), moment_of_page(), wanted_in(request.args)
    rules, histories = runtime().rules, runtime().histories
    with runtime().reading() as session:
        found = overview(session, me, wanted, moment, rules, histories)
        weeks = status_history(session, found, moment, zone(), rules, histories)
        in_force = rules.on(session, wanted.city or me.city, moment.on, moment.at)
        departments = punctuality_by_department(session, found, moment, rules)
        choices = filter_choices(session, me, wanted.city)
    query = query_of_filter(request.args)
    return render_template(
        "portfolio_charts/show.html",
        found=found,
        moment=moment,
        weeks=weeks_drawn(weeks, query, moment),
        departments=departments_drawn(departments, query, moment, in_force),
        filters=chosen_filters(wanted, choices),
        query=query,
        rules=in_force,
    )


@portfolio_charts.get("/portfolio/punctuality")
@signed_in
def punctuality() -> str:
    """The milestones that the punctuality figures count, by department."""
    me, moment, wanted = actor(), moment_of_page(), wanted_in(request.args)
    with runtime().reading() as session:
        found = overview(session, me, wanted, moment, runtime().rules, runtime().histories)
        in_force = runtime().rules.on(session, wanted.city or me.city, moment.on, moment.at)
        departments = punctuality_by_department(session, found, moment, runtime().rules)
        choices = filter_choices(session, me, wanted.city)
    return render_template(
        "portfolio_charts/punctuality.html",
        moment=moment,
        departments=departments,
        filters=chosen_filters(wanted, choices),
        query=query_of_filter(request.args),
        rules=in_force,
    )
