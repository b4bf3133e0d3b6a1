"""Raises alerts, ends them, and makes their mails (DOMAIN 3.2, EP-1).

An alert's key is unique for ever: (item, baseline version, ladder run, rung, period, recipient). What was raised before
is passed over in silence, so a morning that runs twice tells nobody twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from config import Settings
from pmo.db.models.alerts import AlertRecord
from pmo.domain.alerts import AlertState, Ending, NewAlert
from pmo.domain.calendar import ONE_DAY
from pmo.domain.digests import itemised, listed
from pmo.domain.ladder import EP_1, Delivery, EscalationPolicy
from pmo.domain.project import ProjectAssessment
from pmo.domain.recipients import Channel, Role
from pmo.domain.sending_hours import alert_moment
from pmo.mail.drafts import ALERT_LIFE, MOST_IN_A_BUNDLE, MailDraft, MailItem, MailKind
from pmo.mail.facts import AlertFacts, LineFacts, ListFacts, SectionFacts
from pmo.queries.alerts import WaitingLine, waiting_lines
from pmo.queries.outbox import CityMail, alert_moments, bundles_made, mail_id_of
from pmo.services import audit
from pmo.services.mail_lines import MailLines, stored_lines
from pmo.services.outbox import enqueue
from pmo.services.written_rows import mark_written

_alerts = cast(Table, AlertRecord.__table__)
KEY = ("city_id", "item", "baseline_version", "ladder_run", "rung", "period", "recipient_id")

_RAISE: Mapping[str, ReturningInsert[Any]] = {
    "sqlite": sqlite.insert(_alerts).on_conflict_do_nothing(index_elements=KEY).returning(_alerts.c.id),
    "postgresql": postgresql.insert(_alerts).on_conflict_do_nothing(index_elements=KEY).returning(_alerts.c.id),
}
"""The row of an alert, by dialect, where its key is new; built once, for to build it costs more than to run it."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where and when a run takes place: the city, its local date, the nominal moment; what its mails share."""

    city: str
    on: date
    at: datetime
    settings: Settings
    mail: CityMail
    policy: EscalationPolicy = EP_1


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that was not there before, with its row and the line that its mail will say."""

    id: int
    project: int
    alert: NewAlert
    line: LineFacts


def end_alerts(session: Session, ended: Iterable[Ending], occasion: Occasion) -> int:
    """Puts alerts into their last state; what failed keeps that word. Returns how many ended."""
    by_state: dict[AlertState, list[int]] = defaultdict(list)
    for ending in ended:
        by_state[ending.state].append(ending.alert)
    for state, ids in by_state.items():
        still_open = AlertRecord.id.in_(ids) & AlertRecord.ended_at.is_(None)
        kept = (AlertState.FAILED.value, AlertState.LAPSED.value)
        session.execute(update(AlertRecord).where(still_open, AlertRecord.state.not_in(kept)).values(state=state.value))
        session.execute(update(AlertRecord).where(still_open).values(ended_at=occasion.at))
        _note(session, occasion, f"alert_{state.value}", occasion.city, {"alerts": sorted(ids)})
    return sum(map(len, by_state.values()))


def raise_alerts(
    session: Session,
    project_id: int,
    raised: Sequence[NewAlert],
    assessment: ProjectAssessment,
    lines: MailLines,
    occasion: Occasion,
) -> list[Raised]:
    """Writes the rows of new alerts; those whose key is known already are left out of the answer."""
    fresh = []
    for alert in raised:
        line = lines.of_alert(project_id, alert, assessment)
        number = _insert(session, project_id, alert, line, occasion)
        if number is not None:
            fresh.append(Raised(number, project_id, alert, line))
    told: dict[tuple[str, str, str], list[Raised]] = defaultdict(list)
    for one in fresh:
        told[one.alert.item, one.alert.rung.value, one.alert.delivery.value].append(one)
    for (item, rung, delivery), group in told.items():
        first = group[0].alert
        after = {
            "rung": rung,
            "version": first.version,
            "run": first.run,
            "period": first.period,
            "alerts": {one.alert.addressee.person: one.id for one in group},
        }
        action = "alert_lapsed" if delivery == Delivery.LAPSED.value else "alert_raised"
        _note(session, occasion, action, f"{occasion.city}/{item}", after)
    return fresh


def mail_directly(session: Session, raised: Iterable[Raised], lines: MailLines, occasion: Occasion) -> int:
    """Mails for the alerts that go directly to manager or owner; returns how many were made.

    One alert is a mail of its own. Several to one reader on one morning are one mail that lists them, each with its
    forms (RELIABILITY 2.2, per recipient); what becomes of the mail becomes of each of them. More than fit into one
    mail are several, a quarter of an hour apart.
    """
    direct: dict[str, list[Raised]] = defaultdict(list)
    for one in raised:
        if one.alert.addressee.channel is Channel.DIRECT and one.alert.delivery is not Delivery.LAPSED:
            direct[one.alert.addressee.person].append(one)
    made = 0
    for person, mine in direct.items():
        for first in range(0, len(mine), MOST_IN_A_BUNDLE):
            told = mine[first : first + MOST_IN_A_BUNDLE]
            at = moment_for(session, person, occasion)
            draft = _own_draft(told[0], occasion, at) if len(told) == 1 else _bundle(session, told, lines, occasion, at)
            made += enqueue(session, draft, occasion.at, occasion.settings, occasion.mail)
            attach(session, [one.id for one in told], draft)
    return made


def mail_lists(session: Session, lines: MailLines, occasion: Occasion) -> int:
    """The list of the day for each senior and the PMO: every alert that waits for a list, in one mail a person."""
    made = 0
    waiting = [line for line in waiting_lines(session, occasion.city, occasion.at) if line.channel is Channel.LIST]
    for person, mine in by_recipient(waiting).items():
        found = listed([lines.line_of(line) for line in mine], occasion.policy)
        draft = list_draft(
            person,
            highest_role(mine),
            lines.of_sections(found, stored_lines(mine)),
            tuple(MailItem(line.facts["item"], line.rung.value) for line in mine),
            replace(occasion, at=moment_for(session, person, occasion)),
        )
        if enqueue(session, draft, occasion.at, occasion.settings, occasion.mail):
            made += 1
            attach(session, [line.id for line in mine], draft)
    return made


def list_draft(
    person: str, role: Role, shown: list[SectionFacts], items: tuple[MailItem, ...], occasion: Occasion
) -> MailDraft:
    """The list of the day of one person; its key allows one a day."""
    on = occasion.on.isoformat()
    return MailDraft(
        kind=MailKind.ALERT_LIST,
        key=(occasion.city, on, person),
        recipient=person,
        role=role.value,
        city=occasion.city,
        facts=ListFacts(on=on, sections=shown),
        not_before=occasion.at,
        expires_after=ALERT_LIFE,
        period=on,
        items=items,
    )


def attach(session: Session, alerts: Sequence[int], draft: MailDraft) -> None:
    """Ties alerts to the mail that tells them: what becomes of the mail becomes of them."""
    if not alerts:
        return
    mail = mail_id_of(session, draft.dedupe_key)
    session.execute(update(AlertRecord).where(AlertRecord.id.in_(alerts)).values(mail_id=mail))


def by_recipient(waiting: Iterable[WaitingLine]) -> dict[str, list[WaitingLine]]:
    """Alerts that wait, by who gets them, in the order of the ids."""
    found: dict[str, list[WaitingLine]] = defaultdict(list)
    for line in waiting:
        found[line.recipient].append(line)
    return dict(sorted(found.items()))


def highest_role(lines: Iterable[WaitingLine]) -> Role:
    """The highest capacity in which somebody is told any of these."""
    return max((line.role for line in lines), key=list(Role).index)


def _own_draft(one: Raised, occasion: Occasion, at: datetime) -> MailDraft:
    alert = one.alert
    key = (alert.item, str(alert.version), str(alert.run), alert.rung.value, alert.period, alert.addressee.person)
    return MailDraft(
        kind=MailKind.ALERT,
        key=(occasion.city, *key),
        recipient=alert.addressee.person,
        role=alert.addressee.role.value,
        city=occasion.city,
        facts=AlertFacts(on=occasion.on.isoformat(), line=one.line),
        not_before=at,
        expires_after=ALERT_LIFE,
        project=one.project,
        item=alert.item,
        rung=alert.rung.value,
        period=alert.period,
        items=(MailItem(alert.item, alert.rung.value),),
    )


def _bundle(session: Session, mine: Sequence[Raised], lines: MailLines, occasion: Occasion, at: datetime) -> MailDraft:
    """Several alerts to one reader. A second bundle of a day, which a run by hand may make, has its own number."""
    on, person = occasion.on.isoformat(), mine[0].alert.addressee.person
    waiting = [_as_waiting(one) for one in mine]
    found = itemised([lines.line_of(line) for line in waiting])
    number = bundles_made(session, person, on) + 1
    return MailDraft(
        kind=MailKind.ALERT_BUNDLE,
        key=(occasion.city, on, person, str(number)),
        recipient=person,
        role=highest_role(waiting).value,
        city=occasion.city,
        facts=ListFacts(on=on, sections=lines.of_sections(found, stored_lines(waiting))),
        not_before=at,
        expires_after=ALERT_LIFE,
        period=on,
        items=tuple(MailItem(one.alert.item, one.alert.rung.value) for one in mine),
    )


def _as_waiting(one: Raised) -> WaitingLine:
    told = one.alert.addressee
    return WaitingLine(one.id, told.person, told.role, one.alert.rung, told.channel, dict(one.line))


def moment_for(session: Session, person: str, occasion: Occasion) -> datetime:
    """When the next mail with alerts may reach somebody (RELIABILITY 2.2, per recipient)."""
    taken = alert_moments(session, person, occasion.at - ONE_DAY)
    return alert_moment(occasion.at, taken, occasion.mail.calendar, occasion.mail.place.zone)


def _insert(session: Session, project_id: int, alert: NewAlert, line: LineFacts, occasion: Occasion) -> int | None:
    lapsed = alert.delivery is Delivery.LAPSED
    row: dict[str, Any] = {
        "city_id": occasion.city,
        "project_id": project_id,
        "item": alert.item,
        "baseline_version": alert.version,
        "ladder_run": alert.run,
        "rung": alert.rung.value,
        "period": alert.period,
        "recipient_id": alert.addressee.person,
        "stands_for_id": alert.addressee.stands_for,
        "role": alert.addressee.role.value,
        "channel": alert.addressee.channel.value,
        "note": alert.addressee.note,
        "state": (AlertState.LAPSED if lapsed else AlertState.SCHEDULED).value,
        "raised_on": occasion.on,
        "raised_at": occasion.at,
        "ended_at": occasion.at if lapsed else None,
        "facts": line,
        "rule_set": occasion.policy.version,
    }
    statement = _RAISE[session.get_bind().dialect.name]
    number: int | None = session.scalar(statement, row, execution_options={"keys_are_marked": True})
    if number is not None:
        mark_written(session, _alerts.name, (number,))
    return number


def _note(session: Session, occasion: Occasion, action: str, item: str, after: Mapping[str, object]) -> None:
    """Every change of an alert is in the audit log with its rule set (DOMAIN 3.2); the actor is the system."""
    known = {**after, "rule_set": occasion.policy.version}
    audit.note(session, at=occasion.at, actor=None, action=action, item=item, after=known)
