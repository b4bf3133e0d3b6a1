"""How much the record costs: transactions a second with one event each, against the same transactions without it.

    python -m benchmarks.appends --dialect sqlite|postgresql [--rounds 5] [--seconds 2] [--rows]

Each round measures both ways one after the other, in changing order, so that other work on the machine meets both; the
ratio of each round is what counts, and its spread is printed. Every writer is a thread with a connection of its own; a
transaction inserts one row, and with the record notes one event of some 250 bytes. Ends with status 1 if the record
does not verify or lost an event.

``--rows`` compares something else: an object with its event, with and without the digest of its row in that event.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from threading import Barrier, Thread
from uuid import uuid4

from sqlalchemy import func, select, text

from benchmarks.faults.ground import database
from pmo.clock import monotonic
from pmo.db import session as db
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.catalogue import SectorRecord
from pmo.db.session import Engines, Session, create_engines
from pmo.exchange.audit_check import check_log
from pmo.queries import audit as record
from pmo.services import audit
from pmo.services.written_rows import WRITTEN, note_rows

WRITERS = (1, 8)
AT = datetime(2020, 1, 31, 13, tzinfo=UTC)
TABLE = "create table appended (id integer primary key, writer integer not null, body varchar(300) not null)"
ON_POSTGRESQL = TABLE.replace("id integer", "id serial")
INSERT = text("insert into appended (writer, body) values (:writer, :body)")
BODY = "x" * 250

Write = Callable[[Engines, int], None]


def plain(engines: Engines, writer: int) -> None:
    """One row, one transaction."""
    with db.writing(engines) as session:
        session.execute(INSERT, {"writer": writer, "body": BODY})


def recorded(engines: Engines, writer: int) -> None:
    """The same row with its event, appended as the last step."""
    with db.writing(engines) as session:
        session.execute(INSERT, {"writer": writer, "body": BODY})
        said = {"text": BODY[:120], "number": writer}
        audit.note(session, at=AT, actor=f"writer-{writer}", action="appended", item="almaty/DP-10", after=said)
        audit.append_notes(session)


def unanswered(engines: Engines, writer: int) -> None:
    """An object and its event; the event says nothing of the row."""
    with db.writing(engines) as session:
        _enter(session, writer)
        session.flush()
        session.info.pop(WRITTEN, None)
        audit.append_notes(session)


def answered(engines: Engines, writer: int) -> None:
    """The same, with the digest of the row."""
    with db.writing(engines) as session:
        _enter(session, writer)
        note_rows(session, AT)
        audit.append_notes(session)


def _enter(session: Session, writer: int) -> None:
    number = uuid4().hex
    session.add(SectorRecord(id=number, name_ru=BODY, name_kk=BODY, name_en=BODY))
    said = {"text": BODY[:120], "number": writer}
    audit.note(session, at=AT, actor=f"writer-{writer}", action="appended", item=number, after=said)


WAYS: dict[str, tuple[Write, Write]] = {"record": (plain, recorded), "rows": (unanswered, answered)}
"""What is compared: without, with."""


def rate(engines: Engines, write: Write, writers: int, seconds: float) -> tuple[float, int]:
    """Transactions a second of so many writers, and how many there were."""
    start = Barrier(writers + 1)
    counts = [0] * writers

    def work(number: int) -> None:
        write(engines, number)  # connections are opened before the clock runs
        start.wait()
        until = monotonic() + seconds
        while monotonic() < until:
            write(engines, number)
            counts[number] += 1

    threads = [Thread(target=work, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    start.wait()
    began = monotonic()
    for thread in threads:
        thread.join()
    return sum(counts) / (monotonic() - began), sum(counts) + writers


def measure(engines: Engines, rounds: int, seconds: float, ways: tuple[Write, Write]) -> int:
    """Prints a line for each number of writers; how many events were appended."""
    bare, full = ways
    appended = 0
    for writers in WRITERS:
        ratios, without, with_record = [], [], []
        for number in range(rounds):
            found: dict[Write, float] = {}
            for write in (bare, full) if number % 2 else (full, bare):
                found[write], count = rate(engines, write, writers, seconds)
                appended += count if write is not plain else 0
            without.append(found[bare])
            with_record.append(found[full])
            ratios.append(found[full] / found[bare])
        print(
            f"{engines.dialect}, {writers} writers: {statistics.median(with_record):.0f} with, "
            f"{statistics.median(without):.0f} without, transactions/s; "
            f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}, {rounds} rounds)"
        )
    return appended


def main(arguments: list[str] | None = None) -> int:
    """Status 0 when every event is there and the record verifies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dialect", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rows", action="store_const", const="rows", default="record", dest="ways")
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        engines = create_engines(stack.enter_context(database(chosen.dialect)).url)
        stack.callback(engines.dispose)
        with engines.migrating.begin() as connection:
            connection.execute(text(ON_POSTGRESQL if chosen.dialect == "postgresql" else TABLE))
        appended = measure(engines, chosen.rounds, chosen.seconds, WAYS[chosen.ways])
        with db.reading(engines) as session:
            there = session.scalar(select(func.count()).select_from(AuditEventRecord)) or 0
            findings = check_log(record.events(session), record.stored_head(session), [], [], [])
    print(f"{there} events of {appended}, findings: {len(findings)}")
    return 0 if there == appended and not findings else 1


if __name__ == "__main__":
    sys.exit(main())
