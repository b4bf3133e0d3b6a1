"""The outbox: a mail is a row before it is an e-mail (RELIABILITY 2.2).

A row is made in the transaction that caused it, rendered in its reader's language, under a key that is unique for
ever. It leaves by claim, send, mark; nothing here talks to a server. ``now`` is the installation's clock and decides
when a mail is due; leases go by the database's clock. What happens to alerts is noted for the audit log; the caller
appends the notes as the last step of its transaction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from sqlalchemy import CursorResult, Table, Update, or_, select, update
from sqlalchemy.orm import Session

from config import Settings
from pmo.db.lease_clock import database_now
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.outbox import OutgoingMailRecord, ReturnedAddressRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.inclusion_receipt import FILE_EXTENSION
from pmo.domain.sending_hours import into_sending_hours
from pmo.mail.address_links import with_true_link as with_true_address_link
from pmo.mail.drafts import ASKED_FOR, OF_ONE_ADDRESS, MailDraft, MailKind
from pmo.mail.links import Links
from pmo.mail.message import AddressRefused, Headers, build_message, message_id
from pmo.mail.password_links import with_true_link
from pmo.mail.record import CHECKPOINT_FILE, Attachment, sentence, with_sentence
from pmo.mail.render import Reader, render
from pmo.mail.returned import return_path
from pmo.mail.transport import OurFault, PermanentFailure, Sent, TemporaryFailure
from pmo.mail.unsubscribing import Subscription, unsubscribe_url
from pmo.queries.calendar import working_calendar
from pmo.queries.outbox import CityMail, city_mail, first_mail_about
from pmo.queries.places import city
from pmo.services import audit
from pmo.services import outbox_statements as statements
from pmo.services.checkpoints import ESCALATIONS, current_checkpoint, receipt_of_alert, said_by, signer_of
from pmo.services.mail_pictures import pictures_of

LEASE = timedelta(seconds=60)
RENEWAL = timedelta(seconds=20)
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))

WAITING = ("scheduled",)
"""The state of an alert whose mail is on its way."""

_mails = cast(Table, OutgoingMailRecord.__table__)


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail that is ours to send until somebody claims it with a higher fence.

    ``sender`` is the return path of the envelope. ``doubts`` counts earlier transmissions whose reply was lost: so many
    copies may have arrived already.
    """

    id: int
    fence: int
    sender: str
    recipient: str
    content: bytes
    doubts: int


def enqueue(
    session: Session, draft: MailDraft, now: datetime, settings: Settings, shared: CityMail | None = None
) -> bool:
    """Makes the row of a mail; False when one with its key was made before. Raises NotFound for an unknown post.

    The mail waits for sending hours of its city, unless its reader has just asked for it. ``shared`` is of its city;
    who makes many mails reads it once for them.
    """
    if session.scalar(statements.KNOWN, {"key": draft.dedupe_key}) is not None:
        return False
    person = session.execute(statements.READER, {"person": draft.recipient}).one_or_none()
    if person is None:
        raise NotFound
    shared = shared or city_mail(session, draft.city)
    place = shared.place
    reader = Reader(
        person.language, {"ru": person.title_ru, "kk": person.title_kk, "en": person.title_en}, draft.role, place.zone
    )
    rendered = render(draft, reader, place, now, settings.base_url)
    not_before = max(draft.not_before, now)
    if draft.kind not in ASKED_FOR:
        not_before = into_sending_hours(not_before, shared.calendar, place.zone)
    headers = Headers(
        in_reply_to=first_mail_about(session, draft) if draft.kind is MailKind.ALERT else None,
        list_name=draft.kind.value if draft.kind.is_digest else None,
        reply_to=shared.reply_to,
    )
    row = {
        "dedupe_key": draft.dedupe_key,
        "message_id": message_id(draft.dedupe_key, settings.mail_domain),
        "kind": draft.kind.value,
        "city_id": draft.city,
        "project_id": draft.project,
        "item": draft.item,
        "rung": draft.rung,
        "period": draft.period,
        "recipient_id": person.id,
        "recipient_role": draft.role,
        "address": draft.address or person.email,
        "language": person.language,
        "subject": rendered.subject,
        "body_text": rendered.text,
        "body_html": rendered.html,
        "items": [{"item": told.item, "rung": told.rung} for told in draft.items],
        "headers": headers.stored(),
        "state": "queued",
        "created_at": now,
        "not_before": not_before,
        "expires_at": not_before + draft.expires_after,
        "attempts": 0,
        "fence": 0,
        "data_started": 0,
    }
    return session.execute(statements.MAKE[session.get_bind().dialect.name], row).one_or_none() is not None


def claim(
    session: Session, now: datetime, cities: Sequence[str], settings: Settings, lease: timedelta = LEASE
) -> ClaimedMail | None:
    """Takes the mail that has waited longest, of the cities where it is sending time; None when nothing is due.

    A row whose holder's lease ran out is taken over. The bytes are frozen at the first claim, so that a repeat equals
    the original. Commit before sending.
    """
    known = {"now": now, "cities": list(cities), "lease_seconds": lease.total_seconds()}
    row = session.execute(statements.TAKE[session.get_bind().dialect.name], known).one_or_none()
    if row is None:
        return None
    mail = session.scalars(statements.WHOLE, {"mail": row.id}).one()
    sender = _return_path(mail, settings)
    if mail.content is None:
        try:
            mail.content = _content(session, mail, settings, now)
        except AddressRefused as refusal:
            broken = ClaimedMail(mail.id, row.fence, sender, mail.address, b"", 0)
            mark_failed(session, broken, now, PermanentFailure(0, str(refusal)))
            return claim(session, now, cities, settings, lease)
    return ClaimedMail(mail.id, row.fence, sender, mail.address, mail.content, mail.data_started)


def begin_transmission(session: Session, mail: ClaimedMail) -> bool:
    """Notes that the content is about to go out; False when the mail is not ours any more. Commit before ``DATA``."""
    return _touched(session, statements.BEGIN_TRANSMISSION, mail)


def renew_lease(session: Session, mail: ClaimedMail, lease: timedelta = LEASE) -> bool:
    """Prolongs a claim; False when it is not ours any more."""
    return _touched(session, statements.RENEW, mail, lease_seconds=lease.total_seconds())


def mark_sent(session: Session, mail: ClaimedMail, now: datetime, answer: Sent) -> bool:
    """The server took it: the alerts that it tells count as sent. False when the mail is not ours any more.

    Then somebody took over while the server hesitated: the copy carries the same Message-ID.
    """
    if not _touched(session, statements.MARK_SENT, mail, now=now, code=answer.code, answer=answer.text):
        return False
    mark_alerts(session, mail.id, WAITING, "sent", now)
    return True


def assume_delivered(session: Session, city_id: str, now: datetime) -> None:
    """Everything that waits in a city arrives at once: for a look at later mornings, in a transaction to be undone."""
    waiting = (_mails.c.city_id == city_id) & _mails.c.state.in_(["queued", "sending"])
    session.execute(update(_mails).where(waiting).values(state="sent", sent_at=now))
    told = (AlertRecord.city_id == city_id) & (AlertRecord.state == "scheduled") & AlertRecord.mail_id.is_not(None)
    session.execute(update(AlertRecord).where(told).values(state="sent", sent_at=now))


def mark_retry(session: Session, mail: ClaimedMail, now: datetime, failure: TemporaryFailure) -> None:
    """Not now: again after 1, 5, 15, 60 minutes, then hourly, in sending hours, until it is too old to be of use.

    A trouble of the server is no attempt of the mail. A reply that was lost leaves the mail marked as uncertain.
    """
    row = session.get_one(OutgoingMailRecord, mail.id, populate_existing=True)
    if row.state != "sending" or row.fence != mail.fence:
        return
    row.last_code, row.last_text = failure.code, failure.text
    row.state, row.lease_until = "queued", None
    if not failure.is_uncertain:
        row.data_started = mail.doubts
    if failure.blames_server:
        row.attempts -= 1
        return
    wait = _jittered(RETRY_AFTER[min(row.attempts, len(RETRY_AFTER)) - 1], f"{row.dedupe_key}/{row.attempts}")
    calendar, zone = working_calendar(session, row.city_id), city(session, row.city_id).zone
    next_at = now + wait
    row.not_before = next_at if row.kind in ASKED_FOR else into_sending_hours(next_at, calendar, zone)


def mark_failed(session: Session, mail: ClaimedMail, now: datetime, failure: PermanentFailure) -> None:
    """Refused for good: the mail and the alerts that it tells have failed, and the next level will hear of it."""
    failed = statements.HELD.values(
        state="failed", lease_until=None, data_started=mail.doubts, last_code=failure.code, last_text=failure.text
    )
    if _touched(session, failed, mail):
        mark_alerts(session, mail.id, WAITING, "failed", now)


def release(session: Session, mail: ClaimedMail, fault: OurFault) -> None:
    """The fault is ours: the mail keeps its place and its attempts."""
    back = statements.HELD.values(
        state="queued",
        lease_until=None,
        data_started=mail.doubts,
        attempts=_mails.c.attempts - 1,
        last_code=fault.code,
        last_text=fault.text,
    )
    _touched(session, back, mail)


def expire_old(session: Session, now: datetime) -> int:
    """Gives up mails that are too old to be of use; returns how many. Their alerts have failed."""
    idle = or_(_mails.c.state == "queued", (_mails.c.state == "sending") & (_mails.c.lease_until < database_now()))
    old = list(session.scalars(select(_mails.c.id).where(idle, _mails.c.expires_at <= now).order_by(_mails.c.id)))
    for mail_id in old:
        session.execute(update(_mails).where(_mails.c.id == mail_id).values(state="expired", lease_until=None))
        mark_alerts(session, mail_id, WAITING, "failed", now)
    return len(old)


def requeue(session: Session, mail_id: int, actor: str, now: datetime) -> None:
    """Resends a mail that was given up, at the word of the PMO, under its old Message-ID.

    It goes to the address that its reader has now, and an address that sent mail back is allowed again.
    Raises NotFound, RuleBroken('mail_not_given_up').
    """
    mail = session.get(OutgoingMailRecord, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound
    if mail.state not in ("failed", "expired", "suppressed"):
        raise RuleBroken("mail_not_given_up", state=mail.state)
    life = mail.expires_at - mail.not_before
    place = city(session, mail.city_id)
    not_before = into_sending_hours(now, working_calendar(session, mail.city_id), place.zone)
    audit.note(session, at=now, actor=actor, action="mail_requeued", item=mail.dedupe_key, before={"state": mail.state})
    mail.state, mail.attempts, mail.sent_at, mail.last_code, mail.last_text = "queued", 0, None, None, None
    mail.not_before, mail.expires_at = not_before, not_before + max(life, timedelta(hours=24))
    _readdress(session, mail, actor, now)
    session.execute(
        update(AlertRecord)
        .where(AlertRecord.mail_id == mail_id, AlertRecord.state == "failed")
        .values(state="scheduled")
    )
    audit.append_notes(session)


def _readdress(session: Session, mail: OutgoingMailRecord, actor: str, now: datetime) -> None:
    is_bound = MailKind(mail.kind) in OF_ONE_ADDRESS
    address = mail.address if is_bound else session.get_one(PersonRecord, mail.recipient_id).email
    if address != mail.address:
        mail.address, mail.content = address, None
    returned = ReturnedAddressRecord
    session.execute(
        update(returned)
        .where(returned.address == address.lower(), returned.allowed_at.is_(None))
        .values(allowed_at=now, allowed_by=actor)
    )


def _content(session: Session, mail: OutgoingMailRecord, settings: Settings, now: datetime) -> bytes:
    """The bytes; with the record as it stands now, where there is a key to sign it with."""
    signer = signer_of(settings)
    note = current_checkpoint(session, signer, now) if signer else None
    text, html = mail.body_text, mail.body_html
    if note:
        said = said_by(note)
        text, html = with_sentence(text, html, sentence(said.size, said.fingerprint, mail.language))
    return build_message(
        sender=settings.mail_from,
        recipient=mail.address,
        subject=mail.subject,
        text=_with_true_link(mail, text, settings),
        html=_with_true_link(mail, html, settings),
        message_id=mail.message_id,
        date=now,
        language=mail.language,
        headers=replace(Headers.restored(mail.headers), unsubscribe=_unsubscribe_url(mail, settings)),
        pictures=pictures_of(mail.body_html),
        attachments=[Attachment(CHECKPOINT_FILE, note), *_receipts(session, mail, note)] if note else [],
    )


def _receipts(session: Session, mail: OutgoingMailRecord, note: str) -> list[Attachment]:
    """What proves the escalations that the mail tells."""
    found = []
    for told in mail.items:
        item, rung = told["item"], told["rung"]
        if MailKind(mail.kind).tells_alerts and rung in ESCALATIONS:
            receipt = receipt_of_alert(session, note, mail.city_id, item, rung, mail.recipient_id)
            if receipt is not None:
                found.append(Attachment(f"{re.sub('[^A-Za-z0-9-]', '_', item)}{FILE_EXTENSION}", str(receipt)))
    return found


def _with_true_link(mail: OutgoingMailRecord, text: str, settings: Settings) -> str:
    """The link for a password or an address stands in the bytes that leave, not in what the outbox shows."""
    base_url = Links(settings.base_url).base
    about = (MailKind(mail.kind), base_url, settings.secret_keys, mail.period)
    return with_true_address_link(with_true_link(text, *about), *about)


def _unsubscribe_url(mail: OutgoingMailRecord, settings: Settings) -> str | None:
    """On digests only: alerts are obligatory (RELIABILITY 2.3)."""
    subscription = Subscription(mail.recipient_id, MailKind(mail.kind))
    return unsubscribe_url(settings.base_url, settings.secret_keys, subscription)


def _return_path(mail: OutgoingMailRecord, settings: Settings) -> str:
    """A signed address of the mail's own, where reports of failure are taken in; else the sender's."""
    if settings.bounce_address and settings.secret_keys:
        return return_path(settings.bounce_address, settings.secret_keys, mail.id)
    return settings.mail_from


def mark_alerts(session: Session, mail_id: int, before: Sequence[str], state: str, now: datetime) -> None:
    """What became of a mail became of its alerts in one of the states ``before``, unless they have ended meanwhile."""
    alerts = list(session.scalars(statements.TOLD, {"mail": mail_id, "before": list(before)}))
    if not alerts:
        return
    session.execute(
        update(AlertRecord)
        .where(AlertRecord.id.in_(alerts))
        .values(state=state, sent_at=now if state == "sent" else None)
    )
    key = session.scalar(select(_mails.c.dedupe_key).where(_mails.c.id == mail_id))
    audit.note(
        session, at=now, actor=None, action=f"alert_{state}", item=key or "",
        before={"state": list(before)}, after={"state": state, "alerts": alerts},
    )  # fmt: skip


def _jittered(wait: timedelta, seed: str) -> timedelta:
    """Half to one and a half of the wait, the same for the same mail and attempt."""
    share = int.from_bytes(sha256(seed.encode()).digest()[:4], "big") / 2**32
    return wait * (0.5 + share)


def _touched(session: Session, statement: Update, mail: ClaimedMail, **values: object) -> bool:
    known = {"mail": mail.id, "held_fence": mail.fence, **values}
    return cast("CursorResult[object]", session.execute(statement, known)).rowcount == 1
