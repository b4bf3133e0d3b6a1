"""One sender under fire: the product's delivery with short leases."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from datetime import timedelta
from email import message_from_bytes
from functools import partial
from pathlib import Path

from benchmarks.faults.ground import FileClock, runtime_at, wait_until
from pmo.db.session import DatabaseError
from pmo.jobs.deliver import deliver_due
from pmo.mail.transport import Envelope, MayTransmit, Receipt, Sent, SmtpTransport
from pmo.services import outbox

CRASHES_IN_ONE_OF = 10
"""By the Message-ID, so that the same mails are hit in every run."""
MEETING = 20.0
"""Seconds that the first sender of the negative twin waits for the second."""


class CrashingInTheGap:
    """Dies between the server's acceptance and our mark, once for each mail that it is meant for."""

    def __init__(self, inner: SmtpTransport, folder: Path) -> None:
        self._inner, self._folder = inner, folder

    def send(self, envelope: Envelope, may_transmit: MayTransmit) -> Receipt:
        """Sends, and perhaps never returns."""
        receipt = self._inner.send(envelope, may_transmit)
        name = hashlib.sha256(str(message_from_bytes(envelope.content)["Message-ID"]).encode()).hexdigest()
        if isinstance(receipt, Sent) and int(name, 16) % CRASHES_IN_ONE_OF == 0:
            try:
                (self._folder / f"crashed-{name}").touch(exist_ok=False)
            except FileExistsError:
                return receipt
            os.kill(os.getpid(), signal.SIGKILL)
        return receipt

    def close(self) -> None:
        """Says good-bye."""
        self._inner.close()


def _two_have_claimed(folder: Path) -> bool:
    """Waits for a second sender with claims of its own, so that the race is run on a fast machine as well."""
    (folder / f"claimed-{os.getpid()}").touch()
    return wait_until(lambda: len(list(folder.glob("claimed-*"))) > 1, MEETING)


def main(url: str, clock: str, smtp: str, lease: str, folder: str, *options: str) -> None:
    """Delivers until it is killed."""
    length = timedelta(seconds=float(lease))
    outbox.RENEWAL = length / 3
    if "--without-claims" in options:  # the negative twin: a claim keeps nobody out, and nobody asks for the fence
        outbox.claim = partial(outbox.claim, lease=timedelta(seconds=-1))
        outbox.begin_transmission = lambda session, mail: _two_have_claimed(Path(folder))
    else:
        outbox.claim = partial(outbox.claim, lease=length)
        outbox.renew_lease = partial(outbox.renew_lease, lease=length)
    transport = SmtpTransport(smtp, mails_per_minute=0)
    wrapped = CrashingInTheGap(transport, Path(folder)) if "--crash-in-gap" in options else transport
    runtime = runtime_at(url, FileClock(Path(clock))).sending_through(wrapped)
    while True:
        try:
            deliver_due(runtime)
        except DatabaseError as error:
            print(type(error).__name__, flush=True)
        time.sleep(0.05)
