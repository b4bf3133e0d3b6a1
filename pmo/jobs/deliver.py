"""Sends what waits: claim, commit, send, mark; no transaction is open while a server thinks (RELIABILITY 2.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog

from pmo.db.session import Session
from pmo.domain.sending_hours import is_sending_time
from pmo.jobs.leases import kept_alive
from pmo.jobs.outcome import RunOutcome, RunState
from pmo.jobs.runner import OWNER
from pmo.mail.transport import (
    SERVICE_CLOSING,
    Envelope,
    OurFault,
    PermanentFailure,
    Receipt,
    RecordingTransport,
    Sent,
    TemporaryFailure,
    Withheld,
)
from pmo.queries.calendar import working_calendar
from pmo.queries.outbox import rows_due
from pmo.queries.places import cities
from pmo.runtime import Runtime
from pmo.services import notices, outbox, own_address, password_links
from pmo.services.audit import append_notes
from pmo.services.job_runs import RunKey, record_delivery
from pmo.services.outbox import ClaimedMail
from pmo.services.password_links import Moments
from pmo.services.returned_mail import withhold_from_shut_addresses

NAME = "deliver"
EVERYWHERE = "*"
TROUBLES_BEFORE_PAUSE = 3

log = structlog.get_logger(__name__)


def deliver_due(runtime: Runtime) -> RunOutcome:
    """One pass: sends until nothing is due, or until the server is in trouble; the next pass is a minute later."""
    now = runtime.now()
    open_cities = cities_sending(runtime)
    counts: Counter[str] = Counter()
    with runtime.writing() as session:
        wall = runtime.clock_on_the_wall.now()
        at = Moments(now, wall)
        counts["asked_for"] = password_links.answer_requests(session, at, runtime.settings)
        counts["addresses"] = own_address.tell_of_changes(session, at, runtime.settings)
        counts["suppressed"] = withhold_from_shut_addresses(session, now)
        counts["expired"] = outbox.expire_old(session, now)
        append_notes(session)
    if isinstance(runtime.transport, RecordingTransport):
        counts["sent"] += _record_all(runtime, runtime.transport, open_cities)
    troubles = 0
    while troubles < TROUBLES_BEFORE_PAUSE and (receipt := deliver_one(runtime, open_cities)) is not None:
        counts[_counted_as(receipt)] += 1
        if isinstance(receipt, OurFault):
            log.error("mail refused for our own fault: the queue waits", code=receipt.code, text=receipt.text)
            break
        troubles = _troubles(troubles, receipt)
    runtime.transport.close()
    with runtime.writing() as session:
        counts["notices"] = notices.tell_of_undelivered(session, now, runtime.settings)
    told = {name: count for name, count in counts.items() if count}
    period = now.date().isoformat()
    if not told and not open_cities:
        return RunOutcome(NAME, EVERYWHERE, period, RunState.NOTHING_DUE)
    with runtime.writing() as session:
        record_delivery(session, RunKey(NAME, EVERYWHERE, period), OWNER, told)
    state = RunState.FAILED if counts["our_fault"] else RunState.DONE if told else RunState.NOTHING_DUE
    return RunOutcome(NAME, EVERYWHERE, period, state, told)


def deliver_one(runtime: Runtime, open_cities: Sequence[str]) -> Receipt | None:
    """Sends the mail that has waited longest; None when nothing is due."""
    with runtime.writing() as session:
        mail = outbox.claim(session, runtime.now(), open_cities, runtime.settings)
        append_notes(session)
    if mail is None:
        return None
    receipt = _send(runtime, mail)
    with runtime.writing() as session:
        _mark(session, mail, runtime.now(), receipt)
        append_notes(session)
    return receipt


def _record_all(runtime: Runtime, transport: RecordingTransport, open_cities: Sequence[str]) -> int:
    """Everything due into a recording, in one transaction: nothing leaves this process, so nothing has to be claimed
    before and marked after. A simulated year would wait for the disk ten thousand times otherwise."""
    sent = 0
    with runtime.writing() as session:
        while (mail := outbox.claim(session, runtime.now(), open_cities, runtime.settings)) is not None:
            envelope = Envelope(mail.sender, mail.recipient, mail.content)
            receipt = transport.send(envelope, partial(outbox.begin_transmission, session, mail))
            _mark(session, mail, runtime.now(), receipt)
            sent += 1
        append_notes(session)
    return sent


def would_deliver(runtime: Runtime) -> RunOutcome:
    """What a pass would send now."""
    now = runtime.now()
    open_cities = cities_sending(runtime)
    with runtime.reading() as session:
        rows = rows_due(session, now, open_cities)
    state = RunState.DONE if rows else RunState.NOTHING_DUE
    return RunOutcome(NAME, EVERYWHERE, now.date().isoformat(), state, {"due": len(rows)} if rows else {}, rows)


def cities_sending(runtime: Runtime) -> list[str]:
    """Cities where mail may leave now: 08:30 to 18:30 of a working day."""
    now = runtime.now()
    with runtime.reading() as session:
        return [
            city.id for city in cities(session) if is_sending_time(now, working_calendar(session, city.id), city.zone)
        ]


def _send(runtime: Runtime, mail: ClaimedMail) -> Receipt:
    def may_transmit() -> bool:
        with runtime.writing() as session:
            return outbox.begin_transmission(session, mail)

    def renew() -> bool:
        with runtime.writing() as session:
            return outbox.renew_lease(session, mail)

    envelope = Envelope(mail.sender, mail.recipient, mail.content)
    with kept_alive(renew, outbox.RENEWAL):
        return runtime.transport.send(envelope, may_transmit)


def _mark(session: Session, mail: ClaimedMail, now: datetime, receipt: Receipt) -> None:
    if isinstance(receipt, Sent):
        outbox.mark_sent(session, mail, now, receipt)
    elif isinstance(receipt, PermanentFailure):
        outbox.mark_failed(session, mail, now, receipt)
    elif isinstance(receipt, TemporaryFailure):
        outbox.mark_retry(session, mail, now, receipt)
    elif isinstance(receipt, OurFault):
        outbox.release(session, mail, receipt)


def _troubles(before: int, receipt: Receipt) -> int:
    """Connection failures in a row; a server that says it is closing is left alone at once."""
    if not isinstance(receipt, TemporaryFailure):
        return 0
    if receipt.code == SERVICE_CLOSING:
        return TROUBLES_BEFORE_PAUSE
    return before + 1 if receipt.code is None or receipt.blames_server else 0


def _counted_as(receipt: Receipt) -> str:
    if isinstance(receipt, TemporaryFailure):
        return "uncertain" if receipt.is_uncertain else "put_off"
    names: dict[type[object], str] = {
        Sent: "sent",
        PermanentFailure: "failed",
        OurFault: "our_fault",
        Withheld: "withheld",
    }
    return names[type(receipt)]
