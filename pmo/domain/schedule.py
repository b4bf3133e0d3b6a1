"""The schedule network: forward and backward pass, floats, critical and longest path (DOMAIN 2.1).

Time is a continuous offset in working days from the start of the plan. A start offset s is the first moment
of working day s + 1, a finish offset f the last moment of working day f, so an activity of duration d that
starts at s finishes at s + d, and no day is lost or won at a joint.

Two things are not counted in the plan's working days and come with a `Scale`: elapsed time (calendar days),
and the duration of an activity that works by a calendar of its own. Who knows the calendar gives the scale.

Difference known and accepted (DOMAIN 2.1): MS Project 2016 and 2019 measure the total slack of a predecessor
that drives only through its *start* (SS, SF) at its finish alone. Here it is LS − ES from the pure backward
pass, as in MS Project 2003-2013.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pmo.domain.activity import Activity, Edge, Link, LinkType, MaximalLag, Scale
from pmo.domain.precedence import (
    Cycle,
    DuplicateActivity,
    ImpossibleNumber,
    NetworkError,
    PositiveLoop,
    UnknownActivity,
    check_network,
    closed_loop,
    in_order,
)

__all__ = [
    "Activity",
    "Cycle",
    "DuplicateActivity",
    "Edge",
    "ImpossibleNumber",
    "Link",
    "LinkType",
    "MaximalLag",
    "Network",
    "NetworkError",
    "PositiveLoop",
    "Scale",
    "Timing",
    "UnknownActivity",
    "compute_network",
]

TOLERANCE = 1e-9
"""Two offsets closer than this are one moment (DOMAIN 1.2)."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What the network says of one activity, in working days."""

    early_start: float
    early_finish: float
    late_start: float
    late_finish: float
    total_float: float
    free_float: float

    @property
    def is_critical(self) -> bool:
        return self.total_float <= 0


@dataclass(frozen=True, slots=True)
class Network:
    """What the network says as a whole.

    `duration` is the offset of the last early finish; `timings` stand in the order of the activities given;
    `longest_path` leads from an activity that no link drives to one that ends the project.
    """

    duration: float
    timings: Mapping[str, Timing]
    longest_path: tuple[str, ...]


def compute_network(
    activities: Iterable[Activity],
    links: Iterable[Link] = (),
    *,
    maximal_lags: Iterable[MaximalLag] = (),
    project_start: float = 0.0,
    data_date: float | None = None,
) -> Network:
    """Early and late dates, floats and the longest path of a network (DOMAIN 2.1, formulas pinned there).

    Offsets are in working days. `data_date`: no unfinished work starts before it ("retained logic": work in
    progress still waits for its predecessors). The order of the input changes only the order of the output.
    Raises a `NetworkError`: `Cycle`, `PositiveLoop`, `UnknownActivity`, `DuplicateActivity` or
    `ImpossibleNumber`.
    """
    listed = list(activities)
    minimal = list(links)
    maximal = [lag.turned_round() for lag in maximal_lags]
    check_network(listed, [*minimal, *maximal])
    by_id = {activity.id: activity for activity in listed}
    calculation = _Calculation(by_id, minimal, maximal)
    calculation.run_forward(max(0.0, project_start), data_date)
    calculation.run_backward()
    return Network(
        _tidy(calculation.end),
        {name: calculation.timing(name) for name in by_id},
        calculation.longest_path(),
    )


class _Calculation:
    """The two passes over one network.

    `begin` is where the unfinished work of an activity begins: its early start, or for one in progress the
    start of what remains. `late_begin` is its counterpart in the backward pass.
    """

    def __init__(self, by_id: Mapping[str, Activity], minimal: list[Link], maximal: list[Link]) -> None:
        self.activities = by_id
        self.order = in_order(by_id, minimal)
        self.maximal = frozenset(maximal)
        # A longest path takes each maximal lag at most once, so one sweep more than that settles every date,
        # and a further one must change nothing (Bellman-Ford on the few arcs that run against the order).
        self.sweeps = len(maximal) + 2
        self.incoming: dict[str, list[Link]] = defaultdict(list)
        self.outgoing: dict[str, list[Link]] = defaultdict(list)
        # A date that has become a fact binds nobody: no link pushes what is finished.
        for link in sorted([*minimal, *maximal], key=_link_key):
            if not by_id[link.successor].is_finished:
                self.incoming[link.successor].append(link)
                for name in link.predecessors:
                    self.outgoing[name].append(link)
        self.begin: dict[str, float] = {}
        self.start: dict[str, float] = {}
        self.finish: dict[str, float] = {}
        self.late_begin: dict[str, float] = {}
        self.late_finish: dict[str, float] = {}
        self.work: dict[str, float] = {}
        self.driver: dict[str, Link | None] = {}
        self.end = 0.0

    # Forward pass

    def run_forward(self, project_start: float, data_date: float | None) -> None:
        for name in self.order:
            self.work[name] = _unfinished_work(self.activities[name], data_date)
        moved = self.order
        for _ in range(self.sweeps):
            moved = [name for name in self.order if self._settle_early(name, project_start, data_date)]
        if moved:
            raise PositiveLoop(self._loop_behind(moved[0]))
        self.end = max(self.finish.values(), default=0.0)

    def _settle_early(self, name: str, project_start: float, data_date: float | None) -> bool:
        activity = self.activities[name]
        if activity.actual_finish is not None:
            begin = finish = activity.actual_finish
            start = activity.actual_start
            start = self._start_before(activity, finish, activity.duration) if start is None else start
        else:
            begin, driver = self._own_bound(activity, project_start, data_date), None
            for link in self.incoming[name]:
                bound = self._bound_on_begin(link)
                if bound is not None and bound > begin + TOLERANCE:
                    begin, driver = bound, link
            self.driver[name] = driver
            start = begin if activity.actual_start is None else activity.actual_start
            finish = self._finish_after(activity, begin, self.work[name])
        changed = name not in self.finish or finish > self.finish[name] + TOLERANCE
        self.begin[name], self.start[name], self.finish[name] = begin, start, finish
        return changed

    def _own_bound(self, activity: Activity, project_start: float, data_date: float | None) -> float:
        bounds = [project_start if activity.actual_start is None else activity.actual_start]
        if data_date is not None:
            bounds.append(data_date)
        elif activity.actual_start is not None:
            done = max(0.0, activity.duration - self.work[activity.id])
            bounds.append(self._finish_after(activity, activity.actual_start, done))
        if activity.start_not_earlier_than is not None and not activity.is_started:
            bounds.append(activity.start_not_earlier_than)
        if activity.finish_not_earlier_than is not None:
            bounds.append(self._start_before(activity, activity.finish_not_earlier_than, self.work[activity.id]))
        return max(bounds)

    def _bound_on_begin(self, link: Link) -> float | None:
        """The earliest begin of the successor's work that the link allows; None while nobody is dated yet."""
        edge = self._successor_edge(link)
        if edge is None or link.type.to_edge is Edge.START:
            return edge
        successor = self.activities[link.successor]
        return self._start_before(successor, edge, self.work[link.successor])

    def _successor_edge(self, link: Link) -> float | None:
        """The earliest moment of the successor's edge: the predecessor's edge plus the lag."""
        dates = self.finish if link.type.from_edge is Edge.FINISH else self.start
        known = [dates[name] for name in link.predecessors if name in dates]
        return _later(min(known), link.lag, link.lag_scale, link.type.from_edge) if known else None

    # Backward pass

    def run_backward(self) -> None:
        for _ in range(self.sweeps - 1):
            for name in reversed(self.order):
                self._settle_late(name)

    def _settle_late(self, name: str) -> None:
        activity = self.activities[name]
        bounds = [self.end]
        if not activity.is_finished and activity.finish_not_later_than is not None:
            bounds.append(activity.finish_not_later_than)
        if not activity.is_started and activity.start_not_later_than is not None:
            bounds.append(self._finish_after(activity, activity.start_not_later_than, activity.duration))
        bounds.extend(self._bounds_on_finish(name))
        self.late_finish[name] = min(bounds)
        self.late_begin[name] = self._start_before(activity, self.late_finish[name], self.work[name])

    def _bounds_on_finish(self, name: str) -> Iterable[float]:
        activity = self.activities[name]
        for link in self._binding_links(name):
            dates = self.late_begin if link.type.to_edge is Edge.START else self.late_finish
            if link.successor not in dates:
                continue
            edge = _later(dates[link.successor], -link.lag, link.lag_scale, link.type.to_edge)
            if link.type.from_edge is Edge.FINISH:
                yield edge
            else:
                yield self._finish_after(activity, edge, activity.duration)

    def _binding_links(self, name: str) -> Iterable[Link]:
        """The links by which a slip of this activity would move its successors.

        A start that has happened slips no more, and of a group only its first members hold the link.
        """
        for link in self.outgoing[name]:
            if link.type.from_edge is Edge.START and self.activities[name].is_started:
                continue
            dates = self.finish if link.type.from_edge is Edge.FINISH else self.start
            if dates[name] <= min(dates[other] for other in link.predecessors) + TOLERANCE:
                yield link

    # Results

    def timing(self, name: str) -> Timing:
        start, finish = self.start[name], self.finish[name]
        if self.activities[name].is_started:
            late_start = start + self.late_finish[name] - finish
        else:
            late_start = self.late_begin[name]
        return Timing(
            early_start=_tidy(start),
            early_finish=_tidy(finish),
            late_start=_tidy(late_start),
            late_finish=_tidy(self.late_finish[name]),
            total_float=_tidy(late_start - start),
            free_float=_tidy(self._free_float(name)),
        )

    def _free_float(self, name: str) -> float:
        """The least slack of a link to a successor; without one, what is left until the project ends."""
        slacks: list[float] = []
        limits: list[float] = []
        for link in self._binding_links(name):
            (limits if link in self.maximal else slacks).append(self._slack(link))
        return min([*(slacks or [self.end - self.finish[name]]), *limits])

    def _slack(self, link: Link) -> float:
        dates = self.begin if link.type.to_edge is Edge.START else self.finish
        edge = self._successor_edge(link)
        return dates[link.successor] - (dates[link.successor] if edge is None else edge)

    def longest_path(self) -> tuple[str, ...]:
        """Back from the end along driving links (DOMAIN 2.1); of equal ways the one with the smallest ids."""
        ends = [name for name in self.order if self.finish[name] >= self.end - TOLERANCE]
        if not ends:
            return ()
        path = [ends[-1]]  # the last in order: a closing milestone rather than the work before it
        while (previous := self._driving_predecessor(path[-1])) is not None and previous not in path:
            path.append(previous)
        return tuple(reversed(path))

    def _driving_predecessor(self, name: str) -> str | None:
        driving = []
        for link in self.incoming[name]:
            bound = self._bound_on_begin(link)
            if bound is not None and abs(bound - self.begin[name]) <= TOLERANCE:
                driving.append(self._leading(link))
        return min(driving, default=None)

    def _leading(self, link: Link) -> str:
        dates = self.finish if link.type.from_edge is Edge.FINISH else self.start
        return min(link.predecessors, key=lambda name: (dates[name], name))

    def _loop_behind(self, name: str) -> list[str]:
        walked = [name]
        while (link := self.driver.get(walked[-1])) is not None:
            previous = self._leading(link)
            if previous in walked:
                return closed_loop(list(reversed(walked[walked.index(previous) :])))
            walked.append(previous)
        return list(reversed(walked))

    # One activity's own length

    @staticmethod
    def _finish_after(activity: Activity, start: float, work: float) -> float:
        return _later(start, work, activity.scale, Edge.START)

    @staticmethod
    def _start_before(activity: Activity, finish: float, work: float) -> float:
        return _later(finish, -work, activity.scale, Edge.FINISH)


def _later(offset: float, amount: float, scale: Scale | None, edge: Edge) -> float:
    if scale is None or amount == 0:
        return offset + amount
    return scale.later(offset, amount, edge)


def _unfinished_work(activity: Activity, data_date: float | None) -> float:
    if activity.is_finished:
        return 0.0
    if activity.actual_start is None:
        return activity.duration
    if activity.remaining is not None:
        return activity.remaining
    done = 0.0 if data_date is None else max(0.0, data_date - activity.actual_start)
    return max(0.0, activity.duration - done)


def _link_key(link: Link) -> tuple[str, str, str, float]:
    return (link.successor, link.predecessor, link.type, link.lag)


def _tidy(offset: float) -> float:
    """Without the dust of floating point, and without −0."""
    return round(offset, 9) + 0.0
