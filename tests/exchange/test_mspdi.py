"""Plans of MS Project, from the XML to the answer of `pmo schedule`."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo.exchange.mspdi import PlanRefused, ScheduleReport, plan_network, read_plan, schedule_report
from pmo.exchange.mspdi_calendar import read_calendars
from pmo.exchange.mspdi_document import MAX_BYTES, Reading, read_document

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


# --- whole plans -----------------------------------------------------------------------------------------------------


def test_the_report_is_the_contract_of_the_command_line() -> None:
    def activity(uid: int, *offsets: float) -> dict[str, object]:
        names = ("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float")
        values = dict(zip(names, offsets, strict=True))
        return {"id": uid, **values, "critical": values["total_float"] <= 0}

    answer = schedule_report(read_plan(PLANS / "street_repair.xml"))
    assert answer == {
        "duration": 16,
        "activities": [
            activity(1, 0, 3, 0, 3, 0, 0),
            activity(2, 3, 8, 3, 8, 0, 0),
            activity(3, 1, 3, 5, 7, 4, 4),
            activity(4, 7, 15, 7, 15, 0, 0),
            activity(5, 13, 16, 13, 16, 0, 0),
            activity(6, 4.5, 7, 13.5, 16, 9, 9),
            activity(7, 16, 16, 16, 16, 0, 0),
        ],
    }
    assert '"early_start": 4.5' in json.dumps(answer)
    assert '"duration": 16,' in json.dumps(answer)


def test_phases_holidays_deadline_and_another_plan_work_together() -> None:
    content = (PLANS / "school.xml").read_bytes()
    # 21 to 25 March are off: 26 March is the sixth working day, 1 April the tenth.
    assert early(content) == {2: (0, 4), 3: (4, 6), 4: (0, 3), 7: (6, 9), 8: (9, 10), 11: (10, 10)}
    # The deadline of the walls, the end of 27 March, is day 7: two days too early.
    assert floats(content) == {2: (-2, 0), 3: (-2, 0), 4: (1, 3), 7: (-2, 1), 8: (0, 0), 11: (0, 0)}


def test_a_bare_plan_without_namespace_calendar_and_dates_is_enough() -> None:
    assert early((PLANS / "bare.xml").read_bytes()) == {1: (0, 3), 2: (3, 5), 3: (5, 5)}


def test_a_plan_is_read_from_a_path_or_from_its_bytes() -> None:
    path = PLANS / "street_repair.xml"
    assert schedule_report(read_plan(str(path))) == schedule_report(read_plan(path.read_bytes()))


def test_the_network_tells_the_longest_path_and_the_plan_its_names() -> None:
    read = read_plan(PLANS / "street_repair.xml")
    assert [read.names[uid] for uid in plan_network(read).longest_path] == [
        "Survey",
        "Design",
        "Works",
        "Supervision",
        "Street is open",
    ]


def test_a_plan_without_tasks_has_no_length() -> None:
    assert report(plan()) == {"duration": 0, "activities": []}


def test_the_float_of_a_start_driving_predecessor_is_that_of_the_formulas() -> None:
    """DOMAIN 2.1: 80 h and 72 h; MS Project 2016 and 2019 print 88 h and 88 h."""
    content = plan(row(1, 96), row(2), row(3, 8, after(2, SF, 9600)), row(4), row(5, 8, after(4, SS, 9600)))
    assert [floats(content)[uid][0] * 8 for uid in (2, 4)] == [80, 72]


def test_three_hundred_tasks_in_a_chain_are_read_and_scheduled() -> None:
    rows = [row(1), *(row(uid, 8, after(uid - 1)) for uid in range(2, 301))]
    assert report(plan(*rows))["duration"] == 300


# --- durations, lags -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [("PT8H0M0S", 1), ("PT0H0M0S", 0), ("PT4H30M0S", 0.5625), ("PT480M", 1), ("PT28800S", 1), ("P2DT4H", 2.5)],
)
def test_a_duration_is_counted_in_working_days(text: str, days: float) -> None:
    assert report(plan(row(1, Duration=text)))["duration"] == days


def test_the_plan_says_how_many_minutes_a_working_day_has() -> None:
    content = plan(row(1, 14), row(2, 7, after(1, FS, 4200)), head="<MinutesPerDay>420</MinutesPerDay>")
    assert early(content) == {1: (0, 2), 2: (3, 4)}


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [(FS, 4800, 3), (FS, -4800, 1), (SS, 4800, 1), (FF, 4800, 2), (FF, -4800, 0), (SF, 14400, 2), (SF, -4800, 0)],
)
def test_link_types_and_lags_in_tenths_of_a_minute(kind: int, lag: int, start: float) -> None:
    assert early(plan(row(1, 16), row(2, 8, after(1, kind, lag))))[2][0] == start


def test_a_link_without_type_and_lag_is_finish_to_start() -> None:
    link = "<PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink>"
    assert early(plan(row(1, 16), row(2, 8, link)))[2] == (2, 3)


@pytest.mark.parametrize(("percent", "start"), [(50, 6), (-25, 3), (100, 8)])
def test_a_lag_in_percent_is_a_share_of_the_predecessors_duration(percent: int, start: float) -> None:
    assert early(plan(row(1, 32), row(2, 8, after(1, FS, percent, PERCENT))))[2][0] == start


@pytest.mark.parametrize(
    ("lag", "unit", "start"),
    [
        (2 * 14400, ELAPSED_DAYS, 5),  # Friday evening, Sunday evening: Monday morning
        (3 * 14400, ELAPSED_DAYS, 6),
        (7 * 14400, 10, 10),  # one elapsed week
        (12 * 600, ELAPSED_HOURS, 5),
        (66 * 600, ELAPSED_HOURS, 5.375),  # to Monday 11 o'clock
        (50, ELAPSED_PERCENT, 5),  # half of 40 hours by the clock: Saturday 13 o'clock
        (3 * 14400, 40, 6),  # an estimate counts like the rest
    ],
)
def test_an_elapsed_lag_goes_by_the_clock(lag: int, unit: int, start: float) -> None:
    assert early(plan(row(1, 40), row(2, 8, after(1, FS, lag, unit))))[2][0] == start


def test_an_elapsed_lag_leaves_its_nights_and_weekends_to_the_predecessor() -> None:
    content = plan(row(1, 24), row(3, 40), row(2, 8, after(1, FS, 28800, ELAPSED_DAYS), after(3)))
    assert late(content)[1] == (2, 5)


def test_an_elapsed_duration_goes_by_the_clock() -> None:
    content = plan(row(1, 32), row(2, 96, after(1), DurationFormat=8), row(3, 8, after(2)))
    # Concrete dries four times 24 hours, from Thursday 17:00 to Monday 17:00.
    assert early(content) == {1: (0, 4), 2: (4, 6), 3: (6, 7)}
    assert floats(content)[2] == (0, 0)


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "moment", "starts", "ends"),
    [
        (0, "", (0, 1), (9, 10)),
        (1, "", (0, 1), (9, 10)),
        (2, "2020-02-06T08:00:00", (3, 4), (3, 4)),
        (3, "2020-02-06T17:00:00", (3, 4), (3, 4)),
        (4, "2020-02-06T08:00:00", (3, 4), (9, 10)),
        (5, "2020-02-06T08:00:00", (0, 1), (3, 4)),
        (6, "2020-02-06T17:00:00", (3, 4), (9, 10)),
        (7, "2020-02-06T17:00:00", (0, 1), (3, 4)),
        (7, "2020-02-06", (0, 1), (3, 4)),
        (4, "2020-02-06", (3, 4), (9, 10)),
        (4, "2020-02-08T08:00:00", (5, 6), (9, 10)),  # a Saturday: Monday
        (4, "2020-01-06T08:00:00", (0, 1), (9, 10)),  # before the plan starts
        (2, "NA", (0, 1), (9, 10)),
    ],
)
def test_constraints(kind: int, moment: str, starts: tuple[int, int], ends: tuple[int, int]) -> None:
    date_of = {"ConstraintDate": moment} if moment else {}
    content = plan(row(1, 80), row(2, 8, ConstraintType=kind, **date_of))
    assert (early(content)[2], late(content)[2]) == (starts, ends)


def test_a_must_start_on_that_the_predecessor_overruns_makes_the_float_negative() -> None:
    content = plan(row(1, 40), row(2, 8, after(1), ConstraintType=2, ConstraintDate="2020-02-06T08:00:00"))
    assert early(content)[2] == (5, 6)
    assert floats(content) == {1: (-2, 0), 2: (-2, 0)}


def test_a_deadline_bounds_the_late_finish() -> None:
    assert floats(plan(row(1, 40), row(2, 8, Deadline="2020-02-04T17:00:00")))[2] == (1, 4)


def test_a_manual_task_starts_no_earlier_than_its_date_and_obeys_its_links() -> None:
    given = {"Manual": 1, "Start": "2020-02-05T08:00:00"}
    assert early(plan(row(1, **given)))[1] == (2, 3)
    assert early(plan(row(1, 40), row(2, 8, after(1), **given)))[2] == (5, 6)


def test_a_plan_that_starts_on_a_day_off_begins_on_the_next_working_day() -> None:
    content = plan(row(1), row(2, ConstraintType=4, ConstraintDate="2020-02-04T08:00:00"), start="2020-02-01T08:00:00")
    assert early(content) == {1: (0, 1), 2: (1, 2)}


def test_actual_dates_remaining_work_and_the_status_date() -> None:
    content = plan(
        row(1, 16, ActualStart="2020-02-03T08:00:00", ActualFinish="2020-02-06T17:00:00", PercentComplete=100),
        row(2, 32, after(1), ActualStart="2020-02-07T08:00:00", RemainingDuration="PT24H0M0S", PercentComplete=25),
        row(3, 8, after(2)),
        row(4, 8),
        head="<StatusDate>2020-02-10T17:00:00</StatusDate>",
    )
    assert early(content) == {1: (0, 4), 2: (4, 9), 3: (9, 10), 4: (6, 7)}


def test_percent_complete_alone_says_what_remains() -> None:
    content = plan(row(1, 80, PercentComplete=30, Start="2020-02-04T08:00:00"))
    assert early(content)[1] == (1, 11)


def test_work_that_began_before_the_plan_moves_the_zero_and_not_the_rest() -> None:
    content = plan(row(1, 24, ActualStart="2020-01-30T08:00:00", RemainingDuration="PT8H0M0S"), row(2))
    assert early(content) == {1: (0, 3), 2: (2, 3)}


# --- summaries, rows that are no work --------------------------------------------------------------------------------


def test_a_summary_finishes_with_the_last_of_its_tasks() -> None:
    content = plan(
        row(1, 40, Summary=1, OutlineLevel=1),
        row(2, 16, OutlineLevel=2),
        row(3, 40, OutlineLevel=2),
        row(4, 8, after(1), OutlineLevel=1),
    )
    assert early(content) == {2: (0, 2), 3: (0, 5), 4: (5, 6)}
    assert floats(content)[2] == (3, 3)


def test_a_summary_starts_with_the_first_of_its_tasks() -> None:
    content = plan(
        row(9, 16),
        row(1, 40, Summary=1, OutlineLevel=1),
        row(2, 16, after(9), OutlineLevel=2),
        row(3, 40, after(9, FS, 4800), OutlineLevel=2),
        row(4, 8, after(1, SS, 4800), OutlineLevel=1),
    )
    assert early(content)[4] == (3, 4)


def test_a_summary_that_waits_makes_all_its_tasks_wait() -> None:
    content = plan(
        row(1, 16),
        row(2, 40, after(1), Summary=1, OutlineLevel=1),
        row(3, 40, Summary=1, OutlineLevel=2),
        row(4, 8, OutlineLevel=3),
        row(5, 8, OutlineLevel=2),
    )
    assert early(content) == {1: (0, 2), 4: (2, 3), 5: (2, 3)}


def test_the_outline_may_be_told_by_numbers() -> None:
    content = plan(
        row(1, 40, OutlineNumber="1"), row(2, 16, OutlineNumber="1.1"), row(3, 8, after(1), OutlineNumber="2")
    )
    assert early(content) == {2: (0, 2), 3: (2, 3)}


def test_the_dates_of_a_summary_hold_for_its_tasks() -> None:
    content = plan(
        row(1, 8, OutlineLevel=1, ConstraintType=4, ConstraintDate="2020-02-05T08:00:00"),
        row(2, 8, OutlineLevel=2),
        row(3, 8, OutlineLevel=1, Deadline="2020-02-05T17:00:00"),
        row(4, 8, OutlineLevel=2),
        row(5, 80, OutlineLevel=1),
    )
    assert early(content)[2] == (2, 3)
    assert late(content)[4] == (2, 3)


def test_an_inserted_project_is_one_activity() -> None:
    content = plan(row(1, 24, Summary=1, IsSubproject=1), row(2, 8, after(1)))
    assert early(content) == {1: (0, 3), 2: (3, 4)}


def test_an_empty_summary_is_no_work_unless_something_hangs_on_it() -> None:
    assert early(plan(row(1, 24, Summary=1), row(2))) == {2: (0, 1)}
    assert early(plan(row(1, 24, Summary=1), row(2, 8, after(1)))) == {1: (0, 3), 2: (3, 4)}


def test_the_row_of_the_plan_itself_is_no_activity() -> None:
    assert early(plan(row(0, 800), row(1))) == {1: (0, 1)}


def test_inactive_and_blank_rows_hold_nobody() -> None:
    content = plan(row(1, 80, Active=0), row(2, 8, after(1), after(3)), "<Task><UID>3</UID><IsNull>1</IsNull></Task>")
    assert report(content) == report(plan(row(2, 8)))


def test_a_task_of_another_plan_is_a_date_for_its_successors() -> None:
    other = {"ExternalTask": 1, "Start": "2020-02-04T08:00:00", "Finish": "2020-02-05T17:00:00"}
    content = plan(
        row(1, 80, **other), row(2, 8, after(1, FS, 4800)), row(3, 40, after(1, FF)), row(4, 8, after(1, SS))
    )
    assert early(content) == {2: (4, 5), 3: (0, 5), 4: (1, 2)}


def test_a_link_into_another_plan_that_is_not_in_the_file_is_left_out() -> None:
    link = after(77).replace("</Type>", "</Type><CrossProject>1</CrossProject>")
    assert early(plan(row(1, 8, link))) == {1: (0, 1)}


# --- calendars -------------------------------------------------------------------------------------------------------


def day_of(moment: str, calendars: str, **options: Any) -> float:
    """The offset of a moment in a plan with these calendars."""
    content = plan(row(1, 8, ConstraintType=4, ConstraintDate=moment), calendars=calendars, **options)
    return early(content)[1][0]


def test_holidays_of_the_calendar_are_no_working_days() -> None:
    off = f"<Exceptions>{exception('2020-02-04', '2020-02-05', Type=1, DayWorking=0)}</Exceptions>"
    assert day_of("2020-02-06T08:00:00", calendar(off)) == 1


def test_holidays_in_the_style_of_project_2003() -> None:
    off = (
        "<WeekDays><WeekDay><DayType>0</DayType><DayWorking>0</DayWorking><TimePeriod>"
        "<FromDate>2020-02-04T00:00:00</FromDate><ToDate>2020-02-04T23:59:00</ToDate></TimePeriod></WeekDay></WeekDays>"
    )
    assert day_of("2020-02-06T08:00:00", calendar(off)) == 2


def test_a_working_saturday() -> None:
    saturday = exception("2020-02-08", "2020-02-08", Type=1, DayWorking=1)
    assert day_of("2020-02-10T08:00:00", calendar(f"<Exceptions>{saturday}</Exceptions>")) == 6


def test_a_derived_calendar_keeps_what_its_base_says() -> None:
    off = f"<Exceptions>{exception('2020-02-04', '2020-02-04', DayWorking=0)}</Exceptions>"
    calendars = calendar(off + week({6: []}), uid=1) + calendar(week({7: [("08:00", "16:00")]}), uid=2, base=1)
    # Tuesday is a holiday and Friday off in the base, Saturday worked in the derived one.
    assert day_of("2020-02-10T08:00:00", calendars, head="<CalendarUID>2</CalendarUID>") == 4


def test_another_week_for_a_time() -> None:
    other = (
        "<WorkWeeks><WorkWeek><TimePeriod><FromDate>2020-02-03T00:00:00</FromDate><ToDate>2020-02-09T23:59:00</ToDate>"
        f"</TimePeriod>{week({6: []})}</WorkWeek></WorkWeeks>"
    )
    assert day_of("2020-02-17T08:00:00", calendar(other)) == 9


def test_round_the_clock() -> None:
    always = calendar(week({kind: [("00:00", "00:00")] for kind in range(1, 8)}))
    assert day_of("2020-02-04T08:00:00", always) == 3


def test_overlapping_shifts_work_no_minute_twice() -> None:
    assert day_of("2020-02-04T08:00:00", calendar(week({2: [("12:00", "17:00"), ("08:00", "13:00")]}))) == 9 / 8


def test_a_task_with_its_own_calendar_takes_its_duration_there() -> None:
    weekends = calendar(week({kind: [("08:00", "16:00")] if kind in (1, 7) else [] for kind in range(1, 8)}), uid=2)
    content = plan(row(1, 16, CalendarUID=2), row(2, 8, after(1)), calendars=calendar("") + weekends)
    # Saturday and Sunday: in the week of the plan, the end of its fifth day.
    assert early(content) == {1: (0, 5), 2: (5, 6)}
    assert floats(content)[1] == (0, 0)


def occurrences(first: str, last: str, **fields: Any) -> list[str]:
    """The days off by one recurring exception of a calendar that always works."""
    always = week({kind: [("08:00", "16:00")] for kind in range(1, 8)})
    recurring = exception(first, last, DayWorking=0, **fields)
    content = plan(calendars=calendar(f"{always}<Exceptions>{recurring}</Exceptions>"))
    rules = read_calendars(read_document(content), Reading())[1]
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [begin + timedelta(days=number) for number in range((end - begin).days + 1)]
    return [day.isoformat() for day in days if not rules.shifts_on(day)]


def test_recurring_exceptions() -> None:
    assert occurrences("2020-01-01", "2022-12-31", Type=2, Month=2, MonthDay=8) == [
        "2020-03-08",
        "2021-03-08",
        "2022-03-08",
    ]
    # The fourth Thursday of November, the last day of January.
    assert occurrences("2020-01-01", "2021-12-31", Type=3, Month=10, MonthItem=7, MonthPosition=3) == [
        "2020-11-26",
        "2021-11-25",
    ]
    assert occurrences("2020-01-01", "2020-12-31", Type=3, Month=0, MonthItem=0, MonthPosition=4) == ["2020-01-31"]
    assert occurrences("2020-01-31", "2020-05-31", Type=4, Period=1, MonthDay=31) == [
        "2020-01-31",
        "2020-02-29",
        "2020-03-31",
        "2020-04-30",
        "2020-05-31",
    ]
    # The first weekday of every second month; the last weekend day.
    assert occurrences("2020-02-01", "2020-06-30", Type=5, Period=2, MonthItem=1, MonthPosition=0) == [
        "2020-02-03",
        "2020-04-01",
        "2020-06-01",
    ]
    assert occurrences("2020-02-01", "2020-02-29", Type=5, MonthItem=2, MonthPosition=4) == ["2020-02-29"]
    # Mondays and Fridays of every second week; every third day.
    assert occurrences("2020-02-03", "2020-02-21", Type=6, Period=2, DaysOfWeek=2 + 32) == [
        "2020-02-03",
        "2020-02-07",
        "2020-02-17",
        "2020-02-21",
    ]
    assert occurrences("2020-02-03", "2020-02-10", Type=7, Period=3) == ["2020-02-03", "2020-02-06", "2020-02-09"]
    assert occurrences("2020-02-07", "2020-02-10", Type=8) == ["2020-02-07", "2020-02-10"]


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(1, Duration="8 hours")], ("not_a_duration", 4, 1, "Duration")),
        ([row(1, Duration="PT")], ("not_a_duration", 4, 1, "Duration")),
        ([row(1, Duration="PT-8H0M0S")], ("not_a_duration", 4, 1, "Duration")),
        (["<Task><UID>1</UID></Task>"], ("missing", 4, 1, "Duration")),
        (["<Task><Name>x</Name></Task>"], ("missing", 4, None, "UID")),
        (["<Task><UID>one</UID></Task>"], ("not_a_number", 4, None, "UID")),
        ([row(1), row(1)], ("duplicate_task", 5, 1, "UID")),
        ([row(1), row(2, 8, after(7))], ("unknown_task", 5, 2, "PredecessorUID")),
        ([row(1), row(2, 8, after(1, 4))], ("unknown_code", 5, 2, "Type")),
        ([row(1), row(2, 8, after(1, FS, 10, 99))], ("unknown_code", 5, 2, "LagFormat")),
        ([row(1, ConstraintType=8)], ("unknown_code", 4, 1, "ConstraintType")),
        ([row(1, ConstraintType=4, ConstraintDate="2020-02-30T08:00:00")], ("not_a_date", 4, 1, "ConstraintDate")),
        ([row(1, ConstraintType=4, ConstraintDate="0020-02-03T08:00:00")], ("not_a_date", 4, 1, "ConstraintDate")),
        ([row(1, Deadline="tomorrow")], ("not_a_date", 4, 1, "Deadline")),
        ([row(1, Milestone="perhaps", Duration="")], ("unknown_code", 4, 1, "Milestone")),
        ([row(1, CalendarUID=5)], ("unknown_calendar", 4, 1, "CalendarUID")),
        (["<Task><UID>1</UID><Duration>PT8H</Duration><PredecessorLink/></Task>"], ("missing", 4, 1, "PredecessorUID")),
        (
            [row(1), row(2, 8, after(1, FF), OutlineLevel=1), row(3, 8, OutlineLevel=2)],
            ("unlinkable_summary", 5, 2, "Type"),
        ),
    ],
)
def test_a_fault_is_named_with_its_line_task_and_field(
    rows: list[str], expected: tuple[str, int | None, int | None, str | None]
) -> None:
    # Line 1 is the declaration, line 3 opens the tasks.
    assert expected in faults(plan(*rows))


def test_every_fault_of_a_file_is_told_at_once() -> None:
    content = plan(
        row(1, Duration="a day"),
        row(2, 8, after(9), ConstraintType=4, ConstraintDate="soon"),
        row(2),
        head="<MinutesPerDay>0</MinutesPerDay>",
    )
    assert {code for code, *_ in faults(content)} == {
        "not_a_duration",
        "unknown_task",
        "not_a_date",
        "duplicate_task",
        "not_a_number",
    }


def test_a_fault_reads_as_one_line() -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan(plan(row(1), row(2, 8, after(7))))
    assert str(refused.value) == "line 5, task 2, PredecessorUID: unknown_task '7' (expected: the UID of a task)"


def test_a_cycle_is_named_with_its_way_round() -> None:
    with pytest.raises(PlanRefused) as refused:
        report(plan(row(1), row(2, 8, after(1), after(4)), row(3, 8, after(2)), row(4, 8, after(3))))
    (fault,) = refused.value.faults
    assert (fault.code, fault.line, fault.task, fault.field) == ("cycle", 5, 2, "PredecessorLink")
    assert fault.value == "2 -> 3 -> 4 -> 2"


def test_a_summary_that_waits_for_its_own_task_is_a_cycle() -> None:
    content = plan(row(1, 8, after(2), OutlineLevel=1), row(2, 8, OutlineLevel=2))
    assert [code for code, *_ in faults(content)] == ["cycle"]


def test_a_date_in_a_plan_without_any_start_is_refused() -> None:
    content = plan(row(1, ConstraintType=4, ConstraintDate="2020-02-06T08:00:00"), start="")
    assert faults(content) == [("missing", 2, 1, "StartDate")]


def test_a_calendar_without_working_time_is_refused_when_it_is_needed() -> None:
    never = calendar(week({kind: [] for kind in range(1, 8)}))
    assert early(plan(row(1), calendars=never)) == {1: (0, 1)}
    dated = plan(row(1), row(2, 8, after(1, FS, 14400, ELAPSED_DAYS)), calendars=never)
    assert [code for code, *_ in faults(dated)] == ["no_working_time"]


@pytest.mark.parametrize(
    ("calendars", "code"),
    [
        (calendar("") + calendar(""), "duplicate_calendar"),
        (calendar("", uid=1, base=9), "unknown_calendar"),
        (calendar("", uid=1, base=2) + calendar("", uid=2, base=1), "cycle"),
        ("<Calendar/>", "missing"),
        (calendar(week({9: []})), "unknown_code"),
        (calendar(week({2: [("08:00", "07:00")]})), "not_a_time"),
        (calendar(week({2: [("25:00", "26:00")]})), "not_a_time"),
    ],
)
def test_a_wrong_calendar_is_refused(calendars: str, code: str) -> None:
    assert code in [found for found, *_ in faults(plan(row(1), calendars=calendars))]


# --- files that mean harm --------------------------------------------------------------------------------------------

BILLION_LAUGHS = (
    b'<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>\n<Project><Name>&c;</Name></Project>'
)
EXTERNAL_ENTITY = (
    b'<!DOCTYPE Project [<!ENTITY file SYSTEM "file:///etc/passwd">]><Project><Name>&file;</Name></Project>'
)
EXTERNAL_DTD = b'<!DOCTYPE Project SYSTEM "http://example.org/plan.dtd"><Project/>'


@pytest.mark.parametrize("content", [BILLION_LAUGHS, EXTERNAL_ENTITY, EXTERNAL_DTD])
def test_entities_and_document_types_are_refused(content: bytes) -> None:
    assert [code for code, *_ in faults(content)] == ["forbidden_xml"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"UID;Name\n1;Survey\n", "not_xml"),
        (b"PK\x03\x04\x00\x00\x00", "not_xml"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_xml"),
        (b"<Project><Tasks><Task></Tasks></Project>", "not_xml"),
        (b"<Project><Tasks>", "not_xml"),
        (b'<?xml version="1.0" encoding="klingon"?><Project/>', "not_xml"),
        (b"<Project>&undeclared;</Project>", "not_xml"),
        (b"<html><body/></html>", "wrong_root"),
        (b'<Project xmlns="urn:another-format"/>', "wrong_root"),
        (b"<Project>" + b"<Tasks>" * 100 + b"</Tasks>" * 100 + b"</Project>", "too_large"),
        (b"<" + b" " * MAX_BYTES, "too_large"),
    ],
)
def test_what_is_no_plan_is_refused(content: bytes, code: str) -> None:
    assert [found for found, *_ in faults(content)] == [code]


def test_what_the_schedule_does_not_need_is_passed_over_however_deep() -> None:
    deep = "<Notes>" + "<b>" * 5000 + "</b>" * 5000 + "</Notes><Resources><Task><UID>1</UID></Task></Resources>"
    assert early(plan(row(1), head=deep)) == {1: (0, 1)}


def test_another_encoding_is_read() -> None:
    text = plan(row(1, Name="Школа")).decode().replace("UTF-8", "UTF-16")
    assert read_plan(text.encode("utf-16")).names == {"1": "Школа"}


def test_a_file_that_is_not_there_is_the_callers_to_report(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_plan(tmp_path / "nowhere.xml")


STRANGE_VALUES = (
    *("", "0", "1", "-1", "2", "7", "8", "19", "20", "99999999999999", "1e9", "NaN", "x", "PT1H", "PT999999999H"),
    *("1984-01-01T00:00:00", "2149-12-31T23:59:59", "2020-02-31T00:00:00", "2020-02-05", "9999-12-31T00:00:00"),
)


def outcome(content: bytes) -> str:
    try:
        answer = report(content)
    except PlanRefused as refused:
        return "refused" if refused.faults else "refused without a reason"
    return "scheduled" if answer["duration"] >= 0 else "scheduled backwards"


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_plan_is_either_scheduled_or_refused(data: st.DataObject) -> None:
    content = bytearray((PLANS / "school.xml").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    assert outcome(bytes(content)) in ("scheduled", "refused")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_strange_values_are_either_scheduled_or_refused(data: st.DataObject) -> None:
    strange = st.sampled_from(STRANGE_VALUES)
    names = st.sampled_from(
        "Duration DurationFormat ConstraintType ConstraintDate ActualStart ActualFinish RemainingDuration "
        "PercentComplete Deadline OutlineLevel Summary Manual Start".split()
    )
    fields = data.draw(st.dictionaries(names, strange, max_size=5))
    link = after(1, data.draw(strange), data.draw(strange), data.draw(strange))  # type: ignore[arg-type]
    assert outcome(plan(row(1, 16), row(2, 8, link, **fields))) in ("scheduled", "refused")
