"""Some weeks of the product's own jobs under kills, against the same weeks left alone.

A small city whose facts are all entered beforehand, each as of its day. Three ``pmo scheduler`` run the whole timetable
(statuses, alerts, digests) over it and are killed at work; another city with the same facts has one that nobody
disturbs. What both have told, mailed and judged must be the same rows.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from itertools import pairwise
from multiprocessing.process import BaseProcess
from typing import Any

from sqlalchemy import select

from benchmarks.faults import scheduler_worker
from benchmarks.faults.ground import Birth, FileClock, Ground, Pack, first_seen, integrity, runtime_at, wait_until
from pmo.clock import local_moment, monotonic
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.assessments import MilestoneAssessmentRecord, ProjectAssessmentRecord, StatusChangeRecord
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.jobs import JobRunRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.jobs.runner import tick
from pmo.jobs.simulation import deliver_of_day
from pmo.jobs.timetable import TIMETABLE
from pmo.mail.transport import RecordingTransport
from pmo.runtime import Runtime
from tests.domain.ladder_cast import CALENDAR
from tests.jobs.small_city import ZONE, SmallCity

FIRST = date(2019, 12, 23)
NIGHT, MORNING = wall_time(0, 45), wall_time(8, 26)
"""When the statuses are due, and when alerts and digests are."""
AT_WORK = 0.25
"""A run takes about so many seconds: kills fall into it."""
PATIENCE = 10.0
"""Seconds to wait for somebody to be at work before anybody is killed."""
OPTION, MARKED_FIRST = "--product-jobs", "--marked-first"

Row = tuple[str, ...]


@dataclass(frozen=True)
class Weeks:
    """What became of the weeks under fire, against those left alone. ``rows`` is how many rows both should have."""

    dialect: str
    seed: int
    kills: int
    kills_of_owner: int
    days: int
    runs: int
    takeovers: int
    alerts: int
    mails: int
    rows: int
    missing: int
    doubled: int
    in_order: bool
    integrity: str
    seconds: float

    @property
    def is_well(self) -> bool:
        """Whether the same was told, mailed and judged, once and in order."""
        return not self.missing and not self.doubled and self.in_order and self.integrity == "ok"


def product(ground: Ground, birth: Birth, kills: int, days: int, seed: int, *options: str) -> Weeks:
    """Kills spread over the days; each strikes the process that holds a run, as soon as one does."""
    chance, begun, is_twin = random.Random(seed), monotonic(), MARKED_FIRST in options
    calm = _Calm(ground, days)
    clock = FileClock(ground.folder / "clock")
    clock.set(_at(FIRST, wall_time(0, 0)))
    runtime = runtime_at(ground.url, clock)
    settle(runtime, days)
    arguments = [ground.url_of_workers, str(clock.path), "0.8", OPTION, *options]
    pack = Pack(scheduler_worker.main, arguments, 3, ground.folder, birth)
    of_owner = done = 0
    try:
        for number, day in enumerate(_days(days)):
            share = kills * (number + 1) // days - done
            done += share
            of_owner += _lived_through(runtime, clock, pack, day, share, chance, at="done" if is_twin else "running")
        return _compared(runtime, calm, seed, done, of_owner, days, ground.dialect, begun)
    finally:
        pack.end()
        runtime.engines.dispose()
        calm.runtime.engines.dispose()


class _Calm:
    """The same city where one process ticks and nobody disturbs it; always on SQLite."""

    def __init__(self, ground: Ground, days: int) -> None:
        from pmo.db import migrate
        from pmo.db.session import create_engines

        url = f"sqlite:///{ground.folder / 'calm.db'}"
        engines = create_engines(url)
        migrate.upgrade(engines)
        engines.dispose()
        clock = FileClock(ground.folder / "calm-clock")
        clock.set(_at(FIRST, wall_time(0, 0)))
        self.runtime = runtime_at(url, clock)
        settle(self.runtime, days)
        for day in _days(days):
            for hour in (NIGHT, MORNING):
                clock.set(_at(day, hour))
                tick(self.runtime, TIMETABLE)
            deliver(self.runtime, day)


def settle(runtime: Runtime, days: int) -> None:
    """Two projects, a milestone due every third day and every fourth of them critical; a third is claimed late, a third
    in time, of which some come back; indicators that nobody reports on, a pause, somebody absent."""
    city = SmallCity(runtime)
    for place in range(2):
        code = f"P-0{place + 1}"
        project = city.project(code)
        city.indicator(project, f"{code}-I1")
        for number, offset in enumerate(range(place, days, 3)):
            due, item = FIRST + timedelta(days=offset), f"{code}-M{number + 10}"
            milestone = city.milestone(project, item, due.isoformat(), critical=number % 4 == 0)
            if number % 3 == 2:
                continue
            claimed = due + timedelta(days=-1 if number % 3 else 4)
            claim = city.claim(project, milestone, item, claimed.isoformat())
            decided = claimed + timedelta(days=3 + number % 5)
            city.decide(project, claim, item, decided.isoformat(), accepted=number % 2 == 0)
    city.pause(project, code, (FIRST + timedelta(days=14)).isoformat(), (FIRST + timedelta(days=21)).isoformat())
    city.absence(
        "owner", "colleague", (FIRST + timedelta(days=7)).isoformat(), (FIRST + timedelta(days=18)).isoformat()
    )


def deliver(runtime: Runtime, day: date) -> None:
    """Everything due on a day leaves and arrives: the next rung waits for it."""
    if CALENDAR.is_working(day):
        deliver_of_day(runtime.sending_through(RecordingTransport()), day)


def _lived_through(
    runtime: Runtime, clock: FileClock, pack: Pack, day: date, kills: int, chance: random.Random, at: str
) -> int:
    """One day of the pack; returns how many of the kills hit the holder of a run, seen when its run was ``at``."""
    of_owner = 0
    for hour, jobs in ((NIGHT, ("assess",)), (MORNING, ("alerts", "digests"))):
        if "assess" not in jobs and not CALENDAR.is_working(day):
            continue
        kills_now = kills // 2 if hour == NIGHT and CALENDAR.is_working(day) else kills
        kills -= kills_now
        clock.set(_at(day, hour))
        for _ in range(kills_now):
            owner = first_seen(lambda: next(iter(_at_work(runtime, pack, at)), None), PATIENCE)
            time.sleep(chance.uniform(0, AT_WORK))
            of_owner += owner is not None
            pack.kill(owner or chance.choice(pack.living))
        wait_until(lambda jobs=jobs: _is_over(runtime, pack, day, set(jobs)), 90, 0.03)
    deliver(runtime, day)
    return of_owner


def _at_work(runtime: Runtime, pack: Pack, *states: str) -> list[BaseProcess]:
    """Who of the pack holds a run that is not ended. One that marks its run done first is at work in this state."""
    run = JobRunRecord
    held = select(run.owner).where(run.owner != "", run.finished_at.is_(None), run.state.in_(states))
    with runtime.reading() as session:
        owners = [pack.by_pid(int(owner)) for owner in session.scalars(held)]
    return [owner for owner in owners if owner is not None]


def _is_over(runtime: Runtime, pack: Pack, day: date, jobs: set[str]) -> bool:
    """What a living process is still at is not lost; what a killed one was at may be."""
    return _done(runtime, day) >= jobs and not _at_work(runtime, pack, "running", "done")


def _done(runtime: Runtime, day: date) -> set[str]:
    run = JobRunRecord
    with runtime.reading() as session:
        return set(session.scalars(select(run.job).where(run.period == day.isoformat(), run.state == "done")))


def _compared(
    fire: Runtime, calm: _Calm, seed: int, kills: int, of_owner: int, days: int, dialect: str, begun: float
) -> Weeks:
    expected, found = Counter(_rows(calm.runtime)), Counter(_rows(fire))
    with fire.reading() as session:
        fences = list(session.scalars(select(JobRunRecord.fence)))
        raised = list(session.scalars(select(AlertRecord.raised_on).order_by(AlertRecord.id)))
        runs = session.execute(select(JobRunRecord.job, JobRunRecord.period, JobRunRecord.finished_at)).all()
    ends = sorted((job, period, end) for job, period, end in runs if end is not None)
    in_order = all(one[0] != two[0] or one[2] <= two[2] for one, two in pairwise(ends))
    return Weeks(
        dialect=dialect,
        seed=seed,
        kills=kills,
        kills_of_owner=of_owner,
        days=days,
        runs=len(runs),
        takeovers=sum(fence - 1 for fence in fences),
        alerts=len(raised),
        mails=sum(row[0] == "mail" for row in found.elements()),
        rows=sum(expected.values()),
        missing=sum((expected - found).values()),
        doubled=sum((found - expected).values()),
        in_order=in_order and raised == sorted(raised),
        integrity=integrity(fire),
        seconds=round(monotonic() - begun, 1),
    )


def _rows(runtime: Runtime) -> Iterator[Row]:
    """What was told, mailed, judged, noted and counted, without the numbers of the rows.

    The counts of a run tell a second one that found everything done; the notes of the audit record have no key that
    could hide a double.
    """
    alert, mail, run, change = AlertRecord, OutgoingMailRecord, JobRunRecord, StatusChangeRecord
    milestone, project = MilestoneAssessmentRecord, ProjectAssessmentRecord
    kinds = {
        "alert": select(
            *(alert.item, alert.baseline_version, alert.ladder_run, alert.rung, alert.period, alert.recipient_id),
            *(alert.role, alert.channel, alert.note, alert.raised_at, alert.state, alert.ended_at, alert.sent_at),
        ),
        "mail": select(mail.dedupe_key, mail.recipient_id, mail.subject, mail.body_text, mail.created_at, mail.state),
        "change": select(change.item, change.changed_on, change.old_status, change.new_status, change.recorded_at),
        "milestone": select(milestone.milestone_id, milestone.status, milestone.days_overdue, milestone.slip_wd),
        "project": select(project.project_id, project.status, project.assessed_on, project.severity),
        "run": select(run.job, run.city_id, run.period, run.state, run.counts),
    }
    with runtime.reading() as session:
        for kind, statement in kinds.items():
            for row in session.execute(statement):
                yield kind, *(_text(value) for value in row)
        for body in session.scalars(select(AuditEventRecord.body)):
            yield from _note(json.loads(body))


def _note(event: dict[str, Any]) -> Iterator[Row]:
    """What the system noted of alerts: the numbers of the rows, which a run that was undone uses up, left out."""
    told = (event["after"] or {}).get("alerts")
    if event["actor"] is None and told is not None:
        who = sorted(told) if isinstance(told, dict) else len(told)
        after = {**event["after"], "alerts": who}
        yield "note", event["action"], event["object"], event["at"], json.dumps(after, sort_keys=True)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(value)


def _days(days: int) -> Iterator[date]:
    return (FIRST + timedelta(days=number) for number in range(days))


def _at(day: date, hour: wall_time) -> datetime:
    return local_moment(day, hour, ZONE)
