"""The moment a page is about: now, or the end of a past day that the address names with ``?as_of=2019-12-31``.

A page that takes ``moment_of_page()`` can show the past; its endpoint stands in ``PAST_PAGES``. Whoever is in the past
stays there: links to such pages carry the day along, until they take it out with ``as_of=None``.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import g, has_request_context, request

from pmo.clock import end_of_day
from pmo.domain.calendar import FIRST_DAY
from pmo.domain.errors import RuleBroken
from pmo.i18n import gettext
from pmo.queries.overview import Moment
from pmo.web.context import now, today, visitor, zone

PAST_PAGES = frozenset(
    {
        "portfolio.index",
        "projects.show",
        "milestones.show",
        "indicators.show",
        "tasks.index",
        "alerts.index",
        "meeting.show",
    }
)
"""Endpoints of the pages that know ``?as_of=``; they show the day in their head and offer another one."""


NOT_KEPT = ("as_of", "after", "before")
"""What another day does not take over from the address: the page of a list begins anew."""


def moment_of_page() -> Moment:
    """The past day that was asked for, else now; today's own date means now.

    Raises RuleBroken where the address names no day, or one that lies ahead or before the calendar.
    """
    asked = request.args.get("as_of", "").strip()
    if not asked:
        return Moment(now(), today())
    day = day_of(asked, "as_of")
    if day == today():
        return Moment(now(), today())
    g.past_day = day
    return Moment(end_of_day(day, zone()), day, is_past=True)


def day_of(text: str, field: str) -> date:
    """A day of the past or today that an address names, of 2000 or later. Raises RuleBroken."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RuleBroken("day_unreadable", field, day=text[:30]) from None
    if day < FIRST_DAY:
        raise RuleBroken("date_out_of_range", field, first=FIRST_DAY, last=today())
    if day > today():
        raise RuleBroken("day_ahead", field, day=day, today=today())
    return day


def past_day() -> date | None:
    """The past day that this page shows; None where it shows the present."""
    return g.get("past_day") if has_request_context() else None


def stay_in_the_past(endpoint: str, values: dict[str, Any]) -> None:
    """Links from a page of the past to pages that know the past lead to the same day."""
    day = past_day()
    if day is not None and endpoint in PAST_PAGES:
        values.setdefault("as_of", day.isoformat())


def travel() -> dict[str, object]:
    """What the head of a page needs to offer another day; ``can_travel`` where the page knows the past."""
    found = visitor()
    if found is None or request.endpoint not in PAST_PAGES:
        return {"can_travel": False, "past_day": None}
    day = past_day() or found.today
    return {
        "can_travel": True,
        "past_day": past_day(),
        "kept_query": {name: values for name, values in request.args.lists() if name not in NOT_KEPT},
        "days_to_go_back": (
            (gettext("a week earlier"), day - timedelta(days=7)),
            (gettext("a month earlier"), day - timedelta(days=30)),
        ),
    }
