"""The calendars of an MS Project plan, seen through the offsets they give."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pmo.exchange.mspdi_calendar import read_calendars
from pmo.exchange.mspdi_document import Reading, read_document
from tests.exchange.mspdi_plans import after, calendar, early, exception, floats, late, plan, row, week


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


def test_a_task_on_a_calendar_that_leaves_off_days_of_the_plan_takes_longer() -> None:
    half = calendar(week({kind: [("08:00", "12:00")] if 1 < kind < 7 else [] for kind in range(1, 8)}), uid=2)
    content = plan(row(1, 8, CalendarUID=2), row(2, 8, after(1)), row(3, 80), calendars=calendar("") + half)
    # Two mornings: done at noon of the second day.
    assert early(content)[1] == (0, 1.5)
    assert late(content)[1] == (7, 9)


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
