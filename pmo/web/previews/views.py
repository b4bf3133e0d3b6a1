"""What a morning sends, to whom and why; and why somebody gets nothing (DOMAIN 3.2). Looking leaves no trace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, Response, render_template, request

from pmo.domain.access import Action
from pmo.domain.errors import NotFound
from pmo.domain.planning import faults_of_day
from pmo.domain.why import Explanation
from pmo.i18n import add_filters
from pmo.i18n.explanations import explained
from pmo.jobs.dry_mornings import MORNING, DryMorning, TooFarAhead, dry_morning
from pmo.jobs.why import Answer, why
from pmo.queries.calendar import working_calendar
from pmo.queries.people import people_of_city
from pmo.queries.planned_mails import PlannedMail
from pmo.services.mail_pictures import with_pictures_inside
from pmo.web.access import needs
from pmo.web.context import city, now, runtime, zone
from pmo.web.outbox.views import MAIL_POLICY

previews = Blueprint("previews", __name__)


def in_words(explanation: Explanation, people: Mapping[str, object] | None = None) -> str:
    """An explanation as a sentence."""
    return explained(explanation, people)


previews.record_once(lambda made: add_filters(made.app.jinja_env, {"explained": in_words}))


@previews.get("/alerts/preview")
@needs(Action.PREVIEW_ALERTS)
def index() -> str:
    """The mails of ``?on=``, the next morning without it; ``?item=`` with ``?person=`` asks why."""
    on = _day()
    morning, last = _morning(on)
    item, person = request.args.get("item", "").strip(), request.args.get("person", "")
    asked, is_unknown = None, False
    if item and person:
        try:
            asked = _asked(item, person, on)
        except NotFound:
            is_unknown = True
    with runtime().reading() as session:
        posts = people_of_city(session, city().id)
    return render_template(
        "previews/index.html",
        morning=morning,
        last=last,
        on=on,
        posts=posts,
        titles={post.id: {"ru": post.title_ru, "kk": post.title_kk, "en": post.title_en} for post in posts},
        asked_item=item,
        asked_person=person,
        asked=asked,
        is_unknown=is_unknown,
    )


@previews.get("/alerts/preview/mail")
@needs(Action.PREVIEW_ALERTS)
def mail() -> str:
    """One mail of a morning, ``?key=``: its text, and its HTML in a frame where nothing of it is alive."""
    morning, found = _mail()
    return render_template("previews/mail.html", on=morning.on, morning=morning, mail=found)


@previews.get("/alerts/preview/mail/html")
@needs(Action.PREVIEW_ALERTS)
def mail_html() -> Response:
    """The HTML part alone, under a policy that lets nothing run and nothing load."""
    _, found = _mail()
    policy = f"sandbox; {MAIL_POLICY}; frame-ancestors 'self'"
    return Response(with_pictures_inside(found.html), mimetype="text/html", headers={"Content-Security-Policy": policy})


def _day() -> date:
    """The day asked for, the next morning without one. Raises RuleBroken for a day that no calendar holds."""
    try:
        asked = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        with runtime().reading() as session:
            calendar = working_calendar(session, city().id)
        return MORNING[-1].next_moment(now(), calendar, zone()).astimezone(zone()).date()
    for fault in faults_of_day(asked, "on"):
        raise fault.as_refusal()
    return asked


def _morning(on: date) -> tuple[DryMorning | None, date | None]:
    """The morning of a day, or None and the latest day that can be looked at."""
    try:
        return dry_morning(runtime(), city(), on), None
    except TooFarAhead as refusal:
        return None, refusal.last


def _mail() -> tuple[DryMorning, PlannedMail]:
    morning, _ = _morning(_day())
    key = request.args.get("key", "")
    found = next((one for one in morning.mails if one.key == key), None) if morning else None
    if morning is None or found is None:
        raise NotFound
    return morning, found


def _asked(item: str, person: str, on: date) -> Answer:
    with runtime().reading() as session:
        return why(runtime(), session, city(), item, person, on)
