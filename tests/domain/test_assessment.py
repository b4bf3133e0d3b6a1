"""What holds for every project: determinism, order, one-way guards, and the exact best-before date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmo.domain.assessment import assess_project, signature
from pmo.domain.calendar import ONE_DAY
from pmo.domain.milestone import BaselineDate, Milestone
from pmo.domain.policy import STANDARD
from pmo.domain.project import Override, Project, ProjectAssessment, known_until
from pmo.domain.verdict import judge_project
from tests.domain.builders import Day, day, indicator, judged, kazakhstan, milestone, override, pause, project
from tests.domain.random_projects import ENTERED, TODAY, moment, projects

quiet = settings(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
many, few = settings(quiet, max_examples=40), settings(quiet, max_examples=15)

days = st.integers(-60, 60).map(lambda number: TODAY + timedelta(days=number))


def assess(facts: Project, on: Day) -> ProjectAssessment:
    return assess_project(facts, day(on), kazakhstan(), STANDARD)


# The best-before date, by example


@pytest.mark.parametrize(
    ("facts", "on", "changes_on", "fresh_until"),
    [
        (project(milestone()), "2019-12-10", "2019-12-17", "2019-12-16"),  # due soon
        (project(milestone()), "2019-12-20", "2020-01-01", "2019-12-31"),  # overdue
        (project(milestone(critical=True)), "2020-01-01", "2020-01-08", "2020-01-04"),  # third working day
        (project(milestone()), "2020-01-20", "2020-01-31", "2020-01-20"),  # the slip of the end passes 30%
        (project(milestone(done="2019-12-30")), "2020-01-20", None, None),  # completed: for good
        (project(milestone(), pauses=[pause("2020-01-06")]), "2020-01-20", None, "2020-01-20"),
        (project(milestone(), pauses=[pause("2020-01-06", "2020-02-03")]), "2020-01-20", "2020-02-03", "2020-01-20"),
        (project(milestone(), start="2020-06-01"), "2020-01-20", "2020-06-01", "2020-05-31"),
        (
            project(milestone("M1", "2020-12-30"), overrides=[override(2, "2020-01-06", "2020-01-31")]),
            "2020-01-20",
            "2020-02-01",
            "2020-01-31",
        ),
        (
            project(milestone("M1", "2020-12-30"), indicator(readings=[("2020-01-31", 9)])),
            "2020-02-03",
            "2020-03-17",
            "2020-03-16",
        ),
    ],
)
def test_the_first_day_of_change_is_foretold(
    facts: Project, on: str, changes_on: str | None, fresh_until: str | None
) -> None:
    found = assess(facts, on)
    assert found.changes_on == (day(changes_on) if changes_on else None)
    assert found.fresh_until == (day(fresh_until) if fresh_until else None)


def test_an_assessment_is_the_verdict_with_its_best_before_date() -> None:
    facts = project(milestone(), indicator())
    assert replace(assess(facts, "2020-01-20"), changes_on=None, fresh_until=None) == judged(facts, "2020-01-20")


# The best-before date, against brute force


def assert_best_before_is_exact(facts: Project, on: date, horizon: int) -> None:
    found = assess(facts, on)
    numbers = judge_project(facts, on, kazakhstan(), STANDARD)
    now = signature(numbers)
    fresh = True
    for offset in range(1, horizon + 1):
        later = on + timedelta(days=offset)
        then = judge_project(facts, later, kazakhstan(), STANDARD)
        if fresh and replace(then, on=on) != numbers:
            assert found.fresh_until == later - ONE_DAY
            fresh = False
        if signature(then) != now:
            assert found.changes_on == later
            return
    assert found.changes_on is None or found.changes_on > on + timedelta(days=horizon)
    if fresh:
        assert found.fresh_until is None or found.fresh_until >= on + timedelta(days=horizon)


@many
@given(projects(), days)
def test_the_best_before_date_is_exact(facts: Project, on: date) -> None:
    assert_best_before_is_exact(facts, on, 160)


@few
@given(projects())
def test_what_is_foretold_never_to_change_does_not(facts: Project) -> None:
    """All dates of these projects lie within 600 days; the last silence is counted some months later."""
    on = TODAY + timedelta(days=200)
    assert_best_before_is_exact(facts, on, 450)


# Same facts, same answer


@many
@given(projects(), days, st.integers(0, 2**32))
def test_the_order_of_facts_does_not_matter(facts: Project, on: date, seed: int) -> None:
    shuffled = Random(seed)

    def mixed(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(shuffled.sample(items, len(items)))

    other = replace(
        facts,
        milestones=mixed(facts.milestones),
        indicators=tuple(replace(item, readings=mixed(item.readings)) for item in mixed(facts.indicators)),  # type: ignore[type-var]
        issues=mixed(facts.issues),
        costs=mixed(facts.costs),
    )
    one, two = assess(facts, on), assess(other, on)
    assert sorted(one.milestones, key=lambda item: item.code) == sorted(two.milestones, key=lambda item: item.code)
    assert sorted(one.indicators, key=lambda item: item.code) == sorted(two.indicators, key=lambda item: item.code)
    assert replace(one, milestones=(), indicators=()) == replace(two, milestones=(), indicators=())


@few
@given(projects(), days)
def test_the_same_facts_give_the_same_answer(facts: Project, on: date) -> None:
    assert assess(facts, on) == assess(replace(facts), on)


# One-way rules


@many
@given(projects(), days, st.integers(1, 100))
def test_adding_a_late_critical_milestone_never_improves_a_colour(facts: Project, on: date, late_days: int) -> None:
    before = judge_project(facts, on, kazakhstan(), STANDARD)
    due = on - timedelta(days=late_days)
    late = Milestone(99, "M99", 1.0, True, baselines=(BaselineDate(0, due, ENTERED, due),))
    after = judge_project(replace(facts, milestones=(*facts.milestones, late)), on, kazakhstan(), STANDARD)
    if before.severity is not None:
        assert after.severity is not None
        assert after.severity >= before.severity


@many
@given(projects(), days, st.sampled_from([1, 2]), st.integers(0, 30), st.integers(0, 30))
def test_an_override_never_improves_a_colour(facts: Project, on: date, severity: int, before: int, after: int) -> None:
    added = Override(severity, on - timedelta(days=before), on + timedelta(days=after), "doubt", ENTERED)
    plain = judge_project(facts, on, kazakhstan(), STANDARD)
    guarded = judge_project(replace(facts, overrides=(*facts.overrides, added)), on, kazakhstan(), STANDARD)
    if plain.severity is None:
        assert guarded.severity is None
    else:
        assert guarded.severity == max(plain.severity, severity)
    assert guarded.components == plain.components


# Replay


@many
@given(projects(), st.integers(-150, 10), st.integers(1, 60))
def test_facts_entered_after_the_cut_make_no_difference(facts: Project, cut: int, later: int) -> None:
    early, late = TODAY + timedelta(days=cut), TODAY + timedelta(days=cut + later)
    known = known_until(facts, moment(late))
    assert known is not None
    assert known_until(known, moment(early)) == known_until(facts, moment(early))
    assert known_until(known, moment(late)) == known
