"""The schedule network against answers worked out by hand, and against properties that always hold."""

from __future__ import annotations

import math

import pytest

from pmo.domain.schedule import (
    Activity,
    Cycle,
    DuplicateActivity,
    Edge,
    ImpossibleNumber,
    Link,
    LinkType,
    MaximalLag,
    Network,
    NetworkError,
    PositiveLoop,
    UnknownActivity,
    compute_network,
)

FS, SS, FF, SF = (
    LinkType.FINISH_START,
    LinkType.START_START,
    LinkType.FINISH_FINISH,
    LinkType.START_FINISH,
)


def work(**durations: float) -> list[Activity]:
    return [Activity(name, duration) for name, duration in durations.items()]


def chain(text: str) -> list[Link]:
    """`"AB BC"` links A to B and B to C, finish to start."""
    return [Link(pair[0], pair[1]) for pair in text.split()]


def early(network: Network) -> dict[str, tuple[float, float]]:
    return {name: (t.early_start, t.early_finish) for name, t in network.timings.items()}


def late(network: Network) -> dict[str, tuple[float, float]]:
    return {name: (t.late_start, t.late_finish) for name, t in network.timings.items()}


def floats(network: Network) -> dict[str, tuple[float, float]]:
    return {name: (t.total_float, t.free_float) for name, t in network.timings.items()}


def critical(network: Network) -> str:
    return "".join(name for name, timing in network.timings.items() if timing.is_critical)


class FiveDayWeek:
    """Elapsed days where day 1 is a Monday and every sixth and seventh day is off."""

    def later(self, offset: float, amount: float, edge: Edge) -> float:
        return self._worked(self._calendar_day(offset, edge) + amount)

    @staticmethod
    def _calendar_day(offset: float, edge: Edge) -> float:
        weeks, day = divmod(offset, 5)
        if day == 0 and edge is Edge.FINISH:
            weeks, day = weeks - 1, 5.0
        return weeks * 7 + day

    @staticmethod
    def _worked(calendar_day: float) -> float:
        weeks, day = divmod(calendar_day, 7)
        return weeks * 5 + min(day, 5.0)


# --- networks worked out by hand ----------------------------------------------------------------------------


def test_a_network_of_seven_activities_has_the_dates_worked_out_by_hand() -> None:
    network = compute_network(work(A=3, B=4, C=6, D=6, E=4, F=4, G=6), chain("AB AC BD BE CE CF DG EG FG"))
    assert network.duration == 19
    assert early(network) == {
        "A": (0, 3),
        "B": (3, 7),
        "C": (3, 9),
        "D": (7, 13),
        "E": (9, 13),
        "F": (9, 13),
        "G": (13, 19),
    }
    assert late(network) == early(network)
    assert critical(network) == "ABCDEFG"


def test_floats_of_a_network_with_two_slack_branches() -> None:
    network = compute_network(work(A=2, B=4, C=1, D=3, E=5), chain("AB AC BE CD DE"))
    assert network.duration == 11
    assert late(network) == {"A": (0, 2), "B": (2, 6), "C": (2, 3), "D": (3, 6), "E": (6, 11)}
    longer = compute_network(work(A=2, B=6, C=1, D=3, E=5), chain("AB AC BE CD DE"))
    assert floats(longer) == {"A": (0, 0), "B": (0, 0), "C": (2, 0), "D": (2, 2), "E": (0, 0)}
    assert longer.longest_path == ("A", "B", "E")
    assert critical(longer) == "ABE"


def test_four_link_types_with_lags_in_one_network() -> None:
    activities = work(A=5, B=4, C=6, D=3)
    links = [Link("A", "B", SS, 2), Link("B", "C", FF, 3), Link("A", "C"), Link("C", "D", FS, -1)]
    network = compute_network(activities, links)
    # B starts at 2, ends at 6; C may start at 5 and may not end before 9; D starts a day before C ends.
    assert early(network) == {"A": (0, 5), "B": (2, 6), "C": (5, 11), "D": (10, 13)}
    assert late(network) == {"A": (0, 5), "B": (4, 8), "C": (5, 11), "D": (10, 13)}
    assert floats(network) == {"A": (0, 0), "B": (2, 2), "C": (0, 0), "D": (0, 0)}
    assert network.longest_path == ("A", "C", "D")


@pytest.mark.parametrize(
    ("kind", "lag", "early_start", "late_finish", "duration"),
    [
        (FS, 0, 5, 5, 8),
        (FS, 2, 7, 5, 10),
        (FS, -2, 3, 5, 6),
        (SS, 0, 0, 5, 5),
        (SS, 4, 4, 5, 7),
        (SS, -3, 0, 5, 5),
        (FF, 0, 2, 5, 5),
        (FF, 3, 5, 5, 8),
        (FF, -4, 0, 5, 5),
        (SF, 0, 0, 5, 5),
        (SF, 6, 3, 5, 6),
        (SF, -1, 0, 5, 5),
    ],
)
def test_each_link_type_with_and_without_lag(
    kind: LinkType, lag: float, early_start: float, late_finish: float, duration: float
) -> None:
    network = compute_network(work(P=5, I=3), [Link("P", "I", kind, lag)])
    assert network.timings["I"].early_start == early_start
    assert network.timings["P"].late_finish == late_finish
    assert network.duration == duration


@pytest.mark.parametrize(
    ("kind", "lag", "total", "free"),
    [
        (FS, 0, 4, 0),
        (FS, -1, 5, 0),
        (SS, 1, 5, 0),
        (SS, -2, 7, 2),
        (FF, 0, 7, 1),
        (FF, 4, 3, 0),
        (FF, -3, 7, 4),
        (SF, 2, 7, 1),
        (SF, 5, 4, 0),
    ],
)
def test_total_and_free_float_of_a_predecessor_by_link_type(
    kind: LinkType, lag: float, total: float, free: float
) -> None:
    # Z (9) ends the project; I (3) may start as late as 6.
    network = compute_network(work(P=2, I=3, Z=9), [Link("P", "I", kind, lag)])
    assert floats(network)["P"] == (total, free)


def test_a_start_driving_predecessor_has_the_float_of_the_pure_backward_pass() -> None:
    """DOMAIN 2.1: 80 h and 72 h, where MS Project 2016 and 2019 say 88 h twice (offsets of 8 h days here)."""
    activities = [*work(P=1, I=1, Q=1, J=1), Activity("Z", 12)]
    network = compute_network(activities, [Link("P", "I", SF, 2), Link("Q", "J", SS, 2)])
    assert [network.timings[name].total_float * 8 for name in "PQ"] == [80, 72]


def test_a_milestone_has_no_length_and_passes_its_moment_on() -> None:
    network = compute_network(work(A=4, M=0, B=2), chain("AM MB"))
    assert early(network) == {"A": (0, 4), "M": (4, 4), "B": (4, 6)}
    assert network.timings["M"].is_critical


def test_no_early_start_lies_before_the_project_even_with_a_long_lead() -> None:
    network = compute_network(work(A=2, B=3), [Link("A", "B", FS, -10)])
    assert network.timings["B"].early_start == 0
    assert network.timings["A"].total_float == 1


def test_unlinked_activities_float_to_the_end_of_the_project() -> None:
    network = compute_network(work(A=10, B=3))
    assert floats(network)["B"] == (7, 7)
    assert late(network)["B"] == (7, 10)


def test_an_empty_plan_has_no_length() -> None:
    assert compute_network([]) == Network(0, {}, ())


def test_fractions_of_a_day_leave_no_dust_in_the_float() -> None:
    network = compute_network(work(A=0.1, B=0.2, C=0.3), chain("AB BC"))
    assert network.duration == 0.6
    assert critical(network) == "ABC"
    assert all(math.copysign(1, timing.total_float) == 1 for timing in network.timings.values())


def test_a_project_start_moves_everything() -> None:
    network = compute_network(work(A=2, B=1), chain("AB"), project_start=3)
    assert early(network) == {"A": (3, 5), "B": (5, 6)}


# --- constraints --------------------------------------------------------------------------------------------


def test_not_earlier_than_enters_the_maximum() -> None:
    activities = [Activity("A", 2), Activity("B", 2, start_not_earlier_than=5)]
    network = compute_network(activities, chain("AB"))
    assert early(network)["B"] == (5, 7)
    assert floats(network)["A"] == (3, 3)
    assert network.longest_path == ("B",)


def test_a_finish_not_earlier_than_holds_the_finish() -> None:
    network = compute_network([Activity("A", 2, finish_not_earlier_than=6)])
    assert early(network)["A"] == (4, 6)


def test_not_later_than_sets_only_the_late_dates_and_makes_the_float_negative() -> None:
    activities = [Activity("A", 4), Activity("B", 3, finish_not_later_than=5)]
    network = compute_network(activities, chain("AB"))
    assert early(network) == {"A": (0, 4), "B": (4, 7)}
    assert late(network) == {"A": (-2, 2), "B": (2, 5)}
    assert floats(network) == {"A": (-2, 0), "B": (-2, 0)}
    assert critical(network) == "AB"


def test_a_start_not_later_than_bounds_the_late_start() -> None:
    network = compute_network([Activity("A", 2, start_not_later_than=1), Activity("Z", 9)])
    assert late(network)["A"] == (1, 3)


def test_must_start_on_is_both_bounds_at_once() -> None:
    activities = [Activity("B", 2, start_not_earlier_than=4, start_not_later_than=4), Activity("Z", 9)]
    network = compute_network(activities)
    assert (early(network)["B"], late(network)["B"]) == ((4, 6), (4, 6))
    assert critical(network) == "BZ"


# --- actual dates -------------------------------------------------------------------------------------------


def test_actual_dates_replace_the_computed_ones() -> None:
    activities = [Activity("A", 3, actual_start=1, actual_finish=6), Activity("B", 2)]
    network = compute_network(activities, chain("AB"), data_date=6)
    assert early(network) == {"A": (1, 6), "B": (6, 8)}


def test_remaining_work_starts_not_before_the_data_date() -> None:
    activities = [Activity("A", 5, actual_start=0, remaining=3), Activity("B", 2)]
    network = compute_network(activities, chain("AB"), data_date=4)
    assert early(network) == {"A": (0, 7), "B": (7, 9)}
    assert critical(network) == "AB"


def test_work_not_yet_started_starts_not_before_the_data_date() -> None:
    network = compute_network(work(A=2), data_date=3)
    assert early(network)["A"] == (3, 5)


def test_retained_logic_keeps_out_of_sequence_work_waiting() -> None:
    activities = [Activity("A", 5), Activity("B", 4, actual_start=1, remaining=2)]
    network = compute_network(activities, chain("AB"), data_date=2)
    assert early(network) == {"A": (2, 7), "B": (1, 9)}
    assert floats(network) == {"A": (0, 0), "B": (0, 0)}


def test_progress_without_a_data_date_goes_on_where_the_done_part_ends() -> None:
    network = compute_network([Activity("A", 5, actual_start=2, remaining=1)])
    assert early(network)["A"] == (2, 7)


def test_remaining_work_unknown_is_what_the_data_date_leaves() -> None:
    network = compute_network([Activity("A", 5, actual_start=2)], data_date=4)
    assert early(network)["A"] == (2, 7)


def test_a_finish_without_a_start_counts_back_its_duration() -> None:
    network = compute_network([Activity("A", 3, actual_finish=5)])
    assert early(network)["A"] == (2, 5)


def test_a_link_pushes_no_activity_that_is_finished() -> None:
    activities = [Activity("A", 9), Activity("B", 1, actual_start=0, actual_finish=1)]
    network = compute_network(activities, chain("AB"))
    assert early(network)["B"] == (0, 1)
    assert floats(network)["A"] == (0, 0)


def test_a_start_that_has_happened_takes_no_float_from_what_remains() -> None:
    activities = [Activity("A", 6, actual_start=0, remaining=2), Activity("B", 9)]
    network = compute_network(activities, [Link("A", "B", SS)], data_date=4)
    assert floats(network)["A"] == (7, 7)


# --- elapsed time -------------------------------------------------------------------------------------------


def test_an_elapsed_lag_runs_through_the_weekend() -> None:
    week = FiveDayWeek()
    activities = work(A=5, B=2)
    assert compute_network(activities, [Link("A", "B", FS, 2, week)]).timings["B"].early_start == 5
    assert compute_network(activities, [Link("A", "B", FS, 3, week)]).timings["B"].early_start == 6
    assert compute_network(activities, [Link("A", "B", FS, 7, week)]).timings["B"].early_start == 10


def test_an_elapsed_lag_leaves_the_predecessor_the_float_of_the_weekend() -> None:
    # B starts on the second Monday at the earliest because of Z; two elapsed days before it is Saturday.
    network = compute_network(work(A=3, B=2, Z=5), [Link("A", "B", FS, 2, FiveDayWeek()), Link("Z", "B")])
    assert late(network)["A"] == (2, 5)
    assert floats(network)["A"] == (2, 0)


def test_an_elapsed_duration_runs_through_the_weekend() -> None:
    activities = [Activity("A", 4), Activity("C", 7, scale=FiveDayWeek()), Activity("B", 1)]
    network = compute_network(activities, chain("AC CB"))
    assert early(network) == {"A": (0, 4), "C": (4, 9), "B": (9, 10)}
    assert critical(network) == "ACB"


# --- groups -------------------------------------------------------------------------------------------------


def test_a_link_from_a_group_counts_from_its_first_member() -> None:
    activities = [*work(A=2, B=4, C=1), Activity("Z", 12)]
    links = [Link("C", "A"), Link("B", "S", SS, 3, or_first_of=("A",))]
    network = compute_network([*activities, Activity("S", 5)], links)
    assert early(network)["S"] == (3, 8)
    # Only B, the first to start, holds S; A is held by nothing but the end.
    assert floats(network)["B"] == (4, 0)
    assert floats(network)["A"] == (9, 9)


# --- refusals -----------------------------------------------------------------------------------------------


def test_a_cycle_is_refused_and_told_once_round() -> None:
    with pytest.raises(Cycle) as refused:
        compute_network(work(A=1, B=1, C=1, D=1), chain("AB BC CD DB"))
    assert refused.value.code == "cycle"
    assert refused.value.activities == ("B", "C", "D", "B")


def test_a_cycle_is_named_though_others_only_wait_behind_it() -> None:
    with pytest.raises(Cycle) as refused:
        compute_network(work(A=1, B=1, Y=1, Z=1), chain("ZY YZ ZA AB"))
    assert refused.value.activities == ("Y", "Z", "Y")


def test_an_activity_linked_to_itself_is_a_cycle() -> None:
    with pytest.raises(Cycle) as refused:
        compute_network(work(A=1), chain("AA"))
    assert refused.value.activities == ("A", "A")


def test_a_cycle_of_start_links_with_leads_is_still_a_cycle() -> None:
    with pytest.raises(Cycle):
        compute_network(work(A=1, B=1), [Link("A", "B", SS), Link("B", "A", SS, -5)])


def test_a_maximal_lag_pulls_the_predecessor_later() -> None:
    activities = work(A=2, W=9, B=3)
    network = compute_network(activities, chain("AB WB"), maximal_lags=[MaximalLag("A", "B", FS, 2)])
    # B waits for W until 9, and no more than 2 days may pass after A: A ends at 7 at the earliest.
    assert early(network) == {"A": (5, 7), "W": (0, 9), "B": (9, 12)}
    assert floats(network)["A"] == (2, 2)


def test_maximal_lags_reach_through_several_activities() -> None:
    activities = work(A=1, B=1, C=1, W=20)
    network = compute_network(
        activities,
        chain("AB BC WC"),
        maximal_lags=[MaximalLag("A", "B", FS, 0), MaximalLag("B", "C", FS, 0)],
    )
    assert early(network) == {"A": (18, 19), "B": (19, 20), "C": (20, 21), "W": (0, 20)}


@pytest.mark.parametrize("kind", list(LinkType))
def test_a_maximal_lag_shorter_than_the_minimal_one_is_a_positive_loop(kind: LinkType) -> None:
    with pytest.raises(PositiveLoop) as refused:
        compute_network(
            work(A=2, B=3, C=1),
            [Link("A", "B", kind, 10), Link("B", "C")],
            maximal_lags=[MaximalLag("A", "B", kind, 9)],
        )
    assert refused.value.code == "positive_loop"
    assert refused.value.activities == ("A", "B", "A")


@pytest.mark.parametrize("kind", list(LinkType))
def test_a_maximal_lag_equal_to_the_minimal_one_fixes_the_distance(kind: LinkType) -> None:
    network = compute_network(work(A=2, B=3), [Link("A", "B", kind, 10)], maximal_lags=[MaximalLag("A", "B", kind, 10)])
    assert critical(network) == "AB"


def test_a_link_to_nobody_is_refused_with_its_name() -> None:
    with pytest.raises(UnknownActivity) as refused:
        compute_network(work(A=1), [Link("A", "X"), Link("W", "A")])
    assert (refused.value.code, refused.value.activities) == ("unknown_activity", ("W", "X"))


def test_two_activities_with_one_id_are_refused() -> None:
    with pytest.raises(DuplicateActivity) as refused:
        compute_network([*work(A=1, B=1), Activity("A", 2)])
    assert (refused.value.code, refused.value.activities) == ("duplicate_activity", ("A",))


@pytest.mark.parametrize(
    "activity",
    [
        Activity("A", -1),
        Activity("A", math.nan),
        Activity("A", math.inf),
        Activity("A", 1, actual_start=0, remaining=-2),
        Activity("A", 1, start_not_earlier_than=math.inf),
    ],
)
def test_an_impossible_number_is_refused(activity: Activity) -> None:
    with pytest.raises(ImpossibleNumber) as refused:
        compute_network([activity])
    assert refused.value.activities == ("A",)


def test_every_refusal_is_a_network_error() -> None:
    for kind in (Cycle, PositiveLoop, UnknownActivity, DuplicateActivity, ImpossibleNumber):
        assert issubclass(kind, NetworkError)
