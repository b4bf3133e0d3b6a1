"""Answers to alerts: who may say what, how often, and what it does to the alerts that follow (DOMAIN 3.2)."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from pmo.db.models.assessments import MilestoneAssessmentRecord
from pmo.db.models.audit import AuditEventRecord
from pmo.domain.errors import NotAllowed, NotFound, Refusal, RuleBroken
from pmo.queries.answers import answers_told
from pmo.runtime import Runtime
from pmo.services.answers import acknowledge, ask_for_help, confirm_forecast, mute, snooze
from tests.cast import refusal
from tests.domain.ladder_cast import as_day
from tests.jobs.answering import act, answers, confirmations, forecast, late_milestone
from tests.jobs.small_city import SmallCity


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    return SmallCity(runtime)


def states(city: SmallCity, person: str) -> dict[str, str]:
    """Rung to state of a person's alerts of the late milestone."""
    return {
        alert.rung: alert.state
        for alert in city.alerts()
        if alert.recipient_id == person and alert.item == "P-01-M1" and alert.rung != "off_track"
    }


def ladder_told(city: SmallCity, day: str) -> set[tuple[str, str]]:
    """Who was told which rung of the ladder on a day."""
    return {
        (alert.recipient_id, alert.rung)
        for alert in city.alerts()
        if alert.raised_on == as_day(day) and alert.item == "P-01-M1" and alert.rung.startswith("O+")
    }


def test_whoever_acknowledges_gets_no_repeat_and_the_owner_hears_on_his_day(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    with city.runtime.writing() as session:
        acknowledge(session, act(city, "manager", "2020-01-05"), number, "The contractor delivers on Friday")
    city.mornings("2020-01-06", "2020-01-08")

    assert answers(city) == [("manager", "acknowledged", "O+1")]
    assert states(city, "manager") == {"R-1": "acknowledged", "O+1": "acknowledged", "R-14": "lapsed", "R-7": "lapsed"}
    assert ladder_told(city, "2020-01-08") == {("owner", "O+3")}
    with city.runtime.reading() as session:
        events = list(session.scalars(select(AuditEventRecord.body)))
    said = next(body for body in events if '"action":"acknowledged"' in body)
    assert '"actor":"manager"' in said
    assert '"rule_set":"EP-1"' in said


def test_an_answer_to_what_is_still_on_its_way_does_not_stop_the_ladder(city: SmallCity) -> None:
    number = city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.mornings("2019-12-30", "2019-12-31")
    city.run("alerts", "2020-01-05")  # raised, not delivered yet
    with city.runtime.writing() as session:
        acknowledge(session, act(city, "manager", "2020-01-05"), number, "Seen on the page")
    assert states(city, "manager")["O+1"] == "scheduled"
    city.deliver("2020-01-05")
    city.mornings("2020-01-06", "2020-01-08")

    assert states(city, "manager")["O+1"] == "sent"
    assert ladder_told(city, "2020-01-08") == {("owner", "O+3")}


def test_a_snooze_pressed_twice_is_one_snooze(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    for _ in range(2):
        with city.runtime.writing() as session:
            snooze(session, act(city, "manager", "2020-01-06"), number, as_day("2020-01-08"))
    assert answers(city) == [("manager", "snoozed", "O+1")]


def test_a_button_pressed_twice_acknowledges_once(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    for _ in range(2):
        with city.runtime.writing() as session:
            acknowledge(session, act(city, "manager", "2020-01-05"), number, "On it")
    assert answers(city) == [("manager", "acknowledged", "O+1")]


def test_a_forecast_of_somebody_who_was_told_is_an_acknowledgement(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    forecast(city, number, "2020-01-06", "2020-03-02")

    assert answers(city) == [("manager", "acknowledged", "O+1")]


def test_help_that_is_wanted_is_seen_on_the_ladder_and_counts_as_acknowledged(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    with city.runtime.writing() as session:
        ask_for_help(session, act(city, "manager", "2020-01-05"), number, "The land is not released")
    with city.runtime.reading() as session:
        told = answers_told(session, number, act(city, "owner", "2020-01-06").at)
    assert [(one.kind, one.role, one.text) for one in told] == [("help_wanted", "manager", "The land is not released")]
    assert states(city, "manager")["O+1"] == "acknowledged"
    assert answers_at(city, number, "2020-01-04") == []


def answers_at(city: SmallCity, number: int, day: str) -> list[str]:
    with city.runtime.reading() as session:
        return [one.kind for one in answers_told(session, number, act(city, "owner", day).at)]


@pytest.mark.parametrize(
    ("person", "until", "code"),
    [
        ("manager", "2020-01-09", None),
        ("manager", "2020-01-10", "snooze_out_of_range"),
        ("manager", "2020-01-05", "snooze_out_of_range"),
        ("owner", "2020-01-13", None),
        ("owner", "2020-01-14", "snooze_out_of_range"),
    ],
)
def test_a_snooze_has_its_limit(city: SmallCity, person: str, until: str, code: str | None) -> None:
    number = late_milestone(city, "2020-01-05", critical=True)
    if code is None:
        with city.runtime.writing() as session:
            snooze(session, act(city, person, "2020-01-05"), number, as_day(until), "waiting for the act")
        assert states(city, person)["O+1"] == "snoozed"
        return
    with pytest.raises(RuleBroken) as raised, city.runtime.writing() as session:
        snooze(session, act(city, person, "2020-01-05"), number, as_day(until))
    assert refusal(raised) == (code, "until")
    assert answers(city) == []


def test_a_manager_snoozes_again_on_the_next_rung_and_an_owner_never(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05", critical=True)
    for person in ("manager", "owner"):
        with city.runtime.writing() as session:
            snooze(session, act(city, person, "2020-01-05"), number, as_day("2020-01-06"))
        with pytest.raises(RuleBroken) as raised, city.runtime.writing() as session:
            snooze(session, act(city, person, "2020-01-06"), number, as_day("2020-01-08"))
        assert refusal(raised) == ("snooze_used", None)
    city.mornings("2020-01-06", "2020-01-08")
    assert ladder_told(city, "2020-01-08") == {("manager", "O+3"), ("owner", "O+3"), ("curator", "O+3")}
    with city.runtime.writing() as session:
        snooze(session, act(city, "manager", "2020-01-08"), number, as_day("2020-01-09"))
    with pytest.raises(RuleBroken), city.runtime.writing() as session:
        snooze(session, act(city, "owner", "2020-01-08"), number, as_day("2020-01-09"))


def test_a_snooze_changes_no_colour(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    with city.runtime.writing() as session:
        snooze(session, act(city, "manager", "2020-01-05"), number, as_day("2020-01-09"))
    with city.runtime.reading() as session:
        record = session.scalars(
            select(MilestoneAssessmentRecord).where(MilestoneAssessmentRecord.milestone_id == number)
        ).one()
    assert (record.status, record.severity) == ("overdue", 2)


def test_a_curator_mutes_and_does_not_snooze(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-08", critical=True)
    with pytest.raises(RuleBroken) as raised, city.runtime.writing() as session:
        snooze(session, act(city, "curator", "2020-01-08"), number, as_day("2020-01-09"))
    assert refusal(raised) == ("snooze_not_for_role", None)
    with pytest.raises(RuleBroken) as raised, city.runtime.writing() as session:
        mute(session, act(city, "manager", "2020-01-08"), number)
    assert refusal(raised) == ("mute_not_for_role", None)
    for _ in range(2):
        with city.runtime.writing() as session:
            mute(session, act(city, "curator", "2020-01-08"), number)
    city.mornings("2020-01-09", "2020-01-14")

    assert answers(city) == [("curator", "muted", "O+3")]
    assert ladder_told(city, "2020-01-14") == {("manager", "O+7"), ("owner", "O+7"), ("akim", "O+7")}


@pytest.mark.parametrize("answer", [acknowledge, ask_for_help])
def test_an_answer_needs_words(city: SmallCity, answer: Callable[..., None]) -> None:
    number = late_milestone(city, "2020-01-05")
    with pytest.raises(RuleBroken) as raised, city.runtime.writing() as session:
        answer(session, act(city, "manager", "2020-01-05"), number, None)
    assert refusal(raised) == ("text_missing", "text")


@pytest.mark.parametrize(
    ("person", "expected"),
    [("owner", RuleBroken), ("curator", RuleBroken), ("analyst", NotAllowed), ("colleague", NotAllowed)],
)
def test_nobody_answers_what_they_were_not_told(city: SmallCity, person: str, expected: type[Refusal]) -> None:
    number = city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.mornings("2020-01-05", "2020-01-05")
    with pytest.raises(expected), city.runtime.writing() as session:
        acknowledge(session, act(city, person, "2020-01-05"), number, "Seen")
    with pytest.raises(NotFound), city.runtime.writing() as session:
        acknowledge(session, act(city, person, "2020-01-05"), 10_000, "Seen")
    assert answers(city) == []


def test_nothing_is_answered_when_nothing_is_owed(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    project = next(alert.project_id for alert in city.alerts())
    claim = city.claim(project, number, "P-01-M1", "2020-01-06")
    city.decide(project, claim, "P-01-M1", "2020-01-06", accepted=True)
    with pytest.raises(RuleBroken) as raised, city.runtime.writing() as session:
        acknowledge(session, act(city, "manager", "2020-01-06"), number, "Done")
    assert refusal(raised) == ("nothing_to_answer", None)


def test_a_substitute_answers_for_what_they_were_told(city: SmallCity) -> None:
    city.absence("manager", "colleague", "2020-01-05", "2020-01-05")
    number = late_milestone(city, "2020-01-05")
    with city.runtime.writing() as session:
        acknowledge(session, act(city, "colleague", "2020-01-05"), number, "Standing in")
    assert answers(city) == [("colleague", "acknowledged", "O+1")]


def test_the_next_rung_waits_once_the_next_level_confirmed_the_new_forecast(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    given = forecast(city, number, "2020-01-06", "2020-03-02")
    for _ in range(2):
        with city.runtime.writing() as session:
            confirm_forecast(session, act(city, "owner", "2020-01-06"), number, given, "agreed")
    city.mornings("2020-01-08", "2020-01-14")
    assert confirmations(city) == [("owner", "O+3", "2020-01-14")]
    assert [ladder_told(city, day) for day in ("2020-01-08", "2020-01-13", "2020-01-14")] == [set(), set(), set()]
    city.mornings("2020-01-15", "2020-01-16")

    assert ladder_told(city, "2020-01-15") == {("manager", "O+3"), ("owner", "O+3")}
    assert ladder_told(city, "2020-01-16") == {("manager", "O+7"), ("owner", "O+7"), ("curator", "O+7")}
    later = forecast(city, number, "2020-01-16", "2020-04-01")
    with pytest.raises(RuleBroken) as raised, city.runtime.writing() as session:
        confirm_forecast(session, act(city, "akim", "2020-01-16"), number, later)
    assert refusal(raised) == ("already_confirmed", None)


def test_a_forecast_alone_lets_nothing_wait(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    forecast(city, number, "2020-01-06", "2020-03-02")
    city.mornings("2020-01-08", "2020-01-08")

    assert ladder_told(city, "2020-01-08") == {("owner", "O+3")}


@pytest.mark.parametrize("person", ["manager", "curator", "akim", "analyst"])
def test_only_the_level_that_would_be_next_confirms(city: SmallCity, person: str) -> None:
    number = late_milestone(city, "2020-01-05")
    given = forecast(city, number, "2020-01-06", "2020-03-02")
    with pytest.raises(NotAllowed), city.runtime.writing() as session:
        confirm_forecast(session, act(city, person, "2020-01-06"), number, given)
    assert confirmations(city) == []


def test_an_owner_does_not_confirm_his_own_forecast_the_curator_does(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    given = forecast(city, number, "2020-01-06", "2020-03-02", person="owner")
    with pytest.raises(NotAllowed), city.runtime.writing() as session:
        confirm_forecast(session, act(city, "owner", "2020-01-06"), number, given)
    with city.runtime.writing() as session:
        confirm_forecast(session, act(city, "curator", "2020-01-06"), number, given)
    assert confirmations(city) == [("curator", "O+3", "2020-01-14")]


def test_a_forecast_that_was_replaced_meanwhile_is_not_confirmed_unseen(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    seen = forecast(city, number, "2020-01-06", "2020-02-03")
    forecast(city, number, "2020-01-06", "2020-03-02")
    with pytest.raises(RuleBroken) as raised, city.runtime.writing() as session:
        confirm_forecast(session, act(city, "owner", "2020-01-06"), number, seen)
    assert refusal(raised) == ("forecast_changed", None)


def test_a_forecast_from_before_the_date_is_no_answer_to_the_delay(city: SmallCity) -> None:
    number = city.milestone(city.project(), "P-01-M1", "2019-12-31")
    given = forecast(city, number, "2019-12-27", "2020-03-02")
    city.mornings("2019-12-30", "2020-01-05")
    with pytest.raises(RuleBroken) as raised, city.runtime.writing() as session:
        confirm_forecast(session, act(city, "owner", "2020-01-05"), number, given)
    assert refusal(raised) == ("no_forecast_to_confirm", None)


def test_two_people_who_confirm_at_once_confirm_once(city: SmallCity) -> None:
    """The owner and his substitute press at the same moment; one of them learns that it was done."""
    number = late_milestone(city, "2020-01-05")
    city.absence("owner", "colleague", "2020-01-06", "2020-01-06")
    given = forecast(city, number, "2020-01-06", "2020-03-02")
    acts = [act(city, "owner", "2020-01-06"), act(city, "colleague", "2020-01-06")]
    refused: list[str] = []
    together = Barrier(2)

    def press(number_of_act: int) -> None:
        together.wait()
        try:
            with city.runtime.writing() as session:
                confirm_forecast(session, acts[number_of_act], number, given)
        except RuleBroken as refusal:
            refused.append(refusal.code)

    at_once(press)
    assert confirmations(city) == [("owner", "O+3", "2020-01-14")]
    assert refused == ["already_confirmed"]


def test_two_snoozes_at_once_are_one(city: SmallCity) -> None:
    number = late_milestone(city, "2020-01-05")
    acting = act(city, "manager", "2020-01-05")
    refused: list[str] = []
    together = Barrier(2)

    def press(turn: int) -> None:
        together.wait()
        try:
            with city.runtime.writing() as session:
                snooze(session, acting, number, as_day(("2020-01-06", "2020-01-08")[turn]))
        except RuleBroken as refusal:
            refused.append(refusal.code)

    at_once(press)
    assert answers(city) == [("manager", "snoozed", "O+1")]
    assert refused == ["snooze_used"]


def at_once(press: Callable[[int], None]) -> None:
    threads = [Thread(target=press, args=(turn,)) for turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
