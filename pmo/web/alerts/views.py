"""Every open alert of the city, as far as somebody sees its projects: silence means order, so this is the noise."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from pmo.domain.access import Action, may_in_city
from pmo.domain.measures import ACKNOWLEDGED_GOAL, COMPLETE_GOAL, MAILS_GOAL
from pmo.queries.alert_measures import alert_measures
from pmo.queries.choices import filter_choices
from pmo.queries.open_alerts import PageKey, WantedAlerts, open_alerts
from pmo.web.access import needs
from pmo.web.context import actor, city, runtime
from pmo.web.moments import moment_of_page

GOALS = {"acknowledged": ACKNOWLEDGED_GOAL, "mails": MAILS_GOAL, "complete": COMPLETE_GOAL}

alerts = Blueprint("alerts", __name__)


@alerts.get("/alerts")
@needs(Action.VIEW)
def index() -> str:
    """Longest open first; ``?rung=``, ``?area=`` and ``?critical=1`` narrow, ``?after=`` pages."""
    wanted = WantedAlerts(
        rung=request.args.get("rung", ""),
        area=request.args.get("area", ""),
        critical=request.args.get("critical") == "1",
    )
    after = PageKey.read(request.args.get("after", ""))
    moment = moment_of_page()
    with runtime().reading() as session:
        page = open_alerts(session, actor(), city().id, wanted, after, moment, runtime().rules, runtime().histories)
        areas = filter_choices(session, actor(), city().id).areas
        shows_measures = may_in_city(actor(), Action.PREVIEW_ALERTS, city().id)
        measures = alert_measures(session, city().id, moment) if shows_measures else None
    return render_template(
        "alerts/index.html",
        page=page,
        moment=moment,
        wanted=wanted,
        areas=areas,
        measures=measures,
        goals=GOALS,
    )
