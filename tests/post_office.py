"""A small city with posts, and mails to them: for tests of the outbox and of the jobs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pmo.db.models.calendar import CalendarDayRecord
from pmo.db.models.catalogue import CityRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.mail.drafts import MailDraft, MailItem, MailKind
from pmo.mail.transport import SmtpTransport
from pmo.runtime import Runtime
from pmo.services.outbox import enqueue
from tests.fakes_smtp import Sink

TUESDAY = datetime(2020, 1, 14, 3, 0, tzinfo=UTC)
"""14 January 2020, a working day, 09:00 in Almaty."""

NAME = {"ru": "Дни открытых дверей", "kk": "Ашық есік күндері", "en": "Open days"}


def settle_city(runtime: Runtime, city: str = "almaty", timezone: str = "Asia/Almaty", posts: int = 3) -> None:
    """A city with a head of the PMO and some managers, and the holidays of the New Year."""
    with runtime.writing() as session:
        session.add(
            CityRecord(
                id=city,
                name_ru="Алматы",
                name_kk="Алматы",
                name_en="Almaty",
                timezone=timezone,
                currency="KZT",
                calendar="KZ",
                has_demonstration_data=True,
            )
        )
        session.flush()
        session.add(_post(city, f"pmo-head.{city}", "pmo_head", "ru"))
        for number in range(posts):
            session.add(_post(city, f"manager-{number}.{city}", "project_manager", ("ru", "kk", "en")[number % 3]))
        if not session.get(CalendarDayRecord, 1):
            for day in (date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 7)):
                session.add(CalendarDayRecord(calendar="KZ", day=day, kind="day_off", source="test"))
            session.add(CalendarDayRecord(calendar="KZ", day=date(2020, 1, 5), kind="working", source="test"))


def a_draft(number: int = 0, city: str = "almaty", **changes: Any) -> MailDraft:
    """An alert to one of the managers; ``number`` makes its key."""
    item = f"DP-01-M{number}"
    values: dict[str, Any] = {
        "kind": MailKind.ALERT,
        "key": (city, item, "O+1", f"manager-0.{city}"),
        "recipient": f"manager-0.{city}",
        "role": "manager",
        "city": city,
        "facts": {"on": "2020-01-14", "line": a_line(item)},
        "not_before": TUESDAY,
        "item": item,
        "rung": "O+1",
        "items": (MailItem(item, "O+1"),),
    }
    return MailDraft(**(values | changes))


def a_line(item: str = "DP-01-M1", **changes: Any) -> dict[str, Any]:
    """The facts of one overdue milestone."""
    line: dict[str, Any] = {
        "section": "overdue",
        "what": "overdue",
        "kind": "milestone",
        "item": item,
        "id": 7,
        "name": NAME,
        "project": {"id": 1, "code": "DP-01", "name": NAME},
        "department": NAME,
        "severity": 2,
        "critical": True,
        "days_overdue": 7,
        "rung": "O+1",
        "values": {"status": "overdue", "effective_due_on": "2019-12-31", "expected_on": "2020-02-14"},
        "reason": None,
        "action": "claim_or_forecast",
        "act_by": "2020-01-16",
        "next_rung": "O+3",
        "next_on": "2020-01-16",
        "told": [{"rung": "R-1", "on": "2019-12-30", "people": [NAME]}],
    }
    return line | changes


def put_in_outbox(runtime: Runtime, *drafts: MailDraft, now: datetime = TUESDAY) -> list[bool]:
    """Enqueues drafts in one transaction."""
    with runtime.writing() as session:
        return [enqueue(session, draft, now, runtime.settings) for draft in drafts]


def mails(runtime: Runtime) -> list[OutgoingMailRecord]:
    """All rows of the outbox, oldest first."""
    with runtime.reading() as session:
        return list(session.query(OutgoingMailRecord).order_by(OutgoingMailRecord.id))


def sending_to(runtime: Runtime, sink: Sink, moment: datetime = TUESDAY) -> Runtime:
    """The installation at a moment, its mail going to the sink without a rate limit."""
    return runtime.sending_through(SmtpTransport(sink.url, mails_per_minute=0)).at(moment)


def minutes(count: float) -> timedelta:
    """A length."""
    return timedelta(minutes=count)


def _post(city: str, post: str, role: str, language: str) -> PersonRecord:
    return PersonRecord(
        id=post,
        city_id=city,
        role=role,
        title_ru=post,
        title_kk=post,
        title_en=post,
        email=f"{post}@city.example",
        language=language,
        is_active=True,
        created_at=TUESDAY,
    )
