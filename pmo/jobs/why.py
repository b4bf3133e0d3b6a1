"""Why somebody got a mail about an item on a day, or did not: the morning planned once more, for one project.

Nothing is written. A past morning is planned from what was known at its moment; a coming one as if nothing were entered
and nothing told until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from pmo.clock import end_of_day
from pmo.db.session import Session
from pmo.domain.answers import NOBODY_ANSWERED
from pmo.domain.errors import NotFound
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.triggers import plan_morning
from pmo.domain.verdict import judge_project
from pmo.domain.why import Case, Explanation, Why, explain
from pmo.jobs.alerts import morning_of
from pmo.jobs.context import JobContext
from pmo.jobs.timetable import TIMETABLE
from pmo.queries.alerts import history_of, mails_of_alert, past_alerts
from pmo.queries.answers import answered_by_project
from pmo.queries.digests import open_requests
from pmo.queries.directory import Directory, Names, directory
from pmo.queries.people import person as post_by_id
from pmo.queries.places import City
from pmo.runtime import Runtime

ALERTS = next(job for job in TIMETABLE if job.name == "alerts")
JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """The explanations, the decisive one first; ``people`` gives the titles of the posts they name."""

    item: str
    item_names: Names
    project: int
    person: str
    on: date
    explanations: tuple[Explanation, ...]
    people: dict[str, Names]


def why(runtime: Runtime, session: Session, place: City, item: str, person: str, on: date) -> Answer:
    """The answer for one item, one person, one day of a city. Raises NotFound for an unknown item or post."""
    at = ALERTS.moment_of(on, place.zone)
    people = directory(session, place.id, on, at)
    number = _project_of(people, item)
    post = post_by_id(session, person)
    if post is None or post.city.id != place.id:
        raise NotFound
    case = _case(JobContext(runtime, session, place.id, on.isoformat(), at), people, number, item, on, place)
    if case is None:
        found: tuple[Explanation, ...] = (Explanation(Why.NEVER_TOLD),)
    else:
        found = explain(case, item, person, person in people.people)
    mails = [
        Explanation(
            Why.MAIL,
            {
                "id": mail.id,
                "kind": mail.kind,
                "state": mail.state,
                "sent_at": mail.sent_at and mail.sent_at.astimezone(place.zone),
            },
        )
        for mail in mails_of_alert(session, place.id, item, person, on)
    ]
    entry = people.projects[number]
    names = entry.names if item == entry.code else entry.items[item].names
    titles = {one: contact.titles for one, contact in people.people.items()}
    return Answer(item, names, number, person, on, (*found, *mails), titles)


def _project_of(people: Directory, item: str) -> int:
    for number, entry in people.projects.items():
        if item == entry.code or item in entry.items:
            return number
    raise NotFound


def _case(job: JobContext, people: Directory, number: int, item: str, on: date, place: City) -> Case | None:
    """The project as the alerts of the morning found it; None before it was entered."""
    morning = morning_of(job, on)
    history = job.runtime.histories.load(job.session, [number])[number]
    known = known_until(history, job.at)
    if known is None:
        return None
    before = job.at - JUST_BEFORE
    past = past_alerts(job.session, job.city, on, before).get(number, [])
    answered = answered_by_project(job.session, job.city, job.at).get(number, NOBODY_ANSWERED)
    assessment = judge_project(known, on, morning.calendar, morning.rules)
    cast, book = people.cast(number), job.runtime.rules.book(job.session, job.city)

    def judged_on(whole: Project, day: date) -> ProjectAssessment | None:
        until = end_of_day(day, place.zone)
        then = known_until(whole, until)
        return judge_project(then, day, morning.calendar, book.on(day, until)) if then else None

    requests = open_requests(job.session, job.city, job.at)
    plan = plan_morning(known, assessment, past, cast, morning, partial(judged_on, history), answered, requests)
    told = history_of(job.session, job.city, item, before)
    return Case(known, assessment, past, told, cast, morning, answered, plan)
