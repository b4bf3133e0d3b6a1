"""Readings, corrections, closed periods; indicators made and edited by the office (DOMAIN 1.5)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from pmo.db.models.assessments import IndicatorAssessmentRecord
from pmo.db.models.indicators import IndicatorRecord, ReadingRecord, TrajectoryPointRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.errors import Conflict, NotAllowed, NotFound, RuleBroken
from pmo.domain.indicator import Direction, Interpolation, Kind
from pmo.domain.project import known_until
from pmo.queries.history import project_history
from pmo.services.indicators import (
    closes_on,
    correct_closed_reading,
    create_indicator,
    edit_indicator,
    enter_initial_reading,
    enter_reading,
)
from tests.cast import Town, indicator_plan, refusal
from tests.services.test_milestones import at_once

DECEMBER = date(2019, 12, 31)


def tell(
    town: Town, period_end: date = DECEMBER, value: float = 20.0, text: str | None = None, person: str = "manager"
) -> None:
    with town.writing() as session:
        enter_reading(session, town.act(person), town.indicator(), period_end, value, text)


def readings(town: Town) -> list[tuple[date, float, bool]]:
    with town.runtime.reading() as session:
        rows = session.execute(
            select(ReadingRecord.period_end, ReadingRecord.value, ReadingRecord.is_correction).order_by(
                ReadingRecord.id
            )
        )
        return [tuple(row) for row in rows]


def test_a_reading_is_judged_in_the_same_transaction(town: Town) -> None:
    tell(town)
    with town.runtime.reading() as session:
        judged = session.execute(
            select(IndicatorAssessmentRecord.actual, IndicatorAssessmentRecord.status).where(
                IndicatorAssessmentRecord.indicator_id == town.indicator()
            )
        ).one()
    assert tuple(judged) == (20.0, "on_track")
    assert '"action":"indicator"' in town.audit_actions()[-1]
    assert town.audit_findings() == []


def test_a_later_reading_for_a_period_corrects_it_and_the_same_one_enters_nothing(town: Town) -> None:
    tell(town)
    tell(town)
    tell(town, value=18.5)
    assert readings(town) == [(DECEMBER, 20.0, False), (DECEMBER, 18.5, True)]


@pytest.mark.parametrize(
    ("period_end", "value", "expected"),
    [
        (date(2020, 1, 31), 20.0, ("period_not_over", "period_end")),
        (date(2020, 2, 29), 20.0, ("period_not_over", "period_end")),
        (date(2019, 12, 30), 20.0, ("not_a_period_end", "period_end")),
        (date(2019, 11, 30), 20.0, ("period_closed", "period_end")),
        (DECEMBER, float("nan"), ("value_missing", "value")),
        (DECEMBER, float("inf"), ("value_missing", "value")),
    ],
)
def test_a_reading_that_cannot_be_is_refused(
    town: Town, period_end: date, value: float, expected: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised:
        tell(town, period_end, value)
    assert refusal(raised) == expected
    assert readings(town) == []


def test_a_running_total_falls_only_with_a_reason(town: Town) -> None:
    november = town.at("2019-12-16")
    tell(november, date(2019, 11, 30), 15.0)
    with pytest.raises(RuleBroken) as raised:
        tell(town, value=14.0)
    assert refusal(raised) == ("cumulative_falls", "value")
    assert raised.value.values["last"] == 15.0
    tell(town, value=14.0, text="counted twice in November")
    assert readings(town)[-1] == (DECEMBER, 14.0, True)


def test_a_quarterly_indicator_is_told_at_the_end_of_quarters(town: Town) -> None:
    later = town.at("2019-12-16")
    with pytest.raises(RuleBroken) as raised, later.writing() as session:
        enter_reading(session, later.act("manager"), town.indicator("DP-10-I2"), date(2019, 11, 30), 5.0)
    assert refusal(raised) == ("not_a_period_end", "period_end")
    assert raised.value.values["expected"] == DECEMBER


def test_a_period_is_open_for_thirty_working_days(town: Town) -> None:
    with town.runtime.reading() as session:
        project = session.get_one(ProjectRecord, town.project())
        assert closes_on(session, town.act("manager"), project, DECEMBER) == date(2020, 2, 14)
    tell(town.at("2020-02-14"))
    with pytest.raises(RuleBroken) as raised:
        tell(town.at("2020-02-17"), value=21.0)
    assert refusal(raised) == ("period_closed", "period_end")


def test_the_office_corrects_a_closed_period_with_a_reason(town: Town) -> None:
    november = date(2019, 11, 30)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        correct_closed_reading(session, town.act("analyst"), town.indicator(), november, 12.0, "  ")
    assert refusal(raised) == ("reason_missing", "text")
    with town.writing() as session:
        correct_closed_reading(session, town.act("analyst"), town.indicator(), november, 12.0, "the act of 3 December")
    assert readings(town) == [(november, 12.0, False)]


def test_a_manager_does_not_reopen_a_period_not_even_with_a_reason(town: Town) -> None:
    with pytest.raises(RuleBroken) as raised:
        tell(town, date(2019, 11, 30), text="please")
    assert refusal(raised) == ("period_closed", "period_end")
    for person in ("manager", "owner", "curator", "observer"):
        with pytest.raises(NotAllowed), town.writing() as session:
            correct_closed_reading(session, town.act(person), town.indicator(), date(2019, 11, 30), 12.0, "please")


@pytest.mark.parametrize(
    ("person", "error"),
    [
        ("colleague", NotAllowed),
        ("curator", NotAllowed),
        ("analyst", NotAllowed),
        ("observer", NotAllowed),
        ("manager-b", NotFound),
        ("outsider", NotFound),
    ],
)
def test_only_the_manager_and_the_owner_tell_a_value(town: Town, person: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        tell(town, person=person)
    tell(town, person="owner")


def test_what_was_known_at_the_start_may_end_on_any_day(town: Town) -> None:
    with town.writing() as session:
        enter_initial_reading(session, town.act("analyst"), town.indicator(), date(2019, 9, 11), 3.0)
    assert readings(town) == [(date(2019, 9, 11), 3.0, False)]


def test_the_office_adds_an_indicator_with_its_trajectory(town: Town) -> None:
    plan = indicator_plan(
        "DP-10-I3", trajectory=((date(2020, 3, 31), 40.0), (date(2020, 6, 30), 80.0)), interpolation=Interpolation.STEP
    )
    with town.writing() as session:
        number = create_indicator(session, town.act("analyst"), town.project(), plan).id
    with town.runtime.reading() as session:
        points = session.scalars(
            select(TrajectoryPointRecord.value).where(TrajectoryPointRecord.indicator_id == number)
        )
        assert sorted(points) == [40.0, 80.0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "DP-10-I1"}, ("code_taken", "code")),
        ({"weight": 0.0}, ("weight_not_positive", "weight")),
        ({"target_on": date(2019, 9, 30)}, ("target_before_baseline", "target_on")),
        ({"target": None}, ("target_missing", "target")),
        ({"target": -5.0}, ("target_on_wrong_side", "target")),
        ({"direction": Direction.DOWN}, ("target_on_wrong_side", "target")),
        ({"direction": Direction.RANGE}, ("band_missing", "low")),
        ({"direction": Direction.RANGE, "low": 5.0, "high": 1.0}, ("band_upside_down", "high")),
        ({"kind": Kind.PERIOD}, ("window_missing", "window_start")),
        ({"kind": Kind.PERIOD, "window_start": date(2021, 1, 1)}, ("window_after_target", "window_start")),
        ({"trajectory": ((date(2020, 3, 31), 1.0), (date(2020, 3, 31), 2.0))}, ("trajectory_day_twice", "trajectory")),
        ({"trajectory": ((date(2021, 3, 31), 1.0),)}, ("trajectory_outside", "trajectory")),
    ],
)
def test_a_bad_plan_of_an_indicator_is_refused(
    town: Town, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    plan = indicator_plan(**{"code": "DP-10-I3", **changes})  # type: ignore[arg-type]
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        create_indicator(session, town.act("analyst"), town.project(), plan)
    assert refusal(raised) == expected


def test_only_the_office_makes_and_edits_indicators(town: Town) -> None:
    for person, error in (("manager", NotAllowed), ("curator", NotAllowed), ("outsider", NotFound)):
        with pytest.raises(error), town.writing() as session:
            create_indicator(session, town.act(person), town.project(), indicator_plan("DP-10-I3"))
        with pytest.raises(error), town.writing() as session:
            edit_indicator(session, town.act(person), town.indicator(), indicator_plan("DP-10-I1"), 1)


def test_an_edit_of_an_indicator_keeps_the_past_and_meets_another_as_a_conflict(town: Town) -> None:
    with town.writing() as session:
        plan = indicator_plan("DP-10-I1", target=200.0, trajectory=((date(2020, 6, 30), 50.0),))
        edit_indicator(session, town.act("analyst"), town.indicator(), plan, 1)
    with pytest.raises(Conflict) as raised, town.writing() as session:
        edit_indicator(session, town.act("pmo-head"), town.indicator(), indicator_plan("DP-10-I1"), 1)
    assert raised.value.current["target"] == 200.0
    with town.runtime.reading() as session:
        history = project_history(session, town.project())
        assert session.scalar(select(IndicatorRecord.version).where(IndicatorRecord.code == "DP-10-I1")) == 2
    before = known_until(history, datetime.fromisoformat("2020-01-30T00:00:00+00:00"))
    after = known_until(history, town.runtime.now())
    assert before is not None
    assert after is not None
    assert (before.indicators[0].target, before.indicators[0].trajectory) == (100.0, ())
    assert (after.indicators[0].target, after.indicators[0].trajectory) == (200.0, ((date(2020, 6, 30), 50.0),))


def test_readings_told_at_once_are_all_kept(town: Town) -> None:
    assert at_once(*[lambda value=value: tell(town, value=value) for value in (20.0, 21.0, 22.0)]) == ["done"] * 3
    assert sorted(value for _, value, _ in readings(town)) == [20.0, 21.0, 22.0]
    assert sorted(corrects for *_, corrects in readings(town)) == [False, True, True]
