"""Uploads shown to ClamAV before they are kept (ASVS 5.4.3): clamd's INSTREAM over a socket of this machine.

Whatever is no clear answer is a refusal: a scanner that is away, slow, or talks of something else lets nothing through.
Sizes and times are bounded on our side too. See decision 24.
"""

from __future__ import annotations

import hashlib
import re
import socket
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore

import structlog

from pmo.clock import monotonic
from pmo.domain.errors import RuleBroken

Place = Path | tuple[str, int]
"""Where clamd listens: a socket file, or a host of this machine and its port."""

SCAN_PATIENCE = 20.0
"""Seconds for one file, everything included: somebody waits, and a proxy gives up after 60."""
PROBE_PATIENCE = 2.0
AT_ONCE = 4
"""Files that a process has scanned at the same time: half of its threads. Whoever waits for a scanner that hangs keeps
one, and pages need the others."""
TURN_PATIENCE = 2.0
"""Seconds that a file waits for its turn; a scanner that is well takes a fraction of one."""
PIECE = 64 * 1024
LONGEST_ANSWER = 4096
LONGEST_SIGNATURE = 80
FOUND = re.compile(r"stream: (.+?)(?:\([0-9a-f]+:\d+\))? FOUND")
"""The name of the signature; digest and size follow it where clamd.conf has ExtendedDetectionInfo."""
_TURNS = BoundedSemaphore(AT_ONCE)
log = structlog.get_logger(__name__)


class ScannerFailed(Exception):
    """No verdict: the message says why, in clamd's words or in ours, and names no file."""


def refuse_virus(place: Place, name: str, content: bytes, patience: float = SCAN_PATIENCE) -> None:
    """Lets a clean file pass. ``name`` is told to whoever uploads; ``patience`` in seconds.

    Raises RuleBroken on field ``file``: ``file_infected`` (``name``, ``signature``), ``scanner_away``.
    """
    digest = hashlib.sha256(content).hexdigest()
    try:
        signature = signature_in(place, content, patience)
    except ScannerFailed as failure:
        log.error("virus scan failed", reason=str(failure), sha256=digest, size=len(content))
        raise RuleBroken("scanner_away", "file", name=name) from failure
    if signature is not None:
        log.warning("virus found", signature=signature, sha256=digest, size=len(content))
        raise RuleBroken("file_infected", "file", name=name, signature=signature)


def signature_in(place: Place, content: bytes, patience: float = SCAN_PATIENCE) -> str | None:
    """The signature that clamd recognised, None where it found none. Raises ScannerFailed."""
    pieces = [content[start : start + PIECE] for start in range(0, len(content), PIECE)]
    stream = [len(piece).to_bytes(4, "big") + piece for piece in pieces]
    if not _TURNS.acquire(timeout=TURN_PATIENCE):
        raise ScannerFailed("as many files as may be are being scanned already")
    try:
        answer = _ask(place, [b"zINSTREAM\0", *stream, bytes(4)], patience)
    finally:
        _TURNS.release()
    if answer == "stream: OK":
        return None
    if found := FOUND.fullmatch(answer):
        return found[1][:LONGEST_SIGNATURE]
    raise ScannerFailed(f"clamd answered: {answer}")


def trouble_of(place: Place, patience: float = PROBE_PATIENCE) -> str | None:
    """Why files cannot be scanned now; None where clamd answers. Never raises."""
    try:
        answer = _ask(place, [b"zPING\0"], patience)
    except ScannerFailed as failure:
        return str(failure)
    return None if answer == "PONG" else f"clamd answered: {answer}"


def _ask(place: Place, words: list[bytes], patience: float) -> str:
    """One question on a connection of its own. ``patience`` is for all of it together."""
    until = monotonic() + patience
    try:
        with _socket_for(place) as line:
            line.settimeout(patience)
            line.connect(str(place) if isinstance(place, Path) else place)
            with suppress(BrokenPipeError, ConnectionResetError):  # it may refuse in the middle, and say why
                for word in words:
                    line.settimeout(_left(until))
                    line.sendall(word)
            return _answer_on(line, until)
    except TimeoutError as error:
        raise ScannerFailed(f"clamd did not answer within {patience:g} s") from error
    except OSError as error:
        raise ScannerFailed(f"clamd cannot be reached: {type(error).__name__}") from error


def _socket_for(place: Place) -> socket.socket:
    if isinstance(place, Path):
        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    return socket.socket(socket.AF_INET6 if ":" in place[0] else socket.AF_INET, socket.SOCK_STREAM)


def _answer_on(line: socket.socket, until: float) -> str:
    """What comes before the NUL that ends an answer, in readable signs only."""
    said = b""
    while b"\0" not in said:
        line.settimeout(_left(until))
        more = line.recv(LONGEST_ANSWER)
        said += more
        if not more or len(said) > LONGEST_ANSWER:
            raise ScannerFailed("clamd gave no whole answer")
    answer = said.partition(b"\0")[0].decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else "?" for sign in answer)


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
