"""How long is kept what is neither a fact nor the record; those are kept for ever (RELIABILITY 2.2, 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Terms:
    """Whole days.

    ``sign_ins``: ended sessions, links for a password, spent recovery codes. ``mail_bytes``: the exact bytes of a mail
    that was sent; its words, its reader and its key stay. ``job_runs``: what jobs did. ``left``: what a closed post
    signed in with, and its own views.
    """

    sign_ins: int = 30
    mail_bytes: int = 400
    job_runs: int = 400
    left: int = 90


STANDARD_TERMS = Terms()

BOUNDS: Mapping[str, tuple[int, int]] = {
    "sign_ins": (1, 400),
    "mail_bytes": (60, 3660),
    "job_runs": (60, 3660),
    "left": (7, 3660),
}
"""Fewest and most days. A mail comes back, and a job catches up, within weeks; ten years are the city's archive's."""

TRIES = timedelta(days=1)
"""Counted tries to sign in, and questions for a new password: of no use after the longest wait."""
