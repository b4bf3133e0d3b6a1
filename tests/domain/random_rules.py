"""Rule sets that a city might choose: some numbers changed, all within bounds and in order (hypothesis strategies)."""

from __future__ import annotations

from hypothesis import strategies as st

from pmo.domain.policy import STANDARD, RuleSet
from pmo.domain.rule_parameters import (
    PARAMETERS,
    RELATIONS,
    Number,
    Parameter,
    faults_of_rules,
    rules_with,
    value_of,
)


def values(parameter: Parameter) -> st.SearchStrategy[Number]:
    """Anything within the bounds of one number, the bounds themselves among it."""
    if parameter.unit.is_whole:
        return st.integers(int(parameter.least), int(parameter.greatest))
    least, greatest = round(parameter.least * 10_000), round(parameter.greatest * 10_000)
    return st.integers(least, greatest).map(lambda parts: parts / 10_000)


@st.composite
def rule_sets(draw: st.DrawFn, version: str = "ST-2") -> RuleSet:
    """Up to twelve numbers changed; a pair that would stand the wrong way round keeps the standard."""
    chosen = draw(st.lists(st.sampled_from(PARAMETERS), min_size=1, max_size=12, unique=True))
    numbers: dict[str, Number] = {parameter.name: draw(values(parameter)) for parameter in chosen}
    rules = rules_with(version, numbers)
    while wrong := [relation for relation in RELATIONS if not relation.holds(rules)]:
        for relation in wrong:
            numbers |= {name: value_of(STANDARD, name) for name in (relation.less, relation.more)}
        rules = rules_with(version, numbers)
    assert faults_of_rules(rules) == []
    return rules
