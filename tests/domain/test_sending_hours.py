"""When mail with alerts may reach one reader: apart from each other, ten a day, never dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo.domain.sending_hours import ALERTS_APART, MOST_ALERTS_A_DAY, alert_moment, is_sending_time
from tests.domain.ladder_cast import CALENDAR

ALMATY = ZoneInfo("Asia/Almaty")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ALMATY).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "taken", "found"),
    [
        ("2020-01-14T08:20", [], "2020-01-14T08:30"),
        ("2020-01-14T08:20", ["2020-01-14T08:30"], "2020-01-14T08:45"),
        ("2020-01-14T08:20", ["2020-01-14T08:45"], "2020-01-14T08:30"),
        ("2020-01-14T08:31", ["2020-01-14T08:45"], "2020-01-14T09:00"),
        ("2020-01-14T08:20", ["2020-01-14T08:30", "2020-01-14T08:45"], "2020-01-14T09:00"),
        ("2020-01-14T18:20", ["2020-01-14T18:20"], "2020-01-15T08:30"),
        ("2020-01-10T18:29", ["2020-01-10T18:20"], "2020-01-13T08:30"),  # over the weekend
        ("2020-01-14T12:00", [f"2020-01-14T{8 + n // 4:02}:{n % 4 * 15:02}" for n in range(2, 12)], "2020-01-15T08:30"),
    ],
)
def test_a_quarter_of_an_hour_lies_between_two_and_ten_are_enough_for_a_day(
    asked: str, taken: list[str], found: str
) -> None:
    assert alert_moment(at(asked), [at(moment) for moment in taken], CALENDAR, ALMATY) == at(found)


@given(minutes=st.lists(st.integers(0, 3 * 24 * 60), max_size=40))
def test_whatever_is_asked_for_the_limits_hold_and_nothing_is_dropped(minutes: list[int]) -> None:
    begin = at("2020-01-13T00:00")
    planned: list[datetime] = []
    for minute in minutes:
        asked = begin + timedelta(minutes=minute)
        moment = alert_moment(asked, planned, CALENDAR, ALMATY)
        assert moment >= asked
        assert is_sending_time(moment, CALENDAR, ALMATY)
        planned.append(moment)
    in_order = sorted(planned)
    assert all(later - earlier >= ALERTS_APART for earlier, later in pairwise(in_order))
    days = [moment.astimezone(ALMATY).date() for moment in planned]
    assert all(days.count(day) <= MOST_ALERTS_A_DAY for day in days)
