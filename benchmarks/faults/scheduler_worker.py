"""One ``pmo scheduler`` under fire: the command itself, over a job of its own, with short leases and another clock."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import time as wall_time
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select, update

from benchmarks.faults.ground import FileClock, runtime_at
from pmo.cli import serve
from pmo.db.lease_clock import database_now
from pmo.db.models.jobs import JobRunRecord
from pmo.db.session import Session
from pmo.jobs import heartbeat, runner
from pmo.jobs.context import Counts, JobContext
from pmo.jobs.schedule import CatchUp, Days, ScheduledJob
from pmo.jobs.timetable import TIMETABLE
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
GAPING = 0.6
"""Seconds that a negative twin stays in its mistake: longer than a kill waits after it has seen who is at work, so
that the speed of the machine does not decide whether it shows; shorter than a lease, so that only a death shows it."""
EFFECTS_APART = "--effects-apart"
TICK = timedelta(seconds=0.1)
"""The product's is five seconds; days are shorter here too."""


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


def work_apart(context: JobContext) -> Counts:
    """The negative twin of ``work``: the effect is committed before the done mark, and a death between repeats it."""
    with context.runtime.writing() as session:
        session.execute(insert(EFFECTS).values(job="every", period=context.period, pid=os.getpid()))
    context.session.execute(select(EFFECTS.c.id).limit(1))  # a transaction that a lost connection can break
    time.sleep(GAPING)
    return {"effects": 1}


EVERY = ScheduledJob("every", wall_time(8, 20), Days.ALL, CatchUp.EVERY, work)
LATEST = ScheduledJob("latest", wall_time(8, 20), Days.ALL, CatchUp.LATEST, work_latest)


def work_marked_first(job: ScheduledJob, context: JobContext) -> Counts:
    """Another negative twin: the done mark is committed before the effects, and a death between loses them."""
    job_runs.finish_run = finish_without_fence
    run = JobRunRecord
    here = (run.job == job.name) & (run.city_id == context.city) & (run.period == context.period)
    with context.runtime.writing() as session:
        session.execute(update(run).where(here).values(state="done", counts={}))
    time.sleep(GAPING)
    return job.run(context)


def finish_without_fence(session: Session, claim: Claim, counts: Mapping[str, int]) -> None:
    """The negative twin of ``finish_run``: marks the run done whoever holds it."""
    session.flush()
    run, key = JobRunRecord, claim.key
    here = (run.job == key.job) & (run.city_id == key.city) & (run.period == key.period)
    session.execute(update(run).where(here).values(state="done", finished_at=database_now(), counts=dict(counts)))


def main(url: str, clock: str, lease: str, *options: str) -> None:
    """The body of ``pmo scheduler`` until it is killed."""
    runner.OWNER = str(os.getpid())
    if "--product-pace" not in options:
        length = timedelta(seconds=float(lease))
        heartbeat.TICK = TICK
        job_runs.RENEWAL = length / 3
        job_runs.RETRY_AFTER = (length,) * len(job_runs.RETRY_AFTER)
        job_runs.claim_due_run = partial(job_runs.claim_due_run, lease=length)
        job_runs.renew_claim = partial(job_runs.renew_claim, lease=length)
    if "--without-fence" in options:
        job_runs.finish_run = finish_without_fence
    if "--product-jobs" in options:
        timetable = [replace(job, run=partial(work_marked_first, job)) for job in TIMETABLE]
        heartbeat.EVERY_JOB = tuple(timetable) if "--marked-first" in options else TIMETABLE
        heartbeat.deliver_due = lambda runtime: None  # mail goes out day by day, from the experiment's own hand
        _scheduler(url, clock)
        return
    every = replace(EVERY, run=work_apart) if EFFECTS_APART in options else EVERY
    heartbeat.EVERY_JOB = (every, LATEST) if "--with-latest" in options else (every,)
    _scheduler(url, clock)


def _scheduler(url: str, clock: str) -> None:
    """The command itself."""
    if url.startswith("postgresql"):  # so that PostgreSQL knows who is who
        os.environ["PGAPPNAME"] = str(os.getpid())
    serve.runtime_for_sending = lambda: runtime_at(url, FileClock(Path(clock)))
    serve.scheduler.main(args=[], prog_name="pmo scheduler", standalone_mode=False)
