"""What is due, counted in dates: no clock change loses or doubles a day (RELIABILITY 6, test 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.sending_hours import into_sending_hours, is_sending_time, sending_time_between
from pmo.jobs.context import Counts, JobContext
from pmo.jobs.schedule import CatchUp, Days, ScheduledJob
from pmo.jobs.timetable import HOUSEKEEPING, TIMETABLE

ZONES = [
    "Asia/Almaty", "Asia/Qyzylorda", "Europe/Amsterdam", "Europe/Rome", "Europe/London", "America/New_York",
    "America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Pacific/Auckland",
    "Asia/Tehran", "Africa/Casablanca", "America/St_Johns", "Pacific/Apia",
]  # fmt: skip
TIMES = [time(0, 0), time(0, 30), time(1, 30), time(2, 30), time(8, 20)]
ALMATY = ZoneInfo("Asia/Almaty")
PLAIN = WorkingCalendar()
HOLIDAYS = WorkingCalendar([date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 7)], [date(2020, 1, 5)])


def nothing(_context: JobContext) -> Counts:
    return {}


def a_job(at: time, days: Days = Days.ALL, catch_up: CatchUp = CatchUp.EVERY) -> ScheduledJob:
    return ScheduledJob("a job", at, days, catch_up, nothing)


def local(text: str, zone: ZoneInfo = ALMATY) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


YEARS = (date(2024, 1, 1), date(2027, 1, 1))


def ticks(zone: ZoneInfo) -> Iterator[datetime]:
    """Three years of looking for work: each hour for three days around a change of the clocks, else every twelve."""
    first, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in YEARS)
    moment = first
    while moment < end:
        yield moment
        near = {(moment + timedelta(days=days)).astimezone(zone).utcoffset() for days in (-3, -2, -1, 0, 1, 2, 3)}
        moment += timedelta(hours=1 if len(near) > 1 else 12)


def days_of(job: ScheduledJob, zone: ZoneInfo) -> list[date]:
    """The periods that the ticks find due, in the order in which they do."""
    done: list[date] = []
    last = YEARS[0] - timedelta(days=1)
    for moment in ticks(zone):
        for period in job.due_periods(moment, last, PLAIN, zone):
            assert job.moment_of(period, zone) <= moment
            done.append(period)
            last = period
    return done


@pytest.mark.parametrize("zone_name", ZONES)
def test_each_day_is_due_once_whatever_the_clocks_do(zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    all_days = [YEARS[0] + timedelta(days=number) for number in range((YEARS[1] - YEARS[0]).days)]
    for at in TIMES:
        done = days_of(a_job(at), zone)
        # The last tick may come before the hour of the last day.
        assert done == all_days[: len(done)], at
        assert len(done) >= len(all_days) - 1, at


@pytest.mark.parametrize(("at", "lost", "doubled"), [(time(0, 0), 3, 0), (time(2, 30), 0, 3)])
def test_a_cron_trigger_would_lose_days_or_double_them(at: time, lost: int, doubled: int) -> None:
    """The negative twin: what APScheduler fires in Amsterdam in the same three years."""
    zone = ZoneInfo("Europe/Amsterdam")
    trigger = CronTrigger(hour=at.hour, minute=at.minute, timezone=zone)
    fired: list[date] = []
    previous, now = None, datetime.combine(YEARS[0], time(), zone)
    while (moment := trigger.get_next_fire_time(previous, now)).date() < YEARS[1]:
        fired.append(moment.date())
        previous, now = moment, moment
    days = (YEARS[1] - YEARS[0]).days
    assert (days - len(set(fired)), len(fired) - len(set(fired))) == (lost, doubled)


def test_almaty_moved_to_another_zone_and_no_day_was_lost() -> None:
    job = a_job(time(0, 30))
    moment, last, done = local("2024-02-27T12:00").astimezone(UTC), date(2024, 2, 26), []
    for _ in range(24 * 5):
        for period in job.due_periods(moment, last, PLAIN, ALMATY):
            done.append(period)
            last = period
        moment += timedelta(hours=1)
    assert done == [
        date(2024, 2, 27),
        date(2024, 2, 28),
        date(2024, 2, 29),
        date(2024, 3, 1),
        date(2024, 3, 2),
        date(2024, 3, 3),
    ]
    assert job.moment_of(date(2024, 2, 29), ALMATY) == datetime(2024, 2, 28, 18, 30, tzinfo=UTC)
    assert job.moment_of(date(2024, 3, 2), ALMATY) == datetime(2024, 3, 1, 19, 30, tzinfo=UTC)


def test_a_period_is_due_from_its_moment_on() -> None:
    job = a_job(time(8, 20))
    assert job.due_periods(local("2020-01-14T08:19:59"), date(2020, 1, 13), PLAIN, ALMATY) == []
    assert job.due_periods(local("2020-01-14T08:20"), date(2020, 1, 13), PLAIN, ALMATY) == [date(2020, 1, 14)]


def test_downtime_of_twelve_days_is_caught_up_in_order_or_told_by_today() -> None:
    now, last = local("2020-01-24T12:00"), date(2020, 1, 12)
    every = a_job(time(0, 30)).due_periods(now, last, PLAIN, ALMATY)
    assert every == [date(2020, 1, 13) + timedelta(days=number) for number in range(12)]
    latest = a_job(time(0, 30), catch_up=CatchUp.LATEST)
    assert latest.due_periods(now, last, PLAIN, ALMATY) == [date(2020, 1, 24)]


def test_the_look_back_ends_after_a_fortnight() -> None:
    due = a_job(time(0, 30)).due_periods(local("2020-03-31T12:00"), date(2020, 1, 1), PLAIN, ALMATY)
    assert due[0] == date(2020, 3, 17)
    assert len(due) == 15


def test_yesterdays_alerts_are_not_run_on_a_day_off() -> None:
    job = a_job(time(8, 20), Days.WORKING, CatchUp.LATEST)
    assert job.due_periods(local("2020-01-18T12:00"), date(2020, 1, 16), HOLIDAYS, ALMATY) == []


def test_a_working_sunday_is_a_day_and_a_holiday_is_none() -> None:
    job = a_job(time(8, 20), Days.WORKING)
    due = job.due_periods(local("2020-01-08T12:00"), date(2019, 12, 30), HOLIDAYS, ALMATY)
    assert due == [date(2019, 12, 31), date(2020, 1, 5), date(2020, 1, 6), date(2020, 1, 8)]
    assert job.next_moment(local("2019-12-31T12:00"), HOLIDAYS, ALMATY) == local("2020-01-05T08:20")


def test_a_job_that_never_ran_begins_today() -> None:
    assert a_job(time(0, 30)).due_periods(local("2020-01-14T12:00"), None, PLAIN, ALMATY) == [date(2020, 1, 14)]


def test_the_timetable_is_that_of_the_policy() -> None:
    """DOMAIN 3.2, timetable."""
    lines = [(job.name, job.at, job.days, job.catch_up, job.after) for job in TIMETABLE]
    assert lines == [
        ("assess", time(0, 30), Days.ALL, CatchUp.EVERY, None),
        ("alerts", time(8, 20), Days.WORKING, CatchUp.LATEST, None),
        ("digests", time(8, 25), Days.WORKING, CatchUp.LATEST, "alerts"),
    ]
    assert [(job.name, job.at, job.days) for job in HOUSEKEEPING] == [("retention", time(3, 15), Days.ALL)]


def test_quiet_hours_end_at_half_past_eight() -> None:
    assert not is_sending_time(local("2020-01-14T08:29:59"), HOLIDAYS, ALMATY)
    assert is_sending_time(local("2020-01-14T08:30"), HOLIDAYS, ALMATY)
    assert not is_sending_time(local("2020-01-14T18:30"), HOLIDAYS, ALMATY)
    assert not is_sending_time(local("2020-01-07T10:00"), HOLIDAYS, ALMATY)
    assert into_sending_hours(local("2020-01-06T18:30"), HOLIDAYS, ALMATY) == local("2020-01-08T08:30")


def test_only_sending_time_counts_as_waiting() -> None:
    start = local("2020-01-06T18:00")
    assert sending_time_between(start, local("2020-01-08T08:45"), HOLIDAYS, ALMATY) == timedelta(minutes=45)
    assert sending_time_between(start, start, HOLIDAYS, ALMATY) == timedelta()
