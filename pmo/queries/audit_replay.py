"""Does every row say what the record last said of it? Finds what was changed past the program (RELIABILITY 3.1).

It reads events that were found sound before, and the tables, in one moment. It cannot see what was done to a row before
the record took it over, nor a change that was made through the program by somebody who had stolen a sign-in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.audit import AuditSaltRecord
from pmo.queries.audit import events
from pmo.queries.row_digests import TABLES, digest_of, form_of, rows_of, salt_name

TAKEN_OVER = "rows_taken_over"
"""The event with which the record begins to answer for rows that stood there before."""
ERASED = "salts_erased"
"""The event that says that digests of some rows were made worthless on purpose."""


class RowFlaw(StrEnum):
    """What is wrong with a row."""

    CHANGED = "changed"  # its content is not what the record last said
    MISSING = "missing"  # the record knows it and never said that it went
    NOT_RECORDED = "not_recorded"  # no event tells of it, or the last one says that it is gone
    SALT_MISSING = "salt_missing"  # its digest cannot be checked any more, and the record does not say why


@dataclass(frozen=True, slots=True)
class RowFinding:
    """``event`` is the number of the last lawful change of the row, None where there was none."""

    table: str
    key: str
    flaw: RowFlaw
    event: int | None


@dataclass(slots=True)
class Replay:
    """What the comparison found. ``outdated`` are tables whose digests an older program made: nothing else was done."""

    findings: list[RowFinding] = field(default_factory=list)
    rows: int = 0
    erased: int = 0
    taken_over: int | None = None
    outdated: list[str] = field(default_factory=list)


def in_one_moment(session: Session) -> Session:
    """The session, seeing one moment however long it reads; for a session that has read nothing yet."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session


def replay(session: Session) -> Replay:
    """Walks over all events, then over all rows of the replayed tables."""
    said = _Said()
    for number, body, _ in events(session):
        said.read(number, body)
    found = Replay(taken_over=said.taken_over)
    found.outdated = [name for name, form in said.forms.items() if name in TABLES and form != form_of(TABLES[name])]
    if found.outdated:
        return found
    salts = {(row.seq, row.name): row.salt for row in session.execute(select(AuditSaltRecord.__table__))}
    for name in TABLES:
        _compare(session, name, said, salts, found)
    found.findings += [
        RowFinding(table, key, RowFlaw.MISSING, number)
        for (table, key), (number, digest) in said.rows.items()
        if digest is not None and table in TABLES
    ]
    return found


@dataclass(slots=True)
class _Said:
    """What the record last said of each row: the number of the event, and the digest, None where it went."""

    rows: dict[tuple[str, str], tuple[int, str | None]] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    taken_over: int | None = None

    def read(self, number: int, body: str) -> None:
        """One event."""
        if '"rows":' not in body and ERASED not in body and TAKEN_OVER not in body:
            return
        event = json.loads(body)
        for table, rows in event.get("rows", {}).items():
            for key, digest in rows.items():
                self.rows[table, key] = (number, digest)
        if event["action"] == TAKEN_OVER:
            self.forms.update(event["after"]["forms"])
            self.taken_over = number if self.taken_over is None else self.taken_over
        elif event["action"] == ERASED:
            self.erased.update(event["after"]["names"])


def _compare(session: Session, name: str, said: _Said, salts: Mapping[tuple[int, str], str], found: Replay) -> None:
    """Takes what it finds out of ``said.rows``; what stays there is missing."""
    for key, row in rows_of(session, TABLES[name]):
        found.rows += 1
        number, digest = said.rows.pop((name, key), (None, None))
        if number is None or digest is None:
            found.findings.append(RowFinding(name, key, RowFlaw.NOT_RECORDED, number))
            continue
        own = salt_name(name, key)
        salt = salts.get((number, own))
        if salt is None:
            if own in said.erased:
                found.erased += 1
            else:
                found.findings.append(RowFinding(name, key, RowFlaw.SALT_MISSING, number))
        elif digest_of(bytes.fromhex(salt), TABLES[name], row) != digest:
            found.findings.append(RowFinding(name, key, RowFlaw.CHANGED, number))
