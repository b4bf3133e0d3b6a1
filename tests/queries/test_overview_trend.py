"""The counts of a week and a month ago are those of the overview as of that day."""

from dataclasses import replace
from datetime import date

import pytest

from pmo.clock import end_of_day
from pmo.queries.choices import filter_choices
from pmo.queries.overview import ATTENTION, Moment, overview
from pmo.queries.overview_groups import GROUPINGS, grouped
from pmo.queries.overview_trend import Trend, counted, month_before, trend_of
from pmo.queries.places import city_zone
from pmo.runtime import Runtime
from tests.queries.test_overview import ALMATY, ANALYST, look, now_of


def trend(runtime: Runtime, moment: Moment) -> Trend:
    with runtime.reading() as session:
        zone = city_zone(session, "almaty")
        return trend_of(session, ANALYST, ALMATY, moment, zone, runtime.rules, runtime.histories)


def test_the_change_of_every_count_is_the_difference_of_two_overviews(replayed: Runtime) -> None:
    found, before = look(replayed), trend(replayed, now_of(replayed))
    assert (before.week.on, before.month.on) == (date(2020, 1, 24), date(2019, 12, 31))
    changes = set()
    for earlier in (before.week, before.month):
        with replayed.reading() as session:
            day = Moment(end_of_day(earlier.on, city_zone(session, "almaty")), earlier.on, is_past=True)
            then = overview(session, ANALYST, ALMATY, day, replayed.rules, replayed.histories)
        for status in ("", ATTENTION, *(one.value for one in {*found.counts, *then.counts})):
            change = earlier.change(found, status)
            assert change == counted(found, status) - counted(then, status)
            changes.add(change)
    assert len(changes) > 2, "in the demonstration something changes in every month"


def test_before_tracking_there_is_nothing_to_compare_with(replayed: Runtime) -> None:
    first = date(2019, 9, 20)
    with replayed.reading() as session:
        moment = Moment(end_of_day(first, city_zone(session, "almaty")), first, is_past=True)
    before = trend(replayed, moment)
    assert before.week.overview is None
    assert before.month.change(look(replayed), "") is None


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2020, 1, 31), date(2019, 12, 31)),
        (date(2020, 3, 31), date(2020, 2, 29)),
        (date(2021, 3, 30), date(2021, 2, 28)),
        (date(2020, 5, 1), date(2020, 4, 1)),
    ],
)
def test_a_month_before_is_the_same_day_or_the_last_one(day: date, before: date) -> None:
    assert month_before(day) == before


@pytest.mark.parametrize("by", GROUPINGS)
def test_groups_hold_every_line_and_what_the_filter_of_the_group_lists(replayed: Runtime, by: str) -> None:
    found = look(replayed)
    with replayed.reading() as session:
        choices = filter_choices(session, ANALYST, "almaty")
        groups = grouped(session, found.chosen, by, choices)
    assert {line.id for group in groups for line in group.lines} == {line.id for line in found.chosen}
    for group in groups:
        assert sum(group.counts.values()) == len(group.lines)
        assert group.attention == sum(line.needs_attention for line in group.lines)
        if group.id:
            assert group.name is not None
            alone = look(replayed, replace(ALMATY, **{by: group.id})).chosen
            assert [line.id for line in group.lines] == [line.id for line in alone]
