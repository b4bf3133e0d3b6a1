"""What came of a run, in the form of the contract (PRODUCT 5, ``pmo run-job``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class RunState(StrEnum):
    """The four answers of ``pmo run-job``."""

    DONE = "done"
    ALREADY_DONE = "already_done"
    NOTHING_DUE = "nothing_due"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """One run. ``city`` is ``*`` for all; ``would_send`` outbox rows of a dry run; ``error`` for standard error."""

    job: str
    city: str
    period: str
    state: RunState
    counts: Mapping[str, int] = field(default_factory=dict)
    would_send: Sequence[Mapping[str, Any]] = ()
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that ``--format json`` prints."""
        return {
            "job": self.job,
            "city": self.city,
            "period": self.period,
            "state": self.state.value,
            "counts": dict(self.counts),
            "would_send": [dict(row) for row in self.would_send],
        }


_WEIGHTIEST_FIRST = (RunState.FAILED, RunState.DONE, RunState.ALREADY_DONE, RunState.NOTHING_DUE)


def merged(outcomes: Sequence[RunOutcome]) -> RunOutcome:
    """The runs of one job in several cities as one: counts added, the weightiest state. Needs at least one."""
    first = outcomes[0]
    if len(outcomes) == 1:
        return first
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        counts.update(outcome.counts)
    errors = [f"{outcome.city}: {outcome.error}" for outcome in outcomes if outcome.error]
    return RunOutcome(
        first.job,
        "*",
        max(outcome.period for outcome in outcomes),
        next(state for state in _WEIGHTIEST_FIRST if any(outcome.state is state for outcome in outcomes)),
        dict(counts),
        [row for outcome in outcomes for row in outcome.would_send],
        "; ".join(errors) or None,
    )
