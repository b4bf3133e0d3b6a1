"""The database itself refuses to change or remove what the record holds (RELIABILITY 3.4)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError

from pmo.db import append_only
from pmo.db.copies import back_up, restore
from pmo.db.models.audit import AuditCheckpointRecord, AuditEventRecord
from pmo.exchange.signed_notes import generate_signing_key
from pmo.runtime import Runtime
from pmo.services import audit
from pmo.services.checkpoints import current_checkpoint
from tests.conftest import NOW

CHANGES = [
    update(AuditEventRecord).values(body="{}"),
    delete(AuditEventRecord).where(AuditEventRecord.seq == 1),
    update(AuditCheckpointRecord).values(note="forged"),
    delete(AuditCheckpointRecord),
]


@pytest.fixture
def kept(runtime: Runtime) -> Runtime:
    """Two events, and a checkpoint over them."""
    signer = generate_signing_key("audit.city.example")
    for number in range(2):
        with runtime.writing() as session:
            audit.note(session, at=NOW, actor="head", action="decided", item=f"almaty/P-{number}")
    with runtime.writing() as session:
        current_checkpoint(session, signer, NOW)
    return runtime


def assert_closed(runtime: Runtime, events: int) -> None:
    for change in CHANGES:
        with (
            pytest.raises(DatabaseError, match="rows of the record are only added"),
            runtime.engines.writing.begin() as connection,
        ):
            connection.execute(change)
    with runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEventRecord)) == events
        assert session.scalar(select(func.count()).where(AuditCheckpointRecord.note == "forged")) == 0


def test_no_event_and_no_checkpoint_is_changed_or_removed_and_more_are_added(kept: Runtime) -> None:
    assert_closed(kept, 2)
    with kept.writing() as session:
        audit.note(session, at=NOW, actor="head", action="decided", item="almaty/P-3")
    assert_closed(kept, 3)


def test_after_a_restore_it_is_so_again(kept: Runtime, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(kept.engines, copy)
    with kept.writing() as session:
        audit.note(session, at=NOW, actor="head", action="decided", item="almaty/P-3")
    restore(kept.engines, copy)
    assert_closed(kept, 2)


def test_while_another_record_is_put_in_its_place_the_old_one_is_read_and_stays_where_that_fails(kept: Runtime) -> None:
    class Failed(Exception):
        """Half-way."""

    with suppress(Failed), kept.engines.migrating.begin() as connection, append_only.opened(connection):
        connection.execute(delete(AuditEventRecord))
        with kept.reading() as session:
            if kept.engines.dialect == "postgresql":
                session.execute(text("set local lock_timeout = '2s'"))
            assert session.scalar(select(func.count()).select_from(AuditEventRecord)) == 2
        raise Failed
    assert_closed(kept, 2)
