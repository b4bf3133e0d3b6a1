"""Replies to alerts about projects and indicators: for the triggers as values, for the pages what may be replied."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.answers import ReplyRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Actor
from pmo.domain.alerts import PastAlert
from pmo.domain.answers import Answered, Reply, ReplyKind, plan_wanted, to_reply
from pmo.domain.ladder import EP_1, Rung
from pmo.queries.alerts import past_alerts
from pmo.queries.calendar import working_calendar
from pmo.queries.visibility import posts_of


@dataclass(frozen=True, slots=True)
class OwnReplies:
    """What one reader may reply about a project or an indicator.

    ``alert`` is the newest alert told to them, None where there is none; ``plan`` the one that asks them for a recovery
    plan, ``plan_due_on`` by when, ``has_plan`` whether one was given.
    """

    alert: PastAlert | None = None
    plan: PastAlert | None = None
    plan_due_on: date | None = None
    has_plan: bool = False


def replies_by_project(session: Session, city: str, at: datetime) -> dict[int, list[Reply]]:
    """Everything replied in a city by a moment, by project id, in the order of entry."""
    statement = (
        select(ReplyRecord, EntryRecord)
        .join(EntryRecord, EntryRecord.id == ReplyRecord.entry_id)
        .join(ProjectRecord, ProjectRecord.id == EntryRecord.project_id)
        .where(ProjectRecord.city_id == city, EntryRecord.entered_at <= at)
        .order_by(ReplyRecord.id)
    )
    found: dict[int, list[Reply]] = defaultdict(list)
    for record, entry in session.execute(statement):
        reply = Reply(
            entry.item, record.person_id, ReplyKind(record.kind), Rung(record.rung), record.period, entry.event_on
        )
        found[entry.project_id].append(reply)
    return found


def plans_wanted(session: Session, actor: Actor, on: date, at: datetime) -> dict[int, PastAlert]:
    """The projects for which the actor, or a post they stand in for, still owes a recovery plan, by id."""
    replied = replies_by_project(session, actor.city, at)
    people = posts_of(actor)
    found: dict[int, PastAlert] = {}
    for number, past in past_alerts(session, actor.city, on, at, rung=Rung.OFF_TRACK).items():
        answered = Answered(replies=tuple(replied.get(number, ())))
        for item in {alert.item for alert in past}:
            wanted = plan_wanted(past, item, people)
            if wanted is not None and not answered.has_plan(item, wanted.period):
                found[number] = wanted
    return found


def own_replies(
    session: Session, city: str, project_id: int, item: str, actor: Actor, on: date, at: datetime
) -> OwnReplies:
    """What the actor, or a post they stand in for, may reply about a project or an indicator at a moment."""
    past = past_alerts(session, city, on, at, item).get(project_id, ())
    people = posts_of(actor)
    plan = plan_wanted(past, item, people)
    replies = replies_by_project(session, city, at).get(project_id, ()) if plan else ()
    return OwnReplies(
        alert=to_reply(past, item, people),
        plan=plan,
        plan_due_on=working_calendar(session, city, at).addwd(plan.raised_on, EP_1.recovery_plan_wd) if plan else None,
        has_plan=any(
            plan is not None and (reply.kind, reply.period) == (ReplyKind.RECOVERY_PLAN, plan.period)
            for reply in replies
        ),
    )
