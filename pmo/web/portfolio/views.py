"""One row a project; above it what needs attention, and counts that open what they counted (PRODUCT 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.portfolio import GREY
from pmo.domain.project import ProjectStatus
from pmo.domain.week import last_meeting_day
from pmo.i18n import gettext
from pmo.i18n import lazy_gettext as _
from pmo.queries.calendar import working_calendar
from pmo.queries.choices import FilterChoices, filter_choices
from pmo.queries.marked import counts_of, marked_projects
from pmo.queries.names import Name, reason_codes
from pmo.queries.overview import ATTENTION, Line, Overview, overview, page_of, sorted_lines
from pmo.queries.overview_filter import Wanted
from pmo.queries.overview_groups import GROUPINGS, Group, grouped
from pmo.queries.overview_past import tracked_from
from pmo.queries.overview_rows import ROW_SORTS, Row, rows_for, sorted_rows
from pmo.queries.overview_trend import Trend, counted, trend_of
from pmo.queries.row_numbers import row_number
from pmo.queries.saved_views import saved_views
from pmo.services import saved_views as services
from pmo.web.access import signed_in
from pmo.web.acts import Answer, act, saved
from pmo.web.context import actor, city, runtime, zone
from pmo.web.forms import Form, TextField, at_most, required
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
PLACE = ("city", "area", "department", "priority", "sector", "district", "mine", "q")
"""Filters of an address that leave projects whatever their status is."""
VIEW = (*PLACE, "status", "sort", "group")
"""What of an address is the view, and is saved under a name; the page and the day are not."""

portfolio = Blueprint("portfolio", __name__)


@dataclass(frozen=True, slots=True)
class Count:
    """One count, the filter of status that opens its list (empty for everything), and how it has changed since."""

    status: str
    number: int
    week: int | None
    month: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """The rows under one heading; without a group they are the whole list."""

    group: Group | None
    rows: Sequence[Row]


class ViewForm(Form):
    """The name of a view."""

    name = TextField(_("Name of the view"), [required(_("Give the view a name.")), at_most(60)])


@portfolio.route("/portfolio", methods=["GET", "POST"])
@signed_in
def index() -> Answer:
    """Filters are in the address: ``city``, ``area``, ``department``, ``priority``, ``sector``, ``district``,
    ``status``, ``mine``, ``q``; besides ``sort``, ``group``, ``after`` and ``as_of``. POST names the view of the
    address."""
    form = ViewForm()
    if form.validate_on_submit() and form.name.data:
        with form.answering():
            with runtime().writing() as session:
                services.save_view(session, act(), form.name.data, urlencode(view_in_address()))
            return saved(gettext("The view is saved."), url_for("portfolio.index", **view_in_address()))
    return _page(form)


@portfolio.post("/portfolio/views/<int:view_id>/removal")
@signed_in
def forget_view(view_id: int) -> Response:
    """Takes one of the visitor's views away."""
    with runtime().writing() as session:
        services.forget_view(session, act(), view_id)
    return saved(gettext("The view is removed."), url_for("portfolio.index"))


def filters_in(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of place and the day of an address, for links to lists of the same projects."""
    return {name: query[name] for name in (*PLACE, "as_of") if query.get(name)}


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
        status=_status(query.get("status", "")),
        mine=query.get("mine", "") == "1",
        text=query.get("q", "").strip()[:100],
    )


def _status(asked: str) -> str:
    """The status that a filter asks for, if there is such a one; else every status."""
    return asked if asked == ATTENTION or asked in set(ProjectStatus) else ""


def view_in_address() -> dict[str, Any]:
    """What of this address is the view, in one order."""
    return {name: request.args[name] for name in VIEW if request.args.get(name)}


def _page(form: ViewForm) -> Answer:
    me, moment, wanted = actor(), moment_of_page(), wanted_in(request.args)
    by = request.args.get("group", "")
    with runtime().reading() as session:
        found = overview(session, me, wanted, moment, runtime().rules, runtime().histories)
        trend = trend_of(session, me, wanted, moment, zone(), runtime().rules, runtime().histories)
        choices = filter_choices(session, me, wanted.city)
        lines, after = _lines(found, is_whole=by in GROUPINGS)
        attention = () if wanted.status else found.attention[:ATTENTION_LINES]
        shown = {line.id: line for line in (*lines, *attention)}
        rows = {row.line.id: row for row in rows_for(session, list(shown.values()), found, moment.at)}
        groups = grouped(session, lines, by, choices) if by in GROUPINGS else []
        names = reason_codes(session)
        views = saved_views(session, me.person)
        marks = counts_of(marked_projects(session, found.everything, moment))
        small_group = runtime().rules.on(session, wanted.city or me.city, moment.on, moment.at).small_group
        meeting_day = last_meeting_day(working_calendar(session, city().id, moment.at), moment.on)
        began = None if found.everything else tracked_from(session, me, wanted.city)
    page = render_template(
        "portfolio/index.html",
        marks=marks,
        filters=filters_in(request.args),
        found=found,
        wanted=wanted,
        moment=moment,
        sections=_sections(lines, groups, rows),
        group=by if by in GROUPINGS else "",
        after=after,
        attention=[rows[line.id] for line in attention],
        choices=choices,
        everything=_count(found, trend, ""),
        troubled=_count(found, trend, ATTENTION),
        active=_counts(found, trend, ACTIVE),
        apart=_counts(found, trend, APART),
        trend=trend,
        ATTENTION=ATTENTION,
        is_narrowed=any(request.args.get(name) for name in PLACE),
        reason_names=names,
        shows=_columns(found, choices, by),
        has_figures=len(found.everything) >= small_group,
        views=views,
        view=view_in_address(),
        form=form,
        tracked_from=began,
        meeting_day=meeting_day,
    )
    return page, form.status


def _lines(found: Overview, *, is_whole: bool) -> tuple[Sequence[Line], int | None]:
    """The lines of this page in the wanted order. Under headings, and sorted by what only rows know, all are shown."""
    key = request.args.get("sort", "")
    lines = sorted_lines(found.chosen, key)
    if is_whole or key.removeprefix("-") in ROW_SORTS:
        return lines, None
    return page_of(lines, request.args.get("after", type=row_number))


def _sections(lines: Sequence[Line], groups: Sequence[Group], rows: Mapping[int, Row]) -> list[Section]:
    if groups:
        return [Section(group, _sorted([rows[line.id] for line in group.lines])) for group in groups]
    return [Section(None, _sorted([rows[line.id] for line in lines]))] if lines else []


def _sorted(rows: list[Row]) -> Sequence[Row]:
    key = request.args.get("sort", "")
    return sorted_rows(rows, key) if key.removeprefix("-") in ROW_SORTS else rows


def _columns(found: Overview, choices: FilterChoices, by: str) -> dict[str, object]:
    """Which columns tell the rows apart: neither the curator's own page nor a heading is repeated in every row."""
    places: dict[str, Name] = dict(choices.cities)
    return {
        "city": len({line.city for line in found.everything}) > 1,
        "cities": places,
        "curator": by != "area" and len({line.area for line in found.everything}) > 1,
        "department": by != "department" and len({line.department for line in found.everything}) > 1,
    }


def _counts(found: Overview, trend: Trend, statuses: Sequence[ProjectStatus]) -> list[Count]:
    """Counts that are not zero, or were not a week ago: a state that emptied is news."""
    counts = [_count(found, trend, status.value) for status in statuses]
    return [count for count in counts if count.number or count.week]


def _count(found: Overview, trend: Trend, status: str) -> Count:
    return Count(status, counted(found, status), trend.week.change(found, status), trend.month.change(found, status))
