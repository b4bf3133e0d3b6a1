"""The open alerts that climbed to a senior and wait for their word, as the page of tasks shows them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Actor, Role
from pmo.domain.alerts import thread_of
from pmo.domain.answers import NOBODY_ANSWERED
from pmo.domain.climbed import unanswered_above
from pmo.queries.alerts import past_alerts
from pmo.queries.answers import answered_by_project
from pmo.queries.histories import Histories
from pmo.queries.open_alerts import OpenAlert, Thread, described
from pmo.queries.overview import Moment
from pmo.queries.replies import plans_wanted
from pmo.queries.rules import CityRules
from pmo.queries.visibility import open_to, posts_of


def escalated_to(
    session: Session, actor: Actor, moment: Moment, rules: CityRules, histories: Histories
) -> tuple[OpenAlert, ...]:
    """What climbed to the actor, or to a post they stand in for, and nobody of them answered; longest open first.

    A recovery plan that they owe themselves is a task of its own, and not here.
    """
    if not any(_is_senior(post) for post in (actor, *actor.acts_for)):
        return ()
    people = posts_of(actor)
    answered = answered_by_project(session, actor.city, moment.at)
    owed = {alert.id for alert in plans_wanted(session, actor, moment.on, moment.at).values()}
    opened = set(session.scalars(select(ProjectRecord.id).where(open_to(actor))))
    threads = [
        Thread(project, alert.item, thread_of(alert.rung, alert.period), alert.rung, alert.raised_on)
        for project, past in past_alerts(session, actor.city, moment.on, moment.at).items()
        if project in opened
        for alert in unanswered_above(past, answered.get(project, NOBODY_ANSWERED), people, moment.on)
        if alert.id not in owed
    ]
    threads.sort(key=lambda thread: (thread.since, thread.item))
    return described(session, actor.city, threads, moment, rules, histories)


def _is_senior(post: Actor) -> bool:
    return post.role is Role.AKIM or post.role.is_curator
