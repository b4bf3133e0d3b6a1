"""Projects that nobody would plan: every fact the rules know, thrown together (hypothesis strategies)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from pmo.domain.indicator import Direction, Frequency, Indicator, Interpolation, Kind, Reading
from pmo.domain.milestone import (
    BaselineDate,
    Cancellation,
    Claim,
    Decision,
    Dependency,
    Forecast,
    Milestone,
    Pause,
)
from pmo.domain.project import CostReport, Issue, Override, Project, Rebaseline

TODAY = date(2020, 3, 13)
ENTERED = datetime(2019, 9, 16, tzinfo=UTC)

near = st.integers(-120, 150).map(lambda days: TODAY + timedelta(days=days))
past = st.integers(-150, 0).map(lambda days: TODAY + timedelta(days=days))
weights = st.sampled_from([0.1, 0.5, 1.0, 2.0, 3.0, 7.0])


def moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@st.composite
def pauses(draw: st.DrawFn) -> tuple[Pause, ...]:
    starts = draw(st.one_of(st.none(), st.none(), near))
    if starts is None:
        return ()
    length = draw(st.one_of(st.none(), st.integers(1, 90)))
    if length is None:
        return (Pause(starts, ENTERED),)
    return (Pause(starts, ENTERED, starts + timedelta(days=length), ENTERED),)


@st.composite
def milestones(draw: st.DrawFn, number: int) -> Milestone:
    baselines = [BaselineDate(0, draw(near), ENTERED, TODAY)] if draw(st.integers(0, 9)) else []
    if baselines and draw(st.integers(0, 3)) == 0:
        baselines.append(BaselineDate(1, draw(near), moment(draw(past)), TODAY, 1))
    claims = ()
    if draw(st.integers(0, 2)) == 0:
        completed, entered = draw(past), draw(past)
        decision = draw(st.sampled_from([None, True, False]))
        verdict = None if decision is None else Decision(decision, moment(entered), entered)
        claims = (Claim(1, min(completed, entered), entered, moment(entered), verdict),)
    links = draw(st.lists(st.integers(1, number - 1), max_size=2, unique=True)) if number > 1 else []
    cancelled = draw(near) if draw(st.integers(0, 5)) == 0 else None
    return Milestone(
        id=number,
        code=f"M{number}",
        weight=draw(weights),
        critical=draw(st.booleans()),
        predecessors=tuple(Dependency(f"M{link}", "FS", draw(st.integers(-5, 20))) for link in links),
        min_duration_wd=draw(st.one_of(st.none(), st.none(), st.integers(0, 60))),
        baselines=tuple(baselines),
        claims=claims,
        forecasts=(Forecast(draw(near), "late", ENTERED),) if draw(st.integers(0, 2)) == 0 else (),
        pauses=draw(pauses()),
        cancellation=Cancellation(cancelled, ENTERED, "dropped") if cancelled else None,
    )


@st.composite
def indicators(draw: st.DrawFn, number: int) -> Indicator:
    direction = draw(st.sampled_from(Direction))
    kind = draw(st.sampled_from(Kind)) if direction is not Direction.RANGE else Kind.POINT
    target_on = draw(near) + timedelta(days=draw(st.sampled_from([0, 0, 300])))
    baseline_on = target_on - timedelta(days=draw(st.integers(1, 400)))
    baseline = draw(st.sampled_from([None, 0.0, 10.0, 100.0]))
    span = draw(st.sampled_from([0.0, 10.0, 50.0]))
    target = max(0.0, (baseline or 0.0) + (span if direction is Direction.UP else -span))
    frequency = draw(st.sampled_from(Frequency))
    ends = [end for end in _period_ends(frequency) if draw(st.integers(0, 2)) == 0]
    return Indicator(
        id=number,
        code=f"I{number}",
        direction=direction,
        kind=kind,
        baseline_on=baseline_on,
        target_on=target_on,
        baseline=baseline,
        target=None if direction is Direction.RANGE else target,
        low=20.0 if direction is Direction.RANGE else None,
        high=30.0 if direction is Direction.RANGE else None,
        interpolation=draw(st.sampled_from(Interpolation)),
        frequency=frequency,
        window_start=baseline_on + timedelta(days=1) if kind is Kind.PERIOD else None,
        weight=draw(weights),
        critical=draw(st.booleans()),
        readings=tuple(Reading(end, draw(st.floats(0, 130)), moment(end)) for end in ends),
    )


@st.composite
def projects(draw: st.DrawFn) -> Project:
    start_on = TODAY + timedelta(days=draw(st.sampled_from([-400, -100, -30, -10, 20])))
    overrides = []
    if draw(st.integers(0, 2)) == 0:
        starts = draw(near)
        ends = starts + timedelta(days=draw(st.integers(0, 30)))
        overrides.append(Override(draw(st.sampled_from([1, 2])), starts, ends, "doubt", ENTERED))
    cancelled = draw(near) if draw(st.integers(0, 9)) == 0 else None
    issues = [Issue("R", draw(st.booleans()), draw(near), ENTERED)] if draw(st.integers(0, 3)) == 0 else []
    if issues and draw(st.booleans()):
        issues = [replace(issues[0], closed_on=draw(near), close_entered_at=ENTERED)]
    costs = []
    if draw(st.integers(0, 3)) == 0:
        costs.append(CostReport(draw(past), ENTERED, 100.0, draw(st.sampled_from([None, 90.0, 115.0])), 50.0, 30.0))
    return Project(
        id=1,
        code="P",
        city="almaty",
        start_on=start_on,
        end_on=start_on + timedelta(days=draw(st.integers(10, 900))),
        tracked_since=date(2019, 9, 16),
        entered_at=ENTERED,
        milestones=tuple(draw(milestones(number)) for number in range(1, draw(st.integers(0, 5)) + 1)),
        indicators=tuple(draw(indicators(number)) for number in range(1, draw(st.integers(0, 3)) + 1)),
        pauses=draw(pauses()) if draw(st.integers(0, 2)) == 0 else (),
        cancellation=Cancellation(cancelled, ENTERED, "dropped") if cancelled else None,
        overrides=tuple(overrides),
        rebaselines=tuple(
            Rebaseline(number, TODAY, moment(TODAY)) for number in range(draw(st.sampled_from([0, 0, 3])))
        ),
        costs=tuple(costs),
        issues=tuple(issues),
    )


def _period_ends(frequency: Frequency) -> list[date]:
    ends = [date(2019, 9, 30), date(2019, 10, 31), date(2019, 11, 30), date(2019, 12, 31), date(2020, 1, 31)]
    ends += [date(2020, 2, 29), date(2020, 3, 31)]
    return [end for end in ends if end.month % frequency.months == 0]
