"""Plans of MS Project written down in a line or two, and what comes out of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pmo.exchange.mspdi import PlanRefused, ScheduleReport, read_plan, schedule_report

PLANS = Path(__file__).parent / "plans"

FF, FS, SF, SS = 0, 1, 2, 3
DAYS, ELAPSED_DAYS, ELAPSED_HOURS, PERCENT, ELAPSED_PERCENT = 7, 8, 6, 19, 20


def row(uid: int, hours: float = 8, *links: str, **fields: Any) -> str:
    """One task. Fields are written as they are named; `hours` is its duration."""
    extra = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    duration = "" if "Duration" in fields else f"<Duration>PT{hours}H0M0S</Duration>"
    return f"<Task><UID>{uid}</UID>{duration}{extra}{''.join(links)}</Task>"


def after(uid: int, kind: int = FS, lag: int = 0, unit: int = DAYS) -> str:
    """A link from a predecessor; the lag in tenths of a minute, or in percent."""
    return (
        f"<PredecessorLink><PredecessorUID>{uid}</PredecessorUID><Type>{kind}</Type>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>{unit}</LagFormat></PredecessorLink>"
    )


def plan(*rows: str, head: str = "", calendars: str = "", start: str = "2020-02-03T08:00:00") -> bytes:
    """A plan that starts on Monday 3 February 2020 at 8, on the standard week unless told otherwise."""
    started = f"<StartDate>{start}</StartDate>" if start else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Project xmlns="http://schemas.microsoft.com/project">'
        f"{started}{head}<Calendars>{calendars}</Calendars>\n<Tasks>\n" + "\n".join(rows) + "\n</Tasks></Project>"
    ).encode()


def calendar(inside: str, uid: int = 1, base: int = -1) -> str:
    return f"<Calendar><UID>{uid}</UID><BaseCalendarUID>{base}</BaseCalendarUID>{inside}</Calendar>"


def week(shifts: dict[int, list[tuple[str, str]]]) -> str:
    """Week days by `DayType` (1 is Sunday); no shifts: a day off."""
    days = ""
    for kind, times in shifts.items():
        worked = "".join(
            f"<WorkingTime><FromTime>{begin}:00</FromTime><ToTime>{end}:00</ToTime></WorkingTime>"
            for begin, end in times
        )
        days += (
            f"<WeekDay><DayType>{kind}</DayType><DayWorking>{int(bool(times))}</DayWorking>"
            f"<WorkingTimes>{worked}</WorkingTimes></WeekDay>"
        )
    return f"<WeekDays>{days}</WeekDays>"


def exception(first: str, last: str, **fields: Any) -> str:
    extra = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return (
        f"<Exception><TimePeriod><FromDate>{first}T00:00:00</FromDate><ToDate>{last}T23:59:00</ToDate></TimePeriod>"
        f"{extra}</Exception>"
    )


def report(content: bytes) -> ScheduleReport:
    return schedule_report(read_plan(content))


def early(content: bytes) -> dict[int, tuple[float, float]]:
    return {a["id"]: (a["early_start"], a["early_finish"]) for a in report(content)["activities"]}


def late(content: bytes) -> dict[int, tuple[float, float]]:
    return {a["id"]: (a["late_start"], a["late_finish"]) for a in report(content)["activities"]}


def floats(content: bytes) -> dict[int, tuple[float, float]]:
    return {a["id"]: (a["total_float"], a["free_float"]) for a in report(content)["activities"]}


def faults(content: bytes) -> list[tuple[str, int | None, int | None, str | None]]:
    with pytest.raises(PlanRefused) as refused:
        report(content)
    return [(fault.code, fault.line, fault.task, fault.field) for fault in refused.value.faults]
