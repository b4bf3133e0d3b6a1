"""``pmo backup`` and ``pmo restore`` as an administrator gives them; the drill is in ``tests/faults``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from pmo.db import append_only
from pmo.db.copy_folder import path_of_copy
from pmo.db.models.audit import AuditEventRecord
from pmo.db.session import create_engines
from pmo.runtime import Runtime
from pmo.services import audit
from tests.cli.terminal import pmo
from tests.conftest import NOW


def noted(runtime: Runtime) -> Runtime:
    with runtime.writing() as session:
        audit.note(session, at=NOW, actor="head", action="decided", item="almaty/P-1")
    return runtime


def test_a_file_is_written_where_it_was_asked_for_and_put_back(runtime: Runtime, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert pmo(runtime, "db", "upgrade").status == 0
    assert pmo(noted(runtime), "backup", str(copy)).status == 0
    noted(runtime)
    answer = pmo(runtime, "restore", str(copy))
    assert answer.status == 0
    assert "The record is unbroken." in answer.messages
    assert "2 events" in pmo(runtime, "audit", "verify").output
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


def test_a_folder_gets_a_named_copy_and_is_thinned_out(runtime: Runtime, tmp_path: Path) -> None:
    old = [path_of_copy(tmp_path, datetime(2001, month, 1, tzinfo=UTC)) for month in range(1, 13)]
    same_day = [path_of_copy(tmp_path, datetime(2001, 12, 1, hour, tzinfo=UTC)) for hour in (1, 2)]
    for path in [*old, *same_day, tmp_path / "pmo-old.db", tmp_path / "letter.txt"]:
        path.write_bytes(b"kept by somebody")
    answer = pmo(noted(runtime), "backup", str(tmp_path))
    assert answer.status == 0
    (new,) = set(tmp_path.glob("pmo-20*.db")) - {*old, *same_day}
    assert new.read_bytes().startswith(b"SQLite format 3")
    gone = [path for path in [*old, *same_day] if not path.exists()]
    # Twelve months with the present one; of the first day of December the last copy.
    assert gone == [old[0], old[11], same_day[0]]
    assert all(f"Removed {path}." in answer.messages for path in gone)
    assert (tmp_path / "pmo-old.db").exists()
    assert (tmp_path / "letter.txt").exists()


def test_a_broken_record_takes_no_older_copy_s_place(runtime: Runtime, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    pmo(noted(runtime), "backup", str(copy))
    before = copy.read_bytes()
    with runtime.engines.writing.begin() as connection, append_only.opened(connection):
        connection.execute(update(AuditEventRecord).values(body=AuditEventRecord.body + " "))
    answer = pmo(runtime, "backup", str(copy))
    assert answer.status == 1
    assert "The record is broken at event 0" in answer.messages
    assert copy.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


def test_a_copy_with_a_broken_record_is_not_put_back(runtime: Runtime, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert pmo(runtime, "db", "upgrade").status == 0
    pmo(noted(runtime), "backup", str(copy))
    noted(runtime)
    forged = create_engines(f"sqlite:///{copy}")
    with forged.writing.begin() as connection, append_only.opened(connection):
        connection.execute(update(AuditEventRecord).values(body=AuditEventRecord.body + " "))
    forged.dispose()
    before = pmo(runtime, "audit", "verify")
    answer = pmo(runtime, "restore", str(copy))
    assert answer.status == 1
    assert "Nothing was restored: The record is broken at event 0" in answer.messages
    assert before.status == 0
    assert pmo(runtime, "audit", "verify").output == before.output


def test_a_folder_that_is_not_there_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    assert pmo(runtime, "backup", str(tmp_path / "nowhere" / "copy.db")).status == 1
