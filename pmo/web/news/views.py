"""What changed since a day or the last meeting, with filters as on the overview; counts open what they counted."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, g, render_template, request

from pmo.clock import end_of_day
from pmo.domain.access import Action
from pmo.domain.errors import RuleBroken
from pmo.domain.news import NewsKind
from pmo.domain.week import last_meeting_day
from pmo.i18n import gettext
from pmo.queries.calendar import working_calendar
from pmo.queries.choices import filter_choices
from pmo.queries.names import reason_codes
from pmo.queries.news import Period, news_page
from pmo.queries.overview import Moment
from pmo.web.access import needs
from pmo.web.context import actor, city, now, runtime, today, zone
from pmo.web.moments import day_of
from pmo.web.portfolio.views import wanted_in

LINES = 10
"""So many changes of a kind stand on the whole page; the count above opens all of them."""

news = Blueprint("news", __name__)


@news.get("/changes")
@needs(Action.VIEW)
def index() -> str:
    """``since`` and ``until`` are days; without them it is from the last meeting to now. ``kind`` narrows to one kind,
    the other filters are those of the overview."""
    wanted = wanted_in(request.args)
    kind = _kind(request.args.get("kind", ""))
    with runtime().reading() as session:
        meeting = last_meeting_day(working_calendar(session, city().id), today())
        period = _period(meeting)
        page = news_page(session, actor(), wanted, period, runtime().rules, runtime().histories)
        choices = filter_choices(session, actor(), wanted.city)
        names = reason_codes(session)
    kinds = [kind] if kind else list(page.counts)
    sections = [(one, [told for told in page.told if told.news.kind is one]) for one in kinds]
    return render_template(
        "news/index.html",
        page=page,
        period=period,
        wanted=wanted,
        kind=kind,
        sections=sections,
        most=None if kind else LINES,
        choices=choices,
        reason_names=names,
        beginnings=_beginnings(meeting),
    )


def _kind(text: str) -> NewsKind | None:
    return NewsKind(text) if text in set(NewsKind) else None


def _period(meeting: date) -> Period:
    """The days of the address. Raises RuleBroken for nonsense, days ahead, and days in the wrong order."""
    asked_since, asked_until = request.args.get("since", "").strip(), request.args.get("until", "").strip()
    since = day_of(asked_since, "since") if asked_since else meeting
    until = day_of(asked_until, "until") if asked_until else today()
    if since > until:
        raise RuleBroken("days_upside_down", "since", since=since, until=until)
    if until == today():
        return Period(since, Moment(now(), today()))
    g.past_day = until
    return Period(since, Moment(end_of_day(until, zone()), until, is_past=True))


def _beginnings(meeting: date) -> list[tuple[str, date]]:
    """Days from which one looks, each once."""
    monday = today() - timedelta(days=today().weekday())
    offered = [
        (gettext("the last meeting"), meeting),
        (gettext("two weeks ago"), monday - timedelta(days=14)),
        (gettext("the beginning of the month"), today().replace(day=1)),
        (gettext("the beginning of the year"), today().replace(month=1, day=1)),
    ]
    found: dict[date, str] = {}
    for word, day in offered:
        if day < today():
            found.setdefault(day, word)
    return [(word, day) for day, word in found.items()]
