"""Short forms of the fault runs on senders: real processes, killed. Long forms: docs/reliability.md."""

from __future__ import annotations

from benchmarks.faults import mail
from benchmarks.faults.ground import WARM_INTERPRETER, Ground

SEED = 3


def test_killed_senders_lose_no_mail_and_every_repeat_is_listed(ground: Ground) -> None:
    found = mail.send_under_fire(ground, WARM_INTERPRETER, 25, 3, SEED, lease=3.0)
    assert found.kills == 3, found
    assert found.is_well, found


def test_a_death_between_acceptance_and_mark_repeats_exactly_that_mail(ground: Ground) -> None:
    found = mail.send_under_fire(ground, WARM_INTERPRETER, 30, 0, SEED, "--crash-in-gap", lease=3.0)
    assert found.deaths_in_gap == 3, found
    assert found.repeats == found.deaths_in_gap, found
    assert found.is_well, found


def test_without_claims_mails_would_be_doubled_though_nobody_died(ground: Ground) -> None:
    """The negative twin."""
    found = mail.send_under_fire(ground, WARM_INTERPRETER, 20, 0, SEED, "--without-claims")
    assert found.repeats >= 1, found
    assert not found.is_well, found
