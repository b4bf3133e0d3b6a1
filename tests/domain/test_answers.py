"""What an answer stops, and what it never stops (DOMAIN 3.2, acknowledge and snooze)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmo.domain.alerts import past_rungs
from pmo.domain.answers import (
    Answer,
    Answered,
    AnswerKind,
    Confirmation,
    last_snooze_day,
    last_told,
    next_level,
    quiet_until,
    snooze_is_used,
    waiting,
)
from pmo.domain.ladder import ESCALATIONS, Climb, Delivery, PastRung, Rung, Standing, next_rung, step
from pmo.domain.recipients import Posts, Role
from tests.domain.ladder_cast import CALENDAR, POSTS, Office, as_day, milestone, project, told

E = as_day("2019-12-31")
CLIMB = Climb(0, 0, E, E, Standing.CLIMBING)


def answer(person: str, on: str, until: str | None, rung: Rung = Rung.O_1, **other: object) -> Answer:
    values: dict[str, object] = {"kind": AnswerKind.ACKNOWLEDGED, "version": 0, "run": 0, **other}
    return Answer("P-M1", person, rung=rung, on=as_day(on), until=as_day(until) if until else None, **values)  # type: ignore[arg-type]


def office(*answers: Answer, confirmed: Confirmation | None = None, critical: bool = False) -> Office:
    """A milestone due on 31 December, all mornings of December gone."""
    found = Office(project(milestone("2019-12-31", critical=critical)))
    found.answered = Answered(answers, (confirmed,) if confirmed else ())
    found.until("2019-12-31", first="2019-12-10")
    return found


def test_whoever_acknowledged_is_spared_the_repeat_and_the_next_level_hears_on_its_day() -> None:
    town = office(answer("manager", "2020-01-05", "2020-01-09"))

    assert told(town.morning("2020-01-05"), Rung.O_1) == {"manager": "direct"}
    assert told(town.morning("2020-01-08"), Rung.O_3) == {"owner": "direct"}
    assert told(town.morning("2020-01-14"), Rung.O_7) == {"manager": "direct", "owner": "direct", "curator": "list"}


def test_an_acknowledgement_spares_repeats_for_three_working_days() -> None:
    assert quiet_until(as_day("2020-01-06"), CALENDAR) == as_day("2020-01-10")  # the 7th is a holiday


def test_a_rung_that_would_reach_only_people_who_answered_is_told_all_the_same() -> None:
    town = office(answer("manager", "2019-12-30", "2020-01-06", Rung.R_1))

    assert told(town.morning("2020-01-05"), Rung.O_1) == {"manager": "direct"}


def test_a_curator_who_muted_hears_no_more_and_the_akim_does() -> None:
    muted = answer("curator", "2020-01-08", None, Rung.O_3, kind=AnswerKind.MUTED)
    town = office(muted, critical=True)

    raised = town.until("2020-02-03", first="2020-01-01")

    assert [found for found in raised.values() if found != ["off_track"]][-1] == ["weekly"]
    assert {alert.recipient for alert in town.past if alert.rung is Rung.O_14} == {"manager", "owner", "akim"}
    assert {alert.recipient for alert in town.past if alert.rung is Rung.WEEKLY} == {"manager", "owner", "akim"}


@pytest.mark.parametrize(("version", "run"), [(1, 0), (0, 1)])
def test_an_answer_counts_for_its_own_climb_only(version: int, run: int) -> None:
    town = office(answer("manager", "2020-01-05", "2020-01-30", version=version, run=run))
    town.until("2020-01-07", first="2020-01-01")

    assert told(town.morning("2020-01-08"), Rung.O_3) == {"manager": "direct", "owner": "direct"}


@pytest.mark.parametrize(
    ("today", "rung", "following"),
    [
        ("2020-01-08", None, "2020-01-15"),
        ("2020-01-14", None, "2020-01-15"),
        ("2020-01-15", Rung.O_3, "2020-01-16"),
    ],
)
def test_a_confirmed_forecast_lets_the_next_rung_wait_and_no_longer(
    today: str, rung: Rung | None, following: str
) -> None:
    confirmed = Confirmation("P-M1", 0, as_day("2020-01-06"), as_day("2020-01-14"))
    climb = waiting("P-M1", CLIMB, Answered(confirmations=(confirmed,)))
    past = [PastRung(Rung.O_1, 0, 0, as_day("2020-01-05"), Delivery.SENT)]

    assert step(climb, past, as_day(today), None, CALENDAR).rung is rung
    assert next_rung(climb, past, as_day(today), CALENDAR) == (Rung.O_3, as_day(following))


def test_a_confirmation_for_an_earlier_date_lets_nothing_wait() -> None:
    confirmed = Confirmation("P-M1", 0, as_day("2020-01-06"), as_day("2020-01-14"))

    assert (
        waiting("P-M1", Climb(1, 0, E, E, Standing.CLIMBING), Answered(confirmations=(confirmed,))).waits_until is None
    )
    assert waiting("P-M2", CLIMB, Answered(confirmations=(confirmed,))).waits_until is None


@pytest.mark.parametrize(
    ("climbed", "critical", "author", "posts", "expected"),
    [
        ([], False, "manager", POSTS, None),
        ([Rung.O_1], False, "manager", POSTS, (Rung.O_3, Role.OWNER, "owner")),
        ([Rung.O_1], False, "owner", POSTS, (Rung.O_3, Role.CURATOR, "curator")),
        ([Rung.O_1], True, "manager", POSTS, (Rung.O_3, Role.CURATOR, "curator")),
        ([Rung.O_1, Rung.O_3], False, "manager", POSTS, (Rung.O_7, Role.CURATOR, "curator")),
        ([Rung.O_1, Rung.O_3, Rung.O_7], True, "manager", POSTS, (Rung.O_14, Role.AKIM, "akim")),
        ([Rung.O_1], False, "manager", Posts(manager="manager", akim="akim"), (Rung.O_3, Role.AKIM, "akim")),
        ([Rung.O_1], False, "manager", Posts(manager="manager"), None),
        (list(ESCALATIONS), False, "manager", POSTS, None),
    ],
)
def test_the_level_that_would_be_told_next_confirms(
    climbed: list[Rung], critical: bool, author: str, posts: Posts, expected: tuple[Rung, Role, str] | None
) -> None:
    past = [PastRung(rung, 0, 0, as_day("2020-01-05"), Delivery.SENT) for rung in climbed]

    level = next_level(CLIMB, past, critical, posts, (as_day("2020-03-02"), author), as_day("2020-01-06"), CALENDAR)

    assert (level and (level.rung, level.role, level.person)) == expected
    assert level is None or level.until == as_day("2020-01-14")


def test_the_wait_ends_with_the_forecast_itself_and_a_past_forecast_is_none() -> None:
    past = [PastRung(Rung.O_1, 0, 0, as_day("2020-01-05"), Delivery.SENT)]

    def level(expected: str) -> date | None:
        forecast = as_day(expected), "manager"
        found = next_level(CLIMB, past, False, POSTS, forecast, as_day("2020-01-06"), CALENDAR)
        return found.until if found else None

    assert level("2020-01-09") == as_day("2020-01-09")
    assert level("2020-01-05") is None


@pytest.mark.parametrize(
    ("role", "last"), [(Role.MANAGER, "2020-01-09"), (Role.OWNER, "2020-01-13"), (Role.CURATOR, None)]
)
def test_how_long_a_role_may_snooze(role: Role, last: str | None) -> None:
    assert last_snooze_day(role, as_day("2020-01-05"), CALENDAR) == (as_day(last) if last else None)


def test_a_manager_snoozes_once_a_rung_and_an_owner_once() -> None:
    town = office()
    town.until("2020-01-08", first="2020-01-01")
    manager, owner = (last_told(town.past, "P-M1", person, CLIMB) for person in ("manager", "owner"))
    assert manager is not None
    assert owner is not None
    assert (manager.rung, owner.rung) == (Rung.O_3, Rung.O_3)

    def snoozed(person: str, rung: Rung) -> list[Answer]:
        return [answer(person, "2020-01-05", "2020-01-06", rung, kind=AnswerKind.SNOOZED)]

    assert not snooze_is_used(manager, snoozed("manager", Rung.O_1))
    assert snooze_is_used(manager, snoozed("manager", Rung.O_3))
    assert snooze_is_used(owner, snoozed("owner", Rung.R_1))
    assert not snooze_is_used(owner, [answer("owner", "2020-01-05", "2020-01-09")])


def test_nobody_is_asked_to_answer_what_they_were_not_told() -> None:
    town = office()
    town.until("2020-01-07", first="2020-01-01")

    assert last_told(town.past, "P-M1", "curator", CLIMB) is None
    assert last_told(town.past, "P-M2", "manager", CLIMB) is None


PEOPLE = st.sampled_from(["manager", "owner", "curator", "akim"])
DAYS = st.integers(0, 60).map(lambda days: E + timedelta(days=days))
ANSWERS = st.builds(
    lambda person, on, length: Answer(
        "P-M1",
        person,
        AnswerKind.MUTED if length is None else AnswerKind.SNOOZED,
        0,
        0,
        Rung.O_1,
        on,
        None if length is None else on + timedelta(days=length),
    ),
    PEOPLE,
    DAYS,
    st.none() | st.integers(0, 9),
)
HOLDS = st.none() | st.builds(
    lambda on, length: Confirmation("P-M1", 0, on, CALENDAR.addwd(on, length)), DAYS, st.integers(1, 5)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANSWERS, max_size=6), HOLDS, st.booleans())
def test_no_answer_skips_a_rung_or_lets_two_out_on_a_day(
    answers: list[Answer], hold: Confirmation | None, critical: bool
) -> None:
    """Answers become known on their day; the ladder climbs all four rungs in order, at most five days later."""
    town = Office(project(milestone("2019-12-31", critical=critical)))
    town.until(E, first="2019-12-10")
    climbed: list[tuple[date, Rung]] = []
    day = E
    while day < as_day("2020-03-10"):
        day += timedelta(days=1)
        known = tuple(found for found in answers if found.on < day)
        town.answered = Answered(known, (hold,) if hold and hold.on < day else ())
        raised = {found.rung for found in town.morning(day) if found.rung.is_escalation}
        assert len(raised) <= 1
        climbed += [(day, rung) for rung in raised]
    assert [rung for _, rung in climbed] == list(ESCALATIONS)
    plain = ["2020-01-05", "2020-01-08", "2020-01-14", "2020-01-23"]
    for (on, _), planned in zip(climbed, plain, strict=True):
        assert as_day(planned) <= on <= CALENDAR.addwd(as_day(planned), 0 if hold is None else 8)
    assert {rung.rung for rung in past_rungs(town.past)} >= set(ESCALATIONS)
