"""What the tools say of every good page too, and why it is no hole. All else is one until somebody has looked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmarks.attacks.served import KEPT_AWAY
from benchmarks.attacks.tools import Finding


@dataclass(frozen=True, slots=True)
class Judgement:
    """Findings of a category whose text matches are false alarms, for this reason."""

    category: str
    told: re.Pattern[str]
    reason: str


FALSE_ALARMS: tuple[Judgement, ...] = (
    Judgement(
        "Cross Site Request Forgery",
        re.compile("POST (" + "|".join(map(re.escape, KEPT_AWAY)) + ")"),
        "the benchmark keeps these requests from the application and answers the same to all of them",
    ),
    Judgement(
        "Secure Flag cookie",
        re.compile("pmo"),
        "the demonstration is plain http on this machine; over https the cookie is __Host-pmo with Secure",
    ),
    Judgement(
        "HTTP Secure Headers",
        re.compile("Strict-Transport-Security"),
        "sent over https only; browsers ignore it on plain http",
    ),
    Judgement(
        "HTTP Secure Headers",
        re.compile("X-Frame-Options|X-XSS-Protection"),
        "frame-ancestors 'none' says it to every browser that the pages support; X-XSS-Protection is withdrawn",
    ),
    Judgement(
        "SQL Injection",
        re.compile("^POST /me/tokens/new B name$"),
        "each request makes a token until the post has its twenty, and that changes the page, not a condition in the "
        "name: tests/web/test_attacks_by_hand.py asks true and false ones",
    ),
)


def reason_of(finding: Finding) -> str | None:
    """Why a finding is a false alarm; None where nobody has judged it so."""
    for one in FALSE_ALARMS:
        if one.category == finding.category and one.told.search(f"{finding.place} {finding.told} {finding.parameter}"):
            return one.reason
    return None
