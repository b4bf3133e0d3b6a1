"""The restore drill (RELIABILITY 6, test 17) in short; at size: docs/reliability.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.ground import Ground
from benchmarks.restore_drill import HEAD_START, drill
from pmo.db.base import Base
from tests.conftest import Databases

WRITERS = 3


@pytest.fixture
def ground(databases: Databases, portfolio_url: str, tmp_path: Path) -> Iterator[Ground]:
    """The demonstration portfolio, to be lost."""
    url = databases.copy_of(portfolio_url)
    yield Ground(url, tmp_path)
    databases.drop(url)


def test_everything_acknowledged_before_the_backup_is_back_after_the_loss(ground: Ground) -> None:
    found = drill(ground, WRITERS)
    print(f"\n{found}")
    assert found.is_well, found
    assert found.before >= WRITERS * HEAD_START
    assert found.acknowledged > found.before, "nobody wrote while the copy was made"
    assert found.tables == len(Base.metadata.tables)
    assert min(found.backup, found.restore, found.verify) > 0


def test_a_copy_that_is_not_of_one_moment_does_not_pass(ground: Ground) -> None:
    """The negative twin."""
    found = drill(ground, WRITERS, snapshot="none")
    print(f"\n{found}")
    assert not found.is_well, found
