"""The plan of a project as its page draws it: the Gantt chart in two widths, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import url_for

from pmo.charts.gantt import NARROW, GanttChart, GanttRow, gantt_svg
from pmo.charts.themed_svg import Region
from pmo.domain.calendar import WorkingCalendar, rests
from pmo.domain.milestone import MilestoneAssessment, MilestoneStatus
from pmo.domain.milestone_network import MilestoneNetwork, milestone_network
from pmo.domain.policy import RuleSet
from pmo.i18n import formats, gettext
from pmo.i18n.labels import label
from pmo.i18n.names import name_of
from pmo.queries.overview import Moment
from pmo.queries.project_page import MilestoneLine, ProjectPage

LONG_HOLIDAY = 4
"""Days off running from which a stretch is drawn; a weekend is narrower than a line."""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line of the table under the chart; ``float_wd`` is None where nothing is left to slip."""

    line: MilestoneLine
    float_wd: int | None
    is_on_path: bool
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """``wide`` and ``narrow`` are drawings of the same rows; ``least_float`` is the smallest on the critical path
    before its last milestone."""

    wide: str
    narrow: str
    rows: tuple[TimelineRow, ...]
    network: MilestoneNetwork
    has_rests: bool
    has_pauses: bool
    has_first_plan: bool


def timeline_of(page: ProjectPage, moment: Moment, calendar: WorkingCalendar, rules: RuleSet) -> Timeline | None:
    """The chart of a project's page; None without any dated milestone."""
    lines = {line.facts.code: line for line in page.milestones if line.judged.due_on or line.judged.expected_on}
    if not lines:
        return None
    network = milestone_network(
        [line.facts for line in lines.values()], [line.judged for line in lines.values()], calendar, rules
    )
    rows = _rows(page, lines, network, moment)
    days = [moment.on, page.facts.start_on, *_days_of(rows)]
    first, last = min(days), max(days)
    pauses = tuple(
        (max(pause.starts_on, first), min(pause.resumed_on or moment.on, last)) for pause in page.facts.pauses
    )
    chart = GanttChart(
        key="plan",
        title=gettext("Milestones of %(code)s along time", code=page.code),
        description=_in_words(page, network),
        today=moment.on,
        first=first,
        last=last,
        rows=rows,
        rests=tuple(rests(calendar, first, last, LONG_HOLIDAY)),
        pauses=pauses,
        headings=(gettext("Date"), gettext("Slip, wd")),
    )
    return Timeline(
        wide=gantt_svg(chart),
        narrow=gantt_svg(replace(chart, key="plan-narrow", headings=("", gettext("Slip, wd"))), NARROW),
        rows=tuple(
            TimelineRow(
                line=line,
                float_wd=network.floats.get(code) if line.judged.driver != "claimed" else None,
                is_on_path=code in network.critical_path,
                waits_for=tuple(link.predecessor for link in line.facts.predecessors if link.predecessor in lines),
            )
            for code, line in lines.items()
        ),
        network=network,
        has_rests=bool(chart.rests),
        has_pauses=bool(pauses),
        has_first_plan=any(row.original and row.original != row.planned for row in rows),
    )


def _rows(
    page: ProjectPage, lines: Mapping[str, MilestoneLine], network: MilestoneNetwork, moment: Moment
) -> tuple[GanttRow, ...]:
    numbers = {code: number for number, code in enumerate(lines)}
    ends = {code: line.judged.expected_on for code, line in lines.items()}
    found = []
    for code, line in lines.items():
        item = line.judged
        before = [link.predecessor for link in line.facts.predecessors if link.predecessor in lines]
        found.append(
            GanttRow(
                code=code.removeprefix(f"{page.code}-"),
                name=name_of(line.name),
                region=Region(_address(item.id, moment), _row_in_words(line)),
                begins=max([end for one in before if (end := ends[one])], default=page.facts.start_on),
                ends=ends[code],
                planned_begin=max(
                    [due for one in before if (due := lines[one].judged.due_on)], default=page.facts.start_on
                ),
                planned=item.due_on,
                original=item.original_due_on,
                is_done=item.status.is_done,
                is_off=item.status is MilestoneStatus.CANCELLED,
                is_on_path=code in network.critical_path,
                slip_wd=_slip(item),
                severity=item.severity,
                waits_for=tuple(numbers[one] for one in before),
            )
        )
    return tuple(found)


def _slip(item: MilestoneAssessment) -> int | None:
    return item.slip_wd if item.status is not MilestoneStatus.CANCELLED else None


def _days_of(rows: tuple[GanttRow, ...]) -> list[date]:
    days = (day for row in rows for day in (row.ends, row.planned, row.original))
    return [day + timedelta(days=4) for day in days if day]


def _address(milestone_id: int, moment: Moment) -> str:
    return url_for(
        "milestones.show", milestone_id=milestone_id, as_of=moment.on.isoformat() if moment.is_past else None
    )


def _row_in_words(line: MilestoneLine) -> str:
    item = line.judged
    words = [
        f"{item.code} «{name_of(line.name)}»",
        label("milestone_status", item.status),
        gettext("planned for %(day)s", day=formats.day(item.due_on)),
    ]
    if item.completed_on:
        words.append(gettext("finished on %(day)s", day=formats.day(item.completed_on)))
    elif item.expected_on:
        words.append(gettext("expected on %(day)s", day=formats.day(item.expected_on)))
    if slip := _slip(item):
        words.append(gettext("slip %(days)s wd", days=formats.signed(slip)))
    return ", ".join(words)


def _in_words(page: ProjectPage, network: MilestoneNetwork) -> str:
    done = sum(line.judged.status.is_done for line in page.milestones)
    words = [gettext("%(done)s of %(all)s milestones are done.", done=done, all=len(page.milestones))]
    if network.ends_on:
        words.append(gettext("The last one is expected on %(day)s.", day=formats.day(network.ends_on)))
        words.append(gettext("Critical path: %(codes)s.", codes=" → ".join(network.critical_path)))
    return " ".join(words)
