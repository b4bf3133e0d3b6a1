"""The duty to report on an indicator: from when, for which periods, by which day (DOMAIN 1.2 and 1.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pmo.domain.calendar import ONE_DAY, WorkingCalendar
from pmo.domain.indicator import Indicator, Kind, judged_reading, next_period_end
from pmo.domain.milestone import Pause
from pmo.domain.policy import RuleSet


def reporting_starts_on(indicator: Indicator, project_start: date, tracked_since: date) -> date:
    """The day reporting duties begin: the latest of baseline date, project start and start of tracking (DOMAIN 1.2).

    For ``period`` indicators the day before the window enters the maximum too.
    """
    starts = [indicator.baseline_on, project_start, tracked_since]
    if indicator.kind is Kind.PERIOD and indicator.window_start:
        starts.append(indicator.window_start - ONE_DAY)
    return max(starts)


@dataclass(frozen=True, slots=True)
class ReportDuty:
    """A reading that is owed: for which period, and by which day."""

    period_end: date
    due_on: date


def report_duties(
    indicator: Indicator,
    reporting_start: date,
    on: date,
    calendar: WorkingCalendar,
    rules: RuleSet,
    pauses: Sequence[Pause] = (),
) -> list[ReportDuty]:
    """Duties from the reporting start to the next one that waits for a reading on ``on``, oldest period first.

    The first period end lies strictly after the start. A duty that falls due inside a pause is waived; the last one so
    waived is owed again ``report_grace_wd`` working days after the resume (DOMAIN 1.5). Nothing is owed once the final
    reading is in, nor, while a pause is open, from its start on.
    """
    reading = judged_reading(indicator)
    answered_until = reading.period_end if reading else date.min
    is_final = answered_until >= indicator.target_on
    duties: dict[date, ReportDuty] = {}
    waived: dict[date, ReportDuty] = {}
    period_end = reporting_start
    while True:
        period_end = next_period_end(period_end, indicator.frequency)
        if is_final and period_end > answered_until:
            break
        duty: ReportDuty | None = ReportDuty(period_end, calendar.addwd(period_end, rules.report_grace_wd))
        resumed_on = None
        while duty and (pause := next((pause for pause in pauses if pause.covers(duty.due_on)), None)):
            resumed_on = pause.resumed_on
            duty = ReportDuty(period_end, calendar.addwd(resumed_on, rules.report_grace_wd)) if resumed_on else None
        if duty is None:
            break
        if resumed_on:
            waived[resumed_on] = duty
            continue
        duties[period_end] = duty
        if duty.due_on >= on and period_end > answered_until:
            break
    duties.update((duty.period_end, duty) for duty in waived.values())
    return [duties[period_end] for period_end in sorted(duties)]
