"""Whether last night's job ran, and when the next ones do: nobody has to wonder (PRODUCT 1, administrator)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from flask import Blueprint, render_template, request

from pmo.domain.access import Action
from pmo.i18n import add_filters, formats, gettext
from pmo.i18n.labels import WORDS, label
from pmo.jobs.timetable import EVERY_JOB
from pmo.queries.calendar import working_calendar
from pmo.queries.job_runs import JobRun, latest_runs
from pmo.services.virus_scanner import trouble_of
from pmo.web.access import needs
from pmo.web.context import city, now, runtime, zone

EVERYWHERE = "*"
SHOWN, ALL_KEPT = 60, 2000

jobs = Blueprint("jobs", __name__)


@dataclass(frozen=True, slots=True)
class NextRun:
    """A line of the timetable with its last run in the city and its next moment."""

    job: str
    at: time
    next_at: datetime
    last: JobRun | None


def period_in_words(period: str) -> str:
    """A period of a job: its day, or its day and time, or, for other periods, as it is."""
    try:
        moment = datetime.fromisoformat(period)
    except ValueError:
        return period
    return formats.day(moment.date()) + (f", {period[11:16]}" if len(period) > 10 else "")


def done_by(run: JobRun) -> str:
    """What a run did, in words; what it did not do is left out."""
    done = [f"{_word(name)}: {formats.number(number)}" for name, number in run.counts.items() if number]
    return ", ".join(done) or gettext("nothing to do")


jobs.record_once(lambda made: add_filters(made.app.jinja_env, {"period": period_in_words, "done_by": done_by}))


def _word(name: str) -> str:
    kind, _, rung = name.partition(":")
    if kind == "rung":
        return label("rung", rung).lower()
    return label("job_count", name) if name in WORDS["job_count"] else name


@jobs.get("/jobs")
@needs(Action.SEE_JOBS)
def index() -> str:
    """The timetable with last and next runs, then the runs themselves, newest first; ``?job=`` keeps one job."""
    asked = request.args.get("job", "")
    chosen = asked if asked in {job.name for job in EVERY_JOB} else ""
    with runtime().reading() as session:
        runs = [run for run in latest_runs(session, ALL_KEPT) if run.city in (city().id, EVERYWHERE)]
        calendar = working_calendar(session, city().id)
    latest = _latest(runs)
    timetable = [
        NextRun(job.name, job.at, job.next_moment(now(), calendar, zone()), latest.get(job.name)) for job in EVERY_JOB
    ]
    shown = [run for run in runs if not chosen or run.job == chosen][:SHOWN]
    scanner = runtime().settings.clamd
    is_away = scanner is not None and trouble_of(scanner) is not None
    return render_template("jobs/index.html", timetable=timetable, runs=shown, chosen=chosen, scanner_is_away=is_away)


def _latest(runs: list[JobRun]) -> Mapping[str, JobRun]:
    """The newest run of each job; ``runs`` come newest first."""
    found: dict[str, JobRun] = {}
    for run in runs:
        found.setdefault(run.job, run)
    return found
