"""One row a project; above it what needs attention, and counts that open what they counted (PRODUCT 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request

from pmo.db.session import Session
from pmo.domain.portfolio import GREY
from pmo.domain.project import ProjectStatus
from pmo.queries.choices import FilterChoices, filter_choices
from pmo.queries.marked import counts_of, marked_projects
from pmo.queries.names import reason_codes
from pmo.queries.overview import ATTENTION, Overview, Wanted, overview, page_of, sorted_lines
from pmo.queries.overview_rows import Row, rows_for
from pmo.web.access import signed_in
from pmo.web.context import actor, city, runtime
from pmo.web.moments import moment_of_page

ATTENTION_LINES = 10
ACTIVE = (
    ProjectStatus.OFF_TRACK,
    ProjectStatus.AT_RISK,
    ProjectStatus.NO_DATA,
    ProjectStatus.CLOSING,
    ProjectStatus.ON_TRACK,
)
APART = (
    ProjectStatus.COMPLETED,
    ProjectStatus.COMPLETED_WITH_SHORTFALL,
    ProjectStatus.NOT_STARTED,
    ProjectStatus.PAUSED,
    ProjectStatus.CANCELLED,
)
assert set(APART) == GREY
FILTERS = ("city", "area", "department", "priority", "sector", "district", "mine", "q", "as_of")

portfolio = Blueprint("portfolio", __name__)


@dataclass(frozen=True, slots=True)
class Count:
    """One count and the filter of status that opens its list; the empty filter is everything."""

    status: str
    number: int


@portfolio.get("/portfolio")
@signed_in
def index() -> str:
    """Filters are in the address: ``city``, ``area``, ``department``, ``priority``, ``sector``, ``district``,
    ``status``, ``mine``, ``q``; besides ``sort``, ``after`` and ``as_of``."""
    me, moment, wanted = actor(), moment_of_page(), wanted_in(request.args)
    with runtime().reading() as session:
        found = overview(session, me, wanted, moment, runtime().rules, runtime().histories)
        lines = sorted_lines(found.chosen, request.args.get("sort", ""))
        page, after = page_of(lines, request.args.get("after", type=int))
        rows = rows_for(session, page, found, moment.at)
        attention = _attention_rows(session, found, wanted, rows, moment.at)
        choices = filter_choices(session, me, wanted.city)
        names = reason_codes(session)
        marks = counts_of(marked_projects(session, found.everything, moment))
    return render_template(
        "portfolio/index.html",
        marks=marks,
        filters=filters_in(request.args),
        found=found,
        wanted=wanted,
        moment=moment,
        rows=rows,
        after=after,
        attention=attention,
        choices=choices,
        active=_counts(found, ACTIVE),
        apart=_counts(found, APART),
        ATTENTION=ATTENTION,
        reason_names=names,
        shows=_columns(found, choices),
        has_figures=len(found.everything) >= runtime().rules.small_group,
    )


def filters_in(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of place and the day of an address, for links to lists of the same projects."""
    return {name: query[name] for name in FILTERS if query.get(name)}


def wanted_in(query: Mapping[str, str]) -> Wanted:
    """The filter that an address asks for. Without a city it is the visitor's own; ``city=all`` is all they see."""
    place = query.get("city", "") or city().id
    return Wanted(
        city="" if place == "all" else place,
        area=query.get("area", ""),
        department=query.get("department", ""),
        priority=query.get("priority", ""),
        sector=query.get("sector", ""),
        district=query.get("district", ""),
        status=query.get("status", ""),
        mine=query.get("mine", "") == "1",
        text=query.get("q", "").strip()[:100],
    )


def _attention_rows(session: Session, found: Overview, wanted: Wanted, rows: list[Row], at: datetime) -> list[Row]:
    """The worst projects, above the table; where the table is filtered by status it is itself the answer."""
    if wanted.status:
        return []
    worst = found.attention[:ATTENTION_LINES]
    known = {row.line.id: row for row in rows}
    missing = [line for line in worst if line.id not in known]
    known |= {row.line.id: row for row in rows_for(session, missing, found, at)} if missing else {}
    return [known[line.id] for line in worst]


def _columns(found: Overview, choices: FilterChoices) -> dict[str, object]:
    """Which columns tell the rows apart: the curator's own page does not repeat the curator fifty times."""
    return {
        "city": len({line.city for line in found.everything}) > 1,
        "cities": dict(choices.cities),
        "curator": len({line.area for line in found.everything}) > 1,
        "department": len({line.department for line in found.everything}) > 1,
    }


def _counts(found: Overview, statuses: tuple[ProjectStatus, ...]) -> list[Count]:
    return [Count(status.value, found.counts[status]) for status in statuses if found.counts.get(status)]
