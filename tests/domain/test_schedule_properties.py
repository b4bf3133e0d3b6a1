"""The schedule network: what holds for every network, on random ones."""

from __future__ import annotations

import itertools
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo.domain.schedule import Activity, Link, LinkType, MaximalLag, Network, compute_network

FS, SS, FF, SF = (
    LinkType.FINISH_START,
    LinkType.START_START,
    LinkType.FINISH_FINISH,
    LinkType.START_FINISH,
)

some = settings(max_examples=60, deadline=None)

Plan = tuple[list[Activity], list[Link]]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Up to eight activities, links only from earlier to later names, whole and half days."""
    count = draw(st.integers(1, 8))
    halves = st.integers(0, 12).map(lambda number: number / 2)
    activities = [Activity(f"T{number}", draw(halves)) for number in range(count)]
    pairs = list(itertools.combinations(range(count), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=14)) if pairs else []
    links = [
        Link(f"T{before}", f"T{after}", draw(st.sampled_from(LinkType)), draw(st.integers(-6, 8)) / 2)
        for before, after in chosen
    ]
    return activities, links


def edge_slack(network: Network, link: Link) -> float:
    before, after = network.timings[link.predecessor], network.timings[link.successor]
    left = before.early_finish if link.type in (FS, FF) else before.early_start
    right = after.early_start if link.type in (FS, SS) else after.early_finish
    return right - left - link.lag


@some
@given(plans(), st.integers(0, 1000))
def test_the_order_of_the_input_does_not_matter(plan: Plan, seed: int) -> None:
    activities, links = plan
    expected = compute_network(activities, links)
    shuffled_activities, shuffled_links = list(activities), list(links)
    Random(seed).shuffle(shuffled_activities)
    Random(seed).shuffle(shuffled_links)
    again = compute_network(shuffled_activities, shuffled_links)
    assert dict(again.timings) == dict(expected.timings)
    assert (again.duration, again.longest_path) == (expected.duration, expected.longest_path)


@some
@given(plans())
def test_every_link_is_kept_and_nothing_could_start_earlier(plan: Plan) -> None:
    activities, links = plan
    network = compute_network(activities, links)
    slack = {activity.id: [network.timings[activity.id].early_start] for activity in activities}
    for link in links:
        slack[link.successor].append(edge_slack(network, link))
    for activity in activities:
        assert min(slack[activity.id]) == pytest.approx(0)


@some
@given(plans())
def test_the_late_dates_keep_every_link_and_end_with_the_project(plan: Plan) -> None:
    activities, links = plan
    network = compute_network(activities, links)
    moved = {
        name: replace(timing, early_start=timing.late_start, early_finish=timing.late_finish)
        for name, timing in network.timings.items()
    }
    for link in links:
        assert edge_slack(replace(network, timings=moved), link) >= -1e-9
    assert max(timing.late_finish for timing in network.timings.values()) == pytest.approx(network.duration)


@some
@given(plans())
def test_no_float_is_negative_without_a_deadline_and_something_is_critical(plan: Plan) -> None:
    network = compute_network(*plan)
    assert all(min(t.total_float, t.free_float) >= 0 for t in network.timings.values())
    assert any(timing.is_critical for timing in network.timings.values())


@some
@given(plans())
def test_free_float_never_exceeds_total_float_in_a_network_without_leads_and_start_links(plan: Plan) -> None:
    activities, links = plan
    network = compute_network(activities, [replace(link, type=FS, lag=abs(link.lag)) for link in links])
    assert all(t.free_float <= t.total_float + 1e-9 for t in network.timings.values())


@some
@given(plans())
def test_the_duration_is_the_longest_path_counted_by_brute_force(plan: Plan) -> None:
    activities, links = plan
    durations = {activity.id: activity.duration for activity in activities}

    def distance(link: Link) -> float:
        """From start to start."""
        own = link.lag + (durations[link.predecessor] if link.type in (FS, FF) else 0)
        return own - (durations[link.successor] if link.type in (FF, SF) else 0)

    def latest_start(name: str) -> float:
        arriving = [latest_start(link.predecessor) + distance(link) for link in links if link.successor == name]
        return max([0.0, *arriving])

    network = compute_network(activities, links)
    assert network.duration == max(latest_start(name) + length for name, length in durations.items())


@some
@given(plans())
def test_the_longest_path_is_critical_and_ends_the_project(plan: Plan) -> None:
    network = compute_network(*plan)
    path = network.longest_path
    assert network.timings[path[-1]].early_finish == network.duration
    assert all(network.timings[name].is_critical for name in path)


@some
@given(plans(), st.integers(0, 13), st.integers(0, 10))
def test_a_longer_lag_never_shortens_the_project(plan: Plan, which: int, more: int) -> None:
    activities, links = plan
    if not links:
        links = [Link("T0", "T1")] if len(activities) > 1 else []
    if not links:
        return
    before = compute_network(activities, links).duration
    index = which % len(links)
    links[index] = replace(links[index], lag=links[index].lag + more)
    assert compute_network(activities, links).duration >= before


@some
@given(plans(), st.integers(0, 7), st.integers(1, 10))
def test_a_slip_within_the_total_float_does_not_move_the_end(plan: Plan, which: int, beyond: int) -> None:
    activities, links = plan
    network = compute_network(activities, links)
    slipping = activities[which % len(activities)]
    timing = network.timings[slipping.id]
    held = [replace(a, start_not_earlier_than=timing.late_start) if a is slipping else a for a in activities]
    assert compute_network(held, links).duration == network.duration
    pushed = timing.late_start + beyond
    pushing = [replace(a, start_not_earlier_than=pushed) if a is slipping else a for a in activities]
    assert compute_network(pushing, links).duration == pytest.approx(network.duration + beyond)


@some
@given(plans())
def test_a_minimal_lag_repeated_as_a_generous_maximal_one_changes_nothing(plan: Plan) -> None:
    activities, links = plan
    generous = [MaximalLag(link.predecessor, link.successor, link.type, 1000) for link in links]
    assert compute_network(activities, links, maximal_lags=generous) == compute_network(activities, links)
