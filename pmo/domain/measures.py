"""How well the ladder works: the measures of DOMAIN 3.2 with their goals. Shares are fractions, times working days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.ladder import Rung

ACKNOWLEDGED_GOAL = 0.8
MAILS_GOAL = 10
COMPLETE_GOAL = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One person told of a step after the date, and the day of their first answer, if any."""

    told_on: date
    answered_on: date | None


@dataclass(frozen=True, slots=True)
class Climbed:
    """One climb of a milestone: which steps were told, and in which version and run."""

    item: str
    version: int
    run: int
    rungs: frozenset[Rung]


@dataclass(frozen=True, slots=True)
class Measures:
    """None stands where there is nothing to measure. ``most_mails`` is the curator's with the most, a week."""

    acknowledged: float | None
    median_wd: float | None
    mails_a_week: float | None
    most_mails: float | None
    complete: float | None
    repeated: float | None

    @property
    def meets_acknowledged(self) -> bool | None:
        """Whether enough alerts were answered within a working day."""
        return None if self.acknowledged is None else self.acknowledged >= ACKNOWLEDGED_GOAL

    @property
    def meets_mails(self) -> bool | None:
        """Whether no curator gets too many mails."""
        return None if self.most_mails is None else self.most_mails <= MAILS_GOAL

    @property
    def meets_complete(self) -> bool | None:
        """Whether no level was skipped."""
        return None if self.complete is None else self.complete >= COMPLETE_GOAL


def measures(
    asked: Sequence[Asked],
    curators: Sequence[int],
    weeks: int,
    climbs: Sequence[Climbed],
    today: date,
    calendar: WorkingCalendar,
) -> Measures:
    """``curators`` are the mails of each curator in the last ``weeks``.

    Whoever was told less than a working day ago still has time and is not counted.
    """
    ripe = [one for one in asked if calendar.wd(one.told_on, today) > 1 or one.answered_on is not None]
    took = [calendar.wd(one.told_on, one.answered_on) for one in ripe if one.answered_on is not None]
    seventh = [climb.rungs for climb in climbs if Rung.O_7 in climb.rungs]
    overdue = {climb.item for climb in climbs if Rung.O_1 in climb.rungs}
    return Measures(
        acknowledged=_share((days <= 1 for days in took), len(ripe)),
        median_wd=float(median(took)) if took else None,
        mails_a_week=sum(curators) / len(curators) / weeks if curators and weeks else None,
        most_mails=max(curators) / weeks if curators and weeks else None,
        complete=_share(({Rung.O_1, Rung.O_3} <= rungs for rungs in seventh), len(seventh)),
        repeated=_share((_climbs_again(item, climbs) for item in overdue), len(overdue)),
    )


def _climbs_again(item: str, climbs: Sequence[Climbed]) -> bool:
    """Whether an item was overdue in more than one climb: after a new date, or after work was resumed."""
    return sum(climb.item == item and Rung.O_1 in climb.rungs for climb in climbs) > 1


def _share(hits: Iterable[bool], of: int) -> float | None:
    return sum(hits) / of if of else None
