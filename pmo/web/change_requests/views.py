"""New baseline dates: the manager asks, the office checks or returns, the curator approves or refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from pmo.db.session import Session
from pmo.domain.access import Action
from pmo.domain.milestone import NOT_STATED, MilestoneStatus
from pmo.i18n import gettext
from pmo.queries import change_requests as stored
from pmo.queries.names import reason_codes
from pmo.services import changes
from pmo.web.access import needs
from pmo.web.acts import Answer, act, form_page, offered, project_for, saved
from pmo.web.change_requests.forms import CommentForm, ReasonForm, field_of, request_form
from pmo.web.context import actor, runtime
from pmo.web.forms import Form

change_requests = Blueprint("change_requests", __name__)

STEADY = (MilestoneStatus.DONE_ON_TIME, MilestoneStatus.DONE_LATE, MilestoneStatus.CANCELLED)


@change_requests.route("/projects/<int:project_id>/change-requests/new", methods=["GET", "POST"])
@needs(Action.VIEW)
def new(project_id: int) -> Answer:
    """The form with the dates that stand; those that are changed are asked for."""
    page = project_for(project_id, Action.REQUEST_CHANGE)
    lines = [line for line in page.milestones if line.judged.status not in STEADY]
    form = request_form(lines)
    with runtime().reading() as session:
        form.reason_id.offer(offered(reason_codes(session), without=[NOT_STATED]))
    if form.validate_on_submit() and form.reason_id.data:
        with form.answering():
            with runtime().writing() as session:
                request = changes.request_change(
                    session, act(), project_id, form.dates(lines), form.reason_id.data, form.text.data
                )
                number = request.id
            return saved(
                gettext("The request is sent. The project management office checks it, then the curator rules."),
                url_for("change_requests.show", request_id=number),
            )
    rows = [(line, form[field_of(line)]) for line in lines]
    return form_page("change_requests/new.html", form, page=page, rows=rows)


@change_requests.get("/change-requests/<int:request_id>")
@needs(Action.VIEW)
def show(request_id: int) -> Answer:
    """The request, what was said of it, and what the visitor may say."""
    return _page(request_id)


@change_requests.post("/change-requests/<int:request_id>/check")
@needs(Action.VIEW)
def check(request_id: int) -> Answer:
    """The office passes it on."""
    form = CommentForm(prefix="check")
    return _answer(
        request_id,
        Action.CHECK_CHANGE,
        "check",
        form,
        lambda session: changes.check_change(session, act(), request_id, form.text.data),
        gettext("The request is checked and waits for the curator."),
    )


@change_requests.post("/change-requests/<int:request_id>/return")
@needs(Action.VIEW)
def give_back(request_id: int) -> Answer:
    """The office sends it back."""
    form = ReasonForm(prefix="return")
    return _answer(
        request_id,
        Action.CHECK_CHANGE,
        "return",
        form,
        lambda session: changes.return_change(session, act(), request_id, form.text.data or ""),
        gettext("The request is returned to the manager."),
    )


@change_requests.post("/change-requests/<int:request_id>/approval")
@needs(Action.VIEW)
def approve(request_id: int) -> Answer:
    """The dates become the next version of the baseline."""
    form = CommentForm(prefix="approve")
    return _answer(
        request_id,
        Action.RULE_CHANGE,
        "approve",
        form,
        lambda session: changes.approve_change(session, act(), request_id, form.text.data),
        gettext("The new dates are approved and hold from today."),
    )


@change_requests.post("/change-requests/<int:request_id>/refusal")
@needs(Action.VIEW)
def refuse(request_id: int) -> Answer:
    """The old dates stand."""
    form = ReasonForm(prefix="refuse")
    return _answer(
        request_id,
        Action.RULE_CHANGE,
        "refuse",
        form,
        lambda session: changes.refuse_change(session, act(), request_id, form.text.data or ""),
        gettext("The request is refused; the dates stay."),
    )


def _answer(
    request_id: int, action: Action, name: str, form: Form, say: Callable[[Session], None], message: str
) -> Answer | Response:
    with runtime().reading() as session:
        request = stored.change_request(session, actor(), request_id)
    project_for(request.project_id, action)
    if form.validate_on_submit():
        with form.answering():
            with runtime().writing() as session:
                say(session)
            return saved(message, url_for("change_requests.show", request_id=request_id))
    return _page(request_id, {name: form})


def _page(request_id: int, sent: Mapping[str, Form] | None = None) -> Answer:
    with runtime().reading() as session:
        request = stored.change_request(session, actor(), request_id)
    page = project_for(request.project_id, Action.VIEW)
    forms: dict[str, Form] = {
        "check": CommentForm(prefix="check"),
        "return": ReasonForm(prefix="return"),
        "approve": CommentForm(prefix="approve"),
        "refuse": ReasonForm(prefix="refuse"),
        **(sent or {}),
    }
    shown = next(iter((sent or forms).values()))
    return form_page("change_requests/show.html", shown, page=page, change=request, forms=forms)
