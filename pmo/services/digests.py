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
    listed,
    sections,
)
from pmo.domain.recipients import ABSENT_COPY, Role
from pmo.domain.status_weeks import StatusCount
from pmo.mail.drafts import DIGEST_LIFE, MailDraft, MailItem, MailKind
from pmo.mail.facts import ListFacts, SectionFacts, WeeklyFacts
from pmo.queries.alerts import WaitingLine
from pmo.services.alerts import Occasion, attach, list_draft, moment_for
from pmo.services.mail_lines import MailLines, stored_lines
from pmo.services.outbox import enqueue

NO_MOVEMENT = Movement()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one person is to read today.

    ``waiting`` are alerts that this digest delivers, ``reminders`` those that only stand in it besides. ``lines`` come
    from the facts; ``news`` inform, and those who want no daily digest get none for them; ``riding`` ones stand in a
    digest that goes out anyway and are worth none by themselves.

    ``week`` is the ISO week of a weekly digest, ``since`` the day of the one before; ``statuses`` count
    the reader's projects on the days of the last ones, today's last; ``projects`` are given to curators only, who read
    them by department. ``wants_all_in_order``: with nothing to say it is sent all the same, as its reader
    wishes.
    """

    person: str
    role: Role
    kind: DigestKind
    lines: Sequence[Line]
    news: Sequence[Line] = ()
    riding: Sequence[Line] = ()
    waiting: Sequence[WaitingLine] = ()
    reminders: Sequence[WaitingLine] = ()
    movement: Movement = NO_MOVEMENT
    week: str = ""
    since: date | None = None
    statuses: Sequence[StatusCount] = ()
    projects: Sequence[ProjectLine] = ()
    wants_all_in_order: bool = False

    @property
    def says_something(self) -> bool:
        """Whether there is anything that is worth a mail."""
        return bool(self.lines or self.news or self.waiting or self.reminders) or self.wants_all_in_order

    @property
    def asks_something(self) -> bool:
        """Whether more is in it than copies to an absent reader and reminders that came directly besides."""
        return bool(self.lines) or any(line.facts.get("note") != ABSENT_COPY for line in self.waiting)


def send_digest(session: Session, reading: Reading, lines: MailLines, occasion: Occasion) -> bool:
    """Makes the digest; False where there is nothing to say, or it was made before."""
    if not reading.says_something:
        return False
    told = (*reading.waiting, *reading.reminders)
    computed = (*reading.lines, *reading.news, *reading.riding)
    together = _together(computed, [lines.line_of(line) for line in told])
    whole = reading.kind is DigestKind.LIST
    found = listed(together, occasion.policy) if whole else sections(together, occasion.policy)
    shown = lines.of_sections(found, stored_lines(told))
    items = _items(found, told)
    if whole:
        at = moment_for(session, reading.person, occasion)
        draft = list_draft(reading.person, reading.role, shown, items, replace(occasion, at=at))
    else:
        draft = _digest_draft(reading, shown, items, lines, occasion)
    if not enqueue(session, draft, occasion.at, occasion.settings, occasion.mail):
        return False
    attach(session, [line.id for line in reading.waiting], draft)
    return True


def _digest_draft(
    reading: Reading, shown: list[SectionFacts], items: tuple[MailItem, ...], lines: MailLines, occasion: Occasion
) -> MailDraft:
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
    return MailDraft(
        kind=MailKind.DIGEST_DAILY if reading.kind is DigestKind.DAILY else MailKind.DIGEST_WEEKLY,
        key=(occasion.city, period, reading.person),
        recipient=reading.person,
        role=reading.role.value,
        city=occasion.city,
        facts=facts,
        not_before=occasion.at,
        expires_after=DIGEST_LIFE,
        period=period,
        items=items,
    )


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
