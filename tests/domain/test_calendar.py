"""The working calendar against the official balance of Kazakhstan (DOMAIN 1.3)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo.domain.calendar import (
    DateOutOfRange,
    WorkingCalendar,
    ends_of_weeks,
    is_first_working_day_of_week,
    iso_week,
    rests,
)
from tests.domain.builders import day, kazakhstan

PLAIN = WorkingCalendar()

BALANCE = {
    2018: (21, 20, 18, 21, 20, 21, 21, 21, 20, 23, 22, 18),
    2019: (20, 20, 17, 22, 20, 20, 22, 21, 21, 23, 21, 19),
    2020: (20, 20, 18, 22, 18, 22, 21, 20, 22, 22, 21, 20),
    2021: (18, 20, 19, 22, 18, 22, 20, 21, 22, 21, 22, 20),
}

DAYS_OFF = {
    2018: "0101 0102 0107 0308 0309 0321 0322 0323 0430 0501 0507 0508 0509 0706 0821 0830 0831 1201 1203 1216 1217 "
    "1218 1231",
    2019: "0101 0102 0107 0308 0321 0322 0323 0325 0501 0507 0509 0510 0706 0708 0811 0830 1201 1202 1216 1217",
    2020: "0101 0102 0103 0107 0308 0309 0321 0322 0323 0324 0325 0501 0507 0508 0509 0706 0731 0830 0831 1201 1216 "
    "1217 1218",
}

WORKED_WEEKENDS = {2018: "0303 0428 0505 0825 1229", 2019: "0504", 2020: "0105 1220"}


@pytest.mark.parametrize("year", BALANCE)
def test_the_months_have_as_many_working_days_as_the_official_balance(year: int) -> None:
    assert tuple(kazakhstan().month_total(year, month) for month in range(1, 13)) == BALANCE[year]


@pytest.mark.parametrize(("year", "total"), [(2018, 246), (2019, 246), (2020, 246), (2021, 245)])
def test_the_years_have_as_many_working_days_as_the_official_balance(year: int, total: int) -> None:
    assert kazakhstan().wd(date(year - 1, 12, 31), date(year, 12, 31)) == total


@pytest.mark.parametrize("year", DAYS_OFF)
def test_exactly_the_listed_days_differ_from_a_plain_week(year: int) -> None:
    days_off = {date(year, int(text[:2]), int(text[2:])) for text in DAYS_OFF[year].split()}
    worked = {date(year, int(text[:2]), int(text[2:])) for text in WORKED_WEEKENDS[year].split()}
    for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        one = date.fromordinal(ordinal)
        assert kazakhstan().is_working(one) == (one in worked or (one.weekday() < 5 and one not in days_off)), one


@pytest.mark.parametrize(
    ("given_day", "rolled"),
    [
        ("2019-08-30", "2019-09-02"),
        ("2019-11-30", "2019-12-03"),
        ("2020-03-21", "2020-03-26"),
        ("2020-07-31", "2020-08-03"),
        ("2020-08-31", "2020-09-01"),
        ("2020-12-18", "2020-12-20"),
        ("2020-01-06", "2020-01-06"),
    ],
)
def test_a_date_rolls_to_the_first_working_day_on_or_after_it(given_day: str, rolled: str) -> None:
    assert kazakhstan().roll(day(given_day)) == day(rolled)


@pytest.mark.parametrize(
    ("given_day", "rolled"),
    [
        ("2019-09-01", "2019-08-29"),
        ("2020-03-25", "2020-03-20"),
        ("2020-01-07", "2020-01-06"),
        ("2020-12-20", "2020-12-20"),
        ("2020-12-19", "2020-12-15"),
    ],
)
def test_a_date_rolls_back_to_the_last_working_day_on_or_before_it(given_day: str, rolled: str) -> None:
    assert kazakhstan().rollback(day(given_day)) == day(rolled)


def test_working_days_are_counted_after_the_start_up_to_the_end() -> None:
    assert kazakhstan().wd(day("2019-12-31"), day("2020-01-08")) == 3
    assert kazakhstan().wd(day("2020-01-08"), day("2019-12-31")) == -3
    assert kazakhstan().wd(day("2020-01-08"), day("2020-01-08")) == 0


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2019-12-31", 1, "2020-01-05"),
        ("2019-12-31", 3, "2020-01-08"),
        ("2019-12-31", 7, "2020-01-14"),
        ("2019-12-31", 14, "2020-01-23"),
        ("2020-03-20", 14, "2020-04-14"),
        ("2020-01-01", 0, "2020-01-01"),
        ("2020-01-08", -3, "2019-12-31"),
        ("2020-01-01", -1, "2019-12-31"),
        ("2020-01-02", -2, "2019-12-30"),
    ],
)
def test_days_are_added_in_working_days_forward_and_back(start: str, days: int, end: str) -> None:
    assert kazakhstan().addwd(day(start), days) == day(end)


def test_a_day_off_wins_over_a_working_weekend() -> None:
    saturday = date(2020, 2, 1)
    assert not WorkingCalendar([saturday], [saturday]).is_working(saturday)
    assert WorkingCalendar([], [saturday]).is_working(saturday)


@pytest.mark.parametrize("outside", [date(1999, 12, 31), date(2061, 1, 1)])
def test_a_day_outside_the_covered_years_is_refused(outside: date) -> None:
    with pytest.raises(DateOutOfRange):
        PLAIN.roll(outside)
    with pytest.raises(DateOutOfRange):
        PLAIN.wd(date(2020, 1, 1), outside)


def test_counting_past_the_last_covered_day_is_refused() -> None:
    with pytest.raises(DateOutOfRange):
        PLAIN.addwd(date(2060, 12, 30), 10)
    with pytest.raises(DateOutOfRange):
        PLAIN.addwd(date(2000, 1, 3), -10)


@pytest.mark.parametrize(
    ("given_day", "week"), [("2020-01-05", "2020-W01"), ("2019-12-31", "2020-W01"), ("2021-01-03", "2020-W53")]
)
def test_a_week_is_named_as_iso_names_it(given_day: str, week: str) -> None:
    assert iso_week(day(given_day)) == week


def test_the_week_begins_on_its_first_working_day() -> None:
    def first(text: str) -> bool:
        return is_first_working_day_of_week(kazakhstan(), day(text))

    assert first("2020-01-13")
    assert not first("2020-01-14")
    assert not first("2020-03-23")
    assert not first("2020-03-25")
    assert first("2020-03-26")  # Nauryz took Monday to Wednesday
    assert not first("2020-01-05")  # a working Sunday ends its week
    assert not first("2020-01-01")


@given(st.dates(date(2018, 1, 1), date(2021, 12, 31)), st.integers(-300, 300))
def test_adding_and_counting_are_inverse(start: date, days: int) -> None:
    end = kazakhstan().addwd(start, days)
    if days > 0:
        assert kazakhstan().wd(start, end) == days
    if days < 0:
        assert kazakhstan().wd(end - timedelta(days=1), start - timedelta(days=1)) == -days


@given(st.dates(date(2018, 1, 1), date(2021, 12, 31)))
def test_rolling_meets_the_nearest_working_days(start: date) -> None:
    calendar = kazakhstan()
    after, before = calendar.roll(start), calendar.rollback(start)
    assert before <= start <= after
    assert calendar.is_working(after)
    assert calendar.is_working(before)
    assert calendar.wd(before, after) == (0 if before == after else 1)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2019-09-16", "2019-10-01", ["2019-09-22", "2019-09-29", "2019-10-01"]),
        ("2019-09-16", "2019-09-22", ["2019-09-22"]),
        ("2019-09-22", "2019-09-23", ["2019-09-22", "2019-09-23"]),
        ("2019-09-18", "2019-09-18", ["2019-09-18"]),
    ],
)
def test_a_history_is_told_by_the_sundays_and_its_last_day(first: str, last: str, expected: list[str]) -> None:
    assert ends_of_weeks(day(first), day(last)) == [day(one) for one in expected]


def test_long_holidays_are_stretches_of_days_off_cut_to_the_time_shown() -> None:
    found = rests(kazakhstan(), day("2019-12-20"), day("2020-04-01"), 4)
    assert found == [(day("2020-01-01"), day("2020-01-04")), (day("2020-03-21"), day("2020-03-25"))]
    assert rests(kazakhstan(), day("2020-03-23"), day("2020-04-01"), 3) == [(day("2020-03-23"), day("2020-03-25"))]
    assert rests(kazakhstan(), day("2020-03-23"), day("2020-03-24"), 3) == []
