"""The secrets of an installation: the present one signs and seals, all of them open.

Whoever signs takes the first, whoever checks takes them all; so a secret can be changed while what it signed is still
on its way: open forms and sessions, links in mails, return paths, sealed secrets of authenticator apps.
"""

from __future__ import annotations

from typing import NewType

SecretKeys = NewType("SecretKeys", tuple[str, ...])
"""The present secret first, then the former ones, the newest first; empty where nothing can be signed."""


def oldest_first(keys: SecretKeys) -> list[str]:
    """The order of itsdangerous, which signs with the last and accepts any."""
    return list(reversed(keys))
