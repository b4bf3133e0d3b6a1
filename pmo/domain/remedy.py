"""The nearest acts that turn a project green: part of every receipt (PRODUCT 2, promise 1).

Nothing is guessed: the acts are carried out on a copy of the facts, and the rules judge the copy. What turns out not to
be needed is left out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.indicator import Direction, Indicator, IndicatorAssessment, Kind, Reading, next_period_end
from pmo.domain.milestone import Claim, Decision, Forecast, Milestone, MilestoneAssessment, MilestoneStatus
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, ProjectAssessment
from pmo.domain.trajectory import expected_value
from pmo.domain.verdict import judge_project


class Deed(StrEnum):
    """What somebody can do: finish with accepted evidence, bring a forecast forward, report, reach a value."""

    FINISH = "finish"
    BRING_FORWARD = "bring_forward"
    REPORT = "report"
    REACH = "reach"


@dataclass(frozen=True, slots=True)
class Act:
    """One act on one item: ``by`` is the date to keep or the period end to report, ``value`` what to report at least.

    In an indicator where less is better, and in a band, ``value`` is what not to exceed or to come back to.
    """

    deed: Deed
    item: str
    by: date | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """Acts, the weightiest first, none of which can be left out, and the severity that is left once all are done."""

    acts: tuple[Act, ...]
    severity: int | None


def nearest_remedy(
    known: Project, assessment: ProjectAssessment, calendar: WorkingCalendar, rules: RuleSet
) -> Remedy | None:
    """What makes the colour better, or None where there is no colour to better or no act of the project's own does.

    ``known`` is the project cut to what was known on the assessment's day.
    """
    if not assessment.severity:
        return None
    acts = _possible(known, assessment, rules)
    on = assessment.on
    after = judged_after(known, acts, on, calendar, rules).severity or 0
    if after >= assessment.severity:
        return None
    for act in list(acts):
        fewer = [kept for kept in acts if kept is not act]
        if (judged_after(known, fewer, on, calendar, rules).severity or 0) <= after:
            acts = fewer
    return Remedy(tuple(reversed(acts)), after)


def judged_after(
    known: Project, acts: Sequence[Act], on: date, calendar: WorkingCalendar, rules: RuleSet
) -> ProjectAssessment:
    """What the rules would say today if these acts were done today; nothing else changes."""
    done = {act.item: act for act in acts}
    changed = replace(
        known,
        milestones=tuple(_with(item, done.get(item.code), on) for item in known.milestones),
        indicators=tuple(_reported(item, done.get(item.code), known) for item in known.indicators),
    )
    return judge_project(changed, on, calendar, rules)


def _possible(known: Project, assessment: ProjectAssessment, rules: RuleSet) -> list[Act]:
    """Every act on a single item that its own status asks for, the least needed ones first: they are tried first."""
    acts: list[Act] = []
    for item in assessment.milestones:
        due = item.effective_due_on
        if item.status is MilestoneStatus.OVERDUE:
            acts.append(Act(Deed.FINISH, item.code))
        elif due and item.driver == "own_forecast" and (item.slip_wd or 0) > 0:
            acts.append(Act(Deed.BRING_FORWARD, item.code, max(due, assessment.on)))
    by_code = {indicator.code: indicator for indicator in known.indicators}
    for judged in assessment.indicators:
        if judged.severity and not judged.is_final:
            act = _for_indicator(by_code[judged.code], judged, assessment.on, rules)
            acts += [act] if act else []
    worst = _weights(assessment.milestones, assessment.indicators)
    return sorted(acts, key=lambda act: worst[act.item])


def _for_indicator(indicator: Indicator, judged: IndicatorAssessment, on: date, rules: RuleSet) -> Act | None:
    end = _last_period_end(indicator, judged, on)
    if end is None:
        return None
    value = _green_value(indicator, end, rules)
    if value is None:
        return None
    deed = Deed.REPORT if judged.missed_reports and not _is_behind(judged) else Deed.REACH
    return Act(deed, indicator.code, end, value)


def _last_period_end(indicator: Indicator, judged: IndicatorAssessment, on: date) -> date | None:
    """The newest period that a reading can be about: the last that has ended, not before the one judged now."""
    end: date | None = judged.observed_on
    following = next_period_end(end or max(indicator.baseline_on, on - timedelta(days=200)), indicator.frequency)
    while following <= on:
        end, following = following, next_period_end(following, indicator.frequency)
    return end


def _green_value(indicator: Indicator, end: date, rules: RuleSet) -> float | None:
    """The nearest value at a period end that counts as on track: IN-8, IN-13 and IN-14 turned round."""
    if indicator.direction is Direction.RANGE:
        if indicator.low is None or indicator.high is None:
            return None
        expected = expected_value(indicator, end)
        return expected if expected is not None else (indicator.low + indicator.high) / 2
    expected, target = expected_value(indicator, end), indicator.target
    if expected is None or target is None:
        return None
    baseline = 0.0 if indicator.kind is Kind.PERIOD else (indicator.baseline or 0.0)
    if baseline == target:
        return target
    if indicator.kind is Kind.PERIOD and indicator.direction is Direction.DOWN:
        return expected
    return baseline + (1 - rules.amber_variance) * (expected - baseline)


def _is_behind(judged: IndicatorAssessment) -> bool:
    """Whether the value itself is not good enough, apart from silence."""
    return judged.ratio is not None and judged.ratio < 0.9


def _weights(
    milestones: Sequence[MilestoneAssessment], indicators: Sequence[IndicatorAssessment]
) -> dict[str, tuple[int, bool, float]]:
    judged: list[MilestoneAssessment | IndicatorAssessment] = [*milestones, *indicators]
    return {item.code: (item.severity or 0, item.critical, item.weight) for item in judged}


def _with(milestone: Milestone, act: Act | None, on: date) -> Milestone:
    if act is None:
        return milestone
    entered = milestone.entered_at or milestone.baselines[0].entered_at
    if act.deed is Deed.BRING_FORWARD and act.by:
        return replace(milestone, forecasts=(*milestone.forecasts, Forecast(act.by, "", entered)))
    claim = Claim(0, on, on, entered, Decision(True, entered, on))
    return replace(milestone, claims=(*milestone.claims, claim))


def _reported(indicator: Indicator, act: Act | None, known: Project) -> Indicator:
    if act is None or act.by is None or act.value is None:
        return indicator
    return replace(indicator, readings=(*indicator.readings, Reading(act.by, act.value, known.entered_at)))
