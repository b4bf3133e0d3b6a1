"""A mail as bytes: headers nobody can inject, text first, HTML second (RELIABILITY 2.3 and 2.4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

import idna

LONGEST_HEADER = 200
UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class _KeepingSpaces(EmailPolicy):
    """The library's folding loses a space where a long subject is cut between two words that are not ASCII."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as its lines."""
        if name != "Subject" or value.isascii():
            return super().fold_binary(name, value)
        folded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}".encode("ascii")


POLICY = _KeepingSpaces(linesep="\r\n", cte_type="7bit")


class AddressRefused(ValueError):
    """An address that no server would take; the message says why, without guessing."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers that differ from mail to mail. ``in_reply_to`` is a Message-ID, ``list_name`` the List-Id's name."""

    in_reply_to: str | None = None
    list_name: str | None = None
    reply_to: str | None = None

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
) -> bytes:
    """The exact bytes of one mail, CRLF, pure ASCII. Raises AddressRefused.

    ``recipient`` is an address without a name, so that no title can break the header.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(sender)
    message["To"] = _address(recipient)
    if headers.reply_to:
        message["Reply-To"] = _address(headers.reply_to)
    message["Subject"] = clean_header_text(subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    if headers.in_reply_to:
        message["In-Reply-To"] = headers.in_reply_to
        message["References"] = headers.in_reply_to
    if headers.list_name:
        domain = ascii_domain(sender.rsplit("@", 1)[-1].strip(" >"))
        message["List-Id"] = f"<{headers.list_name.replace('_', '-')}.pmo.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(_lines(text), cte="quoted-printable" if text.isascii() else "base64")
    message.add_alternative(_lines(html), subtype="html", cte="quoted-printable" if html.isascii() else "base64")
    message["Content-Language"] = language  # last: a content header set earlier would move into the text part
    return message.as_bytes()


def _address(address: str) -> Address:
    """``name <a@b>`` or ``a@b``; the name cleaned, the domain as its A-label."""
    name, _, bare = address.rpartition("<")
    plain = ascii_address((bare if name else address).rstrip("> "))
    local, _, domain = plain.rpartition("@")
    return Address(clean_header_text(name).strip(' "'), local, domain)


def _lines(text: str) -> str:
    """Surrogates and lone control characters have no bytes or no meaning: replaced, never a crash."""
    return _WITHOUT_FORM.sub(" ", text.replace("\r\n", "\n"))
