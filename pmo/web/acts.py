"""What every page that changes something needs: the act, the thing it is about, and the way on.

page = milestone_for(milestone_id, Action.FORECAST)         404 out of sight, 403 where it is not permitted
form = ForecastForm()
if form.validate_on_submit():
    with form.answering():
        with runtime().writing() as session:
            move_forecast(session, act(), milestone_id, …)
        return saved(gettext("…"), url_for("milestones.show", milestone_id=milestone_id))
return form_page("forecasts/show.html", form, page=page)
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.i18n.names import name_of
from pmo.queries.indicator_page import IndicatorPage, indicator_page
from pmo.queries.milestone_page import MilestonePage, milestone_page
from pmo.queries.names import Names
from pmo.queries.overview import Moment
from pmo.queries.project_page import ProjectPage, project_page
from pmo.services.acts import Act
from pmo.web.access import demand
from pmo.web.addresses import next_path
from pmo.web.context import actor, now, runtime, today
from pmo.web.forms import Form

Answer = str | Response | tuple[str, int]


def act() -> Act:
    """What the visitor does, now: it counts from the moment of the request, and was written down by the wall clock."""
    return Act(actor=actor(), at=now(), on=today(), recorded_at=runtime().clock_on_the_wall.now())


def saved(message: str, there: str) -> Response:
    """It is done: says so on the next page, which is the one the visitor came from, or the one given."""
    flash(message, "success")
    return redirect(next_path() or there, 303)


def form_page(template: str, form: Form, **about: object) -> tuple[str, int]:
    """The page of a form, as it was asked for or with everything that is wrong."""
    return render_template(template, form=form, next=next_path(), **about), form.status


def milestone_for(milestone_id: int, *actions: Action) -> MilestonePage:
    """A milestone as it stands, if the visitor may do one of these to it. Raises NotFound, NotAllowed."""
    with runtime().reading() as session:
        page = milestone_page(session, actor(), milestone_id, _moment(), runtime().rules, runtime().histories)
    demand(page.scope, *actions)
    return page


def indicator_for(indicator_id: int, *actions: Action) -> IndicatorPage:
    """An indicator as it stands. Raises NotFound, NotAllowed."""
    with runtime().reading() as session:
        page = indicator_page(session, actor(), indicator_id, _moment(), runtime().rules, runtime().histories)
    demand(page.scope, *actions)
    return page


def project_for(project_id: int, *actions: Action) -> ProjectPage:
    """A project as it stands. Raises NotFound, NotAllowed."""
    with runtime().reading() as session:
        page = project_page(session, actor(), project_id, _moment(), runtime().rules, runtime().histories)
    demand(page.scope, *actions)
    return page


def offered(names: Names, without: Iterable[str] = ()) -> list[tuple[str, str]]:
    """A list of names as choices of a field: (id, word)."""
    left_out = set(without)
    return [(code, name_of(name)) for code, name in names.items() if code and code not in left_out]


def _moment() -> Moment:
    return Moment(now(), today())
