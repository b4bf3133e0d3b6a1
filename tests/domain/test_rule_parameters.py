"""Which numbers a city may choose: bounds, and pairs that must stay in order."""

from dataclasses import fields, replace
from math import inf, nan

import pytest
from hypothesis import given

from pmo.domain.planning import Fault
from pmo.domain.policy import STANDARD, RuleSet
from pmo.domain.rule_parameters import (
    BY_NAME,
    PARAMETERS,
    RELATIONS,
    Parameter,
    Relation,
    differences,
    faults_of_rules,
    rules_with,
    value_of,
    values_of,
)
from tests.domain.random_rules import rule_sets


def named(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in faults]


def test_every_number_of_the_rules_is_a_parameter_once() -> None:
    assert sorted(one.name for one in PARAMETERS) == sorted(
        field.name for field in fields(RuleSet) if field.name != "version"
    )


def test_the_standard_lies_within_its_own_bounds() -> None:
    assert faults_of_rules(STANDARD) == []


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda one: one.name)
def test_a_number_beyond_its_bounds_is_refused_at_its_field(parameter: Parameter) -> None:
    step = 1 if parameter.unit.is_whole else 0.001
    for value in (parameter.least - step, parameter.greatest + step, nan, inf):
        faults = faults_of_rules(replace(STANDARD, **{parameter.name: value}))
        assert named(faults)[0] == ("parameter_out_of_bounds", parameter.name)
        assert faults[0].values["least"] == parameter.least
    for value in (parameter.least, parameter.greatest):
        faults = faults_of_rules(replace(STANDARD, **{parameter.name: value}))
        assert ("parameter_out_of_bounds", parameter.name) not in named(faults)


def test_half_a_day_is_no_number_of_days() -> None:
    faults = faults_of_rules(replace(STANDARD, overdue_red_wd=11.5))
    assert named(faults) == [("parameter_out_of_bounds", "overdue_red_wd")]


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda one: f"{one.less} {one.more}")
def test_a_pair_the_wrong_way_round_is_refused(relation: Relation) -> None:
    greatest = min(BY_NAME[relation.less].greatest, BY_NAME[relation.more].greatest)
    least = max(BY_NAME[relation.less].least, BY_NAME[relation.more].least)
    code = "parameter_above" if relation.may_equal else "parameter_not_below"
    upside_down = replace(STANDARD, **{relation.less: greatest, relation.more: least})
    assert (code, relation.less) in named(faults_of_rules(upside_down))
    equal = replace(STANDARD, **{relation.less: greatest, relation.more: greatest})
    assert ((code, relation.less) in named(faults_of_rules(equal))) is not relation.may_equal


def test_every_fault_is_named_at_once() -> None:
    wrong = replace(STANDARD, due_soon_days=0, amber_variance=0.5, red_variance=0.4, cost_amber=2.0)
    assert named(faults_of_rules(wrong)) == [
        ("parameter_out_of_bounds", "due_soon_days"),
        ("parameter_out_of_bounds", "cost_amber"),
        ("parameter_not_below", "amber_variance"),
    ]


def test_what_a_version_leaves_out_is_the_standards_and_what_it_invents_is_left_out() -> None:
    rules = rules_with("ST-7", {"due_soon_days": 10, "no_such_number": 5})
    assert rules == replace(STANDARD, version="ST-7", due_soon_days=10)


@given(rule_sets())
def test_differences_are_all_that_two_rule_sets_do_not_share(rules: RuleSet) -> None:
    found = differences(STANDARD, rules)
    assert rules_with(rules.version, {one.parameter.name: one.after for one in found}) == rules
    assert all(one.before == value_of(STANDARD, one.parameter.name) != one.after for one in found)
    assert rules_with(rules.version, values_of(rules)) == rules
