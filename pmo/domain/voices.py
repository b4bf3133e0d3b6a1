"""The voices on one project, and silence (PRODUCT 2, promise 3; PRODUCT 3: "stale is a state"; decision 9).

Beside the computed status stand the manager's own view, the curator's (DOMAIN 3.0) and the office's confidence. None
changes the colour; where they say otherwise than the rules, that is an item for the meeting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pmo.domain.access import Action, Actor, ProjectScope, may

STALE_AFTER = 14
SILENT_AFTER = 35
"""Calendar days without a word of those who manage. Values are told monthly: after 35 days a round is missing."""

WORDS = ("update", "completion_claimed", "forecast", "indicator", "change_requested", "date_confirmed", "cost_reported")
"""Kinds of entries by which those who manage a project let it be heard of."""


class Confidence(StrEnum):
    """How sure the office is that the project will deliver."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Level(StrEnum):
    """From whom a manager wants a decision."""

    OWNER = "owner"
    CURATOR = "curator"
    AKIM = "akim"
    PMO = "pmo"


class Silence(StrEnum):
    """How long nothing was heard: more than 14 days, more than 35."""

    STALE = "stale"
    SILENT = "silent"


class Disagreement(StrEnum):
    """In what two voices differ."""

    MANAGER_BETTER = "manager_better"
    MANAGER_WORSE = "manager_worse"
    CURATOR_BETTER = "curator_better"
    CURATOR_WORSE = "curator_worse"
    OFFICE_DOUBTS = "office_doubts"


@dataclass(frozen=True, slots=True)
class Heard:
    """When a project was last heard of, and from which day the silence counts."""

    last_on: date | None
    since: date

    def days(self, on: date) -> int:
        """Calendar days of silence."""
        return max(0, (on - self.since).days)

    def silence(self, on: date) -> Silence | None:
        """The state of a project that is under way; paused, finished and future ones owe no word."""
        days = self.days(on)
        if days > SILENT_AFTER:
            return Silence.SILENT
        return Silence.STALE if days > STALE_AFTER else None


def heard(last_on: date | None, *begins: date | None) -> Heard:
    """Silence counts from the last word, but not from before tracking, the start or the last resume."""
    days = [day for day in (last_on, *begins) if day is not None]
    return Heard(last_on, max(days))


def disagreements(
    severity: int | None, view: int | None, confidence: Confidence | None, curator: int | None = None
) -> tuple[Disagreement, ...]:
    """Where the voices differ. ``severity`` is None outside the colours, where there is nothing to differ from.

    The manager and the curator differ by any colour; the office only by low confidence in a project that computes as
    green: a doubt about an amber or red one is no news.
    """
    if severity is None:
        return ()
    found = []
    if view is not None and view < severity:
        found.append(Disagreement.MANAGER_BETTER)
    if view is not None and view > severity:
        found.append(Disagreement.MANAGER_WORSE)
    if curator is not None and curator < severity:
        found.append(Disagreement.CURATOR_BETTER)
    if curator is not None and curator > severity:
        found.append(Disagreement.CURATOR_WORSE)
    if confidence is Confidence.LOW and severity == 0:
        found.append(Disagreement.OFFICE_DOUBTS)
    return tuple(found)


def speaks_for(actor: Actor, project: ProjectScope) -> bool:
    """Whether the actor may give the manager's view: who performs a single milestone may not speak for the whole."""
    return may(actor, Action.UPDATE, replace(project, performers=frozenset()))
