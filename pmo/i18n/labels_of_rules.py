"""The numbers of the rule set: what each is called, what it is for, and how its value is written."""

from __future__ import annotations

from typing import assert_never

from pmo.domain.rule_parameters import BY_NAME, Number, Parameter, Unit
from pmo.i18n import formats
from pmo.i18n import lazy_pgettext as _in

PARAMETER_TOPICS = {
    "milestones": _in("rules", "Milestones"),
    "schedule": _in("rules", "Schedule of a project"),
    "indicators": _in("rules", "Indicators"),
    "reports": _in("rules", "Reports on indicators"),
    "components": _in("rules", "Indices of a project"),
    "money": _in("rules", "Money"),
    "guards": _in("rules", "Moved plans, overrides, pauses"),
    "portfolio": _in("rules", "Portfolio and groups"),
}

PARAMETERS = {
    "due_soon_days": _in("rules", "A due date is near: days before it"),
    "forecast_tolerance_wd": _in("rules", "Tolerance of a forecast: a later finish puts the milestone at risk"),
    "critical_forecast_red_wd": _in("rules", "Critical milestone expected later than this: red"),
    "critical_overdue_red_wd": _in("rules", "Critical milestone overdue so long or longer: red"),
    "overdue_red_wd": _in("rules", "Other milestone overdue so long or longer: red"),
    "no_date_days": _in("rules", "Milestone without a date: amber so long after the start of the project"),
    "evidence_review_wd": _in("rules", "Time to judge evidence"),
    "gap_compression": _in("rules", "Least part of a planned gap between milestones that is still needed"),
    "amber_variance": _in("rules", "Amber: slip in per cent of the duration, or lag behind the trajectory"),
    "red_variance": _in("rules", "Red: slip in per cent of the duration, or lag behind the trajectory"),
    "amber_slip_days": _in("rules", "Amber: expected end later by so much or more"),
    "red_slip_days": _in("rules", "Red: expected end later by more than this"),
    "slip_floor_days": _in("rules", "A slip counts from so many days on"),
    "early_phase": _in("rules", "Early phase: less of the way is planned than this"),
    "mature_phase": _in("rules", "No red for a lag before so much of the way is planned"),
    "hold_amber": _in("rules", "Level to keep: green up to this deviation"),
    "hold_red": _in("rules", "Level to keep: amber up to this deviation"),
    "nearly_achieved": _in("rules", "Target nearly achieved from this part of the way on"),
    "zero_target_scale": _in("rules", "Scale of a deviation where the target is zero, in units of the indicator"),
    "range_tolerance": _in("rules", "Range: amber up to this distance outside it"),
    "range_scale_floor": _in("rules", "Range: least width in per cent of its greater bound"),
    "trend_floor": _in("rules", "Warning where the trend reaches less of the way than this"),
    "report_grace_wd": _in("rules", "A report is due so long after the end of its period"),
    "no_baseline_days": _in("rules", "Unknown baseline value: amber so long after the start of reporting"),
    "closed_period_wd": _in("rules", "A period closes so long after its end"),
    "delivery_green": _in("rules", "Due milestones that are done: green from this share on"),
    "delivery_amber": _in("rules", "Due milestones that are done: amber from this share on"),
    "delivery_few": _in("rules", "Fewer due milestones than this give no red"),
    "delivery_light": _in("rules", "… where they hold less of the weight than this"),
    "indicators_green": _in("rules", "Index of the indicators: green from this on"),
    "indicators_amber": _in("rules", "Index of the indicators: amber from this on"),
    "cost_amber": _in("rules", "Budget overrun: amber from this on"),
    "cost_red": _in("rules", "Budget overrun: red from this on"),
    "slow_spending": _in("rules", "Slow spending: less of the plan to date than this"),
    "slow_spending_after": _in("rules", "… after this part of the duration"),
    "rebaseline_growth": _in("rules", "Plan moved so far or farther: at least amber"),
    "rebaseline_count": _in("rules", "Plan moved more often than this: at least amber"),
    "override_max_days": _in("rules", "Longest time of an override"),
    "long_pause_days": _in("rules", "Pause longer than this: listed for decision"),
    "portfolio_red_share": _in("rules", "Portfolio red: share of red projects"),
    "portfolio_amber_red_share": _in("rules", "Portfolio amber: share of red projects"),
    "portfolio_amber_share": _in("rules", "Portfolio amber: share of red and amber projects"),
    "flagship_red_days": _in("rules", "Portfolio red: a flagship red for longer than this"),
    "small_group": _in("rules", "Groups smaller than this show counts only"),
    "punctuality_days": _in("rules", "Punctuality looks back so long"),
}

DAYS = {
    "working_days": _in("rules", "working days"),
    "days": _in("rules", "calendar days"),
}

ALMOST_WHOLE = 1e-7
"""Per cents nearer to a whole number than this are written without decimals."""

VERSION_STATES = {
    "planned": _in("rules", "planned"),
    "in_force": _in("rules", "in force"),
    "former": _in("rules", "former"),
    "withdrawn": _in("rules", "withdrawn"),
}


def figure(name: str, value: Number) -> str:
    """A value of a parameter as a reader writes it, with its unit: 5 working days, 12,5 %."""
    unit = BY_NAME[name].unit
    match unit:
        case Unit.WORKING_DAYS:
            return formats.working_days(int(value))
        case Unit.DAYS:
            return formats.calendar_days(int(value))
        case Unit.SHARE | Unit.TIMES | Unit.FACTOR:
            return bare_figure(name, value)
        case _:
            assert_never(unit)


def bare_figure(name: str, value: Number) -> str:
    """The same without a word for days, as it is typed: 5, 12,5 %."""
    if BY_NAME[name].unit is Unit.SHARE:
        return formats.percent(value, 0 if abs(value * 100 - round(value * 100)) < ALMOST_WHOLE else 2)
    return formats.number(value)


def bounds(parameter: Parameter) -> str:
    """From where to where a value may go: 1 – 90."""
    return f"{bare_figure(parameter.name, parameter.least)} – {bare_figure(parameter.name, parameter.greatest)}"
