"""The nearest acts that turn a project green: carried out, they do; with one of them left out, they do not."""

from datetime import date

import pytest

from pmo.domain.policy import STANDARD
from pmo.domain.project import Project
from pmo.domain.remedy import Deed, Remedy, judged_after, nearest_remedy
from pmo.domain.verdict import judge_project
from tests.domain.builders import kazakhstan
from tests.domain.demo_portfolio import as_of, demo_projects

DAYS = [date(2019, 12, 31), date(2020, 1, 31), date(2020, 6, 30)]


def remedy_of(known: Project, on: date) -> Remedy | None:
    return nearest_remedy(known, judge_project(known, on, kazakhstan(), STANDARD), kazakhstan(), STANDARD)


def demo(code: str, on: date) -> Project:
    return as_of(next(project for project in demo_projects() if project.code == code), on)


@pytest.mark.parametrize("on", DAYS)
def test_the_acts_make_the_colour_as_good_as_they_say_and_none_is_idle(on: date) -> None:
    tried = 0
    for project in demo_projects():
        known = as_of(project, on)
        before = judge_project(known, on, kazakhstan(), STANDARD)
        remedy = remedy_of(known, on)
        if remedy is None:
            continue
        tried += 1
        after = judged_after(known, remedy.acts, on, kazakhstan(), STANDARD)
        assert (after.severity or 0) == remedy.severity < (before.severity or 0), project.code
        for act in remedy.acts:
            fewer = [kept for kept in remedy.acts if kept is not act]
            left_out = judged_after(known, fewer, on, kazakhstan(), STANDARD)
            assert (left_out.severity or 0) > (remedy.severity or 0), (project.code, act)
    assert tried > 8


def test_an_overdue_critical_milestone_has_to_be_finished() -> None:
    remedy = remedy_of(demo("DP-10", date(2020, 1, 31)), date(2020, 1, 31))
    assert remedy is not None
    assert [(act.deed, act.item) for act in remedy.acts] == [(Deed.FINISH, "DP-10-M3"), (Deed.REACH, "DP-10-I1")]


def test_an_indicator_behind_its_curve_is_told_the_value_that_is_enough() -> None:
    remedy = remedy_of(demo("DP-13", date(2020, 1, 31)), date(2020, 1, 31))
    assert remedy is not None
    (act,) = remedy.acts
    # On the curve from 11 (30.06.2019) to 80 (31.12.2020), 31 January is 215 of 550 days; nine tenths of the rise.
    assert act.value == pytest.approx(11 + 0.9 * 69 * 215 / 550)
    assert act.by == date(2020, 1, 31)


def test_a_green_project_needs_nothing() -> None:
    assert remedy_of(demo("DP-02", date(2020, 1, 31)), date(2020, 1, 31)) is None


def test_a_missed_final_value_cannot_be_mended() -> None:
    assert remedy_of(demo("DP-42", date(2020, 1, 31)), date(2020, 1, 31)) is None
