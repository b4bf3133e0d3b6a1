"""The moment a page is about: now, or the end of a past day that the address names with ``?as_of=2019-12-31``."""

from __future__ import annotations

from datetime import date

from flask import request

from pmo.clock import end_of_day
from pmo.queries.overview import Moment
from pmo.web.context import now, today, zone


def moment_of_page() -> Moment:
    """The past day that was asked for, else now. A day that is no date, is today or lies ahead means now."""
    asked = _day(request.args.get("as_of", ""))
    if asked is None or asked >= today():
        return Moment(now(), today())
    return Moment(end_of_day(asked, zone()), asked, is_past=True)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
