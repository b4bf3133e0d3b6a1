"""Digests that were switched off: the news stay away, what asks something of its reader comes all the same."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import select

from pmo.clock import local_moment
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.domain.mail_choices import MailChoice
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.mail_choices import choose_mails
from tests.domain.ladder_cast import as_day
from tests.jobs.small_city import ZONE, SmallCity


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    return SmallCity(runtime)


def choose(city: SmallCity, person: str, choice: MailChoice, wanted: bool, day: str = "2020-01-02") -> None:
    at = local_moment(as_day(day), time(10), ZONE)
    with city.runtime.writing() as session:
        actor = actor_for(session, person, as_day(day))
        assert actor
        choose_mails(session, Act(actor, at, as_day(day), at), {choice: wanted})


def text_of(city: SmallCity, day: str, reader: str) -> str:
    numbers = [mail.id for mail in city.mails(day) if mail.recipient_id == reader]
    with city.runtime.reading() as session:
        texts = session.scalars(select(OutgoingMailRecord.body_text).where(OutgoingMailRecord.id.in_(numbers)))
        return "\n".join(texts)


def test_a_senior_without_the_weekly_digest_gets_the_rungs_of_its_day_as_a_list(city: SmallCity) -> None:
    project = city.project()
    # O+3 of a critical milestone due on 22 January falls on Monday, 27 January.
    city.milestone(project, "P-01-M1", "2020-01-22", critical=True)
    choose(city, "curator", MailChoice.WEEKLY_DIGEST, False)

    city.mornings("2020-01-21", "2020-01-27")

    mine = [mail for mail in city.mails("2020-01-27") if mail.recipient_id == "curator"]
    assert [mail.kind for mail in mine] == ["alert_list"]
    assert {"item": "P-01-M1", "rung": "O+3"} in mine[0].items
    told = {alert.rung: alert.state for alert in city.alerts() if alert.recipient_id == "curator"}
    assert told["O+3"] == "sent"
    assert "digest_weekly" in {mail.kind for mail in city.mails("2020-01-27") if mail.recipient_id == "akim"}


def test_the_weekly_repeat_reaches_a_senior_without_the_weekly_digest_too(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    choose(city, "akim", MailChoice.WEEKLY_DIGEST, False)

    city.mornings("2020-01-05", "2020-01-27")

    (mine,) = [mail for mail in city.mails("2020-01-27") if mail.recipient_id == "akim"]
    assert (mine.kind, mine.items) == ("alert_list", [{"item": "P-01-M1", "rung": "weekly"}])


def test_a_week_that_only_brings_news_brings_nothing_to_whom_has_switched_it_off(city: SmallCity) -> None:
    project = city.project()
    milestone = city.milestone(project, "P-01-M1", "2020-04-30")
    claim = city.claim(project, milestone, "P-01-M1", "2020-01-22")
    city.decide(project, claim, "P-01-M1", "2020-01-23", accepted=True)
    for person in ("curator", "owner"):
        choose(city, person, MailChoice.WEEKLY_DIGEST, False)

    city.morning("2020-01-27")

    readers = {mail.recipient_id for mail in city.mails("2020-01-27")}
    assert readers == {"akim", "analyst", "head"}


def test_what_waits_for_a_decision_comes_as_a_list(city: SmallCity) -> None:
    project = city.project()
    milestone = city.milestone(project, "P-01-M1", "2020-04-30")
    city.claim(project, milestone, "P-01-M1", "2020-01-24")
    choose(city, "analyst", MailChoice.WEEKLY_DIGEST, False)

    city.morning("2020-01-27")

    kinds = {mail.recipient_id: mail.kind for mail in city.mails("2020-01-27")}
    assert kinds["head"] == "digest_weekly"
    assert kinds["analyst"] == "alert_list"
    assert "Milestone P-01-M1" in text_of(city, "2020-01-27", "analyst")


def test_an_owner_without_the_weekly_digest_reads_the_daily_one_on_its_day(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-02-10", critical=True)
    choose(city, "owner", MailChoice.WEEKLY_DIGEST, False)

    city.morning("2020-02-03")

    (mine,) = [mail for mail in city.mails("2020-02-03") if mail.recipient_id == "owner"]
    assert (mine.kind, mine.items) == ("digest_daily", [{"item": "P-01-M1", "rung": "R-7"}])


def test_without_the_daily_digest_a_reminder_that_came_directly_is_not_repeated(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-02-12")
    city.word(project, "2020-01-20")
    choose(city, "manager", MailChoice.DAILY_DIGEST, False)

    city.mornings("2020-01-27", "2020-02-11")

    assert city.told("2020-01-29") == ["digest_daily to manager: P-01-M1 R-14"]
    assert [mail.kind for mail in city.mails("2020-02-11") if mail.recipient_id == "manager"] == ["alert"]
    assert "digest_daily to owner: P-01-M1 R-1" in city.told("2020-02-11")


def test_the_copies_of_an_absent_manager_wait_for_a_digest_that_comes_anyway(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    milestone = city.milestone(project, "P-01-M2", "2020-04-30")
    claim = city.claim(project, milestone, "P-01-M2", "2020-01-06")
    city.decide(project, claim, "P-01-M2", "2020-01-06", accepted=False)
    city.absence("manager", "colleague", "2020-01-04", "2020-01-20")
    choose(city, "manager", MailChoice.DAILY_DIGEST, False)

    city.morning("2020-01-05")
    assert city.told("2020-01-05") == ["alert to colleague: P-01-M1 O+1"]

    city.morning("2020-01-06")
    (mine,) = [mail for mail in city.mails("2020-01-06") if mail.recipient_id == "manager"]
    assert {"item": "P-01-M1", "rung": "O+1"} in mine.items


def test_all_in_order_is_told_weekly_to_whom_asked_for_it(city: SmallCity) -> None:
    city.word(city.project(), "2020-01-24")
    choose(city, "curator", MailChoice.ALL_IN_ORDER, True)

    city.mornings("2020-01-27", "2020-01-31")

    (mail,) = city.mails()
    assert (mail.kind, mail.recipient_id, mail.subject) == ("digest_weekly", "curator", "Week 5: all in order")
    assert "Nothing waits for you" in text_of(city, "2020-01-27", "curator")


def test_who_switched_the_weekly_digest_off_hears_no_all_in_order(city: SmallCity) -> None:
    city.word(city.project(), "2020-01-24")
    choose(city, "curator", MailChoice.ALL_IN_ORDER, True)
    choose(city, "curator", MailChoice.WEEKLY_DIGEST, False)

    city.morning("2020-01-27")

    assert city.mails() == []


def test_a_choice_counts_from_its_moment_on_and_may_be_taken_back(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31", critical=True)
    choose(city, "owner", MailChoice.WEEKLY_DIGEST, False, "2020-01-14")
    choose(city, "owner", MailChoice.WEEKLY_DIGEST, True, "2020-01-22")

    city.mornings("2020-01-13", "2020-01-27")

    weekly = [mail.period for mail in city.mails() if mail.recipient_id == "owner" and mail.kind == "digest_weekly"]
    assert weekly == ["2020-W03", "2020-W05"]
