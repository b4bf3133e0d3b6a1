"""The numbers that a city judges by: the table, its versions, the next one with a look at what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.access import Action
from pmo.domain.errors import Conflict, RuleBroken
from pmo.domain.policy import RuleSet
from pmo.domain.rule_change import RuleChange
from pmo.domain.rule_parameters import PARAMETERS, Difference, Topic, differences, rules_with, values_of
from pmo.i18n import formats, gettext
from pmo.i18n.labels_of_rules import bounds, figure
from pmo.queries.item_names import names_in
from pmo.queries.names import reason_codes
from pmo.queries.rules_page import RulesPage, changes_of_rules, rules_page
from pmo.services.rules import RulePlan, faults_of_plan, plan_rules, withdraw_rules
from pmo.web.access import needs, signed_in
from pmo.web.acts import Answer, act, form_page, saved
from pmo.web.administration.blueprint import administration
from pmo.web.administration.rules_form import RulesForm, digest
from pmo.web.context import city, now, runtime, today


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan changes today, and on its first day where that is another day and nothing is entered until then."""

    differences: tuple[Difference, ...]
    today: RuleChange
    first_day: RuleChange | None
    valid_from: date


@administration.get("/rules")
@signed_in
def rules() -> str:
    """Every number with its standard, its present value and its bounds; the versions, with who, when and why."""
    with runtime().reading() as session:
        page = rules_page(session, city().id, today())
    topics = [(topic, [one for one in PARAMETERS if one.topic is topic]) for topic in Topic]
    values = values_of(page.in_force)
    return render_template(
        "administration/rules.html", page=page, topics=topics, values=values, figure=figure, bounds=bounds
    )


@administration.route("/rules/next", methods=["GET", "POST"])
@needs(Action.MANAGE_RULES)
def next_rules() -> Answer:
    """The next version: what is typed is looked at first, and planned once the same was looked at."""
    form = RulesForm()
    page, preview = _page(), None
    if request.method == "GET":
        form.fill(page.last)
        form.valid_from.data, form.state.data = today() + timedelta(days=1), page.state
    elif form.validate_on_submit():
        plan = form.plan()
        try:
            with form.answering():
                preview = _looked_at(form, plan, page)
                if preview is None and not form.error_list:
                    return _planned(plan)
        except Conflict:
            return _told_of_the_others(form)
    return _shown(form, page, preview)


@administration.post("/rules/<int:version_id>/withdrawal")
@needs(Action.MANAGE_RULES)
def withdraw_rule_version(version_id: int) -> Response:
    """A version whose day is still to come is taken back."""
    with runtime().writing() as session:
        withdraw_rules(session, act(), version_id)
    return saved(gettext("The version is withdrawn."), url_for("administration.rules"))


def _looked_at(form: RulesForm, plan: RulePlan, page: RulesPage) -> Preview | None:
    """The preview to show first, or None where there is none to show: faults, or all was looked at before."""
    if plan.state != page.state:
        raise Conflict({"state": page.state})
    with runtime().reading() as session:
        faults = faults_of_plan(session, act(), plan)
    for fault in faults:
        form.refuse(fault.as_refusal())
    if faults:
        return None
    is_known = form.previewed.data == digest(plan)
    if "preview" not in request.form:
        if is_known:
            return None
        form.refuse(RuleBroken("rules_not_previewed"))
    form.previewed.data = digest(plan)
    return _preview(plan, page.last)


def _preview(plan: RulePlan, last: RuleSet) -> Preview:
    assert plan.valid_from is not None, "the plan was found complete"
    after, on = rules_with(gettext("new version"), plan.numbers), today()
    with runtime().reading() as session:
        there = (runtime().rules, runtime().histories)
        changed = changes_of_rules(session, city().id, after, now(), on, *there)
        later = plan.valid_from != on
        first_day = changes_of_rules(session, city().id, after, now(), plan.valid_from, *there) if later else None
    return Preview(differences(last, after), changed, first_day, plan.valid_from)


def _planned(plan: RulePlan) -> Response:
    with runtime().writing() as session:
        version = plan_rules(session, act(), plan)
        name, day = version.name, version.valid_from
    told = gettext("Version %(version)s holds from %(day)s.", version=name, day=formats.day(day))
    return saved(told, url_for("administration.rules", _anchor="versions"))


def _told_of_the_others(form: RulesForm) -> Answer:
    """Somebody planned or withdrew a version since the form was opened: it is shown, what was typed stays."""
    page = _page()
    form.state.data, form.previewed.data = page.state, ""
    html, _ = _shown(form, page, None, is_conflict=True)
    return html, 409


def _page() -> RulesPage:
    with runtime().reading() as session:
        return rules_page(session, city().id, today())


def _shown(form: RulesForm, page: RulesPage, preview: Preview | None, *, is_conflict: bool = False) -> tuple[str, int]:
    with runtime().reading() as session:
        names = reason_codes(session)
        items = names_in(session, city().id) if preview else {}
    return form_page(
        "administration/next_rules.html",
        form,
        page=page,
        present=values_of(page.last),
        preview=preview,
        is_conflict=is_conflict,
        figure=figure,
        bounds=bounds,
        reason_names=names,
        item_names=items,
    )
