"""Punctuality by department: the chart in two widths and its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from pmo.charts.punctuality import NARROW, PunctualityChart, PunctualityRow, punctuality_svg
from pmo.charts.themed_svg import Region
from pmo.domain.policy import RuleSet
from pmo.i18n import formats, gettext
from pmo.i18n.names import name_of
from pmo.queries.overview import Moment
from pmo.queries.punctuality import DepartmentPunctuality


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One line of the table; ``url`` opens the milestones that were counted."""

    department: DepartmentPunctuality
    url: str


@dataclass(frozen=True, slots=True)
class Departments:
    """The chart and the table, departments with most due first."""

    wide: str
    narrow: str
    rows: tuple[DepartmentRow, ...]


def departments_drawn(
    departments: Sequence[DepartmentPunctuality], query: Mapping[str, str], moment: Moment, rules: RuleSet
) -> Departments | None:
    """The chart of the departments; None where nothing was due."""
    if not departments:
        return None
    rows = tuple(DepartmentRow(one, _list(one.id, query, moment)) for one in departments)
    due = sum(one.figures.due for one in departments)
    on_time = sum(one.figures.on_time for one in departments)
    chart = PunctualityChart(
        key="punctuality",
        title=gettext("Punctuality by department"),
        description=gettext(
            "Due by the first plan in the last %(days)s days: %(due)s; done in time: %(on_time)s.",
            days=rules.punctuality_days,
            due=formats.number(due),
            on_time=formats.number(on_time),
        ),
        headings=(gettext("In time"), gettext("Share"), gettext("Median, wd")),
        rows=tuple(_row(row) for row in rows),
    )
    return Departments(
        wide=punctuality_svg(chart),
        narrow=punctuality_svg(replace(chart, key="punctuality-narrow"), NARROW),
        rows=rows,
    )


def _list(department: str, query: Mapping[str, str], moment: Moment) -> str:
    """The milestones that a department's figures count."""
    as_of = moment.on.isoformat() if moment.is_past else None
    values: dict[str, Any] = {**query, "department": department, "as_of": as_of}
    return url_for("portfolio_charts.punctuality", **values)


def _row(row: DepartmentRow) -> PunctualityRow:
    figures, name = row.department.figures, name_of(row.department.name)
    in_time = f"{formats.number(figures.on_time)} / {formats.number(figures.due)}"
    words = [f"{name}: {gettext('%(done)s of %(all)s in time', done=figures.on_time, all=figures.due)}"]
    share, median = formats.NOTHING, formats.NOTHING
    if row.department.has_share:
        share, median = formats.percent(figures.share), formats.number(figures.median_late_wd)
        words += [share, gettext("median lateness %(days)s wd", days=median)]
    return PunctualityRow(
        name, Region(row.url, ", ".join(words)), figures.due, figures.on_time, (in_time, share, median)
    )
