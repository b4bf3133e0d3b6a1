"""Which copies of a folder stay: the last of each of seven days, four weeks, twelve months (RELIABILITY 5.1)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime

DAYS, WEEKS, MONTHS = 7, 4, 12


def kept_copies(moments: Iterable[datetime]) -> frozenset[datetime]:
    """The moments whose copies stay: of the last days, ISO weeks and months that have any, the latest copy each.

    Periods without a copy count nothing, so that copies outlive a summer in which nobody made one.
    """
    latest_first = sorted(moments, reverse=True)
    kept: set[datetime] = set()
    for period, count in ((_day, DAYS), (_week, WEEKS), (_month, MONTHS)):
        kept |= _latest_of_each(latest_first, period, count)
    return frozenset(kept)


def _latest_of_each(
    latest_first: list[datetime], period: Callable[[datetime], Hashable], count: int
) -> frozenset[datetime]:
    latest: dict[Hashable, datetime] = {}
    for moment in latest_first:
        if period(moment) not in latest and len(latest) == count:
            break
        latest.setdefault(period(moment), moment)
    return frozenset(latest.values())


def _day(moment: datetime) -> Hashable:
    return moment.date()


def _week(moment: datetime) -> Hashable:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> Hashable:
    return moment.year, moment.month
