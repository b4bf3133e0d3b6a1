"""One-time codes of an authenticator app: TOTP of RFC 6238 with SHA-1, six digits and steps of thirty seconds.

Every app knows these parameters and many know no others. A code is taken once: whoever accepts one keeps its counter
and takes nothing up to it again (ASVS 6.5.1).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

STEP = 30
DIGITS = 6
SECRET_BYTES = 20
_AROUND = (0, -1, 1)
"""Steps that are looked at: a phone's clock may be half a minute off."""


def counter_at(moment: datetime) -> int:
    """The number of the time step of an aware instant."""
    return int(moment.timestamp()) // STEP


def code_of(secret: bytes, counter: int) -> str:
    """The six digits of a step (RFC 4226, 5.3)."""
    digest = hmac.new(secret, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_counter(secret: bytes, code: str, moment: datetime) -> int | None:
    """The step whose code this is, among the present one and its neighbours; None for a wrong code."""
    now = counter_at(moment)
    found = None
    for counter in (now + around for around in _AROUND):
        if hmac.compare_digest(code_of(secret, counter).encode(), code.encode()) and found is None:
            found = counter
    return found


def written(secret: bytes) -> str:
    """The secret as people type it into an app: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address_of(secret: bytes, account: str, issuer: str) -> str:
    """The ``otpauth:`` address that an app reads from the picture."""
    query = urlencode({"secret": written(secret).replace(" ", ""), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"
