"""Why somebody is told of an item on a morning, and why not (DOMAIN 3.2): every rule that holds an alert back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pmo.domain.alerts import Cast
from pmo.domain.answers import Answer, Answered, AnswerKind, Confirmation
from pmo.domain.ladder import Delivery, Rung, weekly_period
from pmo.domain.milestone import BaselineDate, Cancellation, Pause
from pmo.domain.project import Rebaseline, known_until
from pmo.domain.recipients import Absence
from pmo.domain.triggers import plan_morning
from pmo.domain.why import Case, Explanation, Why, explain
from tests.domain.ladder_cast import (
    CALENDAR,
    POSTS,
    Office,
    as_day,
    at,
    claim,
    milestone,
    project,
)

ITEM = "P-M1"


def asked(office: Office, person: str, day: str, item: str = ITEM, *, in_use: bool = True) -> list[Explanation]:
    """The explanations for one morning, the office having lived up to the evening before."""
    on = as_day(day)
    known = known_until(office.project, at(on, 8))
    assert known is not None
    morning = office._setting(on, weekly_period(CALENDAR, on, office.last_run_on))
    assessment = office._judge(known, on)
    plan = plan_morning(known, assessment, office.past, office.cast, morning, office._earlier, office.answered)
    case = Case(known, assessment, office.past, office.past, office.cast, morning, office.answered, plan)
    return list(explain(case, item, person, in_use))


def codes(found: list[Explanation]) -> list[str]:
    return [one.code.value for one in found]


def late(until: str | None = None, **facts: object) -> Office:
    """Due on 31 December 2019, with all mornings up to a day."""
    office = Office(project(milestone("2019-12-31", **facts)))
    if until:
        office.until(until, first="2019-12-01")
    return office


def answer(person: str, kind: AnswerKind, on: str, until: str | None) -> Answer:
    return Answer(ITEM, person, kind, 0, 0, Rung.O_1, as_day(on), as_day(until) if until else None)


def test_who_is_told_reads_which_step_it_is_and_from_which_step_on_the_level_is_told() -> None:
    (told,) = asked(late("2020-01-06"), "owner", "2020-01-08")

    assert told.code is Why.TOLD
    assert told.values["rung"] == told.values["joins_at"] == "O+3"
    assert told.values["effective_due_on"] == date(2019, 12, 31)
    assert (told.values["role"], told.values["channel"], told.values["days_overdue"]) == ("owner", "direct", 3)


def test_nothing_goes_out_on_a_day_off_and_the_next_working_morning_is_named() -> None:
    first, *_ = asked(late("2020-01-06"), "manager", "2020-01-07")

    assert first == Explanation(Why.DAY_OFF, {"on": date(2020, 1, 7), "next_on": date(2020, 1, 8)})


def test_a_level_above_the_step_of_the_day_learns_when_its_own_step_comes() -> None:
    first, never = asked(late("2020-01-06"), "curator", "2020-01-08")

    assert first.code is Why.NOT_YOUR_LEVEL
    assert first.values == {"rung": "O+3", "role": "curator", "joins_at": "O+7", "on": date(2020, 1, 14)}
    assert never.code is Why.NEVER_TOLD


def test_between_two_steps_the_next_one_is_named_with_its_day() -> None:
    first, last = asked(late("2020-01-08"), "manager", "2020-01-09")

    assert first.code is Why.NOT_DUE
    assert (first.values["rung"], first.values["on"], first.values["joins_at"]) == ("O+7", date(2020, 1, 14), None)
    assert last == Explanation(Why.LAST_TOLD, {"rung": "O+3", "on": date(2020, 1, 8)})


def test_after_the_last_step_the_weekly_repeat_is_the_next() -> None:
    first, *_ = asked(late("2020-01-27"), "akim", "2020-01-28")

    assert (first.code, first.values["rung"], first.values["on"]) == (Why.NOT_DUE, "weekly", date(2020, 2, 3))


def test_who_has_no_part_in_the_item_is_told_nothing() -> None:
    assert codes(asked(late("2020-01-06"), "stranger", "2020-01-08")) == ["no_part", "never_told"]


def test_a_post_that_is_not_in_use_gets_nothing() -> None:
    office = late("2020-01-06")
    office.cast = Cast(replace(POSTS, manager=None))

    assert codes(asked(office, "manager", "2020-01-08", in_use=False))[0] == "post_not_in_use"


def test_evidence_handed_in_late_holds_the_ladder_for_some_days() -> None:
    office = late("2020-01-06", claims=(claim("2020-01-06"),))

    first, *_ = asked(office, "owner", "2020-01-08")

    assert first == Explanation(
        Why.UNDER_REVIEW, {"submitted_on": date(2020, 1, 6), "until": CALENDAR.addwd(date(2020, 1, 6), 5)}
    )


def test_evidence_handed_in_in_time_holds_the_ladder_without_end() -> None:
    office = late("2020-01-06", claims=(claim("2019-12-30"),))

    first, *_ = asked(office, "owner", "2020-01-08")

    assert first == Explanation(Why.UNDER_REVIEW, {"submitted_on": date(2019, 12, 30), "until": None})


@pytest.mark.parametrize(
    ("kind", "until"),
    [(AnswerKind.ACKNOWLEDGED, "2020-01-10"), (AnswerKind.SNOOZED, "2020-01-09"), (AnswerKind.MUTED, None)],
)
def test_who_answered_is_spared_the_repeat_and_reads_until_when(kind: AnswerKind, until: str | None) -> None:
    office = late("2020-01-06")
    office.answered = Answered((answer("manager", kind, "2020-01-06", until),))

    first, *_ = asked(office, "manager", "2020-01-08")

    assert first == Explanation(
        Why.ANSWERED,
        {"kind": kind.value, "on": date(2020, 1, 6), "until": as_day(until) if until else None},
    )
    assert codes(asked(office, "owner", "2020-01-08")) == ["told"]


def test_a_confirmed_forecast_lets_the_next_step_wait() -> None:
    office = late("2020-01-06")
    office.answered = Answered(confirmations=(Confirmation(ITEM, 0, as_day("2020-01-06"), as_day("2020-01-10")),))

    first, *_ = asked(office, "owner", "2020-01-08")

    assert first == Explanation(Why.FORECAST_CONFIRMED, {"until": date(2020, 1, 10)})


def test_a_step_whose_mail_is_still_underway_holds_the_next_one() -> None:
    office = late("2020-01-03")
    office.arrives = Delivery.QUEUED
    office.morning("2020-01-05")

    first, *_ = asked(office, "owner", "2020-01-08")

    assert first == Explanation(Why.MAIL_UNDERWAY, {"rung": "O+1", "raised_on": date(2020, 1, 5)})


def test_one_step_a_working_day_whatever_climb_it_belonged_to() -> None:
    office = late("2020-01-08")

    assert codes(asked(office, "owner", "2020-01-08"))[0] == "one_rung_a_day"


def test_somebody_absent_reads_a_copy_and_who_acts_for_them() -> None:
    office = late("2020-01-03")
    office.cast = Cast(POSTS, absences=(Absence("manager", "colleague", as_day("2020-01-04"), as_day("2020-01-20")),))

    (copy,) = asked(office, "manager", "2020-01-05")
    (told,) = asked(office, "colleague", "2020-01-05")

    assert (copy.values["note"], copy.values["channel"], copy.values["substitute"]) == (
        "absent_copy",
        "digest",
        "colleague",
    )
    assert (told.values["stands_for"], told.values["channel"]) == ("manager", "direct")


def test_a_vacant_post_is_told_one_level_up_with_the_note() -> None:
    office = late("2020-01-03")
    office.cast = Cast(replace(POSTS, manager=None))

    (told,) = asked(office, "owner", "2020-01-05")

    assert (told.code, told.values["note"], told.values["role"]) == (Why.TOLD, "role_vacant", "owner")


def test_an_approved_new_date_made_the_earlier_alerts_void() -> None:
    whole = project(milestone("2019-12-31"))
    moved = BaselineDate(1, as_day("2020-03-31"), at("2020-01-09"), as_day("2020-01-09"))
    office = Office(
        replace(
            whole,
            milestones=(
                replace(whole.milestones[0], baselines=(*whole.milestones[0].baselines, moved)),
                whole.milestones[1],
            ),
            rebaselines=(Rebaseline(1, as_day("2020-01-09"), at("2020-01-09")),),
        )
    )
    office.until("2020-01-13", first="2019-12-01")

    found = asked(office, "manager", "2020-01-14")

    assert codes(found) == ["not_due", "superseded", "last_told"]
    assert found[1].values == {"due_on": date(2020, 3, 31), "approved_on": date(2020, 1, 9)}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"claims": (claim("2019-12-30", decided="2020-01-05"),)}, "done_on_time"),
        ({"pauses": (Pause(as_day("2020-01-05"), at("2020-01-05")),)}, "paused"),
        ({"cancellation": Cancellation(as_day("2020-01-05"), at("2020-01-05"), "no_funding")}, "cancelled"),
    ],
)
def test_nothing_is_owed_of_what_is_done_paused_or_cancelled(facts: dict[str, object], status: str) -> None:
    first, *_ = asked(late(**facts), "manager", "2020-01-08")

    assert first == Explanation(Why.NOTHING_OWED, {"status": status})


def test_a_green_project_owes_nothing_to_anybody_beside_its_ladders() -> None:
    first, *_ = asked(late(), "curator", "2019-12-10", item="P")

    assert (first.code, first.values) == (Why.NOTHING_OWED, {"status": "on_track"})
