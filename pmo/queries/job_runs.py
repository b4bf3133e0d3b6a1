"""What the jobs did: for the timetable, the page of jobs and the health check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.lease_clock import database_now
from pmo.db.models.jobs import JobRunRecord

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class JobRun:
    """One row of the page of jobs. ``city`` is ``*`` for the whole installation; instants are aware."""

    job: str
    city: str
    period: str
    state: str
    attempt: int
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    error: str | None


def finished_periods(session: Session, job: str, city_id: str, since: str) -> set[str]:
    """Periods from ``since`` on that are done or given up."""
    statement = select(JobRunRecord.period).where(
        JobRunRecord.job == job,
        JobRunRecord.city_id == city_id,
        JobRunRecord.period >= since,
        JobRunRecord.state.in_(("done", "failed")),
    )
    return set(session.scalars(statement))


def last_finished_period(session: Session, job: str, city_id: str) -> str | None:
    """The latest period that is done or given up, however long ago; None where there is none."""
    return session.scalar(
        select(func.max(JobRunRecord.period)).where(
            JobRunRecord.job == job, JobRunRecord.city_id == city_id, JobRunRecord.state.in_(("done", "failed"))
        )
    )


def is_done(session: Session, job: str, city_id: str, period: str) -> bool:
    """Whether a period took effect."""
    state = session.scalar(
        select(JobRunRecord.state).where(
            JobRunRecord.job == job, JobRunRecord.city_id == city_id, JobRunRecord.period == period
        )
    )
    return state == "done"


def latest_runs(session: Session, limit: int = 100) -> list[JobRun]:
    """The newest runs, newest first."""
    statement = (
        select(JobRunRecord)
        .order_by(JobRunRecord.started_at.desc(), JobRunRecord.period.desc(), JobRunRecord.job, JobRunRecord.city_id)
        .limit(limit)
    )
    return [
        JobRun(
            row.job,
            row.city_id,
            row.period,
            row.state,
            row.attempt,
            row.started_at,
            row.finished_at,
            row.counts,
            row.error,
        )
        for row in session.scalars(statement)
    ]


def last_done_at(session: Session) -> dict[str, datetime]:
    """When each job last took effect, by the database's clock: silence of one is an alarm (RELIABILITY 1.4)."""
    statement = (
        select(JobRunRecord.job, func.max(JobRunRecord.finished_at))
        .where(JobRunRecord.state == "done")
        .group_by(JobRunRecord.job)
    )
    return {job: finished_at for job, finished_at in session.execute(statement) if finished_at is not None}


def last_done_periods(session: Session) -> dict[tuple[str, str], date]:
    """The newest day each daily job took effect for, by job and city; ``deliver`` is not one of them."""
    statement = (
        select(JobRunRecord.job, JobRunRecord.city_id, func.max(JobRunRecord.period))
        .where(JobRunRecord.state == "done", JobRunRecord.city_id != EVERYWHERE)
        .group_by(JobRunRecord.job, JobRunRecord.city_id)
    )
    return {(job, city_id): date.fromisoformat(period) for job, city_id, period in session.execute(statement)}


def database_time(session: Session) -> datetime:
    """The present instant of the database."""
    moment: datetime = session.execute(select(database_now().label("moment"))).scalar_one()
    return moment


def newest_finish(session: Session) -> datetime | None:
    """The end of the run that ended last, by the database's clock."""
    return session.scalar(select(func.max(JobRunRecord.finished_at)))
