"""Where to go next: only inside this site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def local_path(address: str | None) -> str | None:
    """The address if it is a path of this site, else None: ``//elsewhere`` and ``/\\elsewhere`` are not."""
    if not address or not address.startswith("/") or address.startswith("//") or "\\" in address:
        return None
    if any(ord(letter) < 32 for letter in address):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address


def next_path() -> str | None:
    """The local path that the request asks to go to afterwards, from its form or its query."""
    return local_path(request.form.get("next") or request.args.get("next"))
