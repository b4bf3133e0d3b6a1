"""Who gets which digest, and the order, grouping and cutting of its lines (DOMAIN 3.2, PRODUCT 3)."""

from __future__ import annotations

from datetime import date

import pytest

from pmo.domain.digests import (
    DigestKind,
    Line,
    ProjectLine,
    Section,
    Trend,
    What,
    by_department,
    digest_kind,
    in_order,
    listed,
    sections,
)
from pmo.domain.ladder import Rung
from pmo.domain.recipients import Role

WEEK = "2020-W05"


def line(item: str, section: Section = Section.OVERDUE, **facts: object) -> Line:
    plain = {"section": section, "what": What.OVERDUE, "kind": "milestone", "item": item, "project": "P"}
    return Line(**{**plain, "department": "ALA-MOB", **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("roles", "week", "kind"),
    [
        ({Role.MANAGER}, None, DigestKind.DAILY),
        ({Role.MANAGER}, WEEK, DigestKind.DAILY),
        ({Role.OWNER}, None, DigestKind.DAILY),
        ({Role.OWNER}, WEEK, DigestKind.WEEKLY),
        ({Role.MANAGER, Role.OWNER}, WEEK, DigestKind.WEEKLY),
        ({Role.CURATOR}, WEEK, DigestKind.WEEKLY),
        ({Role.CURATOR}, None, None),
        ({Role.AKIM}, WEEK, DigestKind.WEEKLY),
        ({Role.CURATOR, Role.OWNER}, None, None),
        ({Role.PMO_HEAD}, WEEK, DigestKind.WEEKLY),
        ({Role.PMO_ANALYST}, None, None),
        (set(), WEEK, None),
    ],
)
def test_each_role_has_its_digest_and_two_on_one_day_are_one(
    roles: set[Role], week: str | None, kind: DigestKind | None
) -> None:
    assert digest_kind(roles, week) is kind


def test_lines_stand_red_first_then_critical_then_overdue_days_then_weight() -> None:
    lines = [
        line("light", severity=1, weight=1),
        line("heavy", severity=1, weight=3),
        line("late", severity=1, days_overdue=5),
        line("critical", severity=1, critical=True),
        line("red", severity=2),
    ]

    assert [found.item for found in in_order(lines)] == ["red", "critical", "late", "heavy", "light"]


def test_sections_come_in_the_order_of_the_product_and_empty_ones_are_left_out() -> None:
    found = sections(
        [line("a", Section.GOOD_NEWS), line("b", Section.DECISIONS), line("c", Section.SLIPPED), line("d")]
    )

    assert [section.section.value for section in found] == ["decisions", "overdue", "slipped", "good_news"]


def test_no_lines_make_no_digest() -> None:
    assert sections([]) == ()


def test_a_section_shows_ten_lines_and_says_how_many_more() -> None:
    lines = [line(f"M{number:02}", Section.NEXT_DAYS) for number in range(13)]

    (section,) = sections(lines)

    assert [shown.item for shown in section.lines] == [f"M{number:02}" for number in range(10)]
    assert section.more == 3


def test_the_list_of_the_day_hides_nothing() -> None:
    (section,) = listed([line(f"M{number:02}") for number in range(13)])

    assert (len(section.lines), section.more) == (13, 0)


def test_an_item_stands_once_in_a_section_and_its_rung_wins() -> None:
    (section,) = sections([line("M1"), line("M1", rung=Rung.WEEKLY), line("M1")])

    assert [(shown.item, shown.rung) for shown in section.lines] == [("M1", Rung.WEEKLY)]


def test_a_moved_plan_and_a_moved_forecast_of_one_item_are_two_lines() -> None:
    moves = [
        line("M1", Section.SLIPPED, what=What.BASELINE_MOVED),
        line("M1", Section.SLIPPED, what=What.FORECAST_MOVED),
    ]

    assert len(sections(moves)[0].lines) == 2


def test_five_items_of_a_department_overdue_from_one_day_are_one_line() -> None:
    since = date(2019, 12, 31)
    late = [line(f"M{n}", overdue_since=since, severity=1, days_overdue=n, critical=n == 2) for n in range(5)]
    others = [
        line("other-day", overdue_since=date(2019, 12, 30)),
        line("other-department", overdue_since=since, department="ALA-GREEN"),
    ]

    (section,) = sections([*late, *others])

    group = section.lines[0]
    assert (group.what, group.critical, group.days_overdue) == ("group", True, 4)
    assert group.values["count"] == 5
    assert sorted(group.values["items"]) == ["M0", "M1", "M2", "M3", "M4"]  # type: ignore[call-overload]
    assert {shown.item for shown in section.lines[1:]} == {"other-day", "other-department"}


def test_four_items_stay_apart() -> None:
    (section,) = sections([line(f"M{n}", overdue_since=date(2019, 12, 31)) for n in range(4)])

    assert len(section.lines) == 4


def test_a_curators_projects_stand_under_their_departments_and_quiet_green_ones_are_left_out() -> None:
    projects = [
        ProjectLine("P1", "ALA-MOB", "on_track", 0, Trend.SAME, None),
        ProjectLine("P2", "ALA-MOB", "at_risk", 1, Trend.SAME, None),
        ProjectLine("P3", "ALA-GREEN", "off_track", 2, Trend.WORSE, None),
        ProjectLine("P4", "ALA-MOB", "on_track", 0, Trend.BETTER, None),
    ]

    found = by_department(projects)

    assert {department: [line.project for line in lines] for department, lines in found.items()} == {
        "ALA-GREEN": ["P3"],
        "ALA-MOB": ["P2", "P4"],
    }
    assert list(found) == ["ALA-GREEN", "ALA-MOB"]
