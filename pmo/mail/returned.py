"""Mail that comes back: the signed return path, and what a report of non-delivery says (RELIABILITY 2.2, RFC 3464).

Every mail has a return path of its own, ``bounces+<id>-<signature>@…``, so a report is tied to its mail whatever the
reporting server writes. The signature is in small letters and digits: some servers fold the case of an address.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

from pmo.domain.secret_keys import SecretKeys
from pmo.mail.message import ascii_address

SIGNATURE_LETTERS = 16
LONGEST_REASON = 500
_TOKEN = re.compile(r"(?P<number>[1-9][0-9]{0,17})-(?P<signature>[a-z2-7]{16})")
_ADDRESSED = ("Delivered-To", "X-Original-To", "Original-Recipient", "Envelope-To", "To")
_STATUS = re.compile(r"(?P<class>[245])\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Report:
    """What a server says of a mail. ``is_final``: it will never arrive; ``is_for_the_address``: nor will any other."""

    addresses: tuple[str, ...]
    is_final: bool
    is_for_the_address: bool
    reason: str


class NotAReport(ValueError):
    """A message that is no report of delivery (RFC 3464)."""


def return_path(bounce_address: str, keys: SecretKeys, mail_id: int) -> str:
    """The envelope's sender of one mail. Raises AddressRefused for a setting that is no address."""
    local, _, domain = ascii_address(bounce_address).rpartition("@")
    return f"{local}+{mail_id}-{_signature(keys[0], mail_id)}@{domain}"


def mail_of_return_path(addresses: Iterable[str], bounce_address: str, keys: SecretKeys) -> int | None:
    """The id of the mail whose return path is among the addresses; None where none bears our signature."""
    local, _, domain = ascii_address(bounce_address).lower().rpartition("@")
    for address in addresses:
        theirs, _, host = address.strip().lower().rpartition("@")
        token = _TOKEN.fullmatch(theirs.removeprefix(f"{local}+"))
        if host != domain or not theirs.startswith(f"{local}+") or token is None:
            continue
        number = int(token["number"])
        if any(hmac.compare_digest(token["signature"], _signature(key, number)) for key in keys):
            return number
    return None


def read_report(content: bytes) -> Report:
    """Reads a report as it came. Raises NotAReport for anything else, such as an answer of the reader's own program."""
    try:
        message = message_from_bytes(content, policy=policy.compat32)
        parts = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    except RecursionError as error:
        raise NotAReport("the message is nested too deeply") from error
    if not parts:
        raise NotAReport("the message holds no report of delivery")
    recipients = [fields for part in parts for fields in _recipients(part)]
    if not recipients:
        raise NotAReport("the report names no recipient")
    failed = [fields for fields in recipients if _said(fields, "Action").lower() == "failed"]
    permanent = any(_status_class(_said(fields, "Status")) == "5" for fields in failed)
    told = failed[0] if failed else recipients[0]
    reason = " ".join(
        part for part in (_said(told, "Status"), _said(told, "Diagnostic-Code").partition(";")[2].strip()) if part
    )
    return Report(tuple(_addressed(message)), bool(failed), permanent, reason[:LONGEST_REASON] or "no reason given")


def _recipients(part: Message) -> Iterator[Message]:
    """The blocks of a report that speak of a recipient; the first speaks of the whole message."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and (block["Final-Recipient"] or block["Action"]):
            yield block


def _addressed(message: Message) -> Iterator[str]:
    for name in _ADDRESSED:
        values = [str(value).removeprefix("rfc822;") for value in message.get_all(name, [])]
        yield from (address for _, address in getaddresses(values) if address)


def _said(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split())


def _status_class(status: str) -> str:
    found = _STATUS.match(status)
    return found["class"] if found else ""


def _signature(secret: str, mail_id: int) -> str:
    digest = hmac.new(secret.encode(), f"pmo.return-path:{mail_id}".encode(), sha256).digest()
    return b32encode(digest).decode().lower()[:SIGNATURE_LETTERS]
