"""Schedulers whose database connections break (RELIABILITY 6, test 3). Restarts of the server: docs/reliability.md."""

from __future__ import annotations

import pytest

from benchmarks.faults import connections
from benchmarks.faults.ground import WARM_INTERPRETER, Ground

SEED = 3

pytestmark = pytest.mark.postgres


def test_lost_connections_lose_no_period_and_end_no_process(ground: Ground) -> None:
    lost = connections.lose(ground, WARM_INTERPRETER, 5, 0, SEED)
    assert lost.terminations == 5, lost
    assert lost.is_well, lost


def test_an_effect_committed_before_its_done_mark_would_be_doubled(ground: Ground) -> None:
    """The negative twin."""
    lost = connections.lose(ground, WARM_INTERPRETER, 10, 0, SEED, "--effects-apart")
    assert lost.found.doubled >= 1, lost
