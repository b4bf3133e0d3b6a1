"""A mail as bytes: headers nobody can inject, text first, HTML second (RELIABILITY 2.3 and 2.4)."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode, encodebytes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import idna

from pmo.mail.record import Attachment

LONGEST_HEADER = 200
LONGEST_LINE = 78
CRLF = "\r\n"
ENCODED_BYTES = 39
"""Of text in one encoded word: with the name of the header it fits into a line."""
UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


POLICY = SMTP.clone(cte_type="7bit")


class AddressRefused(ValueError):
    """An address that no server would take; the message says why, without guessing."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers that differ from mail to mail. ``in_reply_to`` is a Message-ID, ``list_name`` the List-Id's name.

    ``unsubscribe`` is the signed address of RFC 8058. It is no part of what the outbox keeps and shows: it is made when
    the bytes are.
    """

    in_reply_to: str | None = None
    list_name: str | None = None
    reply_to: str | None = None
    unsubscribe: str | None = None

    def stored(self) -> dict[str, str]:
        """As the outbox keeps them."""
        named = {"in_reply_to": self.in_reply_to, "list_name": self.list_name, "reply_to": self.reply_to}
        return {name: value for name, value in named.items() if value}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Headers:
        """Back from the outbox."""
        return cls(stored.get("in_reply_to"), stored.get("list_name"), stored.get("reply_to"))


def message_id(dedupe_key: str, domain: str) -> str:
    """The same for the same key, for ever: a repeat is recognised by it. Angle brackets included."""
    return f"<{sha256(dedupe_key.encode()).hexdigest()[:40]}@{ascii_domain(domain)}>"


def clean_header_text(text: str) -> str:
    """Text that may stand in a header: no control or format characters, no encoded word, at most 200 characters.

    An encoded word would be decoded by the header parser of older Pythons and could bring in a new header.
    """
    spaced = "".join(" " if unicodedata.category(letter) in UNSAFE_CATEGORIES else letter for letter in text)
    while "=?" in spaced:
        spaced = spaced.replace("=?", "= ?")
    return " ".join(spaced.split())[:LONGEST_HEADER].rstrip()


def ascii_domain(domain: str) -> str:
    """A domain as servers know it: ``пример.қаз`` becomes its A-label. Raises AddressRefused."""
    if domain.isascii():
        if not domain or any(letter in '<>@,;:\\"() \t' or not letter.isprintable() for letter in domain):
            raise AddressRefused(f"{domain!r} is no domain")
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as problem:
        raise AddressRefused(f"{domain!r} is no domain: {problem}") from problem


def ascii_address(address: str) -> str:
    """One address for the envelope. Raises AddressRefused for anything that is not exactly one address."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not local.isascii():
        raise AddressRefused(f"{address!r} is no address that a mail server takes")
    if any(letter in '<>@,;:\\"() \t' or not letter.isprintable() for letter in local):
        raise AddressRefused(f"{address!r} is no address that a mail server takes")
    return f"{local}@{ascii_domain(domain)}"


@dataclass(frozen=True, slots=True)
class Picture:
    """An inline picture: the HTML shows it by ``src="cid:<name>"``, ``name`` in the form of an address, ASCII."""

    name: str
    png: bytes


_WITHOUT_FORM = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def build_message(
    *,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    date: datetime,
    language: str,
    headers: Headers,
    pictures: Sequence[Picture] = (),
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The exact bytes of one mail, CRLF, pure ASCII, the same for the same arguments. Raises AddressRefused.

    ``recipient`` is an address without a name, so that no title can break the header. Text first, then the HTML, which
    forms one part with its pictures; attachments come last.
    """
    # The library's headers and generator are nine tenths of what a mail costs, so it folds addresses alone, and each
    # of them once. Nothing else needs encoding but the subject and the contents.
    lines: list[str] = [_addressed("From", sender), _addressed("To", recipient)]
    if headers.reply_to:
        lines.append(_addressed("Reply-To", headers.reply_to))
    lines += [
        _subject(clean_header_text(subject)),
        f"Date: {format_datetime(date)}\r\n",
        _line("Message-ID", message_id),
    ]
    if headers.in_reply_to:
        lines += [_line("In-Reply-To", headers.in_reply_to), _line("References", headers.in_reply_to)]
    if headers.list_name:
        domain = ascii_domain(sender.rsplit("@", 1)[-1].strip(" >"))
        lines.append(_line("List-Id", f"<{headers.list_name.replace('_', '-')}.pmo.{domain}>"))
    if headers.unsubscribe:
        lines.append(_line("List-Unsubscribe", f"<{headers.unsubscribe}>"))
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    lines += [
        "Auto-Submitted: auto-generated\r\n",
        "X-Auto-Response-Suppress: All\r\n",
        "MIME-Version: 1.0\r\n",
        f"Content-Language: {language}\r\n",
    ]
    shown = _part("text/html; charset=utf-8", _lines(html).encode())
    if pictures:
        shown = _together("related", message_id, [shown, *map(_picture, pictures)])
    words = _part("text/plain; charset=utf-8", _lines(text).encode())
    body = _together("alternative", message_id, [words, shown])
    if attachments:
        body = _together("mixed", message_id, [body, *map(_attached, attachments)])
    return ("".join(lines) + body).encode("ascii")


def _attached(attachment: Attachment) -> str:
    extra = f'Content-Disposition: attachment; filename="{attachment.name}"{CRLF}'
    return _part("text/plain; charset=utf-8", attachment.text.encode(), extra)


def _picture(picture: Picture) -> str:
    extra = f"{_line('Content-ID', f'<{picture.name}>')}Content-Disposition: inline\r\n"
    return _part("image/png", picture.png, extra)


def _part(kind: str, content: bytes, extra: str = "") -> str:
    body = encodebytes(content).decode("ascii").replace("\n", "\r\n")
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{extra}\r\n{body}"


def _together(how: str, seed: str, parts: Sequence[str]) -> str:
    """Several parts as one. The boundary holds ``=_``, which no line of base64 and no header of ours begins with."""
    boundary = f"=_{sha256(f'{how} {seed}'.encode()).hexdigest()[:32]}"
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{how};\r\n boundary="{boundary}"\r\n\r\n{body}--{boundary}--\r\n'


def _line(name: str, value: str) -> str:
    """A header of ASCII without spaces; on the next line where both do not fit into one."""
    return f"{name}:{' ' if len(name) + len(value) < LONGEST_LINE - 1 else CRLF + ' '}{value}{CRLF}"


@lru_cache(maxsize=1024)
def _addressed(name: str, address: str) -> str:
    """``name <a@b>`` or ``a@b`` as a header; the name cleaned, the domain as its A-label."""
    title, _, bare = address.rpartition("<")
    plain = ascii_address((bare if title else address).rstrip("> "))
    local, _, domain = plain.rpartition("@")
    value = Address(clean_header_text(title).strip(' "'), local, domain)
    folded: str = POLICY.header_factory(name, value).fold(policy=POLICY)
    return folded


def _subject(text: str) -> str:
    """A cleaned subject as a header: encoded words of whole letters where it is not plain or not short.

    The library's own folding now and then doubles a space between two encoded words.
    """
    if text.isascii() and len(text) <= LONGEST_LINE - len("Subject: "):
        return f"Subject: {text}{CRLF}"
    words, piece = [], b""
    for letter in (*text, ""):
        encoded = letter.encode()
        if piece and (not letter or len(piece) + len(encoded) > ENCODED_BYTES):
            words.append(f"=?utf-8?b?{b64encode(piece).decode('ascii')}?=")
            piece = b""
        piece += encoded
    return f"Subject: {(CRLF + ' ').join(words)}{CRLF}"


def _lines(text: str) -> str:
    """Line ends of mail. Surrogates and lone control characters have no bytes or no meaning: replaced, no crash."""
    return _WITHOUT_FORM.sub(" ", text.replace("\r\n", "\n")).replace("\n", "\r\n")
