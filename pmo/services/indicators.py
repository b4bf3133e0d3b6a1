"""What happens to an indicator: readings are entered; the office creates and edits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import RevisionRecord
from pmo.db.models.indicators import IndicatorRecord, ReadingRecord, TrajectoryPointRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action, may
from pmo.domain.calendar import ONE_DAY
from pmo.domain.errors import Conflict, RuleBroken
from pmo.domain.indicator import Frequency, Indicator, Kind, next_period_end
from pmo.domain.planning import faults_of_indicator
from pmo.queries.calendar import working_calendar
from pmo.queries.rules import CITY_RULES
from pmo.queries.visibility import scope_of
from pmo.services.acts import Act, enter, indicator_for, project_for
from pmo.services.revisions import changes_since_last


@dataclass(frozen=True, slots=True)
class IndicatorPlan:
    """What an indicator is: its words and links, and ``rule``, the part that status is judged by."""

    name_ru: str
    name_kk: str
    name_en: str
    unit_id: str
    rule: Indicator
    source: str | None = None
    position: int | None = None
    provenance: Mapping[str, object] | None = None


def enter_reading(
    session: Session, act: Act, indicator_id: int, period_end: date, value: float, text: str | None = None
) -> ReadingRecord:
    """A value for a period; a later one for the same period corrects it (DOMAIN 1.5, edge cases).

    The standing value told again, in the same words, is no correction and enters nothing.

    Raises RuleBroken ``period_not_over``, ``not_a_period_end``, ``period_closed``, ``cumulative_falls`` (a running
    total only falls as a correction with its reason), ``value_missing``.
    """
    indicator, project = indicator_for(session, act.actor, Action.READING, indicator_id)
    return _enter_reading(session, act, indicator, project, period_end, value, text)


def correct_closed_reading(
    session: Session, act: Act, indicator_id: int, period_end: date, value: float, text: str
) -> ReadingRecord:
    """The PMO corrects a closed period, with a reason."""
    indicator, project = indicator_for(session, act.actor, Action.REOPEN_PERIOD, indicator_id)
    if not text.strip():
        raise RuleBroken("reason_missing", "text")
    return _enter_reading(session, act, indicator, project, period_end, value, text)


def enter_initial_reading(session: Session, act: Act, indicator_id: int, observed_on: date, value: float) -> None:
    """What was already known when the project entered the system; it may end on any day."""
    indicator, project = indicator_for(session, act.actor, Action.EDIT, indicator_id)
    _write(session, act, indicator, project, observed_on, value, None, corrects=False)


def create_indicator(session: Session, act: Act, project_id: int, plan: IndicatorPlan) -> IndicatorRecord:
    """The office adds an indicator. Raises RuleBroken for a plan that DOMAIN 1.5 refuses."""
    project = project_for(session, act.actor, Action.EDIT, project_id)
    _refuse_bad_plan(session, project, plan, None)
    entry = enter(session, act, project, "indicator_created", plan.rule.code, target=plan.rule.target)
    indicator = IndicatorRecord(
        project_id=project_id,
        code=plan.rule.code,
        position=_next_position(session, project_id) if plan.position is None else plan.position,
        entered_at=act.at,
        provenance=dict(plan.provenance or {}),
        **_columns(plan),
    )
    session.add(indicator)
    session.flush()
    _write_trajectory(session, indicator.id, plan.rule)
    session.add(_revision(entry.id, indicator.id, plan))
    session.flush()
    return indicator


def edit_indicator(session: Session, act: Act, indicator_id: int, plan: IndicatorPlan, version: int) -> IndicatorRecord:
    """The office corrects what an indicator is. ``version`` as in ``edit_milestone``. Raises Conflict, RuleBroken."""
    indicator, project = indicator_for(session, act.actor, Action.EDIT, indicator_id)
    if indicator.version != version:
        raise Conflict({"name_ru": indicator.name_ru, "target": indicator.target, "weight": indicator.weight})
    _refuse_bad_plan(session, project, plan, indicator)
    changes = changes_since_last(session, "indicator", indicator_id, _fields(plan))
    entry = enter(session, act, project, "indicator_edited", indicator.code, changes)
    for name, value in _columns(plan).items():
        setattr(indicator, name, value)
    indicator.version += 1
    session.execute(delete(TrajectoryPointRecord).where(TrajectoryPointRecord.indicator_id == indicator_id))
    _write_trajectory(session, indicator_id, plan.rule)
    session.add(_revision(entry.id, indicator_id, plan))
    session.flush()
    return indicator


def closes_on(session: Session, act: Act, project: ProjectRecord, period_end: date) -> date:
    """The last day on which a manager may still tell or correct the value of a period, by the rules of that day."""
    rules = CITY_RULES.on(session, project.city_id, act.on, act.at)
    return working_calendar(session, project.city_id).addwd(period_end, rules.closed_period_wd)


def _enter_reading(
    session: Session,
    act: Act,
    indicator: IndicatorRecord,
    project: ProjectRecord,
    period_end: date,
    value: float,
    text: str | None,
) -> ReadingRecord:
    if not isfinite(value):
        raise RuleBroken("value_missing", "value")
    if period_end >= act.on:
        raise RuleBroken("period_not_over", "period_end", today=act.on)
    expected = next_period_end(period_end - ONE_DAY, Frequency(indicator.frequency))
    if period_end != expected:
        raise RuleBroken("not_a_period_end", "period_end", expected=expected)
    closed_after = closes_on(session, act, project, period_end)
    explains = text is not None and bool(text.strip())
    if act.on > closed_after and not (explains and may(act.actor, Action.REOPEN_PERIOD, scope_of(session, project.id))):
        raise RuleBroken("period_closed", "period_end", closed_on=closed_after)
    before = _values_by_period(session, indicator.id)
    corrects = period_end in before
    earlier = [told for end, told in before.items() if end < period_end]
    falls = indicator.kind == Kind.CUMULATIVE and bool(earlier) and value < earlier[-1]
    if falls and not corrects and not explains and not act.is_replayed:
        raise RuleBroken("cumulative_falls", "value", last=earlier[-1])
    if corrects and not act.is_replayed and (same := _told_again(session, indicator.id, period_end, value, text)):
        return same
    return _write(session, act, indicator, project, period_end, value, text, corrects=corrects or falls)


def _write(
    session: Session,
    act: Act,
    indicator: IndicatorRecord,
    project: ProjectRecord,
    period_end: date,
    value: float,
    text: str | None,
    *,
    corrects: bool,
) -> ReadingRecord:
    entry = enter(session, act, project, "indicator", indicator.code, period_end=period_end, value=value, reason=text)
    reading = ReadingRecord(
        entry_id=entry.id,
        indicator_id=indicator.id,
        period_end=period_end,
        value=value,
        is_correction=corrects,
        text=text,
    )
    session.add(reading)
    session.flush()
    return reading


def _told_again(
    session: Session, indicator_id: int, period_end: date, value: float, text: str | None
) -> ReadingRecord | None:
    """The standing reading of a period, if it says just this."""
    standing = session.scalar(
        select(ReadingRecord)
        .where(ReadingRecord.indicator_id == indicator_id, ReadingRecord.period_end == period_end)
        .order_by(ReadingRecord.id.desc())
        .limit(1)
    )
    return standing if standing and (standing.value, standing.text) == (value, text) else None


def _values_by_period(session: Session, indicator_id: int) -> dict[date, float]:
    """The standing value of each period told so far, oldest period first."""
    statement = (
        select(ReadingRecord.period_end, ReadingRecord.value)
        .where(ReadingRecord.indicator_id == indicator_id)
        .order_by(ReadingRecord.period_end, ReadingRecord.id)
    )
    return {row.period_end: row.value for row in session.execute(statement)}


def _refuse_bad_plan(
    session: Session, project: ProjectRecord, plan: IndicatorPlan, current: IndicatorRecord | None
) -> None:
    taken = select(IndicatorRecord.id).where(
        IndicatorRecord.project_id == project.id, IndicatorRecord.code == plan.rule.code
    )
    other = session.scalar(taken)
    if other is not None and (current is None or other != current.id):
        raise RuleBroken("code_taken", "code", code=plan.rule.code)
    for fault in faults_of_indicator(plan.rule):
        raise fault.as_refusal()


def _columns(plan: IndicatorPlan) -> dict[str, Any]:
    rule = plan.rule
    return {
        "name_ru": plan.name_ru,
        "name_kk": plan.name_kk,
        "name_en": plan.name_en,
        "unit_id": plan.unit_id,
        "source": plan.source,
        "direction": rule.direction.value,
        "kind": rule.kind.value,
        "baseline": rule.baseline,
        "baseline_on": rule.baseline_on,
        "target": rule.target,
        "target_on": rule.target_on,
        "low": rule.low,
        "high": rule.high,
        "interpolation": rule.interpolation.value,
        "frequency": rule.frequency.value,
        "window_start": rule.window_start,
        "zero_scale": rule.zero_scale,
        "weight": rule.weight,
        "critical": rule.critical,
    }


def _write_trajectory(session: Session, indicator_id: int, rule: Indicator) -> None:
    for points, is_share in ((rule.trajectory, False), (rule.shares, True)):
        for on, value in points:
            session.add(TrajectoryPointRecord(indicator_id=indicator_id, on=on, value=value, is_share=is_share))


def _revision(entry_id: int, indicator_id: int, plan: IndicatorPlan) -> RevisionRecord:
    return RevisionRecord(entry_id=entry_id, item_kind="indicator", item_id=indicator_id, fields=_fields(plan))


def _fields(plan: IndicatorPlan) -> dict[str, Any]:
    fields = {name: value.isoformat() if isinstance(value, date) else value for name, value in _columns(plan).items()}
    fields["trajectory"] = [[on.isoformat(), value] for on, value in plan.rule.trajectory]
    fields["shares"] = [[on.isoformat(), value] for on, value in plan.rule.shares]
    return fields


def _next_position(session: Session, project_id: int) -> int:
    highest = session.scalar(select(func.max(IndicatorRecord.position)).where(IndicatorRecord.project_id == project_id))
    return (highest or 0) + 1
