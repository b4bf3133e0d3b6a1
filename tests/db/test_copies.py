"""A backup holds everything, and can be put back into either database."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, text

import pmo.db.models  # noqa: F401
from pmo.db import copies, migrate
from pmo.db.base import Base
from pmo.db.models.entries import EntryRecord
from pmo.runtime import Runtime
from tests.conftest import runtime_on


def contents(runtime: Runtime) -> dict[str, list[tuple[object, ...]]]:
    with runtime.engines.reading.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_a_restored_database_equals_the_one_that_was_backed_up(
    replayed: Runtime, runtime: Runtime, tmp_path: Path
) -> None:
    copies.back_up(replayed.engines, tmp_path / "pmo.backup")
    copies.restore(runtime.engines, tmp_path / "pmo.backup")
    assert contents(runtime) == contents(replayed)


def test_a_copy_moves_from_one_database_to_the_other(replayed: Runtime, tmp_path: Path) -> None:
    copies.back_up(replayed.engines, tmp_path / "pmo.backup")
    small_office = runtime_on(f"sqlite:///{tmp_path / 'office.db'}")
    copies.restore(small_office.engines, tmp_path / "pmo.backup")
    assert contents(small_office) == contents(replayed)
    small_office.engines.dispose()


def test_after_a_restore_new_rows_get_new_numbers(replayed: Runtime, runtime: Runtime, tmp_path: Path) -> None:
    copies.back_up(replayed.engines, tmp_path / "pmo.backup")
    copies.restore(runtime.engines, tmp_path / "pmo.backup")
    with runtime.engines.writing.begin() as connection:
        entry = dict(connection.execute(select(EntryRecord.__table__).limit(1)).mappings().one())
        highest = connection.scalar(select(func.max(EntryRecord.id)))
        again = {name: value for name, value in entry.items() if name not in ("id", "log_key")}
        connection.execute(EntryRecord.__table__.insert(), again)
        assert connection.scalar(select(func.max(EntryRecord.id))) == highest + 1


def test_a_file_that_is_no_backup_is_refused_and_nothing_changes(replayed: Runtime, tmp_path: Path) -> None:
    before = contents(replayed)
    (tmp_path / "letter.txt").write_text("Dear akim")
    with pytest.raises(copies.CopyRefused):
        copies.restore(replayed.engines, tmp_path / "letter.txt")
    assert contents(replayed) == before


def test_a_database_of_another_program_is_refused(replayed: Runtime, tmp_path: Path) -> None:
    stranger = runtime_on(f"sqlite:///{tmp_path / 'stranger.db'}")
    with stranger.engines.writing.begin() as connection:
        connection.execute(text("create table songs (title text)"))
    stranger.engines.dispose()
    with pytest.raises(copies.CopyRefused):
        copies.restore(replayed.engines, tmp_path / "stranger.db")
    assert migrate.current_revision(replayed.engines) == migrate.newest_revision()
