"""Floats and the critical path of a milestone plan: each float is proven by using it up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pmo.domain.milestone import Dependency, Forecast, Milestone
from pmo.domain.milestone_network import MilestoneNetwork, milestone_network
from pmo.domain.milestone_verdict import Setting, assess_milestones
from pmo.domain.policy import STANDARD
from pmo.domain.project import Project
from tests.domain.builders import START, at, day, kazakhstan, milestone
from tests.domain.demo_portfolio import as_of, demo_projects

DAYS = [date(2019, 10, 31), date(2020, 1, 31), date(2020, 6, 30), date(2020, 12, 31)]


def network_of(milestones: tuple[Milestone, ...], on: date, start: date = START) -> MilestoneNetwork:
    judged = assess_milestones(milestones, Setting(on, kazakhstan(), STANDARD, start))
    return milestone_network(milestones, judged, kazakhstan(), STANDARD)


def moved(milestones: tuple[Milestone, ...], code: str, days: int, on: date, start: date) -> MilestoneNetwork:
    """The network once the manager expects one milestone so many working days later."""
    judged = assess_milestones(milestones, Setting(on, kazakhstan(), STANDARD, start))
    (expected,) = [item.expected_on for item in judged if item.code == code]
    assert expected is not None
    later = Forecast(kazakhstan().addwd(max(expected, on), days), "not_stated", at(on))
    changed = tuple(
        replace(item, forecasts=(*item.forecasts, later)) if item.code == code else item for item in milestones
    )
    return network_of(changed, on, start)


def wd(start: date | None, end: date | None) -> int:
    assert start is not None
    assert end is not None
    return kazakhstan().wd(start, end)


@pytest.mark.parametrize("on", DAYS)
def test_using_up_a_float_leaves_the_end_where_it_is_and_a_day_more_moves_it(on: date) -> None:
    tried = 0
    for whole in demo_projects():
        known: Project = as_of(whole, on)
        before = network_of(known.milestones, on, known.start_on)
        for code, spare in before.floats.items():
            item = next(one for one in known.milestones if one.code == code)
            if item.open_claim is not None or not item.baselines:
                continue
            after = moved(known.milestones, code, spare, on, known.start_on)
            assert wd(before.ends_on, after.ends_on) == 0, (code, spare)
            late = moved(known.milestones, code, spare + 1, on, known.start_on)
            assert wd(before.ends_on, late.ends_on) > 0, (code, spare)
            tried += 1
    assert tried > 40


@pytest.mark.parametrize("on", DAYS)
def test_a_successor_is_never_expected_before_the_gap_after_its_predecessor_has_passed(on: date) -> None:
    for whole in demo_projects():
        found = network_of(as_of(whole, on).milestones, on, whole.start_on)
        assert all(link.slack_wd >= 0 for link in found.links)
        assert all(spare >= 0 for spare in found.floats.values())
        if found.critical_path:
            assert found.floats[found.critical_path[-1]] == 0
            assert [link.predecessor for link in found.path_links] == list(found.critical_path[:-1])


def chain(*codes_and_days: tuple[str, str, str | None]) -> tuple[Milestone, ...]:
    return tuple(milestone(code, due, after=[before] if before else []) for code, due, before in codes_and_days)


def test_the_path_follows_the_tightest_links_back_from_the_end() -> None:
    plan = chain(
        ("A", "2019-12-02", None),
        ("B", "2020-02-03", "A"),
        ("C", "2020-03-02", None),
        ("D", "2020-06-01", "B"),
    )
    plan = (*plan[:3], replace(plan[3], predecessors=(Dependency("B"), Dependency("C"))))
    found = network_of(plan, day("2019-11-01"))
    slacks = {(link.predecessor, link.successor): link.slack_wd for link in found.links}
    assert slacks["C", "D"] < slacks["B", "D"]
    assert found.critical_path == ("C", "D")
    assert found.ends_on == day("2020-06-01")


def test_what_a_late_predecessor_pushes_hangs_on_it_without_float() -> None:
    plan = chain(("A", "2019-12-02", None), ("B", "2020-02-03", "A"))
    late = replace(plan[0], forecasts=(Forecast(day("2020-02-03"), "not_stated", at("2019-11-01")),))
    found = network_of((late, plan[1]), day("2019-11-01"))
    (link,) = found.links
    assert link.drives
    assert found.floats == {"A": 0, "B": 0}
    assert found.critical_path == ("A", "B")


def test_finished_and_cancelled_milestones_are_in_no_network() -> None:
    finished = milestone("A", "2019-10-15", done="2019-10-15")
    after = milestone("B", "2019-12-16", after=["A"])
    found = network_of((finished, after), day("2019-11-01"))
    assert found.critical_path == ("B",)
    assert found.links == ()
    assert network_of((finished,), day("2019-11-01")) == MilestoneNetwork()


def test_without_any_date_there_is_no_path() -> None:
    assert network_of((replace(milestone("A", "2019-10-15"), baselines=()),), day("2019-11-01")) == MilestoneNetwork()
