"""The statements that every mail goes through, built once: to build one costs more than to run it.

Values come as parameters; none bears the name of a column, which SQLAlchemy would take for a value to set.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BindParameter, Float, Select, Table, Update, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import undefer
from sqlalchemy.sql.dml import ReturningInsert

from pmo.db.base import UtcDateTime
from pmo.db.lease_clock import DatabaseMoment, database_now
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.mail.drafts import ASKED_FOR
from pmo.queries.returned_addresses import is_shut

_mails = cast(Table, OutgoingMailRecord.__table__)
_NOW: BindParameter[datetime] = bindparam("now", type_=UtcDateTime())
_LEASE_END = DatabaseMoment(bindparam("lease_seconds", type_=Float()))

KNOWN = select(_mails.c.id).where(_mails.c.dedupe_key == bindparam("key"))
"""Parameter ``key``."""

READER = select(
    PersonRecord.id,
    PersonRecord.language,
    PersonRecord.email,
    PersonRecord.title_ru,
    PersonRecord.title_kk,
    PersonRecord.title_en,
).where(PersonRecord.id == bindparam("person"))
"""Whom a mail is for. Parameter ``person``."""

WHOLE = (
    select(OutgoingMailRecord)
    .where(OutgoingMailRecord.id == bindparam("mail"))
    .options(undefer("*"))
    .execution_options(populate_existing=True)
)
"""A mail with its words and its bytes, as the database has it now. Parameter ``mail``."""


def _chosen() -> Select[int]:
    is_due = (_mails.c.state == "queued") & (_mails.c.not_before <= _NOW)
    is_abandoned = (_mails.c.state == "sending") & (_mails.c.lease_until < database_now())
    asked_for = _mails.c.kind.in_([kind.value for kind in ASKED_FOR])
    may_leave = or_(_mails.c.city_id.in_(bindparam("cities", expanding=True)), asked_for)
    return (
        select(_mails.c.id)
        .where(or_(is_due, is_abandoned), _mails.c.expires_at > _NOW, may_leave, ~is_shut(OutgoingMailRecord.address))
        .order_by(_mails.c.not_before, _mails.c.id)
        .limit(1)
    )


def _taken(choice: Select[int]) -> Update:
    return (
        update(_mails)
        .where(_mails.c.id.in_(select(choice.cte("chosen").c.id)))
        .values(state="sending", fence=_mails.c.fence + 1, attempts=_mails.c.attempts + 1, lease_until=_LEASE_END)
        .returning(_mails.c.id, _mails.c.fence)
    )


TAKE: Mapping[str, Update] = {
    "sqlite": _taken(_chosen()),
    "postgresql": _taken(_chosen().with_for_update(skip_locked=True)),
}
"""Takes the mail that has waited longest, by dialect. Parameters ``now``, ``cities``, ``lease_seconds``."""

MAKE: Mapping[str, ReturningInsert[Any]] = {
    "sqlite": sqlite.insert(_mails).on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(_mails.c.id),
    "postgresql": postgresql.insert(_mails)
    .on_conflict_do_nothing(index_elements=["dedupe_key"])
    .returning(_mails.c.id),
}
"""Makes the row of a mail, by dialect, where its key is new. Parameters: the row."""

HELD = update(_mails).where(
    _mails.c.id == bindparam("mail"), _mails.c.state == "sending", _mails.c.fence == bindparam("held_fence")
)
"""A mail that is ours. Parameters ``mail``, ``held_fence``, here and in what is made of it."""

BEGIN_TRANSMISSION = HELD.values(data_started=_mails.c.data_started + 1)
RENEW = HELD.values(lease_until=_LEASE_END)
"""Further parameter ``lease_seconds``."""
MARK_SENT = HELD.values(
    state="sent", sent_at=_NOW, lease_until=None, last_code=bindparam("code"), last_text=bindparam("answer")
)
"""Further parameters ``now``, ``code``, ``answer``."""

TOLD = (
    select(AlertRecord.id)
    .where(AlertRecord.mail_id == bindparam("mail"), AlertRecord.state.in_(bindparam("before", expanding=True)))
    .order_by(AlertRecord.id)
)
"""The alerts of a mail that are in one of some states. Parameters ``mail``, ``before``."""
