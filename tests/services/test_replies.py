"""Replies to alerts about projects and indicators: the owner's recovery plan, and having heard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from pmo.db.models.answers import ReplyRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.session import Session
from pmo.domain.errors import NotAllowed, RuleBroken
from pmo.queries.outbox import mail
from pmo.queries.replies import plans_wanted
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.answers import ask_for_help
from pmo.services.replies import acknowledge_indicator, acknowledge_project, give_recovery_plan
from tests.cast import refusal
from tests.domain.ladder_cast import as_day
from tests.jobs.answering import act
from tests.jobs.small_city import SmallCity

Say = Callable[[Session, Act, int, str], None]
PLAN = "The second contractor starts on Monday; the cameras are up by 15 February; the head answers for it."


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    """A project that turned red on 8 January 2020, told to manager, owner and curator."""
    found = SmallCity(runtime)
    project = found.project()
    found.milestone(project, "P-01-M1", "2019-12-31", critical=True)
    found.indicator(project, "P-01-I1")
    found.mornings("2019-12-30", "2020-01-09")
    return found


def project_of(city: SmallCity) -> int:
    return next(alert.project_id for alert in city.alerts() if alert.rung == "off_track")


def words_of(city: SmallCity, day: str, reader: str, item: str | None) -> str:
    """The text of the one mail that somebody got on a day, on one line."""
    (found,) = [one for one in city.mails(day) if (one.recipient_id, one.item) == (reader, item)]
    with city.runtime.reading() as session:
        return " ".join(mail(session, found.id).text.split())


def replies(city: SmallCity) -> list[tuple[str, str, str, str]]:
    with city.runtime.reading() as session:
        found = session.scalars(select(ReplyRecord).order_by(ReplyRecord.id))
        return [(one.person_id, one.kind, one.rung, one.text) for one in found]


def test_the_owner_gives_the_plan_and_nobody_above_is_asked_for_it(city: SmallCity) -> None:
    number = project_of(city)
    with city.runtime.writing() as session:
        give_recovery_plan(session, act(city, "owner", "2020-01-10"), number, PLAN)
        give_recovery_plan(session, act(city, "owner", "2020-01-10"), number, PLAN)

    city.mornings("2020-01-10", "2020-01-20")

    assert replies(city) == [("owner", "recovery_plan", "off_track", PLAN)]
    assert [alert.rung for alert in city.alerts() if alert.rung == "plan_missing"] == []
    states = {alert.recipient_id: alert.state for alert in city.alerts() if alert.rung == "off_track"}
    assert states == {"manager": "sent", "owner": "acknowledged", "curator": "sent"}


def test_without_a_plan_the_level_above_reads_it_in_the_list_with_who_was_asked(city: SmallCity) -> None:
    city.mornings("2020-01-10", "2020-01-16")

    (alert,) = [alert for alert in city.alerts() if alert.rung == "plan_missing"]
    assert (alert.raised_on, alert.recipient_id, alert.note) == (as_day("2020-01-16"), "akim", "role_vacant")
    text = words_of(city, "2020-01-16", "akim", None)
    assert "Asked for on 8 January 2020, due by 15 January 2020, not given" in text
    assert "manager (since" in text
    assert f"/projects/{alert.project_id}/acknowledgement" in text


@pytest.mark.parametrize(
    ("person", "say"),
    [("manager", give_recovery_plan), ("curator", give_recovery_plan), ("akim", acknowledge_project)],
)
def test_only_the_owner_gives_the_plan_and_only_who_was_told_acknowledges(
    city: SmallCity, person: str, say: Say
) -> None:
    with city.runtime.reading() as session, pytest.raises(NotAllowed):
        say(session, act(city, person, "2020-01-10"), project_of(city), PLAN)
    assert replies(city) == []


def test_a_plan_without_words_is_refused(city: SmallCity) -> None:
    with city.runtime.reading() as session, pytest.raises(RuleBroken) as raised:
        give_recovery_plan(session, act(city, "owner", "2020-01-10"), project_of(city), "")
    assert refusal(raised) == ("text_missing", "text")


def test_whoever_was_told_of_a_missing_report_says_so_and_the_report_stays_missing(city: SmallCity) -> None:
    city.mornings("2020-01-10", "2020-01-31")
    told = [alert for alert in city.alerts() if alert.rung == "report_missing" and alert.state == "sent"]
    person, item = told[-1].recipient_id, told[-1].item
    with city.runtime.reading() as session:
        indicator = session.scalars(select(IndicatorRecord.id).where(IndicatorRecord.code == item)).one()

    with city.runtime.writing() as session:
        acknowledge_indicator(session, act(city, person, "2020-01-31"), indicator, "The statistics office is late")

    assert [reply[:3] for reply in replies(city)] == [(person, "alert_acknowledged", "report_missing")]
    states = {alert.state for alert in city.alerts() if alert.item == item and alert.recipient_id == person}
    assert states <= {"acknowledged", "resolved"}
    assert any(alert.ended_at is None for alert in city.alerts() if alert.item == item)


def test_the_owners_tasks_ask_for_the_plan_until_it_is_given(city: SmallCity) -> None:
    number = project_of(city)

    def owed(person: str) -> list[int]:
        with city.runtime.reading() as session:
            someone = act(city, person, "2020-01-10")
            return list(plans_wanted(session, someone.actor, someone.on, someone.at))

    assert (owed("owner"), owed("manager"), owed("curator")) == ([number], [], [])
    with city.runtime.writing() as session:
        give_recovery_plan(session, act(city, "owner", "2020-01-10"), number, PLAN)
    assert owed("owner") == []


def test_a_snooze_and_a_call_for_help_are_read_by_the_level_above(city: SmallCity) -> None:
    number = city.milestone(project_of(city), "P-01-M2", "2020-01-10")
    city.mornings("2020-01-10", "2020-01-13")
    with city.runtime.writing() as session:
        ask_for_help(session, act(city, "manager", "2020-01-13"), number, "The permit lies with the ministry")

    city.mornings("2020-01-14", "2020-01-15")

    said = words_of(city, "2020-01-15", "owner", "P-01-M2")
    assert "manager: help wanted: «The permit lies with the ministry»" in said
