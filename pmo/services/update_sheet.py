"""Everything that one person says on one form: milestones, values and updates of several projects, all or nothing.

Each answer names what it is about with a ``key``, under which the page shows what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord
from pmo.domain.access import Action
from pmo.domain.comments import ASIDE
from pmo.domain.errors import Refusal, RuleBroken
from pmo.services.acts import Act, project_for
from pmo.services.indicators import enter_reading
from pmo.services.milestones import Evidence, claim_completion, move_forecast, open_claim
from pmo.services.updates import Said, confirm_date, send_update


@dataclass(frozen=True, slots=True)
class About:
    """What an answer is about: its key on the form, the project, the code of the item.

    ``seen`` is the newest entry about it when the form was opened, 0 for none; ``kinds`` are those entries that matter,
    empty for all.
    """

    key: str
    project_id: int
    item: str
    seen: int
    kinds: tuple[str, ...] = ()


class Answer(Protocol):
    """One answer of the form."""

    @property
    def about(self) -> About:
        """What it is about."""
        ...

    def enter(self, session: Session, act: Act) -> None:
        """Enters it. Raises RuleBroken."""
        ...


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The date of a milestone stands."""

    about: About
    milestone_id: int
    expected_on: date

    def enter(self, session: Session, act: Act) -> None:
        confirm_date(session, act, self.milestone_id, self.expected_on)


@dataclass(frozen=True, slots=True)
class Done:
    """A milestone is done, with what proves it."""

    about: About
    milestone_id: int
    completed_on: date
    evidence: Evidence

    def enter(self, session: Session, act: Act) -> None:
        waiting = open_claim(session, self.milestone_id)
        if waiting and waiting.submitted_on == act.on and self._is_said_by(waiting):
            return  # the button was pressed twice
        claim_completion(session, act, self.milestone_id, self.completed_on, self.evidence)

    def _is_said_by(self, claim: object) -> bool:
        said = {"completed_on": self.completed_on, "document_number": self.evidence.document_number}
        said |= {"document_date": self.evidence.document_date, "link": self.evidence.link}
        return all(getattr(claim, name) == value for name, value in said.items())


@dataclass(frozen=True, slots=True)
class Moved:
    """A milestone is expected on another day."""

    about: About
    milestone_id: int
    expected_on: date
    reason_id: str
    text: str | None

    def enter(self, session: Session, act: Act) -> None:
        move_forecast(session, act, self.milestone_id, self.expected_on, self.reason_id, self.text)


@dataclass(frozen=True, slots=True)
class Measured:
    """The value of an indicator for a period."""

    about: About
    indicator_id: int
    period_end: date
    value: float
    text: str | None

    def enter(self, session: Session, act: Act) -> None:
        enter_reading(session, act, self.indicator_id, self.period_end, self.value, self.text)


@dataclass(frozen=True, slots=True)
class Reported:
    """The paragraph, the own view and the decision wanted for a project."""

    about: About
    said: Said

    def enter(self, session: Session, act: Act) -> None:
        send_update(session, act, self.about.project_id, self.said)


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong with one answer: a broken rule, or ``newer``, an entry by somebody else since it was opened."""

    key: str
    rule: RuleBroken | None = None
    newer: int | None = None


class SheetRefused(Refusal):
    """Nothing was entered; every fault is named."""

    def __init__(self, faults: Sequence[SheetFault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


def send_sheet(session: Session, act: Act, answers: Sequence[Answer]) -> None:
    """Enters all answers in the caller's transaction, or refuses them together.

    Projects are locked in the order of their ids, so that two people with the same projects never wait for each
    other in a circle. Raises NotFound, NotAllowed; SheetRefused with everything that is wrong.
    """
    for project_id in sorted({answer.about.project_id for answer in answers}):
        project_for(session, act.actor, Action.VIEW, project_id)
    faults = list(_outdated(session, act, answers))
    for answer in answers:
        try:
            answer.enter(session, act)
        except RuleBroken as broken:
            faults.append(SheetFault(answer.about.key, rule=broken))
    if faults:
        raise SheetRefused(faults)


def _outdated(session: Session, act: Act, answers: Sequence[Answer]) -> Iterator[SheetFault]:
    """Answers about something that another person has changed since the form was opened."""
    for about in (answer.about for answer in answers):
        newest = session.execute(
            select(func.max(EntryRecord.id)).where(
                EntryRecord.project_id == about.project_id,
                EntryRecord.item == about.item,
                EntryRecord.id > about.seen,
                EntryRecord.kind.not_in(ASIDE),
                or_(EntryRecord.entered_by != act.actor.person, EntryRecord.entered_by.is_(None)),
                *([EntryRecord.kind.in_(about.kinds)] if about.kinds else []),
            )
        ).scalar()
        if newest is not None:
            yield SheetFault(about.key, newer=newest)
