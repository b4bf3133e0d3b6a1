"""Who is told of a rung, in which capacity and how: the table of DOMAIN 3.2, absence and vacancy.

A post is a person here. Recipients accumulate: each rung after the date goes to everyone of the earlier ones too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pmo.domain.ladder import ESCALATIONS, Rung


class Role(StrEnum):
    """The capacity in which somebody is told; from the lowest level to the highest."""

    MANAGER = "manager"
    OWNER = "owner"
    CURATOR = "curator"
    CHIEF_OF_STAFF = "chief_of_staff"
    AKIM = "akim"
    PMO_ANALYST = "pmo_analyst"
    PMO_HEAD = "pmo_head"

    @property
    def is_listed(self) -> bool:
        """Whether this level gets one list a day, never a mail per item."""
        return self not in (Role.MANAGER, Role.OWNER)

    @property
    def mutes(self) -> bool:
        """Whether this level may mute an item for itself; those below snooze for some days."""
        return self in (Role.CURATOR, Role.AKIM)


class Channel(StrEnum):
    """A mail of its own, a line in the list of the day, or a line in the digest."""

    DIRECT = "direct"
    LIST = "list"
    DIGEST = "digest"


ROLE_VACANT = "role_vacant"
ABSENT_COPY = "absent_copy"

LINE = (Role.MANAGER, Role.OWNER, Role.CURATOR, Role.AKIM)
NEXT_LEVEL = {
    Role.MANAGER: Role.OWNER,
    Role.OWNER: Role.CURATOR,
    Role.CURATOR: Role.AKIM,
    Role.CHIEF_OF_STAFF: Role.AKIM,
    Role.AKIM: Role.PMO_ANALYST,
    Role.PMO_ANALYST: Role.PMO_HEAD,
}
"""Who hears it where a post has no holder; after the akim the PMO, which has to fill the post."""


@dataclass(frozen=True, slots=True)
class Posts:
    """Ids of those who answer for a project or a milestone; None where the post has no holder.

    ``manager`` is the post that performs the milestone. ``seniors`` are the akim, the deputies and the chief of staff:
    whatever they are told, they get it in a list.
    """

    manager: str | None = None
    owner: str | None = None
    curator: str | None = None
    chief_of_staff: str | None = None
    akim: str | None = None
    pmo_analyst: str | None = None
    pmo_head: str | None = None
    seniors: frozenset[str] = frozenset()

    def holder(self, role: Role) -> str | None:
        """The person in a role."""
        holder: str | None = getattr(self, role.value)
        return holder


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away, somebody else acts: for these dates, both ends included."""

    person: str
    substitute: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person told: in which role, how, in whose place (of an absent person), and a note."""

    person: str
    role: Role
    channel: Channel
    stands_for: str | None = None
    note: str | None = None


def levels(rung: Rung, critical: bool) -> tuple[Role, ...]:
    """The roles a rung of the ladder goes to, lowest first (the table of DOMAIN 3.2)."""
    if rung in (Rung.R_14, Rung.R_7):
        reach = 2 if critical and rung is Rung.R_7 else 1
    elif rung is Rung.R_1:
        reach = 2
    elif rung in ESCALATIONS:
        reach = min(ESCALATIONS.index(rung) + (2 if critical else 1), len(LINE))
    else:
        reach = len(LINE)
    return LINE[:reach]


def channel_of(rung: Rung) -> Channel:
    """How manager and owner hear of a rung; R-1 stands in the digest besides."""
    in_digest = (Rung.R_14, Rung.R_7, Rung.WEEKLY, Rung.REPORT_MISSING)
    return Channel.DIGEST if rung in in_digest else Channel.DIRECT


def addressees(
    roles: Sequence[Role], rung: Rung, posts: Posts, absences: Sequence[Absence], on: date
) -> tuple[Addressee, ...]:
    """Who gets a rung on a day, one entry a person, lowest role first.

    A vacant role passes to the next level with the note ``role_vacant``; an absent person's substitute gets it and the
    absent person a copy in the digest; who holds two roles is told once, in the higher.
    """
    told: dict[str, Addressee] = {}
    for role in roles:
        for addressee in _holders(role, rung, posts, absences, on):
            known = told.get(addressee.person)
            told[addressee.person] = _higher(known, addressee) if known else addressee
    order = list(Role)
    return tuple(sorted(told.values(), key=lambda addressee: order.index(addressee.role)))


def _holders(role: Role, rung: Rung, posts: Posts, absences: Sequence[Absence], on: date) -> Iterable[Addressee]:
    note: str | None = None
    level: Role | None = role
    while level is not None:
        holder = posts.holder(level)
        acting = _acting_for(holder, absences, on) if holder else None
        if holder and acting:
            stands_for = holder if acting != holder else None
            yield Addressee(acting, level, _channel(level, acting, rung, posts), stands_for, note)
            if stands_for:
                yield Addressee(holder, level, Channel.DIGEST, None, ABSENT_COPY)
            return
        note = ROLE_VACANT
        level = NEXT_LEVEL.get(level)


def _acting_for(person: str, absences: Sequence[Absence], on: date) -> str | None:
    """The person, or who acts in the person's place on a day; None if all in the chain are away."""
    seen: set[str] = set()
    acting = person
    while acting not in seen:
        seen.add(acting)
        away = (absence for absence in absences if absence.starts_on <= on <= absence.ends_on)
        absence = next((absence for absence in away if absence.person == acting), None)
        if absence is None:
            return acting
        acting = absence.substitute
    return None


def _channel(role: Role, person: str, rung: Rung, posts: Posts) -> Channel:
    if rung is Rung.WEEKLY:
        return Channel.DIGEST
    return Channel.LIST if role.is_listed or person in posts.seniors else channel_of(rung)


def _higher(known: Addressee, other: Addressee) -> Addressee:
    """One message for one person: the higher role's, but never a mere copy instead of the message itself."""
    first, second = sorted((known, other), key=lambda addressee: list(Role).index(addressee.role))
    if second.note == ABSENT_COPY and first.note != ABSENT_COPY:
        first, second = second, first
    return replace(second, note=second.note or (first.note if first.note == ROLE_VACANT else None))
