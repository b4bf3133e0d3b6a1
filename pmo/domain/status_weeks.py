"""How many projects had which colour on the days of the last weekly digests (PRODUCT 3, digest)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.project import ProjectStatus
from pmo.domain.week import QUIET, weekly_day_before

WEEKS = 8
"""Points of the picture, today's included."""


class Colour(StrEnum):
    """The colour of a project; ``none`` for those that are paused, cancelled, not started or not assessed."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A project's own status from a day on."""

    on: date
    status: ProjectStatus
    severity: int | None


@dataclass(frozen=True, slots=True)
class StatusCount:
    """Projects by colour on a day."""

    on: date
    red: int = 0
    amber: int = 0
    green: int = 0
    none: int = 0

    @property
    def total(self) -> int:
        """All projects that were known on the day."""
        return self.red + self.amber + self.green + self.none


def weekly_days(calendar: WorkingCalendar, on: date, weeks: int = WEEKS) -> list[date]:
    """The days of the last digests, oldest first; ``on`` itself, the day of this one, is the last."""
    days = [on]
    while len(days) < weeks:
        days.insert(0, weekly_day_before(calendar, days[0]))
    return days


def colour_of(status: ProjectStatus, severity: int | None) -> Colour:
    """As the subject of the digest counts."""
    if severity is None or status in QUIET:
        return Colour.NONE
    return (Colour.GREEN, Colour.AMBER, Colour.RED)[severity]


def colours_on(changes: Sequence[StatusChange], days: Iterable[date]) -> dict[date, Colour]:
    """The colour of one project at the end of each day; a day before its first status is absent.

    ``changes`` are in the order in which they happened.
    """
    found = {}
    for day in days:
        last = next((change for change in reversed(changes) if change.on <= day), None)
        if last is not None:
            found[day] = colour_of(last.status, last.severity)
    return found


def counted(projects: Iterable[Mapping[date, Colour]], days: Iterable[date]) -> tuple[StatusCount, ...]:
    """A reader's projects by colour, one count a day; days at the beginning without any are left out."""
    known = list(projects)
    counts: list[StatusCount] = []
    for day in days:
        tally = Counter(colours[day] for colours in known if day in colours)
        count = StatusCount(day, *(tally[colour] for colour in Colour))
        if count.total or counts:
            counts.append(count)
    return tuple(counts)
