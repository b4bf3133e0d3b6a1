"""The tasks and links of an MS Project plan (MSPDI), turned into activities and links of the network.

Facts of the format: `Type` of a link 0 FF, 1 FS, 2 SF, 3 SS; `LinkLag` is in tenths of a minute, or in percent when
`LagFormat` says so; formats 4, 6, 8, 10, 12 and 20 (and 32 more for an estimate) are elapsed, 19 and 20 percent;
`ConstraintType` 0 as soon as possible, 1 as late as possible, 2 must start on, 3 must finish on, 4 start no earlier
than, 5 start no later than, 6 finish no earlier than, 7 finish no later than.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pmo.domain.activity import Activity, Edge, Link, LinkType, Scale
from pmo.exchange.mspdi_clock import PlanClock
from pmo.exchange.mspdi_document import Node, Reading

MAX_LINKS = 1_000_000

LINK_TYPES = {
    0: LinkType.FINISH_FINISH,
    1: LinkType.FINISH_START,
    2: LinkType.START_FINISH,
    3: LinkType.START_START,
}
WORKING_FORMATS = frozenset({3, 5, 7, 9, 11, 21, 35, 37, 39, 41, 43, 53})
ELAPSED_FORMATS = frozenset({4, 6, 8, 10, 12, 36, 38, 40, 42, 44})
PERCENT_FORMATS = frozenset({19, 51})
ELAPSED_PERCENT_FORMATS = frozenset({20, 52})


class Kind(StrEnum):
    ACTIVITY = "activity"
    SUMMARY = "summary"
    BLANK = "blank"
    INACTIVE = "inactive"
    EXTERNAL = "external"


@dataclass(slots=True)
class Task:
    """A row of the plan and its place in the outline."""

    uid: int
    node: Node
    level: int
    children: list[Task] = field(default_factory=list)
    kind: Kind = Kind.ACTIVITY

    def activities_below(self) -> Iterator[Task]:
        """The activity itself, or those of a summary, in the order of the plan."""
        waiting = [self]
        while waiting:
            task = waiting.pop()
            if task.kind is Kind.ACTIVITY:
                yield task
            waiting.extend(reversed(task.children))


@dataclass(slots=True)
class Bounds:
    """What dates say of an activity, as offsets in working days; None says nothing."""

    start_from: float | None = None
    finish_from: float | None = None
    start_by: float | None = None
    finish_by: float | None = None

    def not_earlier(self, edge: Edge, offset: float | None) -> None:
        if offset is None:
            return
        if edge is Edge.START:
            self.start_from = _stricter(max, self.start_from, offset)
        else:
            self.finish_from = _stricter(max, self.finish_from, offset)

    def not_later(self, edge: Edge, offset: float | None) -> None:
        if offset is None:
            return
        if edge is Edge.START:
            self.start_by = _stricter(min, self.start_by, offset)
        else:
            self.finish_by = _stricter(min, self.finish_by, offset)


def _stricter(choose: Callable[[float, float], float], old: float | None, new: float) -> float:
    return new if old is None else choose(old, new)


def read_tasks(project: Node, reading: Reading) -> dict[int, Task]:
    """The rows of the plan by UID, in its order, placed in their outline."""
    tasks: dict[int, Task] = {}
    branch: list[Task] = []
    for node in project.all("Tasks", "Task"):
        reading.task = None
        uid = reading.integer(node, "UID")
        if uid is None:
            reading.fault("missing", node, "UID", expected="the task's number")
            continue
        reading.task = uid
        if uid in tasks:
            reading.fault("duplicate_task", node, "UID", str(uid))
            continue
        task = tasks[uid] = Task(uid, node, _read_level(node, reading))
        if reading.is_set(node, "IsNull"):
            task.kind = Kind.BLANK
            continue
        while branch and branch[-1].level >= task.level:
            branch.pop()
        if branch:
            branch[-1].children.append(task)
        branch.append(task)
    linked = {reading.integer(link, "PredecessorUID") for task in tasks.values() for link in _links_of(task)}
    for task in tasks.values():
        reading.task = task.uid
        if task.kind is not Kind.BLANK:
            task.kind = _kind(task, task.uid in linked, reading)
    reading.task = None
    return tasks


def _read_level(node: Node, reading: Reading) -> int:
    level = reading.integer(node, "OutlineLevel")
    if level is None:
        number = reading.text(node, "OutlineNumber")
        return 1 if number is None else 0 if number == "0" else number.count(".") + 1
    return level


def _links_of(task: Task) -> Iterator[Node]:
    return task.node.all("PredecessorLink")


def _kind(task: Task, is_predecessor: bool, reading: Reading) -> Kind:
    node = task.node
    if reading.is_cleared(node, "Active"):
        return Kind.INACTIVE
    if reading.is_set(node, "ExternalTask"):
        return Kind.EXTERNAL
    is_linked = is_predecessor or any(True for _ in _links_of(task))
    if task.children or (task.uid == 0 and not is_linked):  # row 0 is the plan itself
        return Kind.SUMMARY
    if reading.is_set(node, "Summary"):
        # An inserted project is summed up elsewhere: here it is one activity. So is an empty summary that others
        # hang on: leaving it out would lose their logic.
        is_work = reading.is_set(node, "IsSubproject") or is_linked
        return Kind.ACTIVITY if is_work else Kind.SUMMARY
    return Kind.ACTIVITY


class NetworkReader:
    """Makes the activities and links of the network from the tasks; faults are left with the reading."""

    def __init__(self, tasks: Mapping[int, Task], clock: PlanClock, reading: Reading) -> None:
        self._tasks = tasks
        self._clock = clock
        self._reading = reading
        self._bounds = {uid: Bounds() for uid, task in tasks.items() if task.kind is Kind.ACTIVITY}
        self.links: list[Link] = []
        self.activities: list[Activity] = []

    def read(self) -> None:
        for task in self._tasks.values():
            self._reading.task = task.uid
            if task.kind in (Kind.ACTIVITY, Kind.SUMMARY):
                self._read_constraint(task)
                for node in _links_of(task):
                    self._read_link(task, node)
        for task in self._tasks.values():
            self._reading.task = task.uid
            if task.kind is Kind.ACTIVITY:
                self._read_activity(task)
        self._reading.task = None

    # Dates that bound a task

    def _read_constraint(self, task: Task) -> None:
        kind = self._reading.integer(task.node, "ConstraintType") or 0
        if not 0 <= kind <= 7:
            self._reading.fault("unknown_code", task.node, "ConstraintType", str(kind), "0 to 7")
            return
        edge = Edge.START if kind in (2, 4, 5) else Edge.FINISH
        date = self._offset(task.node, "ConstraintDate", edge) if kind > 1 else None
        deadline = self._offset(task.node, "Deadline", Edge.FINISH)
        given = None
        if self._reading.is_set(task.node, "Manual"):
            given = self._offset(task.node, "ManualStart", Edge.START)
            given = self._offset(task.node, "Start", Edge.START) if given is None else given
        if task.kind is Kind.SUMMARY:
            given = None  # its dates are those of the tasks below
            date = date if kind in (4, 7) else None  # all that MS Project lets a summary have
        for activity in task.activities_below():
            bounds = self._bounds[activity.uid]
            if kind in (2, 3, 4, 6):
                bounds.not_earlier(edge, date)
            if kind in (2, 3, 5, 7):
                bounds.not_later(edge, date)
            bounds.not_later(Edge.FINISH, deadline)
            bounds.not_earlier(Edge.START, given)

    def _offset(self, node: Node, name: str, edge: Edge) -> float | None:
        ends = "00:00" if edge is Edge.START else "23:59"
        return self._clock.offset(self._reading.moment(node, name, bare_day_ends=ends))

    # Links

    def _read_link(self, successor: Task, node: Node) -> None:
        uid = self._reading.integer(node, "PredecessorUID")
        code = self._reading.integer(node, "Type")
        kind = LINK_TYPES.get(1 if code is None else code)
        if kind is None:
            self._reading.fault("unknown_code", node, "Type", str(code), "0 to 3")
        if uid is None:
            self._reading.fault("missing", node, "PredecessorUID", expected="the predecessor's UID")
            return
        predecessor = self._tasks.get(uid)
        if predecessor is None:
            if not self._reading.is_set(node, "CrossProject"):
                self._reading.fault("unknown_task", node, "PredecessorUID", str(uid), "the UID of a task")
            return
        lag, scale = self._read_lag(node, predecessor)
        if kind is None or predecessor.kind in (Kind.BLANK, Kind.INACTIVE):
            return
        if successor.kind is Kind.SUMMARY and kind.to_edge is Edge.FINISH:
            self._reading.fault("unlinkable_summary", node, "Type", str(code), "1 or 3 to a summary task")
        elif predecessor.kind is Kind.EXTERNAL:
            self._bound_by_external(predecessor, successor, Link("", "", kind, lag, scale))
        else:
            self._add_links(predecessor, successor, Link("", "", kind, lag, scale))

    def _read_lag(self, node: Node, predecessor: Task) -> tuple[float, Scale | None]:
        amount = self._reading.integer(node, "LinkLag") or 0
        code = self._reading.integer(node, "LagFormat")
        if amount == 0:
            return 0.0, None
        if code is None or code in WORKING_FORMATS:
            return amount / 10 / self._clock.minutes_per_day, None
        if code in ELAPSED_FORMATS:
            return amount / 10 / 1440, self._clock.elapsed_days()
        if code in PERCENT_FORMATS:
            duration, scale = self._read_duration(predecessor.node, "Duration")
            return (duration or 0.0) * amount / 100, scale
        if code in ELAPSED_PERCENT_FORMATS:
            minutes = self._reading.minutes(predecessor.node, "Duration", self._clock.minutes_per_day) or 0.0
            return minutes * amount / 100 / 1440, self._clock.elapsed_days()
        self._reading.fault("unknown_code", node, "LagFormat", str(code), "a unit of time or percent")
        return 0.0, None

    def _add_links(self, predecessor: Task, successor: Task, link: Link) -> None:
        before = [str(task.uid) for task in predecessor.activities_below()]
        if not before:
            return
        # A summary finishes with the last of its tasks: each of them holds the link. It starts with the first.
        if link.type.from_edge is Edge.START:
            sources = [(before[0], tuple(before[1:]))]
        else:
            sources = [(name, ()) for name in before]
        for task in successor.activities_below():
            for name, others in sources:
                if len(self.links) == MAX_LINKS:
                    self._reading.fault("too_large", successor.node, "PredecessorLink")
                    return
                self.links.append(Link(name, str(task.uid), link.type, link.lag, link.lag_scale, others))

    def _bound_by_external(self, predecessor: Task, successor: Task, link: Link) -> None:
        edge = link.type.from_edge
        offset = self._offset(predecessor.node, "Start" if edge is Edge.START else "Finish", edge)
        if offset is None:
            return
        later = offset + link.lag if link.lag_scale is None else link.lag_scale.later(offset, link.lag, edge)
        for task in successor.activities_below():
            self._bounds[task.uid].not_earlier(link.type.to_edge, later)

    # Activities

    def _read_activity(self, task: Task) -> None:
        node = task.node
        duration, scale = self._read_duration(node, "Duration")
        percent = self._reading.integer(node, "PercentComplete") or 0
        start = finish = None
        if duration is None or percent > 0:
            start, finish = self._offset(node, "Start", Edge.START), self._offset(node, "Finish", Edge.FINISH)
        if duration is None:
            if self._reading.is_set(node, "Milestone"):
                duration = 0.0
            elif start is not None and finish is not None:
                duration = max(0.0, finish - start)
            else:
                if self._reading.text(node, "Duration") is None:
                    self._reading.fault("missing", node, "Duration", expected="PT…H…M…S")
                return
        actual_start = self._offset(node, "ActualStart", Edge.START)
        actual_finish = self._offset(node, "ActualFinish", Edge.FINISH)
        if percent > 0 and actual_start is None:
            actual_start = start
        if percent >= 100 and actual_finish is None:
            actual_finish = finish
        remaining, _ = self._read_duration(node, "RemainingDuration")
        if remaining is None:
            remaining = duration * max(0, 100 - percent) / 100
        bounds = self._bounds[task.uid]
        self.activities.append(
            Activity(
                str(task.uid),
                duration,
                scale,
                start_not_earlier_than=bounds.start_from,
                finish_not_earlier_than=bounds.finish_from,
                start_not_later_than=bounds.start_by,
                finish_not_later_than=bounds.finish_by,
                actual_start=actual_start,
                actual_finish=actual_finish,
                remaining=remaining if actual_start is not None else None,
            )
        )

    def _read_duration(self, node: Node, name: str) -> tuple[float | None, Scale | None]:
        """The length in working days, or in units of the scale."""
        minutes = self._reading.minutes(node, name, self._clock.minutes_per_day)
        if minutes is None:
            return None, None
        if (self._reading.integer(node, "DurationFormat") or 7) in ELAPSED_FORMATS:
            return minutes / 1440, self._clock.elapsed_days()
        return minutes / self._clock.minutes_per_day, self._clock.days_of(node)
