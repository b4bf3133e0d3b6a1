"""Indicators made and edited by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.domain.indicator import Direction, Frequency, Indicator, Interpolation, Kind
from pmo.i18n import gettext
from pmo.queries.form_fields import indicator_fields
from pmo.queries.names import units
from pmo.services.indicators import IndicatorPlan, create_indicator, edit_indicator
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, indicator_for, offered, project_for, saved
from pmo.web.context import runtime
from pmo.web.editing.conflicts import correction
from pmo.web.editing.forms import IndicatorForm
from pmo.web.editing.lines import as_point_lines

indicator_editing = Blueprint("indicator_editing", __name__)

JUDGED = (
    "baseline",
    "baseline_on",
    "target",
    "target_on",
    "low",
    "high",
    "window_start",
    "zero_scale",
    "weight",
    "critical",
)
"""Fields that the form and the domain's indicator call by one name."""


@indicator_editing.route("/projects/<int:project_id>/indicators/new", methods=["GET", "POST"])
@needs(Action.VIEW)
def new(project_id: int) -> Answer:
    """An indicator with its trajectory."""
    page = project_for(project_id, Action.EDIT)
    form = IndicatorForm(
        code=f"{page.code}-I{len(page.indicators) + 1}",
        baseline_on=page.facts.start_on,
        target_on=page.facts.end_on,
        direction="up",
        kind="point",
        frequency="monthly",
        interpolation="linear",
        weight=1.0,
    )
    _offer(form)
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                number = create_indicator(session, act(), project_id, _plan(form)).id
            return saved(gettext("The indicator is created."), url_for("indicators.show", indicator_id=number))
    return form_page("editing/indicator.html", form, page=page, is_new=True, conflict=None)


@indicator_editing.route("/indicators/<int:indicator_id>/edit", methods=["GET", "POST"])
@needs(Action.VIEW)
def edit(indicator_id: int) -> Answer:
    """An indicator is corrected; its past is judged by what it was then."""
    page = indicator_for(indicator_id, Action.EDIT)
    with runtime().reading() as session:
        own = asdict(indicator_fields(session, indicator_id))
    standing = {**own, **_judged(page.line.facts)}
    form = IndicatorForm(**standing)
    _offer(form)

    def save() -> Response:
        with runtime().writing() as session:
            edit_indicator(session, act(), indicator_id, _plan(form), form.opened_at_version)
        return saved(gettext("The indicator is saved."), url_for("indicators.show", indicator_id=indicator_id))

    return correction(form, standing, save, "editing/indicator.html", page=page, is_new=False)


def _judged(facts: Indicator) -> dict[str, Any]:
    return {
        **{name: getattr(facts, name) for name in JUDGED},
        "code": facts.code,
        "direction": facts.direction.value,
        "kind": facts.kind.value,
        "frequency": facts.frequency.value,
        "interpolation": facts.interpolation.value,
        "trajectory": as_point_lines(facts.trajectory),
        "shares": as_point_lines(facts.shares),
    }


def _offer(form: IndicatorForm) -> None:
    with runtime().reading() as session:
        form.offer(offered(units(session)))


def _plan(form: IndicatorForm) -> IndicatorPlan:
    judged: dict[str, Any] = {name: form[name].data for name in JUDGED}
    rule = Indicator(
        id=0,
        code=str(form.code.data),
        direction=Direction(form.direction.data),
        kind=Kind(form.kind.data),
        frequency=Frequency(form.frequency.data),
        interpolation=Interpolation(form.interpolation.data),
        trajectory=form.trajectory.points,
        shares=form.shares.points,
        **judged,
    )
    return IndicatorPlan(
        name_ru=str(form.name_ru.data),
        name_kk=str(form.name_kk.data),
        name_en=str(form.name_en.data),
        unit_id=str(form.unit_id.data),
        source=form.source.data,
        rule=rule,
    )
