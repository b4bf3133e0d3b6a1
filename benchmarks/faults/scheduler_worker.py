"""One ``pmo scheduler`` under fire: the product's tick over a job of its own, with short leases.

python -m benchmarks.faults.scheduler_worker URL CLOCK-FILE LEASE [--without-fence]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from datetime import time as wall_time
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, update

from benchmarks.faults.ground import FileClock, runtime_at
from pmo.db.lease_clock import database_now
from pmo.db.models.jobs import JobRunRecord
from pmo.db.session import DatabaseError, Session
from pmo.jobs import runner
from pmo.jobs.context import Counts, JobContext
from pmo.jobs.schedule import CatchUp, Days, ScheduledJob
from pmo.services import job_runs
from pmo.services.job_runs import Claim

EFFECTS = Table(
    "fault_effects",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("job", String(30)),
    Column("period", String(30)),
    Column("pid", Integer),
)
"""No unique key, on purpose: a doubled effect must show."""

THINKING, WRITING = 0.12, 0.05
"""Seconds a run takes before its first statement and inside its transaction: there the faults hit."""


def work(context: JobContext) -> Counts:
    """Thinks, writes its effect, and takes its time before the commit."""
    job = context.session.info.get("job", "every")
    time.sleep(THINKING)
    context.session.execute(insert(EFFECTS).values(job=job, period=context.period, pid=os.getpid()))
    time.sleep(WRITING)
    return {"effects": 1}


def work_latest(context: JobContext) -> Counts:
    """The same, told apart from the other job."""
    context.session.info["job"] = "latest"
    return work(context)


EVERY = ScheduledJob("every", wall_time(8, 20), Days.ALL, CatchUp.EVERY, work)
LATEST = ScheduledJob("latest", wall_time(8, 20), Days.ALL, CatchUp.LATEST, work_latest)


def finish_without_fence(session: Session, claim: Claim, counts: Mapping[str, int]) -> None:
    """The negative twin of ``finish_run``: marks the run done whoever holds it."""
    session.flush()
    run, key = JobRunRecord, claim.key
    here = (run.job == key.job) & (run.city_id == key.city) & (run.period == key.period)
    session.execute(update(run).where(here).values(state="done", finished_at=database_now(), counts=dict(counts)))


def main(url: str, clock: str, lease: str, *options: str) -> None:
    """Ticks until it is killed."""
    length = timedelta(seconds=float(lease))
    runner.OWNER = str(os.getpid())
    job_runs.RENEWAL = length / 3
    job_runs.claim_due_run = partial(job_runs.claim_due_run, lease=length)
    job_runs.renew_claim = partial(job_runs.renew_claim, lease=length)
    if "--without-fence" in options:
        job_runs.finish_run = finish_without_fence
    timetable = (EVERY, LATEST) if "--with-latest" in options else (EVERY,)
    runtime = runtime_at(url, FileClock(Path(clock)))
    while True:
        try:
            runner.tick(runtime, timetable)
        except DatabaseError as error:
            print(type(error).__name__, flush=True)
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
