"""A day or a week forward: enters the log's events of those days and runs the jobs (PRODUCT 5, the demo)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.errors import NotFound, RuleBroken
from pmo.i18n import formats, gettext, ngettext
from pmo.web.access import signed_in
from pmo.web.addresses import next_path
from pmo.web.context import city, runtime
from pmo.web.demonstration import demonstration

STEPS = {"1": 1, "7": 7}

demo_clock = Blueprint("demo_clock", __name__)


@demo_clock.post("/demo/clock")
@signed_in
def move() -> Response:
    """Takes ``days``, 1 or 7, and goes back to ``next``. Anywhere but in the demonstration there is no such page."""
    demo = demonstration()
    if demo is None or demo.move_clock is None:
        raise NotFound
    days = STEPS.get(request.form.get("days", ""))
    if days is None:
        raise RuleBroken("clock_step_unknown", "days")
    skipped = len(demo.move_clock(days))
    day = formats.day_long(runtime().today(city().timezone))
    flash(gettext("The demonstration's date is now %(day)s.", day=day), "success")
    if skipped:
        text = ngettext(
            "%(num)d event of the log contradicts what was entered here and was skipped; see below the mailbox.",
            "%(num)d events of the log contradict what was entered here and were skipped; see below the mailbox.",
            skipped,
        )
        flash(text, "warning")
    return redirect(next_path() or url_for("home.show"))
