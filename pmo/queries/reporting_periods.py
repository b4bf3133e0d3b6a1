"""The periods for which a value can be told: which is due, what was told, what was expected (DOMAIN 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from pmo.domain.indicator import Indicator, next_period_end
from pmo.domain.trajectory import expected_value
from pmo.queries.calendar import working_calendar
from pmo.queries.rules import CityRules

MOST_SHOWN = 24


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """A period that is over. ``due_on`` is the last day for its report, ``closes_on`` the last one for a correction."""

    end: date
    due_on: date
    closes_on: date
    told: float | None
    expected: float | None

    def is_closed(self, day: date) -> bool:
        """Whether only the office may still change it."""
        return day > self.closes_on


def reporting_periods(
    session: Session, city: str, indicator: Indicator, day: date, rules: CityRules
) -> list[ReportingPeriod]:
    """The last periods that were over before the day, newest first."""
    calendar, in_force = working_calendar(session, city), rules.on(session, city, day)
    told: dict[date, float] = {reading.period_end: reading.value for reading in indicator.readings}
    ends = []
    end = next_period_end(indicator.baseline_on, indicator.frequency)
    while end < day:
        ends.append(end)
        end = next_period_end(end, indicator.frequency)
    return [
        ReportingPeriod(
            end,
            calendar.addwd(end, in_force.report_grace_wd),
            calendar.addwd(end, in_force.closed_period_wd),
            told.get(end),
            expected_value(indicator, end),
        )
        for end in reversed(ends[-MOST_SHOWN:])
    ]


def period_due(periods: list[ReportingPeriod], day: date) -> ReportingPeriod | None:
    """The oldest period that is open and was not told; where all were told, the newest."""
    owed = [period for period in periods if period.told is None and not period.is_closed(day)]
    return owed[-1] if owed else next(iter(periods), None)
