"""The first page of a manager: what is due from this person across projects, each with its one button."""

from __future__ import annotations

from flask import Blueprint, render_template

from pmo.queries.correspondence import questions_to_answer, reports_on_something, updates_to_read
from pmo.queries.names import reason_codes
from pmo.queries.tasks import tasks_of
from pmo.web.access import signed_in
from pmo.web.context import actor, runtime
from pmo.web.moments import moment_of_page

tasks = Blueprint("tasks", __name__)


@tasks.get("/tasks")
@signed_in
def index() -> str:
    """Returned evidence, overdue milestones, reports, what is coming; for the PMO evidence and requests; for a curator
    requests to rule on."""
    moment = moment_of_page()
    with runtime().reading() as session:
        found = tasks_of(session, actor(), moment, runtime().rules, runtime().histories)
        unread = updates_to_read(session, actor(), moment)
        questions = questions_to_answer(session, actor(), moment)
        reports = reports_on_something(session, actor())
        names = reason_codes(session)
    return render_template(
        "tasks/index.html",
        tasks=found,
        moment=moment,
        unread=unread,
        questions=questions,
        wanted=found.count + len(questions),
        reports=reports and not moment.is_past,
        reason_names=names,
    )
