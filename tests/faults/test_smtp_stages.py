"""Every stage of the mail protocol fails (RELIABILITY 6, test 10). With 300 mails: docs/reliability.md."""

from __future__ import annotations

import pytest

from benchmarks.faults.ground import Ground
from benchmarks.faults.smtp_stages import EVERY_STAGE, Stages, fail_at
from pmo.mail.transport import Patience

SEED = 3
MAILS = 30
QUICK = Patience(connect=0.2, command=0.2, final_dot=0.6)


def test_faults_at_every_stage_lose_nothing_and_repeat_only_where_the_reply_was_lost(ground: Ground) -> None:
    found = fail_at(EVERY_STAGE, ground, MAILS, SEED, patience=QUICK)
    assert (found.mails >= MAILS, found.not_played) == (True, ()), found
    assert found.is_well, found


@pytest.mark.parametrize(
    ("twin", "stages", "broken"),
    [
        ("hopeful", Stages(mail=("dot drop",)), "lost"),
        ("stubborn", Stages(mail=("rcpt 5xx",)), "refused_again"),
        ("trusting", Stages(connection=("starttls strange",)), "in_wrong_hands"),
    ],
)
def test_a_sender_that_misunderstands_the_server_is_found_out(
    ground: Ground, twin: str, stages: Stages, broken: str
) -> None:
    """The negative twins; without the mistake the same faults do no harm."""
    found = fail_at(stages, ground, 5, SEED, twin=twin)
    assert getattr(found, broken) >= 1, found
    assert not found.is_well
