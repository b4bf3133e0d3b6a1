"""The figures behind the measures of the ladder (DOMAIN 3.2), of the last 90 days of a city."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Role
from pmo.domain.answers import AnswerKind, ReplyKind
from pmo.domain.ladder import ESCALATIONS, Rung
from pmo.domain.measures import Asked, Climbed, Measures, measures
from pmo.queries.calendar import working_calendar
from pmo.queries.overview import Moment

WINDOW = timedelta(days=90)
WEEKS = 4
AS_ANSWER = (
    *(kind.value for kind in AnswerKind),
    *(kind.value for kind in ReplyKind),
    "completion_claimed",
    "forecast",
    "change_requested",
)
"""Entries that answer an alert about their item."""


def alert_measures(session: Session, city: str, moment: Moment) -> Measures:
    """The measures of a city on a day. Four statements."""
    return measures(
        asked=_asked(session, city, moment),
        curators=_curators(session, city, moment),
        weeks=WEEKS,
        climbs=_climbs(session, city, moment),
        today=moment.on,
        calendar=working_calendar(session, city, moment.at),
    )


def _asked(session: Session, city: str, moment: Moment) -> list[Asked]:
    """Everybody told of a step after the date that arrived, with the first answer of theirs on or after that day."""
    alert, entry = AlertRecord, EntryRecord
    answers: dict[tuple[str, str | None], list[date]] = defaultdict(list)
    given = (
        select(entry.item, entry.entered_by, entry.event_on)
        .join(ProjectRecord, ProjectRecord.id == entry.project_id)
        .where(ProjectRecord.city_id == city, entry.kind.in_(AS_ANSWER), entry.entered_at <= moment.at)
        .where(entry.event_on >= moment.on - WINDOW)
        .order_by(entry.event_on)
    )
    for item, author, on in session.execute(given):
        answers[item, author].append(on)
    told = select(alert.item, alert.recipient_id, alert.raised_on).where(
        alert.city_id == city,
        alert.rung.in_([rung.value for rung in ESCALATIONS]),
        alert.sent_at.is_not(None),
        alert.sent_at <= moment.at,
        alert.raised_on >= moment.on - WINDOW,
    )
    return [
        Asked(on, next((day for day in answers[item, person] if day >= on), None))
        for item, person, on in session.execute(told)
    ]


def _curators(session: Session, city: str, moment: Moment) -> list[int]:
    """Mails of the last four weeks by curator; one without mail counts as none."""
    mail, person = OutgoingMailRecord, PersonRecord
    recent = (
        (mail.recipient_id == person.id)
        & (mail.created_at <= moment.at)
        & (mail.created_at > moment.at - timedelta(weeks=WEEKS))
    )
    statement = (
        select(func.count(mail.id).label("mails"))
        .select_from(person)
        .outerjoin(mail, recent)
        .where(
            person.city_id == city,
            person.is_active,
            person.role.in_([Role.DEPUTY_AKIM.value, Role.CHIEF_OF_STAFF.value]),
        )
        .group_by(person.id)
    )
    return list(session.scalars(statement))


def _climbs(session: Session, city: str, moment: Moment) -> list[Climbed]:
    alert = AlertRecord
    statement = select(alert.item, alert.baseline_version, alert.ladder_run, alert.rung).where(
        alert.city_id == city,
        alert.rung.in_([rung.value for rung in ESCALATIONS]),
        alert.raised_at <= moment.at,
        alert.state != "lapsed",
    )
    found: dict[tuple[str, int, int], set[Rung]] = defaultdict(set)
    for item, version, run, rung in session.execute(statement.distinct()):
        found[item, version, run].add(Rung(rung))
    return [Climbed(item, version, run, frozenset(rungs)) for (item, version, run), rungs in found.items()]
