"""A city's own exceptions to the working calendar: entered and withdrawn by an administrator (DOMAIN 1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.calendar import CalendarDayRecord
from pmo.db.models.catalogue import CityRecord
from pmo.domain.access import Action
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.planning import faults_of_day
from pmo.queries.calendar import working_calendar
from pmo.services.acts import Act
from pmo.services.administration import demand_in_city, note, refuse_no_reason

DAY_OFF, WORKING = "day_off", "working"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One day, what it becomes (``day_off`` or ``working``), and by which decree."""

    day: date
    kind: str
    reason: str | None


def refuse_bad_day(session: Session, act: Act, plan: DayPlan) -> None:
    """Everything that forbids a day, for the preview too.

    Raises NotAllowed; RuleBroken ``date_out_of_range``, ``unknown_choice``, ``day_entered``, ``day_already_off``,
    ``day_already_working``.
    """
    demand_in_city(act.actor, Action.MANAGE_CALENDAR, act.actor.city)
    for fault in faults_of_day(plan.day, "day"):
        raise fault.as_refusal()
    if plan.kind not in (DAY_OFF, WORKING):
        raise RuleBroken("unknown_choice", "kind")
    if _standing(session, act.actor.city, plan.day) is not None:
        raise RuleBroken("day_entered", "day")
    is_working = working_calendar(session, act.actor.city).is_working(plan.day)
    if is_working == (plan.kind == WORKING):
        raise RuleBroken("day_already_working" if is_working else "day_already_off", "kind")


def enter_day(session: Session, act: Act, plan: DayPlan) -> CalendarDayRecord:
    """A day becomes off or worked in the actor's city; it outweighs the country's calendar.

    Statuses follow at once on pages, and are stored by the next night job. Raises as ``refuse_bad_day``, and
    RuleBroken ``reason_missing``.
    """
    city = _locked_city(session, act)
    refuse_bad_day(session, act, plan)
    reason = refuse_no_reason(plan.reason)
    record = CalendarDayRecord(
        calendar=city.calendar,
        city_id=city.id,
        day=plan.day,
        kind=plan.kind,
        source="administrator",
        reason=reason,
        entered_at=act.at,
        entered_by=act.actor.person,
    )
    session.add(record)
    session.flush()
    after = {"day": plan.day, "kind": plan.kind, "reason": reason}
    note(session, act, "calendar_day_entered", f"calendar/{plan.day.isoformat()}", after=after)
    return record


def withdraw_day(session: Session, act: Act, number: int) -> None:
    """A city's own day is as the country has it again; twice is once. Raises NotFound, NotAllowed."""
    demand_in_city(act.actor, Action.MANAGE_CALENDAR, act.actor.city)
    city = _locked_city(session, act)
    record = session.scalar(
        select(CalendarDayRecord).where(CalendarDayRecord.id == number, CalendarDayRecord.city_id == city.id)
    )
    if record is None:
        raise NotFound
    if record.withdrawn_at is None:
        record.withdrawn_at = act.at
        session.flush()
        before = {"day": record.day, "kind": record.kind, "reason": record.reason}
        note(session, act, "calendar_day_withdrawn", f"calendar/{record.day.isoformat()}", before=before)


def _locked_city(session: Session, act: Act) -> CityRecord:
    """Two days of one city are entered one after the other."""
    city = session.scalar(select(CityRecord).where(CityRecord.id == act.actor.city).with_for_update(key_share=True))
    if city is None:
        raise NotFound
    return city


def _standing(session: Session, city: str, day: date) -> CalendarDayRecord | None:
    record = CalendarDayRecord
    return session.scalar(
        select(record).where(record.city_id == city, record.day == day, record.withdrawn_at.is_(None))
    )
