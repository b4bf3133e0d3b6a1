"""A clamd on loopback that answers as it is told to, and keeps what was streamed to it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ANSWERS = {
    "clean": b"stream: OK\0",
    "found": b"stream: Win.Test.EICAR_HDB-1 FOUND\0",
    "found with digest": b"stream: Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68) FOUND\0",
    "error": b"stream: Can't allocate memory ERROR\0",
    "nonsense": b"HTTP/1.1 200 \x1b[2JOK\0",
    "half": b"stream: OK",
    "endless": b"stream: " + b"O" * 9000,
    "close": b"",
}
LIMITED = b"INSTREAM size limit exceeded. ERROR\0"


class Conversation(socketserver.StreamRequestHandler):
    """One connection: a command, perhaps a stream, an answer."""

    server: Clamd

    def handle(self) -> None:
        """Answers as the server is told to."""
        command = self._word()
        self.server.commands.append(command)
        if command == b"PING":
            self._say(b"PONG\0" if self.server.says == "clean" else b"")
        elif command == b"INSTREAM" and self._take_stream():
            self._say(ANSWERS.get(self.server.says, b""))

    def _word(self) -> bytes:
        assert self.rfile.read(1) == b"z"
        said = b""
        while not said.endswith(b"\0"):
            said += self.rfile.read(1)
        return said[:-1]

    def _take_stream(self) -> bool:
        taken = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            taken += self.rfile.read(size)
            if len(taken) > self.server.most:
                self.wfile.write(LIMITED)
                return False
        self.server.streams.append(taken)
        return True

    def _say(self, answer: bytes) -> None:
        if self.server.says == "hang":
            self.server.patience.wait(30)
        self.wfile.write(answer)


class Clamd(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """``says``: a key of ``ANSWERS``, or ``hang``. ``most``: bytes of a stream, as clamd's StreamMaxLength."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.says = "clean"
        self.most = 25_000_000
        self.streams: list[bytes] = []
        self.commands: list[bytes] = []
        self.patience = threading.Event()

    @property
    def place(self) -> tuple[str, int]:
        """For ``Settings.clamd``."""
        return "127.0.0.1", int(self.server_address[1])


class ClamdOnFile(Clamd):
    """The same behind a socket file."""

    address_family = socketserver.UnixStreamServer.address_family

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__()

    def server_bind(self) -> None:
        """Binds the file, whatever address the parent was given."""
        self.socket.bind(str(self._path))


@contextmanager
def listening(server: Clamd) -> Iterator[Clamd]:
    """Answers as long as the block lasts."""
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.patience.set()
        server.shutdown()
        server.server_close()
        thread.join()
