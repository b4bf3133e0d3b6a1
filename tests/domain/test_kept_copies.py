"""Which copies of a folder stay: 7 days, 4 weeks, 12 months."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pmo.domain.kept_copies import DAYS, MONTHS, WEEKS, kept_copies

START = datetime(2019, 1, 1, 2, 30, tzinfo=UTC)
NIGHTS = [START + timedelta(days=number) for number in range(400)]


def test_a_copy_each_night_leaves_seven_days_four_weeks_twelve_months() -> None:
    kept = sorted(kept_copies(NIGHTS), reverse=True)
    assert [f"{moment:%Y-%m-%d}" for moment in kept] == [
        "2020-02-04", "2020-02-03", "2020-02-02", "2020-02-01", "2020-01-31", "2020-01-30", "2020-01-29",
        "2020-01-26", "2020-01-19",
        "2019-12-31", "2019-11-30", "2019-10-31", "2019-09-30", "2019-08-31", "2019-07-31", "2019-06-30", "2019-05-31",
        "2019-04-30", "2019-03-31",
    ]  # fmt: skip


def test_thinning_every_night_keeps_what_thinning_once_would() -> None:
    kept: set[datetime] = set()
    for night in NIGHTS:
        kept = set(kept_copies(kept | {night}))
    assert kept == kept_copies(NIGHTS)


def test_of_one_day_the_last_copy_stays() -> None:
    morning, noon = START, START + timedelta(hours=9)
    assert kept_copies([noon, morning]) == {noon}


@given(st.sets(st.integers(0, 20_000).map(lambda hours: START + timedelta(hours=hours))))
def test_the_newest_always_stays_and_there_is_a_limit(moments: set[datetime]) -> None:
    kept = kept_copies(moments)
    assert kept <= moments
    assert len(kept) <= DAYS + WEEKS + MONTHS
    assert not moments or max(moments) in kept
