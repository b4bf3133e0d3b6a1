"""Turns what somebody is to read into the one digest of the day (DOMAIN 3.2, PRODUCT 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from pmo.domain.digests import (
    DigestKind,
    Line,
    Movement,
    ProjectLine,
    Section,
    SectionLines,
    by_department,
    sections,
)
from pmo.domain.recipients import Role
from pmo.domain.status_weeks import StatusCount
from pmo.mail.drafts import DIGEST_LIFE, MailDraft, MailItem, MailKind
from pmo.mail.facts import ListFacts, WeeklyFacts
from pmo.queries.alerts import WaitingLine
from pmo.services.alerts import Occasion, attach
from pmo.services.mail_lines import MailLines, stored_lines
from pmo.services.outbox import enqueue

NO_MOVEMENT = Movement()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one person is to read today.

    ``waiting`` are alerts that this digest delivers, ``reminders`` those that only stand in it besides. ``lines`` come
    from the facts. ``week`` is the ISO week of a weekly digest, ``since`` the day of the one before; ``statuses`` count
    the reader's projects on the days of the last ones, today's last; ``projects`` are given to curators only, who read
    them by department.
    """

    person: str
    role: Role
    kind: DigestKind
    lines: Sequence[Line]
    waiting: Sequence[WaitingLine] = ()
    reminders: Sequence[WaitingLine] = ()
    movement: Movement = NO_MOVEMENT
    week: str = ""
    since: date | None = None
    statuses: Sequence[StatusCount] = ()
    projects: Sequence[ProjectLine] = ()


def send_digest(session: Session, reading: Reading, lines: MailLines, occasion: Occasion) -> bool:
    """Makes the digest; False where there is nothing to say, or it was made before."""
    told = (*reading.waiting, *reading.reminders)
    found = sections(_together(reading.lines, [lines.line_of(line) for line in told]), occasion.policy)
    if not found:
        return False
    shown = lines.of_sections(found, stored_lines(told))
    on = occasion.on.isoformat()
    facts: ListFacts | WeeklyFacts
    if reading.kind is DigestKind.DAILY:
        facts = ListFacts(on=on, sections=shown)
    else:
        facts = WeeklyFacts(
            on=on,
            week=reading.week,
            since=reading.since.isoformat() if reading.since else None,
            movement=asdict(reading.movement),
            statuses=[lines.of_count(count) for count in reading.statuses],
            sections=shown,
            departments=lines.of_departments(by_department(reading.projects)),
        )
    period = on if reading.kind is DigestKind.DAILY else reading.week
    draft = MailDraft(
        kind=MailKind.DIGEST_DAILY if reading.kind is DigestKind.DAILY else MailKind.DIGEST_WEEKLY,
        key=(occasion.city, period, reading.person),
        recipient=reading.person,
        role=reading.role.value,
        city=occasion.city,
        facts=facts,
        not_before=occasion.at,
        expires_after=DIGEST_LIFE,
        period=period,
        items=_items(found, told),
    )
    if not enqueue(session, draft, occasion.at, occasion.settings):
        return False
    attach(session, [line.id for line in reading.waiting], draft)
    return True


def _items(found: Sequence[SectionLines], told: Sequence[WaitingLine]) -> tuple[MailItem, ...]:
    """Everything the digest tells, each thing once: the lines in their order, then alerts cut to "and N more"."""
    shown = [
        MailItem(line.item, line.rung.value if line.rung else None)
        for section in found
        for line in section.lines
        if line.kind != "group"
    ]
    raised = [MailItem(line.facts["item"], line.rung.value) for line in told]
    with_rung = {item.item for item in (*shown, *raised) if item.rung}
    plain = [item for item in shown if item.rung or item.item not in with_rung]
    return tuple(dict.fromkeys([*plain, *raised]))


def _together(computed: Sequence[Line], alerts: Sequence[Line]) -> list[Line]:
    """Lines from the facts of today, with the rung of the alert that tells the same; alerts that nothing else tells.

    An alert may have waited for days: where the facts say the same thing, today's numbers count.
    """
    by_place: Mapping[tuple[Section, str], Line] = {(line.section, line.item): line for line in alerts}
    told = [
        replace(line, rung=by_place[line.section, line.item].rung) if (line.section, line.item) in by_place else line
        for line in computed
    ]
    known = {(line.section, line.item) for line in told}
    return [*told, *(line for line in alerts if (line.section, line.item) not in known)]
