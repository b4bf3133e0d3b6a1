"""An indicator: its curve, its readings, how it is judged."""

from __future__ import annotations

from flask import Blueprint, render_template

from pmo.domain.access import Action
from pmo.queries.chronicle import chronicle
from pmo.queries.indicator_page import indicator_page
from pmo.queries.names import reason_codes
from pmo.web.access import needs
from pmo.web.context import actor, runtime
from pmo.web.indicators.curves import curve_of
from pmo.web.moments import moment_of_page

indicators = Blueprint("indicators", __name__)


@indicators.get("/indicators/<int:indicator_id>")
@needs(Action.VIEW)
def show(indicator_id: int) -> str:
    """The curve with its table, the judgement, and what was entered when and by whom."""
    moment = moment_of_page()
    with runtime().reading() as session:
        page = indicator_page(session, actor(), indicator_id, moment, runtime().rules, runtime().histories)
        entries = chronicle(session, page.project_id, moment.at, page.line.facts.code)
        names = reason_codes(session)
    curve = curve_of(page.line, moment.on)
    return render_template(
        "indicators/show.html", page=page, moment=moment, entries=entries, curve=curve, reason_names=names
    )
