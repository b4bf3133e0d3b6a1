"""Mail that came back: the mail has failed, its address is shut, and the ladder goes on without it (RELIABILITY 2.2).

Nothing is passed over in silence: what is not sent to a shut address counts as failed, so the next rung says "not
delivered", and the PMO is told (``pmo.services.notices``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from pmo.db.lease_clock import database_now
from pmo.db.models.outbox import OutgoingMailRecord, ReturnedAddressRecord
from pmo.domain.access import Action, may_in_city
from pmo.domain.errors import NotFound
from pmo.mail.returned import Report
from pmo.queries.returned_addresses import is_address_shut, is_shut
from pmo.services import audit
from pmo.services.acts import Act
from pmo.services.outbox import WAITING, mark_alerts

BELIEVED_FOR = timedelta(days=7)
"""Servers try for up to five days; a report that comes later is about nothing any more."""


class Returned(StrEnum):
    """What a report brought about."""

    NOTHING_FINAL = "nothing_final"
    TOO_LATE = "too_late"
    KNOWN_BEFORE = "known_before"
    FAILED = "failed"
    ADDRESS_SHUT = "address_shut"


def take_report(session: Session, mail_id: int, report: Report, now: datetime) -> Returned:
    """A server says that a mail of ours will not arrive. Raises NotFound for a mail that is not there.

    A report that the mail is only late changes nothing. One that blames no address (a full mailbox, days without an
    answer) fails this mail alone. The same report twice is one.
    """
    mail = session.get(OutgoingMailRecord, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound
    if not report.is_final:
        return Returned.NOTHING_FINAL
    if mail.state == "failed":
        return Returned.KNOWN_BEFORE
    left_at = mail.sent_at or mail.not_before
    if mail.content is None or now - left_at > BELIEVED_FOR:
        return Returned.TOO_LATE
    before = mail.state
    mail.state, mail.lease_until, mail.last_text = "failed", None, report.reason
    mail.fence += 1  # whoever may hold it still has lost it
    mail.data_started = max(mail.data_started - 1, 0)  # of this copy it is known that it did not arrive
    mark_alerts(session, mail.id, ("scheduled", "sent"), "failed", now)
    audit.note(
        session, at=now, actor=None, action="mail_returned", item=mail.dedupe_key,
        before={"state": before}, after={"state": "failed", "shuts_address": report.is_for_the_address},
    )  # fmt: skip
    if not report.is_for_the_address:
        return Returned.FAILED
    if not is_address_shut(session, mail.address):
        session.add(
            ReturnedAddressRecord(address=mail.address.lower(), mail_id=mail.id, reason=report.reason, returned_at=now)
        )
    session.flush()
    return Returned.ADDRESS_SHUT


def withhold_from_shut_addresses(session: Session, now: datetime) -> int:
    """Gives up what waits for a shut address; returns how many mails. Their alerts have failed."""
    mail = OutgoingMailRecord
    idle = or_(mail.state == "queued", (mail.state == "sending") & (mail.lease_until < database_now()))
    waiting = list(session.scalars(select(mail.id).where(idle, is_shut(mail.address)).order_by(mail.id)))
    withheld = 0
    for mail_id in waiting:
        given_up = update(mail).where(mail.id == mail_id, idle).values(state="suppressed", lease_until=None)
        if cast("CursorResult[object]", session.execute(given_up)).rowcount == 1:
            mark_alerts(session, mail_id, WAITING, "failed", now)
            withheld += 1
    return withheld


def allow_address(session: Session, act: Act, returned_id: int) -> None:
    """Mail may go to an address again; allowing it twice is allowing it once.

    Raises NotFound for one of another city or none at all.
    """
    found = session.get(ReturnedAddressRecord, returned_id, with_for_update=True)
    mail = session.get(OutgoingMailRecord, found.mail_id) if found else None
    if found is None or mail is None or not may_in_city(act.actor, Action.SEE_OUTBOX, mail.city_id):
        raise NotFound
    if found.allowed_at is not None:
        return
    found.allowed_at, found.allowed_by = act.at, act.actor.person
    audit.note(
        session, at=act.recorded_at, actor=act.actor.person, action="address_allowed", item=mail.recipient_id,
        before={"mail": mail.dedupe_key},
    )  # fmt: skip
    session.flush()
