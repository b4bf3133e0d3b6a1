"""What a reader may choose about regular mail (DOMAIN 3.2, digest).

What asks something of its reader always comes: alerts, lists, reminders, returned evidence, decisions that wait. What
only informs may be switched off, and the word that all is in order may be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pmo.domain.access import Actor, Role


class MailChoice(StrEnum):
    """One thing to be switched on or off."""

    WEEKLY_DIGEST = "weekly_digest"
    DAILY_DIGEST = "daily_digest"
    ALL_IN_ORDER = "all_in_order"


@dataclass(frozen=True, slots=True)
class MailChoices:
    """What one reader wants; the defaults are those of somebody who never chose."""

    weekly_digest: bool = True
    daily_digest: bool = True
    all_in_order: bool = False

    def wants(self, choice: MailChoice) -> bool:
        """Whether it is switched on."""
        return bool(getattr(self, choice.value))

    @classmethod
    def of(cls, chosen: Mapping[str, bool]) -> Self:
        """The defaults with what was chosen in their place."""
        return cls(**{choice.value: chosen[choice.value] for choice in MailChoice if choice.value in chosen})


NOTHING_CHOSEN = MailChoices()

_WEEKLY = (MailChoice.WEEKLY_DIGEST, MailChoice.ALL_IN_ORDER)
_OFFERED: Mapping[Role, tuple[MailChoice, ...]] = {
    Role.PROJECT_MANAGER: (MailChoice.DAILY_DIGEST,),
    Role.DEPARTMENT_HEAD: (*_WEEKLY, MailChoice.DAILY_DIGEST),
    Role.DEPUTY_AKIM: _WEEKLY,
    Role.CHIEF_OF_STAFF: _WEEKLY,
    Role.AKIM: _WEEKLY,
    Role.PMO_HEAD: _WEEKLY,
    Role.PMO_ANALYST: _WEEKLY,
}


def offered_to(actor: Actor) -> tuple[MailChoice, ...]:
    """The choices of a post and of those it stands in for today, in one order; observers get no regular mail."""
    roles = (actor.role, *(post.role for post in actor.others))
    offered = {choice for role in roles for choice in _OFFERED.get(role, ())}
    return tuple(choice for choice in MailChoice if choice in offered)


def changed(old: MailChoices, new: Mapping[MailChoice, bool]) -> Iterable[tuple[MailChoice, bool]]:
    """What differs from before."""
    return ((choice, wanted) for choice, wanted in new.items() if old.wants(choice) is not wanted)
