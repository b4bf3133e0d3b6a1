"""Short forms of the fault runs on schedulers: real processes, killed and frozen. Long forms: docs/reliability.md."""

from __future__ import annotations

from benchmarks.faults import schedulers
from benchmarks.faults.ground import WARM_INTERPRETER, Ground
from benchmarks.faults.product_jobs import MARKED_FIRST, product

SEED = 3


def test_killed_schedulers_lose_no_period_and_double_none(ground: Ground) -> None:
    found = schedulers.kill(ground, WARM_INTERPRETER, 4, 4, SEED, gap=(0.0, 0.3))
    assert found.kills_of_owner >= 1, found
    assert found.is_well, found


def test_an_effect_committed_before_its_done_mark_would_be_doubled_by_a_kill(ground: Ground) -> None:
    """The negative twin."""
    found = schedulers.kill(ground, WARM_INTERPRETER, 6, 4, SEED, "--effects-apart", gap=(0.0, 0.3))
    assert found.doubled >= 1, found


def test_a_frozen_scheduler_doubles_nothing_when_it_wakes_up(ground: Ground) -> None:
    found = schedulers.freeze(ground, WARM_INTERPRETER, 2, SEED)
    assert (found.freezes, found.takeovers >= 1) == (2, True), found
    assert found.is_well, found


def test_without_the_fence_it_would(ground: Ground) -> None:
    """The negative twin."""
    found = schedulers.freeze(ground, WARM_INTERPRETER, 2, SEED, "--without-fence")
    assert found.doubled >= 1, found


def test_after_a_downtime_every_period_comes_once_in_order_or_only_the_latest(ground: Ground) -> None:
    found, latest = schedulers.downtime(ground, WARM_INTERPRETER, 12, SEED)
    assert (found.periods, found.is_well) == (13, True), found
    assert latest == ["2020-01-13", "2020-01-25"]


def test_the_products_jobs_under_kills_tell_mail_and_judge_what_they_do_undisturbed(ground: Ground) -> None:
    found = product(ground, WARM_INTERPRETER, 4, 2, SEED)
    assert (found.kills, found.kills_of_owner >= 1) == (4, True), found
    assert found.alerts >= 10, found
    assert found.is_well, found


def test_marked_done_before_their_effects_they_would_lose_alerts(ground: Ground) -> None:
    """The negative twin."""
    found = product(ground, WARM_INTERPRETER, 4, 2, SEED, MARKED_FIRST)
    assert found.missing >= 1, found
