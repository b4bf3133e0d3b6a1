"""The receipt of a colour: which rule, on what, with which numbers, against which limit (DOMAIN 1.6, explanation).

A reason holds no words; pages, mails and charts turn it into Russian, Kazakh or English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

Value = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of a receipt.

    ``rule`` is a rule id of DOMAIN (PM-A, PS-1, LC-PAUSED …); ``item`` the code of a milestone, an indicator or the
    project; ``values`` the inputs, of which ``values["rule"]`` is the id of the item's own rule where there is one
    (MS-7, IN-10); ``limit`` the number or date that was crossed; ``severity`` 0 to 2, or None where nothing is counted.
    """

    rule: str
    item: str
    values: Mapping[str, Value] = field(default_factory=dict)
    limit: Value = None
    severity: int | None = None
    weight: float = 0.0


RULES = (
    *("LC-CANCELLED", "LC-NOT-STARTED", "LC-PAUSED", "LC-COMPLETED", "LC-SHORTFALL", "LC-CLOSING"),
    *("PM-A", "PM-B", "PM-C", "PS-1", "PI-A", "PI-B", "PI-C", "PC-1", "PC-2", "PR-1"),
    *("GD-OVERRIDE", "GD-REBASELINE", "PN-1"),
)
"""Ids a project's reasons may carry, in the order in which equals are told (DOMAIN 1.6)."""

_RANK = {rule: rank for rank, rule in enumerate(RULES)}


def ranked(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons as a reader wants them: severest first, then heaviest, then in the order of the rules.

    The last ties go by the item, so that the order in which facts were loaded never shows.
    """
    return tuple(sorted(reasons, key=_place))


def _place(reason: Reason) -> tuple[int, float, int, int, str]:
    rank = _RANK.get(reason.rule, len(RULES))
    return -(reason.severity or 0), -reason.weight, rank, len(reason.item), reason.item
