"""Kills senders and counts what the mail server got (RELIABILITY 6, test 11), and measures the rate of sending.

    python -m benchmarks.faults.mail kill --dialect postgresql --mails 3000 --kills 200 --seed 1
    python -m benchmarks.faults.mail gap --dialect sqlite --mails 300       one in ten mails kills its sender
    python -m benchmarks.faults.mail kill --kills 0 --without-claims        the negative twin: must find repeats
    python -m benchmarks.faults.mail rate --mails 300                       against bare smtplib, as a ratio

Bounded, loopback only. Exit status 1 where a mail is lost, has two Message-IDs, or is repeated without being listed.
"""

from __future__ import annotations

import argparse
import random
import smtplib
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from sqlalchemy import func, select

from benchmarks.faults import mail_sender
from benchmarks.faults.ground import (
    WARM_INTERPRETER,
    Birth,
    FileClock,
    Ground,
    Pack,
    database,
    integrity,
    runtime_at,
    wait_until,
)
from pmo.clock import FixedClock, monotonic
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.jobs.deliver import deliver_due
from pmo.mail.transport import SmtpTransport
from pmo.runtime import Runtime
from tests.fakes_smtp import Sink
from tests.post_office import TUESDAY, a_draft, put_in_outbox, settle_city

LEASE = 4.0
"""Seconds; far more than a slow disk keeps a living sender, or it would be taken for dead and repeated."""
STORE = 20
"""Mails that wait at least while senders are killed."""


@dataclass(frozen=True)
class Found:
    """What the server got. ``strange``: Message-IDs that no row has. ``unlisted``: repeats that no one could see."""

    dialect: str
    seed: int
    mails: int
    kills: int
    deaths_in_gap: int
    lost: int
    strange: int
    repeats: int
    unlisted: int
    integrity: str
    seconds: float

    @property
    def is_well(self) -> bool:
        """Nothing lost, nothing under a second Message-ID, and every repeat has its death and its mark."""
        deaths = self.kills + self.deaths_in_gap
        return not (self.lost or self.strange or self.unlisted) and self.repeats <= deaths and self.integrity == "ok"


def send_under_fire(
    ground: Ground, birth: Birth, mails: int, kills: int, seed: int, *options: str, lease: float = LEASE
) -> Found:
    """Three senders, one outbox, one server; kills at any moment. ``options`` go to the senders."""
    chance, begun = random.Random(seed), monotonic()
    clock = FileClock(ground.folder / "clock")
    clock.set(TUESDAY)
    runtime = runtime_at(ground.url, clock)
    settle_city(runtime)
    _fill(runtime, range(mails))
    with Sink() as server:
        arguments = [ground.url, str(clock.path), server.url, str(lease), str(ground.folder), *options]
        pack = Pack(mail_sender.main, arguments, 3, ground.folder, birth)
        try:
            wait_until(lambda: server.accepted, 30)
            done_kills = 0
            while (waiting := _waiting(runtime)) or done_kills < kills:
                if monotonic() - begun > 60 + mails * 0.1 + kills * 2:
                    break
                if done_kills < kills:
                    if waiting < STORE:  # a quick machine would be idle before the last kill, and that proves little
                        _fill(runtime, range(mails, mails := mails + STORE))
                    time.sleep(chance.uniform(0.05, 0.6))
                    pack.kill(chance.choice(pack.living))
                    done_kills += 1
                else:
                    time.sleep(0.1)
                pack.replace_the_dead()
        finally:
            pack.end()
        found = _found(runtime, server, ground, seed, begun, done_kills)
    runtime.engines.dispose()
    return found


def rate(ground: Ground, mails: int) -> tuple[float, float]:
    """Mails a second through the outbox, and the same bytes through bare smtplib to the same server."""
    with Sink() as server:
        runtime = runtime_at(ground.url, FixedClock(TUESDAY))
        runtime = runtime.sending_through(SmtpTransport(server.url, mails_per_minute=0))
        settle_city(runtime)
        _fill(runtime, range(mails))
        begun = monotonic()
        deliver_due(runtime)
        ours = mails / (monotonic() - begun)
        assert len(server.accepted) == mails
        with runtime.reading() as session:
            statement = select(OutgoingMailRecord.address, OutgoingMailRecord.content)
            contents = [(row.address, row.content or b"") for row in session.execute(statement)]
        runtime.engines.dispose()
        address = urlsplit(server.url)
        begun = monotonic()
        with smtplib.SMTP(address.hostname or "", address.port or 0, timeout=10) as bare:
            for recipient, content in contents:
                bare.sendmail(runtime.settings.mail_from, [recipient], content)
        return ours, mails / (monotonic() - begun)


def _fill(runtime: Runtime, numbers: range) -> None:
    for first in range(numbers.start, numbers.stop, 100):
        drafts = [a_draft(number) for number in range(first, min(first + 100, numbers.stop))]
        put_in_outbox(runtime, *drafts)
        assert not any(put_in_outbox(runtime, *drafts[:5]))  # a producer that runs twice makes nothing twice


def _waiting(runtime: Runtime) -> int:
    """Mails that are not marked as sent."""
    with runtime.reading() as session:
        unsent = select(func.count()).select_from(OutgoingMailRecord).where(OutgoingMailRecord.state != "sent")
        return session.scalar(unsent) or 0


def _found(runtime: Runtime, server: Sink, ground: Ground, seed: int, begun: float, kills: int) -> Found:
    with runtime.reading() as session:
        statement = select(OutgoingMailRecord.message_id, OutgoingMailRecord.data_started)
        begun_transmissions = {row.message_id: row.data_started for row in session.execute(statement)}
    with server.lock:
        arrived = Counter(message_id for _, message_id in server.accepted)
    repeated = [message_id for message_id, copies in arrived.items() if copies > 1]
    return Found(
        dialect=ground.dialect,
        seed=seed,
        mails=len(begun_transmissions),
        kills=kills,
        deaths_in_gap=len(list(ground.folder.glob("crashed-*"))),
        lost=len(set(begun_transmissions) - set(arrived)),
        strange=len(set(arrived) - set(begun_transmissions)),
        repeats=sum(arrived[message_id] - 1 for message_id in repeated),
        unlisted=sum(begun_transmissions.get(message_id, 0) < 2 for message_id in repeated),
        integrity=integrity(runtime),
        seconds=round(monotonic() - begun, 1),
    )


def main(arguments: list[str]) -> int:
    """Runs one trial and prints its counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trial", choices=["kill", "gap", "rate"])
    parser.add_argument("--dialect", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--without-claims", action="store_true", help="the negative twin: must find repeats")
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}", flush=True)
    with database(asked.dialect) as ground:
        if asked.trial == "rate":
            ours, bare = rate(ground, asked.mails)
            print(f"{asked.dialect}: {ours:.0f} mails/s, smtplib {bare:.0f} mails/s, ratio {ours / bare:.2f}")
            return 0
        if asked.trial == "gap":
            found = send_under_fire(ground, WARM_INTERPRETER, asked.mails, 0, asked.seed, "--crash-in-gap")
            is_well = found.is_well and found.repeats == found.deaths_in_gap
        else:
            options = ["--without-claims"] if asked.without_claims else []
            found = send_under_fire(ground, WARM_INTERPRETER, asked.mails, asked.kills, asked.seed, *options)
            is_well = found.is_well
    print(asdict(found))
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
