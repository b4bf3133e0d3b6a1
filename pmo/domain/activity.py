"""What a schedule network is made of: activities and the links between them (DOMAIN 2.1).

Values only; `pmo.domain.schedule` computes with them. All moments are continuous offsets in working days from
the start of the plan: a start offset s is the first moment of working day s + 1, a finish offset f the last
moment of working day f.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Edge(StrEnum):
    """Which end of an activity an offset belongs to; the two differ across a weekend."""

    START = "start"
    FINISH = "finish"


class LinkType(StrEnum):
    """Which edge of the predecessor holds which edge of the successor."""

    FINISH_START = "FS"
    START_START = "SS"
    FINISH_FINISH = "FF"
    START_FINISH = "SF"

    @property
    def from_edge(self) -> Edge:
        return Edge.FINISH if self in (LinkType.FINISH_START, LinkType.FINISH_FINISH) else Edge.START

    @property
    def to_edge(self) -> Edge:
        return Edge.START if self in (LinkType.FINISH_START, LinkType.START_START) else Edge.FINISH


class Scale(Protocol):
    """Counts time otherwise than by the plan's working days."""

    def later(self, offset: float, amount: float, edge: Edge) -> float:
        """The plan's offset `amount` units of this scale after `offset`; before it, if negative."""
        ...


@dataclass(frozen=True, slots=True)
class Activity:
    """One piece of work.

    `duration` and `remaining` are in working days, or in units of `scale` if there is one; the other numbers
    are offsets in working days.

    `start_not_later_than` and `finish_not_later_than` only bound the late dates, and may make the float
    negative. "Must start on x" is `start_not_earlier_than = start_not_later_than = x`; so for a finish.
    With `actual_start` and without `actual_finish` the activity is in progress and has `remaining` work
    (default: what the data date leaves of the duration).
    """

    id: str
    duration: float
    scale: Scale | None = None
    start_not_earlier_than: float | None = None
    finish_not_earlier_than: float | None = None
    start_not_later_than: float | None = None
    finish_not_later_than: float | None = None
    actual_start: float | None = None
    actual_finish: float | None = None
    remaining: float | None = None

    @property
    def is_started(self) -> bool:
        return self.actual_start is not None or self.is_finished

    @property
    def is_finished(self) -> bool:
        return self.actual_finish is not None

    @property
    def moments(self) -> tuple[float, ...]:
        """Every offset that is stated."""
        stated = (
            self.start_not_earlier_than,
            self.finish_not_earlier_than,
            self.start_not_later_than,
            self.finish_not_later_than,
            self.actual_start,
            self.actual_finish,
        )
        return tuple(moment for moment in stated if moment is not None)


@dataclass(frozen=True, slots=True)
class Link:
    """The successor's edge comes at least `lag` after the predecessor's edge.

    `lag` is in working days, or in units of `lag_scale` (elapsed days), and may be negative. `or_first_of`
    names further predecessors: the link then counts from whichever of them all comes first, as it does from a
    group of activities, which starts with its first.
    """

    predecessor: str
    successor: str
    type: LinkType = LinkType.FINISH_START
    lag: float = 0.0
    lag_scale: Scale | None = None
    or_first_of: tuple[str, ...] = ()

    @property
    def predecessors(self) -> tuple[str, ...]:
        return (self.predecessor, *self.or_first_of)


@dataclass(frozen=True, slots=True)
class MaximalLag:
    """The successor's edge comes at most `lag` working days after the predecessor's edge."""

    predecessor: str
    successor: str
    type: LinkType
    lag: float

    def turned_round(self) -> Link:
        """The same rule as a minimal lag: the predecessor comes at least −lag after the successor."""
        swapped = {LinkType.FINISH_START: LinkType.START_FINISH, LinkType.START_FINISH: LinkType.FINISH_START}
        return Link(self.successor, self.predecessor, swapped.get(self.type, self.type), -self.lag)
