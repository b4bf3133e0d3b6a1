"""Changes of the organisation that wait for their day: an area's next holder, a reform; carried out or withdrawn."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.clock import local_day
from pmo.db.models.organisation import CuratorAreaRecord, PlannedChangeRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.access import Action, Actor, Role
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.planning import faults_of_day
from pmo.domain.reform import from_plan
from pmo.queries.places import city_zone
from pmo.services.acts import Act
from pmo.services.administration import active_post, demand_in_city, note, own, refuse_no_reason
from pmo.services.areas import give_area, refuse_no_curator
from pmo.services.reforms import carry_out_reform


def plan_area(
    session: Session, act: Act, area: str, holder: str | None, effective_on: date, reason: str | None
) -> PlannedChangeRecord:
    """An area gets another holder from a day on: today at once, later by the night job.

    Raises NotFound, NotAllowed; RuleBroken ``area_in_past``, ``area_held``, ``area_planned``, ``reason_missing``,
    ``unknown_choice``, ``area_needs_curator``, ``date_out_of_range``.
    """
    demand_in_city(act.actor, Action.MANAGE_DEPARTMENTS, act.actor.city)
    record = own(session, act, CuratorAreaRecord, area)
    for fault in faults_of_day(effective_on, "effective_on"):
        raise fault.as_refusal()
    if effective_on < act.on:
        raise RuleBroken("area_in_past", "effective_on", today=act.on)
    if holder is not None:
        refuse_no_curator(active_post(session, act.actor.city, holder, "holder_id"))
    if holder == record.holder_id:
        raise RuleBroken("area_held", "holder_id")
    said = refuse_no_reason(reason)
    for other in _waiting(session, act.actor.city, "area"):
        if other.plan["area"] == area:
            raise RuleBroken("area_planned", "effective_on", day=other.effective_on)
    planned = PlannedChangeRecord(
        city_id=act.actor.city,
        kind="area",
        effective_on=effective_on,
        plan={"area": area, "holder": holder},
        reason=said,
        entered_at=act.at,
        entered_by=act.actor.person,
    )
    session.add(planned)
    session.flush()
    after = {"holder": holder, "effective_on": effective_on, "reason": said}
    note(session, act, "area_planned", f"areas/{area}", {"holder": record.holder_id}, after)
    if effective_on == act.on:
        _carry_out(session, act, planned)
    return planned


def withdraw_planned(session: Session, act: Act, number: int) -> None:
    """Takes back what waits for its day; twice is once.

    Raises NotFound, NotAllowed, RuleBroken ``change_carried_out``.
    """
    demand_in_city(act.actor, Action.MANAGE_DEPARTMENTS, act.actor.city)
    planned = session.scalar(
        select(PlannedChangeRecord)
        .where(PlannedChangeRecord.id == number, PlannedChangeRecord.city_id == act.actor.city)
        .with_for_update()
    )
    if planned is None:
        raise NotFound
    if planned.done_at is not None:
        raise RuleBroken("change_carried_out")
    if planned.withdrawn_at is None:
        planned.withdrawn_at = act.at
        session.flush()
        note(session, act, f"{planned.kind}_withdrawn", f"planned_changes/{number}", before={"plan": planned.plan})


def carry_out_due(session: Session, city: str, now: datetime) -> int:
    """Carries out what is due in a city, the oldest first, on behalf of who entered it; returns how many that were.

    A night that was missed is made up for by the next one: the change then counts from the day it was carried out.
    """
    today = local_day(now, city_zone(session, city))
    due = [one for kind in ("reform", "area") for one in _waiting(session, city, kind) if one.effective_on <= today]
    for planned in sorted(due, key=lambda one: (one.effective_on, one.id)):
        actor = Actor(planned.entered_by, city, Role.ADMINISTRATOR)
        _carry_out(session, Act(actor=actor, at=now, on=today, recorded_at=now, source="plan"), planned)
    return len(due)


def _carry_out(session: Session, act: Act, planned: PlannedChangeRecord) -> None:
    if planned.kind == "reform":
        carry_out_reform(session, act, from_plan(planned.plan, planned.effective_on))
    else:
        give_area(session, act, planned.plan["area"], _still_fit(session, planned.plan["holder"]))
    planned.done_at = act.at
    session.flush()


def _still_fit(session: Session, holder: str | None) -> str | None:
    """The planned holder, if the post is still a curator's and in use; else the area falls vacant."""
    found = session.get(PersonRecord, holder) if holder else None
    return found.id if found and found.is_active and Role(found.role).is_curator else None


def _waiting(session: Session, city: str, kind: str) -> list[PlannedChangeRecord]:
    planned = PlannedChangeRecord
    statement = select(planned).where(
        planned.city_id == city, planned.kind == kind, planned.done_at.is_(None), planned.withdrawn_at.is_(None)
    )
    return list(session.scalars(statement.order_by(planned.effective_on, planned.id).with_for_update()))
