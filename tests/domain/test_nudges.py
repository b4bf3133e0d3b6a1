"""On which days a manager is asked for a word, when it is a mail, and when those who steer read of it (decision 13)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pmo.domain.nudges import missing_update, silent_project
from pmo.domain.policy import STANDARD
from pmo.domain.project import known_until
from pmo.domain.verdict import judge_project
from pmo.domain.voices import Heard
from pmo.domain.week import Week, weekly_day_before
from tests.domain.ladder_cast import CALENDAR, as_day, at, milestone, project


def week(on: date) -> Week:
    whole = project(milestone("2020-12-25"))
    known = known_until(whole, at(on.isoformat(), 8))
    assert known is not None
    now = judge_project(known, on, CALENDAR, STANDARD)
    return Week(project=known, now=now, before=now, since=at(on.isoformat(), 8), department="MOB", rules=STANDARD)


def told(days: int, on: date, *, is_weekly: bool = True) -> str:
    """What happens on a day after so many days of silence: nothing, rides, mail; and ``+list`` for those who steer."""
    last = on - timedelta(days=days)
    heard = Heard(last, last)
    nudge = missing_update(week(on), heard, weekly_day_before(CALENDAR, on) if is_weekly else None)
    manager = "nothing" if nudge is None else "mail" if nudge.is_a_mail else "rides"
    return manager + ("+list" if is_weekly and silent_project(week(on), heard) else "")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "nothing"),
        (14, "nothing"),
        (15, "rides"),
        (21, "rides"),
        (35, "rides"),
        (36, "mail+list"),
        (42, "mail+list"),
        (43, "rides+list"),
        (49, "rides+list"),
        (200, "rides+list"),
    ],
)
def test_on_the_weekly_day(days: int, expected: str) -> None:
    assert told(days, as_day("2020-02-10")) == expected


@pytest.mark.parametrize(("days", "expected"), [(14, "nothing"), (15, "rides"), (36, "rides"), (60, "rides")])
def test_on_any_other_day_it_is_never_a_mail(days: int, expected: str) -> None:
    assert told(days, as_day("2020-02-12"), is_weekly=False) == expected


def test_a_silence_of_half_a_year_is_one_mail_however_the_holidays_fall() -> None:
    last = as_day("2019-10-08")
    mails, lists, on = [], [], as_day("2019-10-14")
    while on <= as_day("2020-04-06"):
        weekly = CALENDAR.roll(on)
        word = told((weekly - last).days, weekly)
        mails += [weekly] if word.startswith("mail") else []
        lists += [weekly] if word.endswith("+list") else []
        on += timedelta(days=7)
    assert mails == lists[:1] == [as_day("2019-11-18")]
    assert len(lists) == 21


def test_the_line_leads_to_the_form_and_tells_the_days() -> None:
    on = as_day("2020-02-10")
    nudge = missing_update(week(on), Heard(None, on - timedelta(days=20)), None)
    assert nudge is not None
    values = nudge.line.values
    assert (values["action"], values["days"], values["last_on"]) == ("send_update", 20, None)
