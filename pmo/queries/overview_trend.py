"""How the counts of the overview differ from a week and a month ago.

The earlier counts are those of the overview itself as of the earlier day, so they are what that page shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pmo.clock import end_of_day
from pmo.domain.access import Actor
from pmo.queries.histories import Histories
from pmo.queries.overview import ATTENTION, Moment, Overview, overview
from pmo.queries.overview_filter import Wanted
from pmo.queries.rules import CityRules

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The counts of an earlier day; ``overview`` is None where nothing was tracked yet."""

    on: date
    overview: Overview | None

    def change(self, now: Overview, status: str) -> int | None:
        """By how many a count has grown since; ``status`` as in the filter, empty for all projects."""
        if self.overview is None:
            return None
        return counted(now, status) - counted(self.overview, status)


@dataclass(frozen=True, slots=True)
class Trend:
    """Against the same weekday of the week before, and the same day of the month before."""

    week: Earlier
    month: Earlier


def trend_of(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    moment: Moment,
    zone: ZoneInfo,
    rules: CityRules,
    histories: Histories,
) -> Trend:
    """The two earlier days of an overview with the same filter."""

    def as_of(day: date) -> Earlier:
        then = Moment(end_of_day(day, zone), day, is_past=True)
        found = overview(session, actor, wanted, then, rules, histories)
        return Earlier(day, found if found.everything else None)

    return Trend(as_of(moment.on - WEEK), as_of(month_before(moment.on)))


def month_before(day: date) -> date:
    """The same day of the month before, or that month's last one."""
    last_of_month = day.replace(day=1) - timedelta(days=1)
    return last_of_month.replace(day=min(day.day, last_of_month.day))


def counted(found: Overview, status: str) -> int:
    """How many projects a filter of status would list."""
    if not status:
        return len(found.everything)
    if status == ATTENTION:
        return len(found.attention)
    return sum(number for one, number in found.counts.items() if one.value == status)
