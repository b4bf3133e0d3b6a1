"""Lets every stage of the mail protocol fail and counts what became of the mails (RELIABILITY 6, test 10).

    python -m benchmarks.faults.smtp_stages --mails 300 --seed 1 [--dialect postgresql]
    python -m benchmarks.faults.smtp_stages --mails 60 --twin hopeful     a negative twin: must find lost mails
                                                       --twin stubborn    … refused for good, and sent again
                                                       --twin trusting    … handed to a server nobody vouches for

One process, the product's delivery and transport, TLS and log-in as in an installation, a scripted server on loopback.
Exit status 1 where a rule is broken.
"""

from __future__ import annotations

import argparse
import ipaddress
import random
import ssl
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.faults.ground import Ground, database, runtime_at
from pmo.clock import FixedClock, monotonic
from pmo.jobs.deliver import deliver_due
from pmo.mail.transport import (
    Envelope,
    MayTransmit,
    Patience,
    PermanentFailure,
    Receipt,
    Sent,
    SmtpTransport,
    TemporaryFailure,
    Transport,
)
from pmo.queries.outbox import outbox_health
from pmo.runtime import Runtime
from tests.fakes_smtp import Encryption, Sink
from tests.post_office import TUESDAY, a_draft, mails, put_in_outbox, settle_city


@dataclass(frozen=True, slots=True)
class Stages:
    """What fails, by the stage: of one mail, of the sender's address, of a connection (names: ``tests/fakes_smtp``)."""

    mail: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    connection: tuple[str, ...] = ()
    farewell: tuple[str, ...] = ()


EVERY_STAGE = Stages(
    mail=(
        "rcpt 4xx", "rcpt 5xx", "rcpt 421", "rcpt drop", "rcpt hang", "rcpt slow",
        "data 4xx", "data 5xx", "data 421", "data drop", "data hang", "data slow",
        "body drop", "body hang",
        "dot 4xx", "dot 5xx", "dot 421", "dot drop", "dot hang", "dot slow",
        "accepted drop", "accepted hang",
    ),
    sender=("mail 4xx", "mail 5xx", "mail 421", "mail 530", "mail drop", "mail hang", "mail slow"),
    connection=(
        "banner 4xx", "banner 5xx", "banner 421", "banner drop", "banner hang", "banner slow",
        "ehlo 4xx", "ehlo 5xx", "ehlo 421", "ehlo drop", "ehlo hang", "ehlo bare",
        "starttls 4xx", "starttls 5xx", "starttls drop", "starttls hang", "starttls strange",
        "auth 4xx", "auth 535", "auth drop", "auth hang",
    ),
    farewell=("quit 4xx", "quit drop", "quit hang"),
)  # fmt: skip
FINAL = ("rcpt 5xx", "data 5xx", "dot 5xx")
OUR_FAULT = ("mail 5xx", "mail 530", "auth 535")
REPLY_LOST = ("accepted drop", "accepted hang")
DOUBTFUL = ("body drop", "body hang", "dot drop", "dot hang", *REPLY_LOST)
"""Everything was handed over and no reply came: a sender cannot tell these apart."""
PATIENCE = Patience(connect=1.0, command=0.5, final_dot=1.0)
MOST_PASSES = 400


@dataclass(frozen=True)
class Found:
    """What became of the mails. ``our_fault_passes``: passes that a refused log-in or sender ended."""

    dialect: str
    seed: int
    mails: int
    lost: int
    failed: int
    refused_for_good: int
    refused_again: int
    second_ids: int
    repeats: int
    replies_lost: int
    unexplained_repeats: int
    uncertain: int
    doubtful: int
    in_wrong_hands: int
    our_fault_passes: int
    our_faults: int
    not_played: tuple[str, ...]
    passes: int
    seconds: float
    played: Mapping[str, int] = field(repr=False)

    @property
    def is_well(self) -> bool:
        """Nothing lost; repeats only where a reply was lost, and listed; no refusal tried again; TLS never given up."""
        return (
            not (self.lost or self.refused_again or self.second_ids or self.unexplained_repeats or self.in_wrong_hands)
            and self.failed == self.refused_for_good
            and self.repeats == self.replies_lost
            and self.uncertain == self.doubtful
            and self.our_fault_passes == self.our_faults
            and not self.not_played
        )


@dataclass(frozen=True, slots=True)
class Passes:
    """Passes of the delivery, two minutes apart."""

    count: int = 0
    ended_by_our_fault: int = 0

    @property
    def now(self) -> datetime:
        """The moment of the next one."""
        return TUESDAY + timedelta(minutes=2) * self.count


class Mistaken:
    """A negative twin: a transport that makes something else of what the server said."""

    def __init__(self, inner: Transport, mistake: Callable[[Receipt], Receipt]) -> None:
        self._inner, self._mistake = inner, mistake

    def send(self, envelope: Envelope, may_transmit: MayTransmit) -> Receipt:
        """Sends, and misunderstands the answer."""
        return self._mistake(self._inner.send(envelope, may_transmit))

    def close(self) -> None:
        """Says good-bye."""
        self._inner.close()


def hopeful(receipt: Receipt) -> Receipt:
    """Takes a lost reply for a yes."""
    is_doubtful = isinstance(receipt, TemporaryFailure) and receipt.is_uncertain
    return Sent(250, "probably") if is_doubtful else receipt


def stubborn(receipt: Receipt) -> Receipt:
    """Takes a no for a not now."""
    return TemporaryFailure(receipt.code, receipt.text) if isinstance(receipt, PermanentFailure) else receipt


TWINS = {"hopeful": hopeful, "stubborn": stubborn}


def fail_at(
    stages: Stages,
    ground: Ground,
    count: int,
    seed: int,
    rounds: int = 1,
    twin: str | None = None,
    patience: Patience = PATIENCE,
) -> Found:
    """Sends ``count`` mails through the faults.

    Each stage of connection and sender fails ``rounds`` times, each stage of a mail for the mails whose turn it is,
    once or twice; every tenth mail meets no fault of its own.
    """
    chance, begun = random.Random(seed), monotonic()
    faults = _faults(stages, count, chance)
    encryption, trust = certificates(ground.folder)
    if twin == "trusting":
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    greetings, of_sender = list(stages.connection) * rounds, list(stages.sender) * rounds
    chance.shuffle(greetings)
    chance.shuffle(of_sender)
    runtime = runtime_at(ground.url, FixedClock(TUESDAY))
    settle_city(runtime, posts=count)
    for first in range(0, count, 100):
        drafts = [
            a_draft(number, recipient=f"manager-{number}.almaty", key=(str(number),))
            for number in range(first, min(first + 100, count))
        ]
        put_in_outbox(runtime, *drafts)
    with Sink({**faults, runtime.settings.mail_from: of_sender}, greetings, encryption) as sink:
        transport: Transport = SmtpTransport(sink.url, mails_per_minute=0, tls=trust, patience=patience)
        if twin in TWINS:
            transport = Mistaken(transport, TWINS[twin])
        passes = _deliver_all(runtime, transport, sink, Passes())
        sink.greetings += list(stages.farewell) * rounds  # last: a connection that a mail breaks says no farewell
        passes = _deliver_all(runtime, transport, sink, passes)
        found = _found(runtime, sink, ground, seed, stages, faults, passes, begun)
    runtime.engines.dispose()
    return found


def certificates(folder: Path) -> tuple[Encryption, ssl.SSLContext]:
    """A server that 127.0.0.1 is the name of, its strange double, and the trust of its clients."""
    good, strange = folder / "good.pem", folder / "strange.pem"
    contexts = []
    for path in (good, strange):
        _write_certificate(path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        contexts.append(context)
    return Encryption(*contexts), ssl.create_default_context(cafile=str(good))


def _write_certificate(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = FixedClock(TUESDAY).now()
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + built.public_bytes(serialization.Encoding.PEM)
    )


def _faults(stages: Stages, count: int, chance: random.Random) -> dict[str, list[str]]:
    """One fault, once or twice, for each of nine tenths of the mails; the others meet none."""
    faults = {}
    for number in range(count):
        if number % 10 == 9 or not stages.mail:
            continue
        kind = stages.mail[(number - number // 10) % len(stages.mail)]
        times = 1 if "hang" in kind else chance.choice((1, 2))
        faults[f"manager-{number}.almaty@city.example"] = [kind] * times
    return faults


def _deliver_all(runtime: Runtime, transport: Transport, sink: Sink, so_far: Passes) -> Passes:
    """Passes two minutes apart until no mail waits and no fault of a connection is left to be met."""
    passes = so_far
    while passes.count < MOST_PASSES and (sink.greetings or _waiting(runtime)):
        if not _waiting(runtime):  # a connection needs a reason
            put_in_outbox(runtime, a_draft(10_000 + passes.count), now=passes.now)
        outcome = deliver_due(runtime.sending_through(transport).at(passes.now))
        passes = Passes(passes.count + 1, passes.ended_by_our_fault + outcome.counts.get("our_fault", 0))
    return passes


def _waiting(runtime: Runtime) -> bool:
    return any(mail.state in ("queued", "sending") for mail in mails(runtime))


def _found(
    runtime: Runtime,
    sink: Sink,
    ground: Ground,
    seed: int,
    stages: Stages,
    faults: Mapping[str, list[str]],
    passes: Passes,
    begun: float,
) -> Found:
    rows = [mail for mail in mails(runtime) if mail.kind == "alert"]
    with sink.lock:
        copies, played = Counter(identity for _, identity in sink.accepted), Counter(sink.faults_done)
        in_wrong_hands = len(sink.accepted_from_fooled)
    final = {address for address, kinds in faults.items() if kinds[0] in FINAL}
    known = {mail.message_id for mail in mails(runtime)}
    expected = {mail.message_id for mail in rows if mail.address not in final}
    lost_replies = {mail.message_id: sum(kind in REPLY_LOST for kind in faults.get(mail.address, [])) for mail in rows}
    told = {kind for kinds in faults.values() for kind in kinds} | {
        *stages.sender,
        *stages.connection,
        *stages.farewell,
    }
    with runtime.reading() as session:
        uncertain = outbox_health(session, TUESDAY).uncertain
    return Found(
        dialect=ground.dialect,
        seed=seed,
        mails=len(rows),
        lost=len(expected - set(copies)),
        failed=sum(mail.state == "failed" for mail in rows),
        refused_for_good=len(final),
        refused_again=sum(played[kind] for kind in FINAL) - len(final),
        second_ids=len(set(copies) - known),
        repeats=sum(number - 1 for number in copies.values()),
        replies_lost=sum(lost_replies.values()),
        unexplained_repeats=sum(
            max(0, number - 1 - lost_replies.get(identity, 0)) for identity, number in copies.items()
        ),
        uncertain=uncertain,
        doubtful=sum(kinds[0] in DOUBTFUL for kinds in faults.values()),
        in_wrong_hands=in_wrong_hands,
        our_fault_passes=passes.ended_by_our_fault,
        our_faults=sum(played[kind] for kind in OUR_FAULT),
        not_played=tuple(sorted(told - set(played))),
        passes=passes.count,
        seconds=round(monotonic() - begun, 1),
        played=played,
    )


def main(arguments: list[str]) -> int:
    """Runs one trial and prints its counts: each stage with how often it was played."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dialect", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--twin", choices=[*TWINS, "trusting"], help="a negative twin: must find something")
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}", flush=True)
    with database(asked.dialect) as ground:
        found = fail_at(EVERY_STAGE, ground, asked.mails, asked.seed, asked.rounds, asked.twin)
    for kind in (*EVERY_STAGE.connection, *EVERY_STAGE.sender, *EVERY_STAGE.mail, *EVERY_STAGE.farewell):
        print(f"  {kind:18}{found.played.get(kind, 0):4}")
    print(found)
    return 0 if found.is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
