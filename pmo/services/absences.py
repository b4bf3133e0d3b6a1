"""Absences: somebody is away, somebody else acts for them (DOMAIN 3.2, absence)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.people import AbsenceRecord, PersonRecord
from pmo.domain.access import Action, may_in_city
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.domain.planning import faults_of_span
from pmo.services import audit
from pmo.services.acts import Act


@dataclass(frozen=True, slots=True)
class AbsencePlan:
    """Who is away, who acts, from which day to which, both included."""

    person_id: str
    substitute_id: str
    starts_on: date
    ends_on: date


def set_absence(session: Session, act: Act, plan: AbsencePlan) -> AbsenceRecord:
    """Enters an absence: one's own, or with the right to do so anybody's of the city.

    The substitute gets the mails and the rights of the absent post for these days. The same absence entered twice is
    entered once. Raises NotFound, NotAllowed; RuleBroken ``span_upside_down``, ``span_over``,
    ``span_too_long``, ``date_out_of_range``, ``substitute_is_oneself``, ``substitute_elsewhere``,
    ``substitute_absent``, ``absence_overlaps``, ``person_substitutes``.
    """
    person = _post(session, plan.person_id)
    if person is None or person.city_id != act.actor.city:
        raise NotFound
    _refuse_unentitled(act, person)
    for fault in faults_of_span(plan.starts_on, plan.ends_on, act.on):
        raise fault.as_refusal()
    substitute = _post(session, plan.substitute_id)
    if plan.substitute_id == plan.person_id:
        raise RuleBroken("substitute_is_oneself", "substitute_id")
    if substitute is None or substitute.city_id != person.city_id:
        raise RuleBroken("substitute_elsewhere", "substitute_id")
    _lock(session, [person.id, substitute.id])
    own = _overlapping(session, plan, person_id=plan.person_id)
    for absence in own:
        if (absence.substitute_id, absence.starts_on, absence.ends_on) == (
            plan.substitute_id,
            plan.starts_on,
            plan.ends_on,
        ):
            return absence
    if own:
        raise RuleBroken("absence_overlaps", "starts_on", first=own[0].starts_on, last=own[0].ends_on)
    if away := _overlapping(session, plan, person_id=plan.substitute_id):
        raise RuleBroken("substitute_absent", "substitute_id", first=away[0].starts_on, last=away[0].ends_on)
    if acting := _overlapping(session, plan, substitute_id=plan.person_id):
        raise RuleBroken("person_substitutes", "starts_on", first=acting[0].starts_on, last=acting[0].ends_on)
    record = AbsenceRecord(
        person_id=plan.person_id,
        substitute_id=plan.substitute_id,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        entered_at=act.at,
        entered_by=act.actor.person,
    )
    session.add(record)
    session.flush()
    _note(session, act, "absence_set", person.city_id, record)
    return record


def withdraw_absence(session: Session, act: Act, absence_id: int) -> None:
    """Takes an absence back; withdrawing twice is withdrawing once. Raises NotFound, NotAllowed."""
    record = session.scalar(select(AbsenceRecord).where(AbsenceRecord.id == absence_id).with_for_update())
    person = _post(session, record.person_id) if record else None
    if record is None or person is None or person.city_id != act.actor.city:
        raise NotFound
    _refuse_unentitled(act, person)
    if record.withdrawn_at is not None:
        return
    record.withdrawn_at = act.at
    session.flush()
    _note(session, act, "absence_withdrawn", person.city_id, record)


def _post(session: Session, person_id: str) -> PersonRecord | None:
    person = session.get(PersonRecord, person_id)
    return person if person and person.is_active else None


def _refuse_unentitled(act: Act, person: PersonRecord) -> None:
    if person.id != act.actor.person and not may_in_city(act.actor, Action.SET_ABSENCE, person.city_id):
        raise NotAllowed(Action.SET_ABSENCE)


def _lock(session: Session, people: list[str]) -> None:
    """Two absences that exclude each other are entered one after the other."""
    session.execute(
        select(PersonRecord.id)
        .where(PersonRecord.id.in_(people))
        .order_by(PersonRecord.id)
        .with_for_update(key_share=True)
    )


def _overlapping(
    session: Session, plan: AbsencePlan, *, person_id: str | None = None, substitute_id: str | None = None
) -> list[AbsenceRecord]:
    """Standing absences of somebody, or those they stand in for, that share a day with the plan."""
    whose = AbsenceRecord.person_id == person_id if person_id else AbsenceRecord.substitute_id == substitute_id
    return list(
        session.scalars(
            select(AbsenceRecord)
            .where(
                whose,
                AbsenceRecord.withdrawn_at.is_(None),
                AbsenceRecord.starts_on <= plan.ends_on,
                AbsenceRecord.ends_on >= plan.starts_on,
            )
            .order_by(AbsenceRecord.starts_on)
        )
    )


def _note(session: Session, act: Act, action: str, city: str, record: AbsenceRecord) -> None:
    audit.note(
        session,
        at=act.recorded_at,
        actor=act.actor.person,
        action=action,
        item=f"{city}/{record.person_id}",
        after={"substitute": record.substitute_id, "starts_on": record.starts_on, "ends_on": record.ends_on},
    )
