"""Tells the PMO of mail that does not arrive (DOMAIN 3.2, delivery failure)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from pmo.clock import local_day
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.sending_hours import sending_time_between
from pmo.mail.drafts import MailDraft, MailItem, MailKind
from pmo.mail.facts import NoticeFacts, UndeliveredFacts
from pmo.queries.calendar import working_calendar
from pmo.queries.outbox import Undelivered, pmo_post, undelivered
from pmo.queries.places import City, cities
from pmo.services.outbox import enqueue

PATIENCE = timedelta(minutes=60)
LOOK_BACK = timedelta(days=7)
MOST_LINES = 20


def tell_of_undelivered(session: Session, now: datetime, settings: Settings) -> int:
    """A notice a city, at most one an hour, for mails that failed for good or wait for an hour of sending time.

    Each mail is told once. Returns how many notices were made.
    """
    return sum(_tell(session, place, now, settings) for place in cities(session))


def _tell(session: Session, place: City, now: datetime, settings: Settings) -> int:
    post = pmo_post(session, place.id)
    if post is None:
        return 0
    candidates = undelivered(session, place.id, now - LOOK_BACK, now - PATIENCE)
    if not candidates:
        return 0
    known = _told_before(session, place.id, now)
    calendar = working_calendar(session, place.id)
    fresh = [
        mail
        for mail in candidates
        if mail.key not in known
        and (mail.is_given_up or sending_time_between(mail.since, now, calendar, place.zone) >= PATIENCE)
    ]
    if not fresh:
        return 0
    today = local_day(now, place.zone).isoformat()
    earlier = _notices_of(session, place.id, today)
    if any(now - made_at < PATIENCE for made_at in earlier):
        return 0
    number = (str(len(earlier) + 1),) if earlier else ()
    draft = MailDraft(
        kind=MailKind.DELIVERY_NOTICE,
        key=(place.id, today, *number),
        recipient=post,
        role="pmo_head",
        city=place.id,
        facts=dict(_facts(session, fresh, place, today)),
        not_before=now,
        period=today,
        items=tuple(MailItem(mail.key, mail.state) for mail in fresh),
    )
    return int(enqueue(session, draft, now, settings))


def _notices_of(session: Session, city_id: str, day: str) -> list[datetime]:
    """When the notices of a day were made."""
    statement = select(OutgoingMailRecord.created_at).where(
        OutgoingMailRecord.city_id == city_id,
        OutgoingMailRecord.kind == MailKind.DELIVERY_NOTICE.value,
        OutgoingMailRecord.period == day,
    )
    return list(session.scalars(statement))


def _told_before(session: Session, city_id: str, now: datetime) -> set[str]:
    statement = select(OutgoingMailRecord.items).where(
        OutgoingMailRecord.city_id == city_id,
        OutgoingMailRecord.kind == MailKind.DELIVERY_NOTICE.value,
        OutgoingMailRecord.created_at > now - LOOK_BACK - timedelta(days=1),
    )
    return {told["item"] for items in session.scalars(statement) for told in items}


def _facts(session: Session, mails: Sequence[Undelivered], place: City, today: str) -> NoticeFacts:
    lines: list[UndeliveredFacts] = []
    for mail in mails[:MOST_LINES]:
        person = session.get_one(PersonRecord, mail.recipient_id)
        lines.append(
            {
                "recipient": {"ru": person.title_ru, "kk": person.title_kk, "en": person.title_en},
                "subject": mail.subject,
                "state": mail.state,
                "since": mail.since.astimezone(place.zone).isoformat(),
                "answer": mail.answer,
            }
        )
    return {"on": today, "mails": lines, "more": max(len(mails) - MOST_LINES, 0)}
