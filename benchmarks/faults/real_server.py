"""A week of the demonstration's mail through a real mail server, read back from its mailbox (RELIABILITY 6, test 12).

    python -m benchmarks.faults.real_server [--dialect postgresql]

Needs OpenSMTPD (Debian: ``opensmtpd``) and root, because it drops its rights itself; nothing else of the machine is
used: own configuration, a free port on loopback, a Maildir in a temporary folder. Without TLS: Debian's 6.8 breaks
every handshake under OpenSSL 3, and ``smtp_stages`` has it. Exit status 1 where a mail is missing, stands twice, or
differs from what was built in any byte.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from pwd import getpwnam

from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from benchmarks.faults.ground import database, runtime_at, wait_until
from config import ROOT
from pmo.clock import FixedClock, monotonic
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.jobs.simulation import simulate
from pmo.mail.transport import Envelope, MayTransmit, Receipt, RecordingTransport, Sent, SmtpTransport, Transport
from pmo.runtime import Runtime
from pmo.services.imports import apply_import, plan_import, read_log
from tests.post_office import TUESDAY

DEMONSTRATION = ROOT / "pmo" / "demo" / "data"
WEEKS_BEFORE = (date(2019, 9, 16), date(2019, 10, 11))
WEEK = (date(2019, 10, 12), date(2019, 10, 18))
LANGUAGES = ("ru", "kk", "en")
KEEPER = "nobody"
"""The account that the mailbox belongs to."""


@dataclass(frozen=True, slots=True)
class Found:
    """``incomplete``: a part that is not, word for word, what the outbox holds; ``altered``: other bytes than sent."""

    sent: int
    arrived: int
    missing: int
    strange: int
    twice: int
    altered: int
    incomplete: int
    languages: dict[str, int]
    kinds: dict[str, int]
    seconds: float

    @property
    def is_well(self) -> bool:
        """Every mail arrived once, as it was built, in each of the languages."""
        faults = self.missing or self.strange or self.twice or self.altered or self.incomplete
        return not faults and self.arrived == self.sent > 0 and set(self.languages) == set(LANGUAGES)


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, and where the mails lie."""

    url: str
    mailbox: Path

    def delivered(self) -> list[bytes]:
        """What lies in the mailbox, with CRLF as it was sent."""
        return [path.read_bytes().replace(b"\n", b"\r\n") for path in sorted(self.mailbox.glob("new/*"))]


def why_not() -> str | None:
    """What this machine lacks; None where the server can run."""
    if _program() is None:
        return "there is no smtpd (Debian: apt-get install opensmtpd)"
    return None if os.geteuid() == 0 else "smtpd has to be started by root"


@contextmanager
def running() -> Iterator[Server]:
    """OpenSMTPD on a free port of loopback. One at a time on a machine: its control socket is fixed."""
    with (Path(tempfile.gettempdir()) / "pmo-smtpd.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = Path(tempfile.mkdtemp(prefix="pmo-smtpd-"))
        folder.chmod(0o755)  # its delivery runs under another account
        try:
            yield from _started(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path) -> Iterator[Server]:
    mailbox = folder / "mailbox"
    mailbox.mkdir()
    keeper = getpwnam(KEEPER)
    os.chown(mailbox, keeper.pw_uid, keeper.pw_gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "smtpd.conf"
    configuration.write_text(
        f"""
        table posts {{ "@" = "{KEEPER}" }}
        listen on 127.0.0.1 port {port} hostname "localhost"
        action "keep" maildir "{mailbox}" user {KEEPER} virtual <posts>
        match from any for any action "keep"
        """
    )
    with (folder / "smtpd.log").open("wb") as log:
        process = subprocess.Popen([str(_program()), "-d", "-f", str(configuration)], stdout=log, stderr=log)
        try:
            if not wait_until(lambda: _answers(port), 10):
                raise RuntimeError((folder / "smtpd.log").read_text())
            yield Server(f"smtp://127.0.0.1:{port}", mailbox)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


class Insistent:
    """A transport that has no patience with a server that is not faulty on purpose."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    def send(self, envelope: Envelope, may_transmit: MayTransmit) -> Receipt:
        """Raises RuntimeError where the mail was not taken."""
        receipt = self._inner.send(envelope, may_transmit)
        if not isinstance(receipt, Sent):
            raise RuntimeError(f"the mail server: {receipt}")
        return receipt

    def close(self) -> None:
        """Says good-bye."""
        self._inner.close()


def send_a_week(runtime: Runtime, server: Server) -> Found:
    """Simulates the week after ``WEEKS_BEFORE``, its mail given to the server, and compares mailbox and outbox."""
    begun = monotonic()
    _make_readers_of_all_languages(runtime)
    before = sent_mails(runtime)
    transport = Insistent(SmtpTransport(server.url, mails_per_minute=0))
    sent = simulate(runtime.sending_through(transport), *WEEK, read_log(DEMONSTRATION / "demo_log.yaml")).mails
    wait_until(lambda: len(server.delivered()) >= sent, 60, 0.1)
    time.sleep(0.2)  # one that came twice would be close behind
    return compare(runtime, before, server.delivered(), round(monotonic() - begun, 1))


def sent_mails(runtime: Runtime) -> set[int]:
    """The ids of mails that have been sent."""
    with runtime.reading() as session:
        return set(session.scalars(select(OutgoingMailRecord.id).where(OutgoingMailRecord.state == "sent")))


def compare(runtime: Runtime, before: set[int], delivered: list[bytes], seconds: float = 0.0) -> Found:
    """The rows sent since ``before`` against what was delivered."""
    with runtime.reading() as session:
        statement = select(OutgoingMailRecord).where(OutgoingMailRecord.state == "sent").options(undefer("*"))
        rows = {row.message_id: row for row in session.scalars(statement) if row.id not in before}
    read = [message_from_bytes(content, policy=policy.default) for content in delivered]
    names = Counter(str(mail["Message-ID"]) for mail in read)
    altered = incomplete = 0
    for mail, content in zip(read, delivered, strict=True):
        row = rows.get(str(mail["Message-ID"]))
        if row is None:
            continue
        altered += not content.endswith((row.content or b"").rstrip(b"\r\n") + b"\r\n")
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
        wanted = {"text/plain": row.body_text, "text/html": row.body_html}
        incomplete += any(_lines(parts.get(kind, "")) != _lines(text) for kind, text in wanted.items())
    return Found(
        sent=len(rows),
        arrived=len(read),
        missing=len(set(rows) - set(names)),
        strange=len(set(names) - set(rows)),
        twice=sum(number - 1 for number in names.values()),
        altered=altered,
        incomplete=incomplete,
        languages=dict(Counter(str(mail["Content-Language"]) for mail in read)),
        kinds=dict(Counter(row.kind for row in rows.values())),
        seconds=seconds,
    )


def _make_readers_of_all_languages(runtime: Runtime) -> None:
    with runtime.writing() as session:
        for number, person in enumerate(session.scalars(select(PersonRecord.id).order_by(PersonRecord.id))):
            language = LANGUAGES[number % len(LANGUAGES)]
            session.execute(update(PersonRecord).where(PersonRecord.id == person).values(language=language))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").strip("\n").split("\n")


def _program() -> str | None:
    return shutil.which("smtpd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def _answers(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def main(arguments: list[str]) -> int:
    """Prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dialect", choices=["sqlite", "postgresql"], default="sqlite")
    asked = parser.parse_args(arguments)
    if reason := why_not():
        parser.exit(2, f"{reason}\n")
    with database(asked.dialect) as ground:
        runtime = runtime_at(ground.url, FixedClock(TUESDAY)).sending_through(RecordingTransport())
        with runtime.writing() as session:
            plan = plan_import(session, DEMONSTRATION / "portfolio.yaml")
            apply_import(session, plan, runtime.now())
        simulate(runtime, *WEEKS_BEFORE, read_log(DEMONSTRATION / "demo_log.yaml"))
        with running() as server:
            found = send_a_week(runtime, server)
        runtime.engines.dispose()
    print(found)
    return 0 if found.is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
