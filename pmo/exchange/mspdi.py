"""Plans of MS Project: its XML (MSPDI) read into the schedule network, and the answer of `pmo schedule`.

What is decided here, beside the formulas of DOMAIN 2.1:

- Offsets are working minutes of the plan's calendar since `StartDate` (or since the first actual start, if that is
  earlier), divided by `MinutesPerDay`. Resources and their calendars are not read; a task with a calendar of its own
  takes its duration by that calendar. Lags count in the plan's calendar, elapsed lags by the clock; a lag in percent
  is a share of the predecessor's duration.
- Summary tasks are no activities; their links pass on to the tasks below, as in MS Project: a summary finishes with
  the last of them and starts with the first, and one that waits makes all of them wait. MS Project lets a summary be
  only an FS or SS successor, and so do we. Its "no earlier than", "no later than" and deadline pass on too.
- "Must start (finish) on" bounds early and late dates; a predecessor still pushes the early ones (DOMAIN 2.1, where
  MS Project keeps the date). "As late as possible" changes neither. A deadline is a "finish no later than".
- A manually scheduled task starts no earlier than the date it was given, and obeys its links.
- Inactive tasks and blank rows do not exist, nor do links to them. A task of another plan is a date: it bounds its
  successors and is not listed.
- `StatusDate`, where there is one, is the data date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from pmo.domain.activity import Activity, Link
from pmo.domain.schedule import Network, NetworkError, compute_network
from pmo.exchange.mspdi_clock import NoWorkingTime, PlanClock
from pmo.exchange.mspdi_document import MAX_BYTES, Fault, PlanRefused, Reading, read_document
from pmo.exchange.mspdi_tasks import NetworkReader, read_tasks

__all__ = ["Fault", "Plan", "PlanRefused", "ScheduleReport", "plan_network", "read_plan", "schedule_report"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan ready to be computed. Activities and links go by the task's UID.

    `project_start` and `data_date` are offsets in working days; the first is 0 unless work began before it.
    `names` and `lines` hold each task's name and its line in the file, by UID.
    """

    name: str | None
    activities: tuple[Activity, ...]
    links: tuple[Link, ...]
    project_start: float
    data_date: float | None
    names: Mapping[str, str]
    lines: Mapping[str, int]


class ActivityReport(TypedDict):
    """One activity as `pmo schedule` prints it: `id` is the task's UID, the offsets are working days."""

    id: int
    early_start: float
    early_finish: float
    late_start: float
    late_finish: float
    total_float: float
    free_float: float
    critical: bool


class ScheduleReport(TypedDict):
    """What `pmo schedule --format json` prints (PRODUCT 5)."""

    duration: float
    activities: list[ActivityReport]


def read_plan(source: str | Path | bytes) -> Plan:
    """The plan in an MSPDI file (a path) or in its bytes.

    Raises `PlanRefused` with every fault found, and `OSError` if there is no such file to read.
    """
    project = read_document(source if isinstance(source, bytes) else _content(Path(source)))
    reading = Reading()
    clock = PlanClock(project, reading)
    data_date = clock.offset(reading.moment(project, "StatusDate", bare_day_ends="23:59"))
    tasks = read_tasks(project, reading)
    reader = NetworkReader(tasks, clock, reading)
    try:
        reader.read()
    except NoWorkingTime:
        reading.fault("no_working_time", project, "CalendarUID")
    if reading.faults:
        raise PlanRefused(reading.faults)
    return Plan(
        name=reading.text(project, "Name"),
        activities=tuple(reader.activities),
        links=tuple(reader.links),
        project_start=clock.planned_start(),
        data_date=data_date,
        names={str(uid): reading.text(task.node, "Name") or "" for uid, task in tasks.items()},
        lines={str(uid): task.node.line for uid, task in tasks.items()},
    )


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def plan_network(plan: Plan) -> Network:
    """The network of the plan, its activities named by UID. Raises `PlanRefused`: a cycle, no working time."""
    try:
        return compute_network(plan.activities, plan.links, project_start=plan.project_start, data_date=plan.data_date)
    except NetworkError as error:
        where = error.activities[0]
        fault = Fault(error.code, plan.lines.get(where), int(where), "PredecessorLink", " -> ".join(error.activities))
        raise PlanRefused([fault]) from error
    except NoWorkingTime as error:
        raise PlanRefused([Fault("no_working_time", field="CalendarUID")]) from error


def schedule_report(plan: Plan) -> ScheduleReport:
    """The answer of `pmo schedule`: activities in the order of the plan. Raises `PlanRefused` as `plan_network`."""
    network = plan_network(plan)
    return {
        "duration": _number(network.duration),
        "activities": [
            {
                "id": int(uid),
                "early_start": _number(timing.early_start),
                "early_finish": _number(timing.early_finish),
                "late_start": _number(timing.late_start),
                "late_finish": _number(timing.late_finish),
                "total_float": _number(timing.total_float),
                "free_float": _number(timing.free_float),
                "critical": timing.is_critical,
            }
            for uid, timing in network.timings.items()
        ],
    }


def _number(offset: float) -> float:
    """A whole number without a decimal point."""
    return int(offset) if offset.is_integer() else offset
