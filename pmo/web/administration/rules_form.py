"""The form of the next version of the rules: one field for each number, shares written in per cent."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from wtforms import Field, HiddenField

from pmo.domain.policy import RuleSet
from pmo.domain.rule_parameters import PARAMETERS, Number, Parameter, Topic, Unit, value_of
from pmo.i18n import lazy_gettext as _
from pmo.i18n.labels import lazy_label
from pmo.services.rules import RulePlan
from pmo.web.forms import DayField, Form, NumberField, TextField, WholeNumberField, at_most, required

DECIMALS = 4
"""A share is kept to a hundredth of a per cent, as it is shown; other fractions to two places."""


class RulesForm(Form):
    """The first day, the reason, every number. ``state`` is what the form was opened upon, ``previewed`` the digest of
    what was looked at.
    """

    valid_from = DayField(_("First day"), [required(_("Enter the first day."))])
    reason = TextField(_("Reason"), [required(_("Give the reason.")), at_most(300)])
    state = HiddenField()
    previewed = HiddenField()

    def fill(self, rules: RuleSet) -> None:
        """Shows the numbers of a rule set, where nothing was typed yet."""
        for parameter in PARAMETERS:
            self[parameter.name].data = _shown(parameter, value_of(rules, parameter.name))

    def plan(self) -> RulePlan:
        """What a form says whose shape is right."""
        numbers = {parameter.name: _meant(parameter, self[parameter.name].data) for parameter in PARAMETERS}
        return RulePlan(numbers, self.valid_from.data, self.reason.data, str(self.state.data or ""))

    def groups(self) -> Iterable[tuple[Topic, list[tuple[Parameter, Field]]]]:
        """The fields of the numbers by what they are for."""
        for topic in Topic:
            yield topic, [(one, self[one.name]) for one in PARAMETERS if one.topic is topic]


def digest(plan: RulePlan) -> str:
    """What a preview was of: the numbers, the first day, and the versions it was planned upon; not the words."""
    numbers = ";".join(f"{name}={float(value)!r}" for name, value in sorted(plan.numbers.items()))
    return sha256(f"{plan.state}|{plan.valid_from}|{numbers}".encode()).hexdigest()[:16]


for _parameter in PARAMETERS:
    _kind = WholeNumberField if _parameter.unit.is_whole else NumberField
    setattr(
        RulesForm,
        _parameter.name,
        _kind(lazy_label("parameter", _parameter.name), [required(_("Enter a number."))]),
    )


def _shown(parameter: Parameter, value: Number) -> Number:
    return round(value * 100, DECIMALS - 2) if parameter.unit is Unit.SHARE else value


def _meant(parameter: Parameter, value: Number | None) -> Number:
    assert value is not None, "the form was found complete"
    if parameter.unit is Unit.SHARE:
        return round(value / 100, DECIMALS)
    return int(value) if parameter.unit.is_whole else round(float(value), DECIMALS - 2)
