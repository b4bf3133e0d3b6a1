"""Somebody who was told of a project or an indicator replies: heard, or the owner's recovery plan (DOMAIN 3.2).

A link opens a form and changes nothing: only its button does.
"""

from __future__ import annotations

from flask import Blueprint, url_for

from pmo.domain.access import Action
from pmo.i18n import gettext
from pmo.queries.replies import OwnReplies, own_replies
from pmo.services.replies import acknowledge_indicator, acknowledge_project, give_recovery_plan
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, indicator_for, project_for, saved
from pmo.web.answers.overtaken import overtaken
from pmo.web.context import actor, now, runtime, today
from pmo.web.replies.forms import HeardForm, RecoveryPlanForm

replies = Blueprint("replies", __name__)


@replies.route("/projects/<int:project_id>/recovery-plan", methods=["GET", "POST"])
@needs(Action.VIEW)
def recovery_plan(project_id: int) -> Answer:
    """The owner of a project off track says how it comes back."""
    page = project_for(project_id, Action.VIEW)
    own = _own(page.city, page.id, page.code)
    there = url_for("projects.show", project_id=project_id, _anchor="history")
    if own.plan is None:
        return overtaken(page.city, page.code, there)
    form = RecoveryPlanForm()
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                give_recovery_plan(session, act(), project_id, form.text.data)
            return saved(gettext("The recovery plan of %(item)s is recorded.", item=page.code), there)
    return form_page("replies/recovery_plan.html", form, page=page, own=own)


@replies.route("/projects/<int:project_id>/acknowledgement", methods=["GET", "POST"])
@needs(Action.VIEW)
def project(project_id: int) -> Answer:
    """Says that an alert about a project has arrived and what is being done."""
    page = project_for(project_id, Action.VIEW)
    own = _own(page.city, page.id, page.code)
    there = url_for("projects.show", project_id=project_id, _anchor="history")
    if own.alert is None:
        return overtaken(page.city, page.code, there)
    form = HeardForm()
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                acknowledge_project(session, act(), project_id, form.text.data)
            return saved(gettext("Acknowledged: %(item)s.", item=page.code), there)
    return form_page("replies/project.html", form, page=page, own=own)


@replies.route("/indicators/<int:indicator_id>/acknowledgement", methods=["GET", "POST"])
@needs(Action.VIEW)
def indicator(indicator_id: int) -> Answer:
    """The same of an indicator. What is owed stays owed."""
    page = indicator_for(indicator_id, Action.VIEW)
    code = page.line.facts.code
    own = _own(page.scope.city, page.project_id, code)
    there = url_for("indicators.show", indicator_id=indicator_id)
    if own.alert is None:
        return overtaken(page.scope.city, code, there)
    form = HeardForm()
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                acknowledge_indicator(session, act(), indicator_id, form.text.data)
            return saved(gettext("Acknowledged: %(item)s.", item=code), there)
    return form_page("replies/indicator.html", form, page=page, own=own)


def _own(city: str, project_id: int, item: str) -> OwnReplies:
    with runtime().reading() as session:
        return own_replies(session, city, project_id, item, actor(), today(), now())
