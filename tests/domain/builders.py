"""Facts in one line each. Days may be written as ``2019-12-31``; whatever a case does not speak of has a default."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import holidays

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.indicator import (
    Direction,
    Frequency,
    Indicator,
    IndicatorAssessment,
    Interpolation,
    Kind,
    Reading,
)
from pmo.domain.indicator_verdict import assess_indicator
from pmo.domain.milestone import (
    BaselineDate,
    Cancellation,
    Claim,
    Decision,
    Dependency,
    Forecast,
    Milestone,
    MilestoneAssessment,
    Pause,
)
from pmo.domain.milestone_verdict import Setting, assess_milestones
from pmo.domain.policy import STANDARD, RuleSet
from pmo.domain.project import CostReport, Issue, Override, Project, ProjectAssessment, Rebaseline
from pmo.domain.verdict import judge_project

Day = str | date

START = date(2019, 9, 16)


@cache
def kazakhstan() -> WorkingCalendar:
    """The official days off and working weekends, as the package knows them."""
    known = holidays.country_holidays("KZ", years=range(2015, 2030))
    return WorkingCalendar(known.keys(), known.weekend_workdays, version="KZ")


def day(value: Day) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def at(value: Day) -> datetime:
    """The moment a fact of that day is entered."""
    return datetime.combine(day(value), time(), UTC)


def claim(
    completed: Day, submitted: Day | None = None, accepted: Day | None = None, returned: Day | None = None
) -> Claim:
    submitted_on = day(submitted or completed)
    decision = None
    if accepted or returned:
        decided_on = day(accepted or returned or completed)
        decision = Decision(accepted is not None, at(decided_on), decided_on)
    return Claim(submitted_on.toordinal(), day(completed), submitted_on, at(submitted_on), decision)


def pause(starts: Day, resumed: Day | None = None) -> Pause:
    if resumed is None:
        return Pause(day(starts), at(starts))
    return Pause(day(starts), at(starts), day(resumed), at(resumed))


def cancellation(effective: Day, entered: Day | None = None) -> Cancellation:
    return Cancellation(day(effective), at(entered or effective), "not_needed")


def milestone(
    code: str = "M1",
    due: Day | None = "2019-12-31",
    *,
    after: Sequence[str | Dependency] = (),
    moved: Sequence[tuple[Day, Day]] = (),
    done: Day | None = None,
    claims: Sequence[Claim] = (),
    forecast: Day | None = None,
    pauses: Sequence[Pause] = (),
    cancelled: Day | None = None,
    **fields: Any,
) -> Milestone:
    """``moved`` are (approval, new date); ``done`` is a completion date, accepted on the same day."""
    baselines = [BaselineDate(0, day(due), at(START), START)] if due else []
    for version, (approved, new) in enumerate(moved, 1):
        baselines.append(BaselineDate(version, day(new), at(approved), day(approved), version))
    all_claims = [*claims, *([claim(done, accepted=done)] if done else [])]
    return Milestone(
        id=fields.pop("id", 1),
        code=code,
        predecessors=tuple(link if isinstance(link, Dependency) else Dependency(link) for link in after),
        baselines=tuple(baselines),
        claims=tuple(all_claims),
        forecasts=(Forecast(day(forecast), "supplier_late", at(START)),) if forecast else (),
        pauses=tuple(pauses),
        cancellation=cancellation(cancelled) if cancelled else None,
        **fields,
    )


def indicator(
    code: str = "I1",
    *,
    start: tuple[Day, float | None] = ("2019-12-31", 0.0),
    target: tuple[Day, float | None] = ("2020-12-31", 100.0),
    band: tuple[float, float] | None = None,
    readings: Sequence[tuple[Day, float]] = (),
    direction: str = "up",
    kind: str = "point",
    interpolation: str = "linear",
    frequency: str = "monthly",
    window: Day | None = None,
    trajectory: Sequence[tuple[Day, float]] = (),
    shares: Sequence[tuple[Day, float]] = (),
    **fields: Any,
) -> Indicator:
    """``start`` and ``target`` are (day, value). A reading is entered on its period end."""
    return Indicator(
        id=fields.pop("id", 1),
        code=code,
        direction=Direction(direction),
        kind=Kind(kind),
        baseline_on=day(start[0]),
        baseline=start[1],
        target_on=day(target[0]),
        target=None if band else target[1],
        low=band[0] if band else None,
        high=band[1] if band else None,
        interpolation=Interpolation(interpolation),
        frequency=Frequency(frequency),
        window_start=day(window) if window else None,
        trajectory=tuple((day(when), value) for when, value in trajectory),
        shares=tuple((day(when), share) for when, share in shares),
        readings=tuple(Reading(day(end), value, at(end)) for end, value in readings),
        **fields,
    )


def project(
    *items: Milestone | Indicator,
    start: Day = START,
    end: Day = "2020-12-31",
    tracked: Day = START,
    **facts: Any,
) -> Project:
    return Project(
        id=1,
        code=facts.pop("code", "P"),
        city="almaty",
        start_on=day(start),
        end_on=day(end),
        tracked_since=day(tracked),
        entered_at=at(START),
        milestones=tuple(item for item in items if isinstance(item, Milestone)),
        indicators=tuple(item for item in items if isinstance(item, Indicator)),
        **{name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()},
    )


def override(severity: int, starts: Day, ends: Day) -> Override:
    return Override(severity, day(starts), day(ends), "doubts of the office", at(starts))


def rebaseline(approved: Day, change_id: int = 1) -> Rebaseline:
    return Rebaseline(change_id, day(approved), at(approved))


def cost(on: Day, **money: float) -> CostReport:
    return CostReport(day(on), at(on), budget=money.pop("budget", 100.0), **money)


def issue(due: Day, closed: Day | None = None, *, critical: bool = True, code: str = "R1") -> Issue:
    return Issue(code, critical, day(due), at(START), day(closed) if closed else None, at(closed) if closed else None)


def judged(facts: Project, on: Day, rules: RuleSet = STANDARD) -> ProjectAssessment:
    return judge_project(facts, day(on), kazakhstan(), rules)


def assessed(
    *milestones: Milestone, on: Day, start: Day = START, pauses: Sequence[Pause] = ()
) -> dict[str, MilestoneAssessment]:
    """Assessments of a project's milestones by their code."""
    setting = Setting(day(on), kazakhstan(), STANDARD, day(start), tuple(pauses))
    return {item.code: item for item in assess_milestones(milestones, setting)}


def read_on(
    facts: Indicator, on: Day, reporting: Day | None = None, pauses: Sequence[Pause] = ()
) -> IndicatorAssessment:
    """The indicator's assessment; reporting starts on its baseline date unless told otherwise."""
    return assess_indicator(facts, day(on), kazakhstan(), STANDARD, day(reporting or facts.baseline_on), tuple(pauses))
