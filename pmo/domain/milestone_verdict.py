"""The rules of milestones: status, expected date, severity, along the dependencies (DOMAIN 1.4, 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.errors import RuleBroken
from pmo.domain.milestone import Dependency, Milestone, MilestoneAssessment, MilestoneStatus, Pause
from pmo.domain.policy import RuleSet


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds the milestones of a project on the day of judgement: the parts of the project they depend on."""

    on: date
    calendar: WorkingCalendar
    rules: RuleSet
    project_start: date
    project_pauses: tuple[Pause, ...] = ()
    project_cancelled: bool = False


def assess_milestones(milestones: Sequence[Milestone], setting: Setting) -> tuple[MilestoneAssessment, ...]:
    """Status of every milestone of one project, in the order given (DOMAIN 1.4, MS-1..MS-10).

    Raises RuleBroken ``dependency_cycle`` when the links run in a circle.
    """
    expected: dict[str, _Expected] = {}
    by_code = {milestone.code: milestone for milestone in milestones}
    for milestone in in_dependency_order(milestones):
        expected[milestone.code] = _expected_finish(milestone, by_code, expected, setting)
    return tuple(_assess(milestone, by_code, expected[milestone.code], setting) for milestone in milestones)


def in_dependency_order(milestones: Sequence[Milestone]) -> list[Milestone]:
    """Milestones with each one behind its predecessors; otherwise the given order.

    Raises RuleBroken ``dependency_cycle`` with the cycle's codes. Links to unknown codes are passed over.
    """
    by_code = {milestone.code: milestone for milestone in milestones}
    placed: dict[str, Milestone] = {}
    path: list[str] = []

    def place(milestone: Milestone) -> None:
        if milestone.code in placed:
            return
        if milestone.code in path:
            cycle = [*path[path.index(milestone.code) :], milestone.code]
            raise RuleBroken("dependency_cycle", "depends_on", cycle=" → ".join(cycle))
        path.append(milestone.code)
        for link in milestone.predecessors:
            if link.predecessor in by_code:
                place(by_code[link.predecessor])
        path.pop()
        placed[milestone.code] = milestone

    for milestone in milestones:
        place(milestone)
    return list(placed.values())


def effective_due(milestone: Milestone, calendar: WorkingCalendar) -> date | None:
    """E: the first working day on or after the date of the current version."""
    return calendar.roll(milestone.baseline.due_on) if milestone.baseline else None


def standing_date(forecast_on: date | None, due: date | None, on: date) -> date | None:
    """The date that somebody can confirm or move on a day: the own forecast if it lies ahead, else ``due``, which is E.

    Expected finish starts from it too (DOMAIN 1.4, step 2); there a forecast on a day off is moved to a working day.
    """
    return forecast_on if forecast_on is not None and forecast_on >= on else due


def is_claimed_in_time(milestone: Milestone, due: date | None) -> bool:
    """Whether a claim that still waits was handed in by E and says it was finished by E (the first half of MS-4)."""
    claim = milestone.open_claim
    return claim is not None and due is not None and claim.submitted_on <= due and claim.completed_on <= due


@dataclass(frozen=True, slots=True)
class _Expected:
    due: date | None
    finish: date | None
    driver: str | None


def _expected_finish(
    milestone: Milestone, by_code: Mapping[str, Milestone], expected: Mapping[str, _Expected], setting: Setting
) -> _Expected:
    """EF with what drives it (DOMAIN 1.4, expected finish, steps 1 to 4)."""
    calendar, on = setting.calendar, setting.on
    due = effective_due(milestone, calendar)
    if _is_cancelled(milestone, setting):
        return _Expected(due, None, None)
    if milestone.accepted_claim:
        return _Expected(due, milestone.accepted_claim.completed_on, "done")
    if due is not None and on > due and is_claimed_in_time(milestone, due):
        claim = milestone.open_claim
        assert claim is not None
        return _Expected(due, claim.completed_on, "claimed")
    forecast = milestone.forecast
    own = calendar.roll(forecast.date) if forecast and forecast.date >= on else None
    if due is None:
        return _Expected(None, own, "own_forecast" if own else None)
    base, driver = (own, "own_forecast") if own else (due, "baseline")
    # An overdue item cannot finish before the next working day. Before its project starts nothing is overdue.
    if base <= on and due < on and on >= setting.project_start:
        base, driver = calendar.addwd(on, 1), "not_before_tomorrow"
    for link in milestone.predecessors:
        pushed = _pushed_by(link, milestone, due, by_code, expected, setting)
        if pushed is not None and pushed > base:
            base, driver = pushed, f"predecessor {link.predecessor}"
    return _Expected(due, base, driver)


def _pushed_by(
    link: Dependency,
    milestone: Milestone,
    due: date,
    by_code: Mapping[str, Milestone],
    expected: Mapping[str, _Expected],
    setting: Setting,
) -> date | None:
    """The earliest finish that an open predecessor leaves, or None if it does not push."""
    predecessor = by_code.get(link.predecessor)
    if predecessor is None or predecessor.accepted_claim:
        return None
    before = expected[link.predecessor]
    if before.finish is None:
        return None
    gap = least_gap(link, milestone, before.due, due, setting.calendar, setting.rules)
    return None if gap is None else setting.calendar.addwd(before.finish, gap)


def least_gap(
    link: Dependency,
    milestone: Milestone,
    due_before: date | None,
    due: date,
    calendar: WorkingCalendar,
    rules: RuleSet,
) -> int | None:
    """Working days that must lie between a predecessor and ``milestone`` (DOMAIN 1.4, step 3), its lag included.

    ``due_before`` and ``due`` are their E. None where the predecessor has no date and so no planned gap to keep.
    """
    if milestone.min_duration_wd is not None:
        return milestone.min_duration_wd + link.lag_wd
    if due_before is None:
        return None
    return ceil(round(rules.gap_compression * calendar.wd(due_before, due), 9)) + link.lag_wd


def _is_cancelled(milestone: Milestone, setting: Setting) -> bool:
    own = milestone.cancellation
    return setting.project_cancelled or (own is not None and own.effective_on <= setting.on)


def _assess(
    milestone: Milestone, by_code: Mapping[str, Milestone], expected: _Expected, setting: Setting
) -> MilestoneAssessment:
    calendar, rules, on, due = setting.calendar, setting.rules, setting.on, expected.due
    baseline, original = milestone.baseline, milestone.original
    facts = MilestoneAssessment(
        id=milestone.id,
        code=milestone.code,
        status=MilestoneStatus.PLANNED,
        severity=0,
        rule="MS-10",
        weight=milestone.weight,
        critical=milestone.critical,
        version=baseline.version if baseline else None,
        due_on=baseline.due_on if baseline else None,
        effective_due_on=due,
        original_due_on=original.due_on if original else None,
        expected_on=expected.finish,
        driver=expected.driver,
        slip_wd=calendar.wd(due, expected.finish) if due and expected.finish else None,
        claim_submitted_on=milestone.open_claim.submitted_on if milestone.open_claim else None,
    )
    if _is_cancelled(milestone, setting):
        return replace(facts, status=MilestoneStatus.CANCELLED, severity=None, rule="MS-1", slip_wd=None)
    accepted = milestone.accepted_claim
    if accepted:
        done_on = accepted.completed_on
        facts = replace(facts, completed_on=done_on, out_of_sequence=_is_out_of_sequence(milestone, by_code, setting))
        if due is None or done_on <= due:
            return replace(facts, status=MilestoneStatus.DONE_ON_TIME, rule="MS-2")
        return replace(facts, status=MilestoneStatus.DONE_LATE, rule="MS-3", lateness_wd=calendar.wd(due, done_on))
    if expected.driver == "claimed":
        return replace(facts, status=MilestoneStatus.UNDER_REVIEW, rule="MS-4")
    pauses = (*setting.project_pauses, *milestone.pauses)
    if any(pause.covers(on) for pause in pauses):
        return replace(facts, status=MilestoneStatus.PAUSED, severity=None, rule="MS-5")
    if due is None:
        overlong = (on - setting.project_start).days > rules.no_date_days
        return replace(facts, status=MilestoneStatus.NO_DATE, severity=int(overlong), rule="MS-6")
    if on > due and on >= setting.project_start:
        since = max([due, *(pause.resumed_on for pause in pauses if pause.resumed_on and pause.resumed_on <= on)])
        overdue = calendar.wd(since, on)
        red_from = rules.critical_overdue_red_wd if milestone.critical else rules.overdue_red_wd
        return replace(
            facts,
            status=MilestoneStatus.OVERDUE,
            severity=2 if overdue >= red_from else 1,
            rule="MS-7",
            overdue_from=since,
            days_overdue=overdue,
        )
    slip = facts.slip_wd or 0
    if slip > rules.forecast_tolerance_wd:
        red = milestone.critical and slip > rules.critical_forecast_red_wd
        return replace(facts, status=MilestoneStatus.AT_RISK, severity=2 if red else 1, rule="MS-8")
    if 0 <= (due - on).days <= rules.due_soon_days:
        return replace(facts, status=MilestoneStatus.DUE_SOON, rule="MS-9")
    return facts


def _is_out_of_sequence(milestone: Milestone, by_code: Mapping[str, Milestone], setting: Setting) -> bool:
    """Whether a predecessor was still open on the day this one was completed: allowed, and flagged."""
    accepted = milestone.accepted_claim
    assert accepted is not None
    for link in milestone.predecessors:
        predecessor = by_code.get(link.predecessor)
        if predecessor is None or _is_cancelled(predecessor, setting):
            continue
        before = predecessor.accepted_claim
        if before is None or before.completed_on > accepted.completed_on:
            return True
    return False
