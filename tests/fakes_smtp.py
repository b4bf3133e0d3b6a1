"""A mail server on loopback that fails as it is told to, at each stage of the protocol, and counts what it took."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from email import message_from_bytes

REPLIES = {
    "4xx": b"451 try later\r\n",
    "5xx": b"550 no such user\r\n",
    "421": b"421 closing\r\n",
    "530": b"530 log in first\r\n",
}


class Sink(socketserver.ThreadingTCPServer):
    """``faults`` gives a recipient's faults in order, such as ``["rcpt 4xx", "dot drop"]``; then all goes well.

    Stages: mail, rcpt, data, body, dot, accepted (taken, and the reply lost). Kinds: 4xx, 5xx, 421, 530, drop.
    ``greetings`` are the same for whole connections: ``"drop"``, ``"421"``, ``"4xx"``.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, faults: Mapping[str, list[str]] | None = None, greetings: list[str] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.faults = {recipient: list(told) for recipient, told in (faults or {}).items()}
        self.greetings = list(greetings or [])
        self.accepted: list[tuple[str, str]] = []
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
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    @staticmethod
    def sender_of(line: bytes) -> str:
        """The address in MAIL FROM: faults of the stage ``mail`` are told for it."""
        return line.decode().split("<", 1)[1].split(">", 1)[0]

    def fault(self, stage: str, recipient: str) -> str | None:
        """The kind of fault due now, if it belongs to this stage."""
        with self.lock:
            due = self.faults.get(recipient) or []
            if due and due[0].split()[0] == stage:
                self.faults_done[due[0]] += 1
                return due.pop(0).split()[1]
            return None


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    server: Sink

    def handle(self) -> None:
        """Talks until somebody hangs up; a connection that the other side broke is nothing to report."""
        with suppress(_HangUp, OSError):
            self.talk()

    def talk(self) -> None:
        """The protocol, as far as the product speaks it."""
        with self.server.lock:
            self.server.connections += 1
            greeting = self.server.greetings.pop(0) if self.server.greetings else None
        if greeting:
            self.server.faults_done[f"banner {greeting}"] += 1
            self.fail(greeting)
        self.say(b"220 sink\r\n")
        recipient = ""
        while line := self.rfile.readline():
            command = line[:4].upper()
            if command == b"MAIL":
                self.say(self.answer("mail", self.server.sender_of(line)) or b"250 ok\r\n")
            elif command == b"RCPT":
                recipient = line.decode().split("<", 1)[1].split(">", 1)[0]
                self.say(self.answer("rcpt", recipient) or b"250 ok\r\n")
            elif command == b"DATA":
                refusal = self.answer("data", recipient)
                self.say(refusal or b"354 go\r\n")
                if not refusal:
                    self.take(recipient)
            elif command == b"QUIT":
                self.say(b"221 bye\r\n")
                return
            else:
                self.say(b"250 ok\r\n")

    def take(self, recipient: str) -> None:
        """The content, and the answer to the final dot."""
        self.answer("body", recipient)
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        refusal = self.answer("dot", recipient)
        if refusal:
            self.say(refusal)
            return
        content = b"".join(line[1:] if line.startswith(b".") else line for line in lines)
        with self.server.lock:
            self.server.accepted.append((recipient, str(message_from_bytes(content)["Message-ID"])))
            self.server.contents.append(content)
        self.answer("accepted", recipient)
        self.say(b"250 taken\r\n")

    def answer(self, stage: str, recipient: str) -> bytes | None:
        """The refusal due at this stage, if any; hangs up where it is told to."""
        kind = self.server.fault(stage, recipient)
        if kind is None:
            return None
        if kind == "drop":
            raise _HangUp
        return REPLIES[kind]

    def fail(self, kind: str) -> None:
        """Refuses the connection."""
        if kind != "drop":
            self.say(REPLIES[kind])
        raise _HangUp

    def say(self, reply: bytes) -> None:
        """One reply."""
        self.wfile.write(reply)


class _HangUp(Exception):
    pass
