"""Pausing, resuming and cancelling a project or a milestone; a colour worse than the computed one."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, url_for

from pmo.domain.access import Action
from pmo.domain.milestone import NOT_STATED
from pmo.i18n import formats, gettext
from pmo.i18n.labels import label
from pmo.queries.names import reason_codes
from pmo.services import lifecycle as services
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, milestone_for, offered, project_for, saved
from pmo.web.context import now, runtime, today
from pmo.web.lifecycle.forms import CancellationForm, OverrideForm, PauseForm, ResumptionForm

lifecycle = Blueprint("lifecycle", __name__)


@lifecycle.route("/projects/<int:project_id>/pause", methods=["GET", "POST"])
@needs(Action.VIEW)
def pause_project(project_id: int) -> Answer:
    """Work on the project stops."""
    page = project_for(project_id, Action.PAUSE)
    form = _pause_form()
    there = url_for("projects.show", project_id=project_id)
    if form.validate_on_submit() and form.starts_on.data and form.reason_id.data:
        with form.answering():
            with runtime().writing() as session:
                services.pause_project(
                    session, act(), project_id, form.starts_on.data, form.reason_id.data, form.text.data
                )
            return saved(_paused(page.code, form), there)
    return form_page("lifecycle/pause.html", form, page=page, is_project=True, there=there)


@lifecycle.route("/milestones/<int:milestone_id>/pause", methods=["GET", "POST"])
@needs(Action.VIEW)
def pause_milestone(milestone_id: int) -> Answer:
    """Work on one milestone stops."""
    page = milestone_for(milestone_id, Action.PAUSE)
    form = _pause_form()
    there = url_for("milestones.show", milestone_id=milestone_id)
    if form.validate_on_submit() and form.starts_on.data and form.reason_id.data:
        with form.answering():
            with runtime().writing() as session:
                services.pause_milestone(
                    session, act(), milestone_id, form.starts_on.data, form.reason_id.data, form.text.data
                )
            return saved(_paused(page.code, form), there)
    return form_page("lifecycle/pause.html", form, page=page, is_project=False, there=there)


@lifecycle.route("/projects/<int:project_id>/resumption", methods=["GET", "POST"])
@needs(Action.VIEW)
def resume_project(project_id: int) -> Answer:
    """Work on the project goes on."""
    page = project_for(project_id, Action.RESUME)
    form = ResumptionForm(resumed_on=today())
    there = url_for("projects.show", project_id=project_id)
    if form.validate_on_submit() and form.resumed_on.data:
        with form.answering():
            with runtime().writing() as session:
                services.resume_project(session, act(), project_id, form.resumed_on.data)
            return saved(_resumed(page.code, form), there)
    pause = page.facts.open_pause
    return form_page("lifecycle/resumption.html", form, page=page, is_project=True, there=there, pause=pause)


@lifecycle.route("/milestones/<int:milestone_id>/resumption", methods=["GET", "POST"])
@needs(Action.VIEW)
def resume_milestone(milestone_id: int) -> Answer:
    """Work on one milestone goes on."""
    page = milestone_for(milestone_id, Action.RESUME)
    form = ResumptionForm(resumed_on=today())
    there = url_for("milestones.show", milestone_id=milestone_id)
    if form.validate_on_submit() and form.resumed_on.data:
        with form.answering():
            with runtime().writing() as session:
                services.resume_milestone(session, act(), milestone_id, form.resumed_on.data)
            return saved(_resumed(page.code, form), there)
    pause = next((pause for pause in page.facts.pauses if pause.resumed_on is None), None)
    return form_page("lifecycle/resumption.html", form, page=page, is_project=False, there=there, pause=pause)


@lifecycle.route("/projects/<int:project_id>/cancellation", methods=["GET", "POST"])
@needs(Action.VIEW)
def cancel_project(project_id: int) -> Answer:
    """The project is dropped."""
    page = project_for(project_id, Action.CANCEL)
    form = _cancellation_form()
    there = url_for("projects.show", project_id=project_id)
    if form.validate_on_submit() and form.effective_on.data and form.reason_id.data:
        with form.answering():
            with runtime().writing() as session:
                services.cancel_project(
                    session, act(), project_id, form.effective_on.data, form.reason_id.data, form.text.data
                )
            return saved(_cancelled(page.code, form), there)
    return form_page("lifecycle/cancellation.html", form, page=page, is_project=True, there=there)


@lifecycle.route("/milestones/<int:milestone_id>/cancellation", methods=["GET", "POST"])
@needs(Action.VIEW)
def cancel_milestone(milestone_id: int) -> Answer:
    """One milestone is dropped."""
    page = milestone_for(milestone_id, Action.CANCEL)
    form = _cancellation_form()
    there = url_for("milestones.show", milestone_id=milestone_id)
    if form.validate_on_submit() and form.effective_on.data and form.reason_id.data:
        with form.answering():
            with runtime().writing() as session:
                services.cancel_milestone(
                    session, act(), milestone_id, form.effective_on.data, form.reason_id.data, form.text.data
                )
            return saved(_cancelled(page.code, form), there)
    return form_page("lifecycle/cancellation.html", form, page=page, is_project=False, there=there)


@lifecycle.route("/projects/<int:project_id>/override", methods=["GET", "POST"])
@needs(Action.VIEW)
def override(project_id: int) -> Answer:
    """The office sets a worse colour, for as long as the rules allow."""
    page = project_for(project_id, Action.OVERRIDE)
    with runtime().reading() as session:
        most = runtime().rules.on(session, page.city, today(), now()).override_max_days
    last_day = today() + timedelta(days=most)
    form = OverrideForm(ends_on=today() + timedelta(days=14))
    form.severity.offer([(str(severity), label("severity", severity)) for severity in services.WORSE])
    there = url_for("projects.show", project_id=project_id)
    if form.validate_on_submit() and form.severity.data and form.ends_on.data and form.text.data:
        with form.answering():
            with runtime().writing() as session:
                services.set_worse_colour(
                    session, act(), project_id, int(form.severity.data), form.ends_on.data, form.text.data
                )
            until = formats.day(form.ends_on.data)
            return saved(gettext("The worse colour of %(item)s holds until %(day)s.", item=page.code, day=until), there)
    is_possible = page.can_be_worse
    return form_page(
        "lifecycle/override.html", form, page=page, last_day=last_day, there=there, is_possible=is_possible
    )


def _pause_form() -> PauseForm:
    form = PauseForm(starts_on=today())
    with runtime().reading() as session:
        form.reason_id.offer(offered(reason_codes(session), without=[NOT_STATED]))
    return form


def _cancellation_form() -> CancellationForm:
    form = CancellationForm(effective_on=today())
    with runtime().reading() as session:
        form.reason_id.offer(offered(reason_codes(session), without=[NOT_STATED]))
    return form


def _paused(code: str, form: PauseForm) -> str:
    return gettext("%(item)s is paused from %(day)s.", item=code, day=formats.day(form.starts_on.data))


def _resumed(code: str, form: ResumptionForm) -> str:
    return gettext("Work on %(item)s goes on from %(day)s.", item=code, day=formats.day(form.resumed_on.data))


def _cancelled(code: str, form: CancellationForm) -> str:
    return gettext("%(item)s is cancelled from %(day)s.", item=code, day=formats.day(form.effective_on.data))
