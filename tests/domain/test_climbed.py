"""Which alerts stand unanswered before a senior, and what counts as their answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmo.domain.alerts import PastAlert
from pmo.domain.answers import Answer, Answered, AnswerKind, Reply, ReplyKind
from pmo.domain.climbed import unanswered_above
from pmo.domain.ladder import Delivery, Rung
from pmo.domain.recipients import Channel, Role
from tests.domain.ladder_cast import as_day


def alert(rung: Rung, day: str, person: str = "curator", role: Role = Role.CURATOR, **other: object) -> PastAlert:
    plain = PastAlert(
        id=1,
        item="P-M1",
        rung=rung,
        version=0,
        run=0,
        period="",
        recipient=person,
        role=role,
        channel=Channel.LIST,
        raised_on=as_day(day),
        delivery=Delivery.SENT,
        is_open=True,
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def answer(day: str, until: str | None, person: str = "curator", kind: AnswerKind = AnswerKind.ACKNOWLEDGED) -> Answer:
    return Answer("P-M1", person, kind, 0, 0, Rung.O_7, as_day(day), as_day(until) if until else None)


def waits(past: list[PastAlert], answers: list[Answer], day: str, *people: str) -> list[Rung]:
    found = unanswered_above(past, Answered(tuple(answers)), people or ("curator",), as_day(day))
    return [one.rung for one in found]


CLIMB = [alert(Rung.O_7, "2020-01-14"), alert(Rung.O_14, "2020-01-23")]


def test_of_one_ladder_the_last_rung_stands() -> None:
    assert waits(CLIMB, [], "2020-01-23") == [Rung.O_14]


def test_an_answer_holds_for_its_days_and_a_repeat_after_them_asks_anew() -> None:
    said = [answer("2020-01-14", "2020-01-17")]
    assert waits(CLIMB[:1], said, "2020-01-15") == []
    assert waits(CLIMB[:1], said, "2020-01-22") == []
    assert waits(CLIMB, said, "2020-01-23") == [Rung.O_14]


def test_what_is_muted_asks_no_more_until_the_climb_begins_anew() -> None:
    muted = [answer("2020-01-14", None, kind=AnswerKind.MUTED)]
    assert waits(CLIMB, muted, "2020-01-23") == []
    again = alert(Rung.O_7, "2020-02-14", version=1)
    assert waits([again], muted, "2020-02-14") == [Rung.O_7]


def test_somebody_elses_answer_is_not_theirs() -> None:
    assert waits(CLIMB, [answer("2020-01-23", "2020-01-28", "manager")], "2020-01-23") == [Rung.O_14]


def test_a_substitutes_answer_is_the_posts_own_on_their_return() -> None:
    told = [
        alert(Rung.O_7, "2020-01-14", "deputy", stands_for="curator"),
        alert(Rung.O_7, "2020-01-14", channel=Channel.DIGEST),
    ]
    assert waits(told, [], "2020-01-16") == [Rung.O_7]
    said = [answer("2020-01-14", "2020-01-17", "deputy")]
    assert waits(told, said, "2020-01-16") == []
    assert waits(told, said, "2020-01-14", "deputy", "curator") == []


@pytest.mark.parametrize(
    "other",
    [
        {"is_open": False},
        {"delivery": Delivery.LAPSED},
        {"role": Role.OWNER},
        {"recipient": "akim"},
        {"rung": Rung.R_1},
        {"rung": Rung.CHANGE_WAITING},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_ended_what_is_below_and_what_is_a_task_of_its_own_is_left_out(other: dict[str, object]) -> None:
    plain = alert(Rung.O_7, "2020-01-14")
    assert waits([plain], [], "2020-01-14") == [Rung.O_7]
    assert waits([replace(plain, **other)], [], "2020-01-14") == []  # type: ignore[arg-type]


def test_a_reply_answers_the_alert_it_is_about_and_no_other() -> None:
    red = alert(Rung.OFF_TRACK, "2020-01-08", period="2020-01-08", item="P")
    later = replace(red, raised_on=as_day("2020-03-02"), period="2020-03-02")
    said = Answered(
        replies=(Reply("P", "curator", ReplyKind.ACKNOWLEDGED, Rung.OFF_TRACK, "2020-01-08", as_day("2020-01-09")),)
    )
    assert unanswered_above([red], said, ["curator"], as_day("2020-01-09")) == []
    assert unanswered_above([later], said, ["curator"], as_day("2020-03-02")) == [later]
