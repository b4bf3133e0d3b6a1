"""A database and a folder for processes that are going to be killed over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.ground import Ground
from tests.conftest import Databases


@pytest.fixture
def ground(databases: Databases, migrated_url: str, tmp_path: Path) -> Iterator[Ground]:
    """A migrated database without rows."""
    url = databases.copy_of(migrated_url)
    yield Ground(url, tmp_path)
    databases.drop(url)
