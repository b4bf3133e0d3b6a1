"""Every working morning at 08:20: the rungs of the ladder and the other alerts of a city (DOMAIN 3.2).

One transaction for the whole city: the effects and the done mark stand or fall together, which makes each morning take
effect exactly once. It takes no longer than a second for fifty projects, and nothing is sent in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from pmo.clock import end_of_day
from pmo.domain.alerts import Morning, Plan
from pmo.domain.answers import NOBODY_ANSWERED
from pmo.domain.ladder import Delivery, weekly_period
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.triggers import plan_morning
from pmo.domain.verdict import judge_project
from pmo.jobs.context import Counts, JobContext
from pmo.queries.alerts import last_run_before, past_alerts
from pmo.queries.answers import answered_by_project
from pmo.queries.calendar import working_calendar
from pmo.queries.digests import open_requests, reason_names
from pmo.queries.directory import Directory, directory
from pmo.queries.outbox import city_mail
from pmo.queries.places import city_zone
from pmo.services.alerts import Occasion, Raised, end_alerts, mail_directly, mail_lists, raise_alerts
from pmo.services.mail_lines import MailLines


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """What a morning brings for one project."""

    project: int
    assessment: ProjectAssessment
    plan: Plan


def run(job: JobContext) -> Counts:
    """Raises, ends and mails; counts alerts, items by rung (``rung:O+1``), lapsed, ended and mails.

    On a day off it does nothing, whoever calls it.
    """
    on = date.fromisoformat(job.period)
    morning = morning_of(job, on)
    if not morning.calendar.is_working(on):
        return {}
    people = directory(job.session, job.city, on, job.at)
    occasion = Occasion(job.city, on, job.at, job.runtime.settings, city_mail(job.session, job.city), morning.policy)
    lines = MailLines(people, reason_names(job.session))
    raised: list[Raised] = []
    ended = 0
    for planned in plans(job, people, morning):
        ended += end_alerts(job.session, planned.plan.ended, occasion)
        raised += raise_alerts(job.session, planned.project, planned.plan.raised, planned.assessment, lines, occasion)
    mails = mail_directly(job.session, raised, lines, occasion)
    if morning.week is None:
        mails += mail_lists(job.session, lines, occasion)  # else the weekly digest takes the list of the day in
    return _counts(raised, ended, mails)


def morning_of(job: JobContext, on: date) -> Morning:
    """The day of a run, with the week whose weekly mails are due on it.

    Alerts and digests ask the same question, so that a senior's list is in the digest or in a mail, never in both.
    """
    calendar = working_calendar(job.session, job.city)
    week = weekly_period(calendar, on, last_run_before(job.session, "digests", job.city, on))
    return Morning(on, week, calendar, job.runtime.rules.on(job.session, job.city, on, job.at))


def plans(job: JobContext, people: Directory, morning: Morning) -> Iterator[ProjectPlan]:
    """The plan of each project of the city, from the facts entered up to the moment of the run."""
    histories = job.runtime.histories.load(job.session, people.projects)
    past = past_alerts(job.session, job.city, morning.on, job.at)
    answered = answered_by_project(job.session, job.city, job.at)
    requests = open_requests(job.session, job.city, job.at)
    zone, book = city_zone(job.session, job.city), job.runtime.rules.book(job.session, job.city)

    def judged_on(history: Project, day: date) -> ProjectAssessment | None:
        then = end_of_day(day, zone)
        known = known_until(history, then)
        return judge_project(known, day, morning.calendar, book.on(day, then)) if known else None

    for number, history in histories.items():
        known = known_until(history, job.at)
        if known is None:
            continue
        assessment = judge_project(known, morning.on, morning.calendar, morning.rules)
        plan = plan_morning(
            known,
            assessment,
            past.get(number, ()),
            people.cast(number),
            morning,
            partial(judged_on, history),
            answered.get(number, NOBODY_ANSWERED),
            requests,
        )
        yield ProjectPlan(number, assessment, plan)


def _counts(raised: list[Raised], ended: int, mails: int) -> Counts:
    told = [one.alert for one in raised if one.alert.delivery is not Delivery.LAPSED]
    items = {(alert.item, alert.version, alert.run, alert.rung, alert.period) for alert in told}
    by_rung = Counter(f"rung:{rung.value}" for _, _, _, rung, _ in items)
    return {
        "alerts": len(told),
        "lapsed": len(raised) - len(told),
        "ended": ended,
        "mails": mails,
        **dict(sorted(by_rung.items())),
    }
