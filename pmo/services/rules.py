"""The next version of a city's rule set: planned by the head of the PMO, withdrawn before its day (DOMAIN 1.2, 3.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import CityRecord
from pmo.db.models.rules import RuleVersionRecord
from pmo.domain.access import Action
from pmo.domain.errors import Conflict, NotFound, RuleBroken
from pmo.domain.planning import Fault, faults_of_day
from pmo.domain.policy import RuleSet
from pmo.domain.rule_parameters import Number, differences, faults_of_rules, rules_with, values_of
from pmo.queries.rules import STANDARD_NUMBER, forget_books, last_rules, state_of_rules, versions_of
from pmo.services.acts import Act
from pmo.services.administration import demand_in_city, note, refuse_no_reason

MOST_REASON = 300


@dataclass(frozen=True, slots=True)
class RulePlan:
    """The numbers of the next version (those left out are the standard's), its first day, and why.

    ``state`` is the state of the city's versions that the plan was made upon (``queries.rules.state_of_rules``).
    """

    numbers: Mapping[str, Number]
    valid_from: date | None
    reason: str | None
    state: str


def faults_of_plan(session: Session, act: Act, plan: RulePlan) -> list[Fault]:
    """Everything that forbids a plan, each fault at its field, for the preview too. Raises NotAllowed.

    Codes ``parameter_out_of_bounds``, ``parameter_not_below``, ``parameter_above``, ``rules_unchanged``,
    ``rules_without_day``, ``rules_from_the_past``, ``rules_day_taken``, ``date_out_of_range``, ``reason_missing``,
    ``text_too_long``.
    """
    demand_in_city(act.actor, Action.MANAGE_RULES, act.actor.city)
    wanted = rules_with("", plan.numbers)
    faults = faults_of_rules(wanted)
    if not faults and not differences(last_rules(session, act.actor.city), wanted):
        faults.append(Fault("rules_unchanged", ""))
    faults += _faults_of_first_day(session, act, plan.valid_from)
    said = (plan.reason or "").strip()
    if not said:
        faults.append(Fault("reason_missing", "reason"))
    elif len(said) > MOST_REASON:
        faults.append(Fault("text_too_long", "reason", {"most": MOST_REASON}))
    return faults


def plan_rules(session: Session, act: Act, plan: RulePlan) -> RuleVersionRecord:
    """The actor's city judges by other numbers from a day on: today or later, after every version that stands.

    Pages follow at once on that day; stored statuses with its night job. Raises NotAllowed; Conflict where versions
    were planned or withdrawn since the plan was made; RuleBroken as ``faults_of_plan``.
    """
    demand_in_city(act.actor, Action.MANAGE_RULES, act.actor.city)
    _lock_city(session, act)
    versions = versions_of(session, act.actor.city)
    if state_of_rules(versions) != plan.state:
        raise Conflict({"state": state_of_rules(versions)})
    for fault in faults_of_plan(session, act, plan):
        raise fault.as_refusal()
    before = last_rules(session, act.actor.city)
    record = RuleVersionRecord(
        city_id=act.actor.city,
        number=max((version.number for version in versions), default=STANDARD_NUMBER) + 1,
        valid_from=plan.valid_from,
        numbers=values_of(rules_with("", plan.numbers)),
        reason=refuse_no_reason(plan.reason),
        entered_at=act.at,
        entered_by=act.actor.person,
    )
    session.add(record)
    session.flush()
    forget_books(session)
    after = rules_with(record.name, record.numbers)
    _note(session, act, "rules_planned", record, before, after)
    return record


def withdraw_rules(session: Session, act: Act, version_id: int) -> None:
    """A version is taken back while its day is still to come; twice is once.

    Raises NotAllowed, NotFound, RuleBroken ``rules_in_force``.
    """
    demand_in_city(act.actor, Action.MANAGE_RULES, act.actor.city)
    _lock_city(session, act)
    record = next((one for one in versions_of(session, act.actor.city) if one.id == version_id), None)
    if record is None:
        raise NotFound
    if record.withdrawn_at is not None:
        return
    if record.valid_from <= act.on:
        raise RuleBroken("rules_in_force", None, version=record.name, day=record.valid_from)
    planned = rules_with(record.name, record.numbers)
    record.withdrawn_at, record.withdrawn_by = act.at, act.actor.person
    session.flush()
    forget_books(session)
    _note(session, act, "rules_withdrawn", record, planned, last_rules(session, act.actor.city, record.valid_from))


def _faults_of_first_day(session: Session, act: Act, day: date | None) -> list[Fault]:
    if day is None:
        return [Fault("rules_without_day", "valid_from")]
    if day < act.on:
        return [Fault("rules_from_the_past", "valid_from", {"today": act.on})]
    taken = [one for one in versions_of(session, act.actor.city) if one.withdrawn_at is None and one.valid_from >= day]
    if taken:
        return [Fault("rules_day_taken", "valid_from", {"version": taken[-1].name, "day": taken[-1].valid_from})]
    return faults_of_day(day, "valid_from")


def _note(session: Session, act: Act, action: str, record: RuleVersionRecord, before: RuleSet, after: RuleSet) -> None:
    """Each number that becomes another, before and after, with the day and the reason."""
    changed = differences(before, after)
    about = {"valid_from": record.valid_from, "reason": record.reason}
    note(
        session,
        act,
        action,
        f"rules/{record.name}",
        before={"rules": before.version, "numbers": {one.parameter.name: one.before for one in changed}},
        after={"rules": after.version, "numbers": {one.parameter.name: one.after for one in changed}, **about},
    )


def _lock_city(session: Session, act: Act) -> None:
    """Two versions of one city are planned one after the other."""
    if (
        session.scalar(select(CityRecord).where(CityRecord.id == act.actor.city).with_for_update(key_share=True))
        is None
    ):
        raise NotFound
