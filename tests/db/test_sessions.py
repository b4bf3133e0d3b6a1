"""What a failed commit leaves behind: nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from pmo.db.session import DatabaseAway
from pmo.runtime import Runtime

MOVE = text("update calendar_years set source = :source where year = 2020")


def fail(_connection: Connection) -> None:
    raise OperationalError("COMMIT", {}, Exception("database is locked"))


def test_a_commit_that_fails_keeps_no_lock_and_no_change(runtime: Runtime) -> None:
    engine = runtime.engines.writing
    with runtime.writing() as session:
        session.execute(text("insert into calendar_years values ('KZ', 2020, 'first', :yes)"), {"yes": False})
    event.listen(engine, "commit", fail)
    try:
        with pytest.raises(DatabaseAway), runtime.writing() as session:
            session.execute(MOVE, {"source": "lost"})
    finally:
        event.remove(engine, "commit", fail)
    with runtime.writing() as session:
        if runtime.engines.dialect == "postgresql":
            session.execute(text("set local lock_timeout = '2s'"))
        assert session.scalar(text("select source from calendar_years where year = 2020")) == "first"
        session.execute(MOVE, {"source": "second"})
    with runtime.reading() as session:
        assert session.scalar(text("select source from calendar_years where year = 2020")) == "second"
