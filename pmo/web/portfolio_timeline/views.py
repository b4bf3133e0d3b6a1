"""All milestones of the projects that the overview's filter leaves, on one timeline and as a list by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from flask import Blueprint, render_template, request, url_for

from pmo.charts.portfolio_timeline import Look, Mark, PortfolioTimeline, TimelineRow, timeline_svg
from pmo.charts.themed_svg import Region
from pmo.domain.milestone import MilestoneAssessment, MilestoneStatus
from pmo.i18n import formats, gettext, ngettext
from pmo.i18n.labels import label
from pmo.i18n.names import name_of
from pmo.queries.choices import filter_choices
from pmo.queries.overview import Moment, overview
from pmo.queries.portfolio_milestones import PlannedMilestone, ProjectMilestones, portfolio_milestones
from pmo.web.access import signed_in
from pmo.web.context import actor, runtime
from pmo.web.moments import moment_of_page
from pmo.web.portfolio.views import wanted_in
from pmo.web.portfolio_charts.filters import chosen_filters, query_of_filter

OFF = (MilestoneStatus.CANCELLED, MilestoneStatus.PAUSED)
MARGIN = timedelta(days=10)
BEHIND, AHEAD = timedelta(days=365), timedelta(days=730)
"""A few milestones lie many years off; drawn to scale they would press all others together."""

portfolio_timeline = Blueprint("portfolio_timeline", __name__)


@dataclass(frozen=True, slots=True)
class ListedMilestone:
    """A line of the list: a milestone with the day on which its mark stands."""

    on: date
    project: ProjectMilestones
    planned: PlannedMilestone


@dataclass(frozen=True, slots=True)
class Month:
    """The milestones of a month, by day."""

    first: date
    lines: Sequence[ListedMilestone]


@portfolio_timeline.get("/portfolio/timeline")
@signed_in
def show() -> str:
    """The address has the overview's filters, that of status too, and ``as_of``."""
    me, moment, wanted = actor(), moment_of_page(), wanted_in(request.args)
    with runtime().reading() as session:
        found = overview(session, me, wanted, moment, runtime().rules, runtime().histories)
        projects = portfolio_milestones(session, found)
        choices = filter_choices(session, me, wanted.city)
    lines = _lines(projects)
    return render_template(
        "portfolio_timeline/show.html",
        moment=moment,
        svg=timeline_svg(_timeline(projects, lines, moment)) if lines else "",
        months=[
            Month(first, list(inside)) for first, inside in groupby(lines, key=lambda line: line.on.replace(day=1))
        ],
        number=len(lines),
        filters=chosen_filters(wanted, choices),
        query=query_of_filter(request.args),
        status=wanted.status,
    )


def _lines(projects: Sequence[ProjectMilestones]) -> list[ListedMilestone]:
    """Milestones that have a day, by day. Paused and cancelled ones stand on no day that anybody waits for."""
    found = []
    for project in projects:
        for item in project.milestones:
            on = _day(item.judged)
            if on is not None:
                found.append(ListedMilestone(on, project, item))
    return sorted(found, key=lambda line: (line.on, line.project.line.code, line.planned.judged.code))


def _day(judged: MilestoneAssessment) -> date | None:
    if judged.status in OFF:
        return None
    return judged.completed_on or judged.expected_on or judged.effective_due_on


def _timeline(
    projects: Sequence[ProjectMilestones], lines: Sequence[ListedMilestone], moment: Moment
) -> PortfolioTimeline:
    planned = [line.planned.judged.due_on for line in lines if line.planned.judged.due_on]
    days = [moment.on, *planned, *(line.on for line in lines)]
    first, last = max(min(days), moment.on - BEHIND), min(max(days), moment.on + AHEAD)
    return PortfolioTimeline(
        key="portfolio-timeline",
        title=gettext("Milestones of the portfolio"),
        description=ngettext(
            "%(num)d milestone from %(first)s to %(last)s, a row a project; others stand at the edges.",
            "%(num)d milestones from %(first)s to %(last)s, a row a project; others stand at the edges.",
            len(lines),
            first=formats.day(first),
            last=formats.day(last),
        ),
        today=moment.on,
        first=first - MARGIN,
        last=last + MARGIN,
        rows=tuple(_row(project, moment) for project in projects),
    )


def _row(project: ProjectMilestones, moment: Moment) -> TimelineRow:
    past = moment.on.isoformat() if moment.is_past else None
    words = f"{project.line.code}  {name_of(project.name)}"
    return TimelineRow(
        words=words,
        region=Region(
            url_for("projects.show", project_id=project.line.id, as_of=past),
            f"{words}: {label('project_status', project.line.status)}",
        ),
        marks=tuple(
            Mark(
                on=on,
                planned=item.judged.due_on,
                look=_look(item.judged),
                region=Region(url_for("milestones.show", milestone_id=item.judged.id, as_of=past), _in_words(item, on)),
            )
            for item in project.milestones
            for on in [_day(item.judged)]
            if on is not None
        ),
    )


def _in_words(item: PlannedMilestone, on: date) -> str:
    status = label("milestone_status", item.judged.status)
    return f"{item.judged.code} {name_of(item.name)}: {status}, {formats.day(on)}"


def _look(judged: MilestoneAssessment) -> Look:
    if judged.status.is_done:
        return Look.DONE
    if judged.status is MilestoneStatus.OVERDUE:
        return Look.OVERDUE
    return Look.AT_RISK if judged.severity else Look.OPEN
