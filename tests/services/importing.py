"""What tests of imports do again and again: import raw values, see them refused, count rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from pmo.clock import start_of_day
from pmo.db.base import Base
from pmo.db.models.entries import EntryRecord
from pmo.db.models.projects import ProjectRecord
from pmo.runtime import Runtime, zone
from pmo.services.imports import (
    Counts,
    ImportFault,
    ImportRefused,
    apply_import,
    plan_import,
)
from tests.exchange.import_samples import as_yaml, small_portfolio

ALMATY = zone("Asia/Almaty")
TRACKED_AT = start_of_day(date(2019, 9, 16), ALMATY)


def import_raw(runtime: Runtime, raw: object, name: str = "file.yaml") -> Counts:
    with runtime.writing() as session:
        return apply_import(session, plan_import(session, as_yaml(raw), name), runtime.now())


def faults_of(runtime: Runtime, raw: bytes, name: str = "file.yaml") -> list[ImportFault]:
    """Plans an import, sees that applying it is refused, and gives its faults."""
    with pytest.raises(ImportRefused) as refused, runtime.writing() as session:
        apply_import(session, plan_import(session, raw, name), runtime.now())
    return list(refused.value.faults)


def row_counts(runtime: Runtime) -> dict[str, int]:
    with runtime.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def count(runtime: Runtime, record: type[Any], *conditions: Any) -> int:
    with runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(record).where(*conditions)) or 0


def count_in_almaty(runtime: Runtime, record: type[Any]) -> int:
    of_project = select(EntryRecord.id).join(ProjectRecord).where(ProjectRecord.city_id == "almaty")
    return count(runtime, record, record.entry_id.in_(of_project))


def first(runtime: Runtime, record: type[Any], *conditions: Any) -> Any:
    with runtime.reading() as session:
        return session.scalars(select(record).where(*conditions)).one()


@pytest.fixture
def small_town(runtime: Runtime) -> Runtime:
    """An installation with the small portfolio."""
    import_raw(runtime, small_portfolio())
    return runtime


def by_noun(counts: Counts, outcome: str) -> dict[str, int]:
    by_noun = counts["by_noun"]
    assert isinstance(by_noun, dict)
    found = {noun: outcomes[outcome] for noun, outcomes in by_noun.items()}
    events = {"created": counts["events_entered"], "changed": 0, "unchanged": counts["events_skipped"]}
    assert counts[outcome] == sum(found.values()) + int(str(events[outcome]))
    return found
