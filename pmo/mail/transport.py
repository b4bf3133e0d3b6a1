"""How a mail leaves: one recipient per SMTP transaction, and an answer that is a value (RELIABILITY 2.2).

``Transport.send`` never raises for what a server does: it says whether the mail was taken (``Sent``), may be tried
again (``TemporaryFailure``), never will be taken (``PermanentFailure``), or whether the fault is ours (``OurFault``: a
wrong password or sender stops the whole queue, the mails keep their place).
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from config import Settings, SettingsError, is_loopback
from pmo.clock import monotonic

MAILS_PER_CONNECTION = 100
IDLE_SECONDS = 30.0
LOGIN_REFUSED = frozenset({530, 534, 535, 538})
SERVICE_CLOSING = 421
DEFAULT_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a server: to connect, for the reply to a command, for the reply to the final dot."""

    connect: float = 10.0
    command: float = 60.0
    final_dot: float = 600.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the server is given: the return path, one recipient (both ASCII) and the exact bytes."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken the responsibility."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class TemporaryFailure:
    """Not now. ``is_uncertain``: everything was transmitted and the reply was lost, so the mail may have arrived.

    ``blames_server``: the server itself was out of reach, or is closing; it says nothing about this mail.
    """

    code: int | None
    text: str
    is_uncertain: bool = False
    blames_server: bool = False


@dataclass(frozen=True, slots=True)
class PermanentFailure:
    """Never: the recipient or the content was refused."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class OurFault:
    """The log-in or our sender address was refused: no mail of ours will pass until a person mends it."""

    code: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing was transmitted: ``may_transmit`` said no, because somebody else has taken the mail over."""


Receipt = Sent | TemporaryFailure | PermanentFailure | OurFault | Withheld
MayTransmit = Callable[[], bool]


class Transport(Protocol):
    """Where mail goes."""

    def send(self, envelope: Envelope, may_transmit: MayTransmit) -> Receipt:
        """Hands one mail over; asks ``may_transmit`` just before the content is sent."""
        ...

    def close(self) -> None:
        """Says good-bye to the server."""
        ...


@dataclass(slots=True)
class RecordingTransport:
    """Keeps what it was given: for simulations, the demonstration's replay, and tests."""

    envelopes: list[Envelope] = field(default_factory=list)

    def send(self, envelope: Envelope, may_transmit: MayTransmit) -> Receipt:
        """Takes every mail."""
        if not may_transmit():
            return Withheld()
        self.envelopes.append(envelope)
        return Sent(250, "recorded")

    def close(self) -> None:
        """Nothing to close."""


class NoTransport:
    """An installation without a mail server: mails wait, and the reason is said."""

    def send(self, envelope: Envelope, may_transmit: MayTransmit) -> Receipt:
        """Refuses clearly."""
        return OurFault(None, "PMO_SMTP_URL is not set: there is no mail server to hand mail to")

    def close(self) -> None:
        """Nothing to close."""


def transport_for(settings: Settings) -> Transport:
    """The transport an installation is configured for. Raises SettingsError for an address that is not safe."""
    if settings.smtp_url is None:
        return NoTransport()
    return SmtpTransport(settings.smtp_url, settings.mails_per_minute)


STANDARD_PATIENCE = Patience()


class SmtpTransport:
    """Mail to a server: ``smtp://`` (this machine only), ``smtp+tls://`` (STARTTLS demanded), ``smtps://``.

    A connection is kept for following mails and given up after a hundred, after half a minute of silence, or at the
    first doubt. ``mails_per_minute`` spaces the mails out evenly; ``tls`` replaces the system's trust (for tests).
    ``patience`` says how long a silent server is waited for.
    """

    def __init__(
        self,
        url: str,
        mails_per_minute: int = 120,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
        patience: Patience = STANDARD_PATIENCE,
    ) -> None:
        self._server = _server(url)
        self._pause = 60.0 / mails_per_minute if mails_per_minute > 0 else 0.0
        self._tls = tls
        self._sleep = sleep
        self._patience = patience
        self._connection: smtplib.SMTP | None = None
        self._mails_on_connection = 0
        self._last_used = 0.0
        self._next_mail_at = 0.0

    def send(self, envelope: Envelope, may_transmit: MayTransmit) -> Receipt:
        """One SMTP transaction for one recipient."""
        self._wait_for_its_turn()
        try:
            smtp = self._connected()
        except smtplib.SMTPAuthenticationError as refusal:
            self._drop()
            if refusal.smtp_code in LOGIN_REFUSED or refusal.smtp_code >= 500:
                return OurFault(refusal.smtp_code, _text(refusal.smtp_error))
            return TemporaryFailure(refusal.smtp_code, _text(refusal.smtp_error), blames_server=True)
        except _LoginImpossible as refusal:
            self._drop()
            return OurFault(None, str(refusal))
        except smtplib.SMTPResponseException as refusal:
            self._drop()
            return TemporaryFailure(refusal.smtp_code, _text(refusal.smtp_error), blames_server=True)
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            self._drop()
            return TemporaryFailure(None, _text(problem), blames_server=True)
        receipt = self._transaction(smtp, envelope, may_transmit)
        self._last_used = monotonic()
        self._mails_on_connection += 1
        return receipt

    def close(self) -> None:
        """Says good-bye; a server that has gone already is no trouble."""
        if self._connection is not None:
            try:
                self._connection.quit()
            except (OSError, smtplib.SMTPException):
                self._connection.close()
            self._connection = None

    def _transaction(self, smtp: smtplib.SMTP, envelope: Envelope, may_transmit: MayTransmit) -> Receipt:
        try:
            smtp, code, text = self._mail_from(smtp, envelope.sender)
            if code != 250:
                return self._refused(code, text, OurFault if code >= 500 else None)
            code, text = smtp.rcpt(envelope.recipient)
            if code not in (250, 251):
                return self._refused(code, text, PermanentFailure if code >= 500 else None)
            if not may_transmit():
                self._drop()
                return Withheld()
            code, text = smtp.docmd("DATA")
            if code != 354:
                return self._refused(code, text, PermanentFailure if code >= 500 else None)
            smtp.send(_with_final_dot(envelope.content))
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            self._drop()
            return TemporaryFailure(None, _text(problem))
        return self._final_reply(smtp)

    def _mail_from(self, smtp: smtplib.SMTP, sender: str) -> tuple[smtplib.SMTP, int, bytes]:
        """The first command; a kept connection that the server has left meanwhile is replaced by a new one."""
        try:
            return smtp, *smtp.mail(sender)
        except (OSError, smtplib.SMTPServerDisconnected):
            if self._mails_on_connection == 0:
                raise
            self._drop()
            smtp = self._connected()
            return smtp, *smtp.mail(sender)

    def _final_reply(self, smtp: smtplib.SMTP) -> Receipt:
        """What the server says to the final dot: without it nobody knows (RFC 1047)."""
        assert smtp.sock is not None
        try:
            smtp.sock.settimeout(self._patience.final_dot)
            code, text = smtp.getreply()
            smtp.sock.settimeout(self._patience.command)
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            self._drop()
            return TemporaryFailure(None, _text(problem), is_uncertain=True)
        if 200 <= code < 300:
            return Sent(code, _text(text))
        return self._refused(code, text, PermanentFailure if code >= 500 else None)

    def _refused(self, code: int, text: bytes, verdict: type[PermanentFailure] | type[OurFault] | None) -> Receipt:
        if code == SERVICE_CLOSING or code < 0:
            self._drop()
            return TemporaryFailure(code, _text(text), blames_server=True)
        self._reset()
        if code in LOGIN_REFUSED:
            return OurFault(code, _text(text))
        return verdict(code, _text(text)) if verdict else TemporaryFailure(code, _text(text))

    def _connected(self) -> smtplib.SMTP:
        if self._connection is not None:
            stale = monotonic() - self._last_used > IDLE_SECONDS
            if stale or self._mails_on_connection >= MAILS_PER_CONNECTION:
                self.close()
        if self._connection is None:
            self._mails_on_connection = 0
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        host, port = self._server.hostname or "", self._server.port or DEFAULT_PORTS[self._server.scheme]
        if self._server.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self._patience.connect, context=self._context())
        else:
            smtp = smtplib.SMTP(host, port, timeout=self._patience.connect)
        self._connection = smtp
        assert smtp.sock is not None
        smtp.sock.settimeout(self._patience.command)
        smtp.ehlo_or_helo_if_needed()
        if self._server.scheme == "smtp+tls":
            smtp.starttls(context=self._context())
            smtp.ehlo_or_helo_if_needed()
        if self._server.username:
            try:
                smtp.login(unquote(self._server.username), unquote(self._server.password or ""))
            except smtplib.SMTPNotSupportedError as problem:
                raise _LoginImpossible(str(problem)) from problem
        return smtp

    def _context(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    def _reset(self) -> None:
        """A refused mail must leave nothing behind for the next one."""
        if self._connection is not None:
            try:
                self._connection.rset()
            except (OSError, smtplib.SMTPException):
                self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _wait_for_its_turn(self) -> None:
        wait = self._next_mail_at - monotonic()
        if wait > 0:
            self._sleep(wait)
        self._next_mail_at = max(monotonic(), self._next_mail_at) + self._pause


class _LoginImpossible(Exception):
    """The server offers no way to log in that we know."""


def _server(url: str) -> SplitResult:
    """Takes the URL apart; refuses mail in the clear to another machine (RELIABILITY 4.5)."""
    server = urlsplit(url)
    if server.scheme not in DEFAULT_PORTS or not server.hostname:
        raise SettingsError("PMO_SMTP_URL must look like smtp+tls://user:word@mail.example.kz or smtps://…")
    if server.scheme == "smtp" and not is_loopback(url):
        raise SettingsError("PMO_SMTP_URL must use smtp+tls:// or smtps:// unless the server is on this machine")
    return server


def _with_final_dot(content: bytes) -> bytes:
    """CRLF line ends, leading dots doubled, the lone dot at the end (RFC 5321, 4.5.2)."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join(b"." + line + b"\r\n" if line.startswith(b".") else line + b"\r\n" for line in lines) + b".\r\n"


def _text(said: bytes | str | Exception) -> str:
    """What the server or the machine said, short enough to keep."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said) or type(said).__name__
    return " ".join(text.split())[:LONGEST_TEXT]
