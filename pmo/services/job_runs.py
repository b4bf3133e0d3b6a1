"""Who does a period of a job: claim, renew, finish, give back (RELIABILITY 1.4).

No leader is needed. A row per (job, city, period) carries a lease by the database's clock and a fence that rises with
every takeover; only the holder of the latest fence can mark the run done, in the transaction of its effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, Executable, Float, Table, Update, bindparam, case, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pmo.db.lease_clock import DatabaseMoment, database_in, database_now
from pmo.db.models.jobs import JobRunRecord

LEASE = timedelta(seconds=10)
RENEWAL = timedelta(seconds=3)
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(minutes=30))
MOST_ATTEMPTS = len(RETRY_AFTER) + 1
MOST_DEATHS = 50
"""A run that kills its process so often is given up; a few deaths in a row are the machine's fault, not the run's."""
FAILURES = "failures"
"""Counted in the row's ``counts`` until the run is done."""
LONGEST_ERROR = 2000

_runs = cast(Table, JobRunRecord.__table__)


_FIRST_ROW: Mapping[str, sqlite.Insert | postgresql.Insert] = {
    dialect: insert.values(
        lease_until=DatabaseMoment(bindparam("lease_seconds", type_=Float())), started_at=database_now()
    )
    for dialect, insert in (("sqlite", sqlite.insert(_runs)), ("postgresql", postgresql.insert(_runs)))
}
"""The row of a run, by dialect. Parameters: those of ``_first``."""


def _taking(free: ColumnElement[bool]) -> Mapping[str, Executable]:
    """Makes the row of a run, or takes the one that there is where it is ``free``."""
    return {
        dialect: insert.on_conflict_do_update(
            index_elements=[_runs.c.job, _runs.c.city_id, _runs.c.period],
            set_={
                "state": "running",
                # Given up and begun anew by hand: the attempts count from one again.
                "attempt": case((_runs.c.state == "failed", 1), else_=_runs.c.attempt + 1),
                "counts": case((_runs.c.state == "failed", insert.excluded.counts), else_=_runs.c.counts),
                "fence": _runs.c.fence + 1,
                "owner": insert.excluded.owner,
                "lease_until": insert.excluded.lease_until,
                "finished_at": None,
            },
            where=free,
        ).returning(_runs.c.fence, _runs.c.attempt)
        for dialect, insert in _FIRST_ROW.items()
    }


# Built once: to build them costs more than to run them, and every job of every city and day begins with one.
_CLAIM_DUE = _taking(
    (_runs.c.state == "running") & (_runs.c.lease_until < database_now()) & (_runs.c.attempt < MOST_DEATHS)
)
_CLAIM_BY_HAND = _taking((_runs.c.state != "done") & or_(_runs.c.owner == "", _runs.c.lease_until < database_now()))


@dataclass(frozen=True, slots=True)
class RunKey:
    """One period of one job in one city (``*`` for the whole installation)."""

    job: str
    city: str
    period: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do a run, as long as nobody claimed it with a higher fence."""

    key: RunKey
    fence: int
    attempt: int


class ClaimLost(Exception):
    """Somebody else has taken the run over: everything done under this claim must be undone."""


def claim_due_run(session: Session, key: RunKey, owner: str, lease: timedelta = LEASE) -> Claim | None:
    """Takes a run that nobody has done, holds, or has given up; None otherwise. Commit before the work begins."""
    return _claim(session, key, owner, lease, _CLAIM_DUE)


def claim_run_by_hand(session: Session, key: RunKey, owner: str, lease: timedelta = LEASE) -> Claim | None:
    """Takes a run that is not done and that nobody is at, be it waiting for its next attempt or given up."""
    return _claim(session, key, owner, lease, _CLAIM_BY_HAND)


def renew_claim(session: Session, claim: Claim, lease: timedelta = LEASE) -> bool:
    """Prolongs a claim; False when it is not ours any more."""
    return _touched(session, _held(claim).values(lease_until=database_in(lease.total_seconds())))


def finish_run(session: Session, claim: Claim, counts: Mapping[str, int]) -> None:
    """Marks the run done: the last statement of the transaction that holds its effects. Raises ClaimLost."""
    session.flush()
    done = _held(claim).values(
        state="done", finished_at=database_now(), counts=dict(counts), error=None, lease_until=database_now()
    )
    if not _touched(session, done):
        raise ClaimLost(claim.key)


def give_back_run(session: Session, claim: Claim, error: str) -> None:
    """Notes why an attempt failed; the run is free again after 1, 5, 30 and 30 minutes, and given up after five.

    Only failures count: attempts that died are the machine's fault, and have a limit of their own.
    """
    key = (claim.key.job, claim.key.city, claim.key.period)
    row = session.get(JobRunRecord, key, with_for_update=True, populate_existing=True)
    if row is None:
        return
    failures = int(row.counts.get(FAILURES, 0)) + 1
    is_last = failures >= MOST_ATTEMPTS
    wait = timedelta() if is_last else RETRY_AFTER[failures - 1]
    failed = _held(claim).values(
        counts={FAILURES: failures},
        state="failed" if is_last else "running",
        owner="",
        error=error[:LONGEST_ERROR],
        lease_until=database_in(wait.total_seconds()),
        finished_at=database_now() if is_last else None,
    )
    _touched(session, failed)


def give_up_dead_runs(session: Session) -> int:
    """Fails runs whose every attempt died without a word, so that the following periods may go on."""
    dead = (
        update(_runs)
        .where(_runs.c.state == "running", _runs.c.lease_until < database_now(), _runs.c.attempt >= MOST_DEATHS)
        .values(state="failed", owner="", finished_at=database_now(), error=case(
            (_runs.c.error.is_(None), "the process died in every attempt"), else_=_runs.c.error
        ))
    )  # fmt: skip
    return cast("CursorResult[object]", session.execute(dead)).rowcount


def record_delivery(session: Session, key: RunKey, owner: str, counts: Mapping[str, int]) -> None:
    """Adds one pass of the mail delivery to the row of its day. Passes need no claim: each mail has its own."""
    row = session.get(JobRunRecord, (key.job, key.city, key.period), with_for_update=True)
    if row is None:
        statement = _FIRST_ROW[session.get_bind().dialect.name].on_conflict_do_nothing()
        session.execute(statement, _first(key, owner, timedelta(), "done"))
        row = session.get_one(JobRunRecord, (key.job, key.city, key.period), with_for_update=True)
    total = {name: int(row.counts.get(name, 0)) + counts.get(name, 0) for name in {**row.counts, **counts}}
    session.execute(
        update(_runs)
        .where(_runs.c.job == key.job, _runs.c.city_id == key.city, _runs.c.period == key.period)
        .values(finished_at=database_now(), owner=owner, counts=total)
    )


def _claim(
    session: Session, key: RunKey, owner: str, lease: timedelta, taking: Mapping[str, Executable]
) -> Claim | None:
    row = session.execute(taking[session.get_bind().dialect.name], _first(key, owner, lease, "running")).one_or_none()
    return Claim(key, row.fence, row.attempt) if row else None


def _first(key: RunKey, owner: str, lease: timedelta, state: str) -> dict[str, object]:
    """The row of a run's first attempt, for the statements below."""
    return {
        "job": key.job,
        "city_id": key.city,
        "period": key.period,
        "state": state,
        "attempt": 1,
        "fence": 1,
        "owner": owner,
        "lease_seconds": lease.total_seconds(),
        "counts": {},
    }


def _held(claim: Claim) -> Update:
    return update(_runs).where(
        _runs.c.job == claim.key.job,
        _runs.c.city_id == claim.key.city,
        _runs.c.period == claim.key.period,
        _runs.c.state == "running",
        _runs.c.fence == claim.fence,
    )


def _touched(session: Session, statement: Update) -> bool:
    return cast("CursorResult[object]", session.execute(statement)).rowcount == 1
