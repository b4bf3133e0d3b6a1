"""What other rules change: exactly where two judgements of the same facts differ."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pmo.domain.milestone import MilestoneStatus
from pmo.domain.policy import STANDARD, RuleSet
from pmo.domain.project import Project, ProjectAssessment, ProjectStatus
from pmo.domain.rule_change import change_of_rules, judged_twice
from pmo.domain.verdict import judge_project
from tests.domain.builders import kazakhstan, milestone, project
from tests.domain.random_projects import TODAY, projects
from tests.domain.random_rules import rule_sets

Seen = dict[tuple[str, str], tuple[str, int | None]]


def statuses(judged: ProjectAssessment) -> Seen:
    """Everything that has a status, by noun and code."""
    return {
        **{("milestone", item.code): (item.status.value, item.severity) for item in judged.milestones},
        **{("indicator", item.code): (item.status.value, item.severity) for item in judged.indicators},
    }


@given(projects(), rule_sets("ST-2"), rule_sets("ST-3"))
def test_the_preview_is_the_difference_of_two_judgements(facts: Project, before: RuleSet, after: RuleSet) -> None:
    found = judged_twice(facts, TODAY, kazakhstan(), before, after)
    old, new = (judge_project(facts, TODAY, kazakhstan(), rules) for rules in (before, after))
    was, will_be = statuses(old), statuses(new)
    assert was.keys() == will_be.keys()
    changed = {key for key in was if was[key] != will_be[key]}
    assert {(item.noun, item.after.code) for item in found.items} == changed
    for item in found.items:
        assert will_be[item.noun, item.after.code] == (item.after.status.value, item.after.severity)
        assert was[item.noun, item.before.code] == (item.before.status.value, item.before.severity)
        assert item.reason is None or item.reason in new.reasons
    assert found.turns == ((old.status, old.severity) != (new.status, new.severity))
    assert found.is_seen == (found.turns or bool(changed))


@given(st.lists(projects(), max_size=4), rule_sets())
def test_the_counts_are_those_of_both_sides(facts: list[Project], rules: RuleSet) -> None:
    twice = [judged_twice(one, TODAY, kazakhstan(), STANDARD, rules) for one in facts]
    found = change_of_rules(twice)
    assert sum(found.before.values()) == sum(found.after.values()) == len(facts)
    for status in ProjectStatus:
        moved = [one for one in found.projects if one.before.status is not one.after.status]
        left = sum(one.before.status is status for one in moved)
        came = sum(one.after.status is status for one in moved)
        assert found.after.get(status, 0) - found.before.get(status, 0) == came - left


@given(projects(), rule_sets())
def test_the_same_numbers_under_another_name_change_nothing(facts: Project, rules: RuleSet) -> None:
    found = judged_twice(facts, TODAY, kazakhstan(), rules, replace(rules, version="ST-9"))
    assert not found.is_seen
    assert change_of_rules([found]).projects == ()


def test_a_stricter_tolerance_is_told_with_its_reason_and_its_limit() -> None:
    done = milestone("M0", "2019-12-02", done="2019-12-02", weight=20.0)
    facts = project(done, milestone("M1", "2020-01-24", critical=True))
    stricter = replace(STANDARD, version="ST-2", critical_overdue_red_wd=1)
    found = judged_twice(facts, date(2020, 1, 28), kazakhstan(), STANDARD, stricter)
    assert (found.before.status, found.after.status) == (ProjectStatus.AT_RISK, ProjectStatus.OFF_TRACK)
    (item,) = found.items
    assert (item.before.status, item.before.severity) == (MilestoneStatus.OVERDUE, 1)
    assert (item.after.status, item.after.severity) == (MilestoneStatus.OVERDUE, 2)
    assert item.reason is not None
    assert item.reason.limit == 0
