"""Lists behind the counts of the overview: voices that disagree, decisions wanted, projects nobody speaks for."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from pmo.domain.errors import NotFound
from pmo.queries.marked import Mark, counts_of, marked_projects
from pmo.queries.names import reason_codes
from pmo.queries.overview import overview
from pmo.queries.overview_rows import rows_for
from pmo.web.access import signed_in
from pmo.web.context import actor, runtime
from pmo.web.moments import moment_of_page
from pmo.web.portfolio.views import filters_in, wanted_in

voices = Blueprint("voices", __name__)


@voices.get("/voices")
@signed_in
def index() -> str:
    """One mark, ``?show=disagree|decision|stale|silent``, with the filters of the overview and ``as_of``."""
    asked, moment = request.args.get("show", Mark.DISAGREE.value), moment_of_page()
    if asked not in list(Mark):
        raise NotFound
    wanted = wanted_in(request.args)
    with runtime().reading() as session:
        found = overview(session, actor(), wanted, moment, runtime().rules, runtime().histories)
        marked = marked_projects(session, found.everything, moment)
        shown = [one for one in marked if Mark(asked) in one.marks]
        rows = {row.line.id: row for row in rows_for(session, [one.line for one in shown], found, moment.at)}
        names = reason_codes(session)
    return render_template(
        "voices/index.html",
        mark=Mark(asked),
        marks=list(Mark),
        counts=counts_of(marked),
        shown=shown,
        rows=rows,
        moment=moment,
        filters=filters_in(request.args),
        reason_names=names,
    )
