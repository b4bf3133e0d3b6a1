"""A log that comes late: what it tells counts from its own days, whatever was entered before it came (PRODUCT 5)."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from pmo.clock import end_of_day
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.session import Session
from pmo.domain.errors import RuleBroken
from pmo.domain.milestone import Milestone
from pmo.domain.project import known_until
from pmo.queries.answers import latest_forecast
from pmo.queries.change_requests import change_request
from pmo.queries.history import project_histories
from pmo.queries.people import actor_for
from pmo.queries.standing_facts import forecasts_of
from pmo.runtime import Runtime
from pmo.services import changes, milestones, updates
from pmo.services.acts import Act
from tests.exchange.import_samples import event
from tests.services.importing import ALMATY, import_raw, small_town

__all__ = ["small_town"]

STONE = "DP-1-M3"
EARLIER = [
    event("2019-12-02", "forecast", STONE, forecast_date=date(2020, 8, 31)),
    event("2019-12-05", "rebaseline", "DP-1", new_dates={STONE: date(2020, 7, 31)}, approved_by="role_curator"),
]
LATER = [
    event("2020-01-10", "forecast", STONE, forecast_date=date(2020, 10, 30)),
    event("2020-01-15", "rebaseline", "DP-1", new_dates={STONE: date(2020, 9, 30)}, approved_by="role_curator"),
]


@pytest.fixture
def late(small_town: Runtime) -> Runtime:
    """The small town in which what happened in January was entered before what happened in December."""
    for events in (LATER, EARLIER):
        import_raw(small_town, {"meta": {"title": "A part"}, "events": events})
    return small_town


def stone_on(runtime: Runtime, day: date) -> Milestone:
    with runtime.reading() as session:
        histories = project_histories(session)
    found = [known_until(history, end_of_day(day, ALMATY)) for history in histories.values()]
    return next(item for known in found if known for item in known.milestones if item.code == STONE)


def number_of_stone(session: Session) -> int:
    return session.scalars(select(MilestoneRecord.id).where(MilestoneRecord.code == STONE)).one()


def act_of(session: Session, person: str, day: date) -> Act:
    actor = actor_for(session, person, day)
    assert actor is not None
    at = datetime.combine(day, time(12), ALMATY)
    return Act(actor, at, day, at)


@pytest.mark.parametrize(
    ("day", "forecast", "due_on"),
    [
        (date(2019, 12, 4), date(2020, 8, 31), None),
        (date(2020, 1, 9), date(2020, 8, 31), date(2020, 7, 31)),
        (date(2020, 1, 31), date(2020, 10, 30), date(2020, 9, 30)),
    ],
    ids=str,
)
def test_the_last_word_is_that_of_the_latest_day(late: Runtime, day: date, forecast: date, due_on: date | None) -> None:
    stone = stone_on(late, day)
    assert stone.forecast is not None
    assert stone.forecast.date == forecast
    assert stone.original is not None
    assert stone.original.version == 0
    assert stone.baseline is not None
    assert stone.baseline.due_on == (due_on or stone.original.due_on)


def test_everybody_who_asks_for_the_standing_forecast_hears_the_same(late: Runtime) -> None:
    day = date(2020, 1, 31)
    with late.reading() as session:
        number = number_of_stone(session)
        newest = latest_forecast(session, number, end_of_day(day, ALMATY))
        told = forecasts_of(session, [number], end_of_day(day, ALMATY))[number]
    assert newest is not None
    assert newest.expected_on == told[-1].expected_on == date(2020, 10, 30)


def test_the_date_that_stands_can_be_confirmed_and_not_be_asked_for(late: Runtime) -> None:
    day = date(2020, 1, 31)
    with late.writing() as session:
        stone = session.get_one(MilestoneRecord, number_of_stone(session))
        act = act_of(session, "manager-a", day)
        updates.confirm_date(session, act, stone.id, date(2020, 10, 30))
        with pytest.raises(RuleBroken, match="date_unchanged"):
            changes.request_change(session, act, stone.project_id, {STONE: date(2020, 9, 30)}, "other")


def test_a_request_shows_the_date_that_stood_when_it_was_made(late: Runtime) -> None:
    day = date(2020, 1, 31)
    with late.writing() as session:
        stone = session.get_one(MilestoneRecord, number_of_stone(session))
        act = act_of(session, "manager-a", day)
        made = changes.request_change(session, act, stone.project_id, {STONE: date(2020, 12, 31)}, "other")
        (asked,) = change_request(session, act.actor, made.id).dates
    assert (asked.standing, asked.wanted) == (date(2020, 9, 30), date(2020, 12, 31))


def test_the_same_forecast_told_again_is_one_forecast_though_a_late_log_came_between(small_town: Runtime) -> None:
    day = date(2020, 1, 31)
    for events in (LATER, EARLIER):
        with small_town.writing() as session:
            number = number_of_stone(session)
            milestones.move_forecast(session, act_of(session, "manager-a", day), number, date(2020, 11, 30), "other")
        import_raw(small_town, {"meta": {"title": "A part"}, "events": events})
    with small_town.reading() as session:
        told = forecasts_of(session, [number], end_of_day(day, ALMATY))[number]
    assert [forecast.expected_on for forecast in told] == [
        date(2020, 8, 31),
        date(2020, 10, 30),
        date(2020, 11, 30),
    ]
