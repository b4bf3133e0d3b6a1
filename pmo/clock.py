"""The only place that reads the time. Everything else is given a clock, or a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the present instant, aware, in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant of the machine."""
        return datetime.now(UTC)


class FixedClock:
    """Stands still: for simulations, tests, and commands with ``--at``."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment


class DemoClock:
    """Stands still too, but somebody may move it: reads the moment where the demonstration keeps it."""

    def __init__(self, read: Callable[[], datetime]) -> None:
        self._read = read

    def now(self) -> datetime:
        """The moment kept in the database."""
        return self._read().astimezone(UTC)


def monotonic() -> float:
    """Seconds that never run backwards, for waiting and for watchdogs."""
    return time.monotonic()


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar date in a city at an instant."""
    return moment.astimezone(zone).date()


def local_moment(day: date, at: wall_time, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time in a city; the first real one where the clocks jump over it."""
    moment = datetime.combine(day, at, zone)
    return moment.astimezone(UTC).astimezone(zone)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """00:00 in the city."""
    return local_moment(day, wall_time(), zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last instant of a day in the city; what was entered until then is known on that day (PRODUCT 5)."""
    return start_of_day(day + timedelta(days=1), zone) - timedelta(microseconds=1)


def utc_text(moment: datetime) -> str:
    """An instant as every contract writes it (JSON of commands and programs, the record): UTC with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
