"""Everything about one project that bears on what is to be told on one morning (DOMAIN 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pmo.domain.alerts import Cast, Morning, PastAlert
from pmo.domain.answers import Answered
from pmo.domain.calendar import ONE_DAY
from pmo.domain.decisions import OpenRequest
from pmo.domain.ladder import NOT_DELIVERED, Delivery, Rung
from pmo.domain.milestone import MilestoneAssessment
from pmo.domain.project import Project, ProjectAssessment
from pmo.domain.recipients import NEXT_LEVEL, Addressee, Channel, Posts, Role, addressees

LONGEST_SPELL_DAYS = 92
"""How far back the beginning of a status is looked for when it is first told."""

Judged = Callable[[date], ProjectAssessment | None]
"""The project as it was known and judged at the end of an earlier day; None before it was known."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One project on one morning: its facts and their assessment, what was told and answered, who answers for it.

    ``still_open`` are the alerts of ``past`` that do not end this morning; ``requests`` nobody has ruled on.
    """

    project: Project
    assessment: ProjectAssessment
    past: Sequence[PastAlert]
    still_open: Sequence[PastAlert]
    cast: Cast
    morning: Morning
    earlier: Judged
    answered: Answered
    requests: Sequence[OpenRequest]

    def told(self, roles: Sequence[Role], rung: Rung, posts: Posts) -> tuple[Addressee, ...]:
        """Who gets a rung that goes to some roles."""
        return addressees(roles, rung, posts, self.cast.absences, self.morning.on)

    def still_to_tell(
        self, roles: Sequence[Role], rung: Rung, posts: Posts, known: Sequence[PastAlert]
    ) -> list[Addressee]:
        """Who is still to be told: these roles, and the level above a message that failed for good, with the note."""
        failed = [alert for alert in known if alert.delivery is Delivery.FAILED and alert.channel is not Channel.DIGEST]
        above = {NEXT_LEVEL[alert.role] for alert in failed if alert.role in NEXT_LEVEL}
        told = {alert.role for alert in known} | {alert.recipient for alert in known}
        rest = [
            addressee
            for addressee in self.told([*roles, *(above - set(roles))], rung, posts)
            if addressee.role not in told and addressee.person not in told
        ]
        return [
            replace(addressee, note=addressee.note or NOT_DELIVERED) if addressee.role in above else addressee
            for addressee in rest
        ]

    def open_alerts(self, item: str, rung: Rung) -> list[PastAlert]:
        """What was told of an item and still stands."""
        return [alert for alert in self.still_open if alert.item == item and alert.rung is rung]

    def began(self, was_so: Callable[[ProjectAssessment], bool]) -> date:
        """The first day of the present spell of a status."""
        began = self.morning.on
        for _ in range(LONGEST_SPELL_DAYS):
            before = self.earlier(began - ONE_DAY)
            if before is None or not was_so(before):
                break
            began -= ONE_DAY
        return began


def milestone_facts(judged: MilestoneAssessment) -> dict[str, object]:
    """The numbers and dates of a milestone that every mail about it is made of."""
    return {
        "severity": judged.severity,
        "status": judged.status.value,
        "rule": judged.rule,
        "critical": judged.critical,
        "weight": judged.weight,
        "due_on": judged.due_on,
        "effective_due_on": judged.effective_due_on,
        "original_due_on": judged.original_due_on,
        "expected_on": judged.expected_on,
        "driver": judged.driver,
        "days_overdue": judged.days_overdue,
        "overdue_from": judged.overdue_from,
        "slip_wd": judged.slip_wd,
        "claim_submitted_on": judged.claim_submitted_on,
    }
