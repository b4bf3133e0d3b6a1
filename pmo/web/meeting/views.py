"""The weekly meeting on a screen: one project a page, in the order of the agenda; keys turn the pages."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from pmo.domain.access import Action
from pmo.queries.choices import filter_choices
from pmo.queries.meeting import meeting as meeting_of
from pmo.queries.names import reason_codes
from pmo.queries.overview_filter import Wanted
from pmo.web.access import needs
from pmo.web.context import actor, city, runtime
from pmo.web.moments import moment_of_page

meeting = Blueprint("meeting", __name__)


@meeting.get("/meeting")
@needs(Action.RULE_CHANGE, Action.CHECK_CHANGE)
def show() -> str:
    """For those who rule: the akim, the curators for their area, the PMO. ``area`` narrows, ``as_of`` is a past day."""
    moment = moment_of_page()
    wanted = Wanted(city=city().id, area=request.args.get("area", ""))
    with runtime().reading() as session:
        found = meeting_of(session, actor(), wanted, moment, runtime().rules, runtime().histories)
        areas = filter_choices(session, actor(), wanted.city).areas
        names = reason_codes(session)
    return render_template(
        "meeting/show.html", meeting=found, moment=moment, wanted=wanted, areas=areas, reason_names=names
    )
