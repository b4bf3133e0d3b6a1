"""A mail server on loopback that fails as it is told to, at each stage of the protocol, and counts what it took."""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes

REPLIES = {
    "4xx": b"451 try later\r\n",
    "5xx": b"550 no such user\r\n",
    "421": b"421 closing\r\n",
    "530": b"530 log in first\r\n",
    "535": b"535 wrong password\r\n",
}
SLOW_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Encryption:
    """How the server proves who it is: with a certificate that is trusted, or with another that nobody trusts."""

    trusted: ssl.SSLContext
    strange: ssl.SSLContext


class Sink(socketserver.ThreadingTCPServer):
    """``faults`` gives a recipient's faults in order, such as ``["rcpt 4xx", "dot drop"]``; then all goes well.

    Stages: mail (told for the sender), rcpt, data, body, dot, accepted (taken, and the reply lost). Kinds: 4xx, 5xx,
    421, 530, drop, hang, slow. ``greetings`` are the same for whole connections, one after the other: stages banner,
    ehlo, starttls, auth, quit, and ``ehlo bare`` (offers no STARTTLS), ``starttls strange`` (a certificate nobody
    trusts); a kind alone means the banner. With ``encryption`` it offers STARTTLS, and then to log in.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self,
        faults: Mapping[str, list[str]] | None = None,
        greetings: list[str] | None = None,
        encryption: Encryption | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.faults = {recipient: list(told) for recipient, told in (faults or {}).items()}
        self.greetings = [told if " " in told else f"banner {told}" for told in greetings or []]
        self.encryption = encryption
        self.accepted: list[tuple[str, str]] = []
        self.accepted_from_fooled: list[str] = []
        """Message-IDs that were handed over in the clear or to the strange certificate, though TLS was on offer."""
        self.contents: list[bytes] = []
        self.faults_done: Counter[str] = Counter()
        self.connections = 0
        self.lock = threading.Lock()

    def __enter__(self) -> Sink:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        scheme, login = ("smtp+tls", "user:word@") if self.encryption else ("smtp", "")
        return f"{scheme}://{login}127.0.0.1:{self.server_address[1]}"

    @staticmethod
    def address_in(line: bytes) -> str:
        """The address in MAIL FROM or RCPT TO."""
        return line.decode().split("<", 1)[1].split(">", 1)[0]

    def fault(self, stage: str, recipient: str) -> str | None:
        """The kind of fault due now, if it belongs to this stage."""
        with self.lock:
            due = self.faults.get(recipient) or []
            if due and due[0].split()[0] == stage:
                self.faults_done[due[0]] += 1
                return due.pop(0).split()[1]
            return None

    def next_greeting(self) -> tuple[str, str]:
        """Stage and kind of the fault of a new connection; empty where it goes well."""
        with self.lock:
            self.connections += 1
            stage, _, kind = (self.greetings.pop(0) if self.greetings else "").partition(" ")
            return stage, kind


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    server: Sink

    def handle(self) -> None:
        """Talks until somebody hangs up; a connection that the other side broke is nothing to report."""
        self.is_trusted = False
        self.trouble = self.server.next_greeting()
        try:
            with suppress(_HangUp, OSError, ValueError):
                self.talk()
        finally:
            if self.is_encrypted:
                self.request.close()  # the server knows the socket beneath only

    def talk(self) -> None:
        """The protocol, as far as the product speaks it."""
        refusal = self.of_connection("banner")
        self.say(refusal or b"220 sink\r\n")
        if refusal:
            return
        recipient = ""
        while line := self.rfile.readline():
            command = line[:4].upper()
            if command == b"EHLO":
                self.say(self.of_connection("ehlo") or self.abilities())
            elif command == b"STAR":
                self.encrypt()
            elif command == b"AUTH":
                self.say(self.of_connection("auth") or b"235 welcome\r\n")
            elif command == b"MAIL":
                self.say(self.answer("mail", self.server.address_in(line)) or b"250 ok\r\n")
            elif command == b"RCPT":
                recipient = self.server.address_in(line)
                self.say(self.answer("rcpt", recipient) or b"250 ok\r\n")
            elif command == b"DATA":
                refusal = self.answer("data", recipient)
                self.say(refusal or b"354 go\r\n")
                if not refusal:
                    self.take(recipient)
            elif command == b"QUIT":
                self.say(self.of_connection("quit") or b"221 bye\r\n")
                return
            else:
                self.say(b"250 ok\r\n")

    def abilities(self) -> bytes:
        """What EHLO is answered: STARTTLS first, and the log-in only behind it."""
        if self.server.encryption is None:
            return b"250 ok\r\n"
        if self.is_encrypted:
            return b"250-sink\r\n250 AUTH PLAIN\r\n"
        return b"250 sink\r\n" if self.of_connection("ehlo bare") else b"250-sink\r\n250 STARTTLS\r\n"

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS has begun."""
        return isinstance(self.request, ssl.SSLSocket)

    def encrypt(self) -> None:
        """STARTTLS, with the certificate that the connection is told to have."""
        assert self.server.encryption is not None
        refusal = self.of_connection("starttls")
        self.say(refusal or b"220 go\r\n")
        if refusal:
            return
        is_strange = self.of_connection("starttls strange") is not None
        context = self.server.encryption.strange if is_strange else self.server.encryption.trusted
        self.request = context.wrap_socket(self.request, server_side=True)
        self.is_trusted = not is_strange
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb", buffering=0)

    def take(self, recipient: str) -> None:
        """The content, and the answer to the final dot."""
        self.answer("body", recipient)
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _HangUp  # the client died in mid-body: nothing was handed over
            lines.append(line)
        refusal = self.answer("dot", recipient)
        if refusal:
            self.say(refusal)
            return
        content = b"".join(line[1:] if line.startswith(b".") else line for line in lines)
        identity = str(message_from_bytes(content)["Message-ID"])
        with self.server.lock:
            self.server.accepted.append((recipient, identity))
            self.server.contents.append(content)
            if self.server.encryption and not self.is_trusted:
                self.server.accepted_from_fooled.append(identity)
        self.answer("accepted", recipient)
        self.say(b"250 taken\r\n")

    def answer(self, stage: str, recipient: str) -> bytes | None:
        """The refusal due at this stage of a mail, if any."""
        return self.fail(self.server.fault(stage, recipient))

    def of_connection(self, stage: str) -> bytes | None:
        """The refusal due at this stage of the connection; ``stage kind`` asks for that kind alone."""
        wanted, _, only = stage.partition(" ")
        found, kind = self.trouble
        if found != wanted or (only != kind if only else kind in ("bare", "strange")):
            return None
        self.trouble = ("", "")
        with self.server.lock:
            self.server.faults_done[f"{found} {kind}"] += 1
        return b"" if only else self.fail(kind)

    def fail(self, kind: str | None) -> bytes | None:
        """Hangs up, keeps silent, takes its time, or has a refusal to say."""
        if kind == "hang":
            while self.rfile.readline():
                pass  # hears everything and says nothing, until the other side has had enough
        if kind in ("drop", "hang"):
            raise _HangUp
        if kind == "slow":
            time.sleep(SLOW_SECONDS)
        return REPLIES.get(kind or "")

    def say(self, reply: bytes) -> None:
        """One reply."""
        self.wfile.write(reply)


class _HangUp(Exception):
    pass
