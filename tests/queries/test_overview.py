"""The overview's list: filters, search, freshness, the past, and a number of statements that does not grow."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, update

from pmo.clock import end_of_day
from pmo.db.models.assessments import ProjectAssessmentRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.session import Session
from pmo.domain.access import Actor, Role
from pmo.domain.portfolio import GREY
from pmo.domain.project import ProjectStatus
from pmo.queries.assessments import assessments_as_of
from pmo.queries.overview import ATTENTION, Moment, Overview, overview, page_of, sorted_lines
from pmo.queries.overview_filter import Wanted
from pmo.queries.overview_rows import Row, rows_for
from pmo.queries.places import city_zone
from pmo.runtime import Runtime

TODAY = date(2020, 1, 31)
ANALYST = Actor("analyst.alm", "almaty", Role.PMO_ANALYST, extra_cities=frozenset({"astana", "shymkent"}))
ALMATY = Wanted(city="almaty")


def look(runtime: Runtime, wanted: Wanted = ALMATY, actor: Actor = ANALYST, moment: Moment | None = None) -> Overview:
    with runtime.reading() as session:
        return overview(session, actor, wanted, moment or now_of(runtime), runtime.rules, runtime.histories)


def now_of(runtime: Runtime) -> Moment:
    return Moment(runtime.now(), runtime.today("Asia/Almaty"))


def rows(runtime: Runtime, found: Overview) -> list[Row]:
    with runtime.reading() as session:
        return rows_for(session, found.chosen, found, runtime.now())


@contextmanager
def counting_statements(session: Session) -> Iterator[list[str]]:
    said: list[str] = []
    engine = session.get_bind()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_it_shows_every_project_of_the_city_once(replayed: Runtime) -> None:
    found = look(replayed)
    assert [line.code for line in sorted_lines(found.chosen, "code")] == [f"DP-{n:02}" for n in range(1, 51)]
    assert sum(found.counts.values()) == 50


def test_the_worst_stand_first_and_grey_ones_last(replayed: Runtime) -> None:
    lines = look(replayed).chosen
    order = [(line.status in GREY, -(line.severity or 0)) for line in lines]
    assert order == sorted(order)
    assert lines[0].status is ProjectStatus.OFF_TRACK


def test_statuses_are_those_that_the_rules_give(replayed: Runtime) -> None:
    with replayed.reading() as session:
        judged = assessments_as_of(session, None, TODAY, replayed.rules, replayed.histories)
    for line in look(replayed).chosen:
        assert (line.status, line.severity) == (judged[line.id].status, judged[line.id].severity), line.code
        assert line.original_slip_days == judged[line.id].original_slip_days


@pytest.mark.parametrize("day", [date(2019, 9, 30), date(2019, 12, 31)])
def test_a_past_day_shows_what_was_known_then(replayed: Runtime, day: date) -> None:
    with replayed.reading() as session:
        judged = assessments_as_of(session, None, day, replayed.rules, replayed.histories)
        at = end_of_day(day, city_zone(session, "almaty"))
    for line in look(replayed, moment=Moment(at, day, is_past=True)).chosen:
        assert (line.status, line.severity) == (judged[line.id].status, judged[line.id].severity), line.code


def test_before_tracking_began_the_list_is_empty(replayed: Runtime) -> None:
    day = date(2019, 9, 1)
    with replayed.reading() as session:
        at = end_of_day(day, city_zone(session, "almaty"))
    assert look(replayed, moment=Moment(at, day, is_past=True)).everything == ()


def test_a_stored_result_that_is_behind_the_facts_is_not_shown(replayed: Runtime) -> None:
    with replayed.writing() as session:
        project = session.scalar(select(ProjectRecord.id).where(ProjectRecord.code == "DP-10"))
        session.execute(
            update(ProjectAssessmentRecord)
            .where(ProjectAssessmentRecord.project_id == project)
            .values(status="on_track", severity=0, known_until=replayed.now() - timedelta(days=60))
        )
    found = look(replayed)
    line = next(line for line in found.chosen if line.code == "DP-10")
    assert line.status is ProjectStatus.OFF_TRACK
    assert line.id in found.computed
    row = next(row for row in rows(replayed, found) if row.line.code == "DP-10")
    assert row.days_overdue == 20
    assert row.reason is not None
    assert row.reason.item == "DP-10-M3"


def test_a_stored_result_past_its_day_is_computed_anew(replayed: Runtime) -> None:
    later = replayed.at(replayed.now() + timedelta(days=4))  # 4 February: overdue grows daily
    row = next(row for row in rows(later, look(later)) if row.line.code == "DP-10")
    assert row.days_overdue == 22


def test_the_filter_of_status_shows_exactly_what_was_counted(replayed: Runtime) -> None:
    found = look(replayed)
    for status, number in found.counts.items():
        assert len(look(replayed, replace(ALMATY, status=status.value)).chosen) == number, status
    assert len(look(replayed, replace(ALMATY, status=ATTENTION)).chosen) == len(found.attention) > 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ЕДИНАЯ экстренная", "DP-11"),
        ("бейнемониторинг", "DP-10"),
        ("ШҰҒЫЛ ҚЫЗМЕТІ", "DP-11"),
        ("112", "DP-11"),
        ("dp-07", "DP-07"),
    ],
)
def test_search_finds_cyrillic_and_kazakh_in_any_case(replayed: Runtime, text: str, code: str) -> None:
    assert code in [line.code for line in look(replayed, replace(ALMATY, text=text)).chosen]


@pytest.mark.parametrize("text", ["%%", "_", "\\", "' or 1=1 --"])
def test_signs_of_sql_are_only_text(replayed: Runtime, text: str) -> None:
    assert look(replayed, replace(ALMATY, text=text)).chosen == ()


@pytest.mark.parametrize(
    ("filters", "field"),
    [("area", "area"), ("department", "department"), ("priority", "priority"), ("sector", "sector")],
)
def test_filters_of_place_keep_their_own(replayed: Runtime, filters: str, field: str) -> None:
    everything = look(replayed).everything
    for value in {getattr(line, field) for line in everything}:
        kept = look(replayed, replace(ALMATY, **{filters: value})).chosen
        assert {line.code for line in kept} == {line.code for line in everything if getattr(line, field) == value}


def test_mine_are_those_i_answer_for(replayed: Runtime) -> None:
    manager = Actor("manager-police-1.alm", "almaty", Role.PROJECT_MANAGER, department="ALA-POL")
    lines = look(replayed, replace(ALMATY, mine=True), manager).chosen
    assert lines
    assert {line.manager for line in lines} == {"manager-police-1.alm"}


def test_pages_follow_one_another_without_gap_or_double(replayed: Runtime) -> None:
    lines, seen, after = look(replayed).chosen, [], None
    while True:
        page, after = page_of(lines, after, size=7)
        seen += [line.id for line in page]
        if after is None:
            break
    assert seen == [line.id for line in lines]


def test_the_number_of_statements_does_not_depend_on_the_number_of_projects(replayed: Runtime) -> None:
    said = {}
    for city in ("almaty", "shymkent", "almaty", "shymkent"):  # the first look may load what is kept
        with replayed.reading() as session, counting_statements(session) as statements:
            found = overview(session, ANALYST, Wanted(city=city), now_of(replayed), replayed.rules, replayed.histories)
            rows_for(session, found.chosen, found, replayed.now())
            said[city] = len(statements)
    assert said["shymkent"] == said["almaty"] < 35
