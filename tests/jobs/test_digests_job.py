"""The digests of a morning in a real database: who reads what, and who reads nothing."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from pmo.db.models.outbox import OutgoingMailRecord
from pmo.domain.ladder import weekly_period
from pmo.jobs.outcome import RunState
from pmo.mail.pictures import picture_names, points_of
from pmo.runtime import Runtime
from tests.domain.ladder_cast import CALENDAR, as_day
from tests.jobs.small_city import SmallCity, local

WEEKLY = ("akim", "curator", "owner", "analyst", "head")


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    return SmallCity(runtime)


def text_of(city: SmallCity, day: str, reader: str) -> str:
    """The text of the digest that somebody got on a day."""
    (number,) = [mail.id for mail in city.mails(day) if mail.recipient_id == reader and "digest" in mail.kind]
    with city.runtime.reading() as session:
        return session.scalar(select(OutgoingMailRecord.body_text).where(OutgoingMailRecord.id == number)) or ""


def test_a_reminder_stands_in_the_managers_digest_of_the_day(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-02-12")
    city.word(project, "2020-01-20")

    city.mornings("2020-01-28", "2020-01-30")

    assert city.told("2020-01-28") == []
    assert city.told("2020-01-29") == ["digest_daily to manager: P-01-M1 R-14"]
    assert city.told("2020-01-30") == []
    assert "Milestone P-01-M1" in text_of(city, "2020-01-29", "manager")


def test_the_last_reminder_comes_directly_and_stands_in_the_digest_too(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-02-12")

    city.morning("2020-02-11")

    assert city.told("2020-02-11") == [
        "alert to manager: P-01-M1 R-1",
        "alert to owner: P-01-M1 R-1",
        "digest_daily to manager: P-01-M1 R-1",
        "digest_daily to owner: P-01-M1 R-1",
    ]


def test_returned_evidence_is_told_to_manager_and_owner_once(city: SmallCity) -> None:
    project = city.project()
    milestone = city.milestone(project, "P-01-M1", "2020-04-30")
    claim = city.claim(project, milestone, "P-01-M1", "2020-01-27")
    city.decide(project, claim, "P-01-M1", "2020-01-30", accepted=False)

    city.mornings("2020-01-28", "2020-01-31")

    assert [mail.recipient_id for mail in city.mails("2020-01-30")] == ["manager", "owner"]
    assert city.mails("2020-01-29") == city.mails("2020-01-31") == []
    assert "P-01-M1" in text_of(city, "2020-01-30", "owner")


def test_a_missing_report_is_told_in_the_digest(city: SmallCity) -> None:
    project = city.project()
    city.indicator(project, "P-01-I1")
    city.word(project, "2019-10-11")

    city.mornings("2019-10-14", "2019-10-14")

    assert "digest_daily to manager: P-01-I1 report_missing" in city.told("2019-10-14")


def test_weekly_readers_read_on_the_first_working_day_of_the_week(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-12", critical=True)

    city.mornings("2019-12-09", "2020-01-13")

    weekly = [
        (local(mail.created_at).isoformat(), mail.period) for mail in city.mails() if mail.kind == "digest_weekly"
    ]
    days = dict(sorted(set(weekly)))
    assert days == {
        "2019-12-09": "2019-W50",
        "2019-12-18": "2019-W51",  # Monday and Tuesday were holidays
        "2019-12-23": "2019-W52",
        "2019-12-30": "2020-W01",
        "2020-01-06": "2020-W02",
        "2020-01-13": "2020-W03",
    }
    readers = {mail.recipient_id for mail in city.mails("2020-01-13") if mail.kind == "digest_weekly"}
    assert readers == {"akim", "curator", "owner", "analyst", "head"}


def test_daily_and_weekly_on_one_day_are_one_mail(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-02-10", critical=True)
    city.word(project, "2020-01-31")

    city.morning("2020-02-03")

    mine = [mail for mail in city.mails("2020-02-03") if mail.recipient_id == "owner"]
    assert [(mail.kind, mail.items) for mail in mine] == [("digest_weekly", [{"item": "P-01-M1", "rung": "R-7"}])]
    assert text_of(city, "2020-02-03", "owner").count("Milestone P-01-M1") == 1


def test_the_seniors_list_of_the_day_is_merged_into_the_weekly_digest(city: SmallCity) -> None:
    project = city.project()
    # O+3 of a critical milestone due on 22 January falls on Monday, 27 January.
    city.milestone(project, "P-01-M1", "2020-01-22", critical=True)

    city.mornings("2020-01-21", "2020-01-27")

    mine = [mail for mail in city.mails("2020-01-27") if mail.recipient_id == "curator"]
    assert [mail.kind for mail in mine] == ["digest_weekly"]
    assert {"item": "P-01-M1", "rung": "O+3"} in mine[0].items
    states = {alert.recipient_id: alert.state for alert in city.alerts() if alert.rung == "O+3"}
    assert states == {"manager": "sent", "owner": "sent", "curator": "sent"}


def test_a_week_without_news_sends_nothing(city: SmallCity) -> None:
    city.word(city.project(), "2020-01-24")

    outcome = city.run("digests", "2020-01-27")

    assert outcome.state is RunState.DONE
    assert (outcome.counts["digests"], outcome.counts["nothing_to_say"]) == (0, 6)
    assert city.mails() == []


def test_the_weekly_rung_of_an_old_slip_reaches_the_manager_in_the_digest(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    city.word(project, "2020-01-20")

    city.mornings("2020-01-05", "2020-01-27")

    assert "digest_daily to manager: P-01-M1 weekly" in city.told("2020-01-27")
    assert "digest_weekly to akim: P-01-M1 weekly" in city.told("2020-01-27")


def test_a_substitute_reads_the_digest_of_the_absent_curator_and_so_does_the_curator(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-01-20", critical=True)
    city.absence("curator", "colleague", "2020-01-27", "2020-01-31")

    city.mornings("2020-01-24", "2020-01-27")

    readers = {mail.recipient_id for mail in city.mails("2020-01-27") if mail.kind == "digest_weekly"}
    assert {"colleague", "curator"} <= readers


def test_a_digest_run_again_changes_nothing(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-01-20", critical=True)
    city.mornings("2020-01-24", "2020-01-27")
    before = len(city.mails())

    assert city.run("digests", "2020-01-27").state is RunState.ALREADY_DONE
    assert len(city.mails()) == before


def test_after_a_monday_without_the_system_the_weekly_digest_comes_on_tuesday(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-20", critical=True)
    city.mornings("2020-01-20", "2020-01-24")

    city.morning("2020-01-28")

    assert weekly_period(CALENDAR, as_day("2020-01-28"), as_day("2020-01-24")) == "2020-W05"
    mine = [mail for mail in city.mails("2020-01-28") if mail.recipient_id == "curator"]
    assert [(mail.kind, mail.period) for mail in mine] == [("digest_weekly", "2020-W05")]


def test_the_curator_reads_projects_by_department_and_what_changed(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-01-20", critical=True)
    city.mornings("2020-01-20", "2020-01-27")

    text = text_of(city, "2020-01-27", "curator")

    assert "Mobility" in text
    assert "Project P-01" in text
    assert "Milestone P-01-M1" in text


def test_nothing_is_made_on_a_day_off_and_evidence_returned_then_is_told_on_monday(city: SmallCity) -> None:
    project = city.project()
    milestone = city.milestone(project, "P-01-M1", "2020-04-30")
    claim = city.claim(project, milestone, "P-01-M1", "2020-01-29")
    city.decide(project, claim, "P-01-M1", "2020-02-01", accepted=False)
    city.mornings("2020-01-30", "2020-01-31")

    assert city.run("alerts", "2020-02-01").counts == city.run("digests", "2020-02-01").counts == {}
    assert city.run("digests", "2020-02-02").counts == {}
    assert city.mails() == []
    city.morning("2020-02-03")
    assert {mail.recipient_id for mail in city.mails("2020-02-03")} >= {"manager", "owner"}


def assessed_mornings(city: SmallCity, first: str, last: str) -> None:
    """As the timetable has it: what the rules say is stored before the alerts go out."""
    day = as_day(first)
    while day <= as_day(last):
        city.run("assess", day)
        city.morning(day)
        day += timedelta(days=1)


def bytes_of(city: SmallCity, day: str, reader: str) -> EmailMessage:
    """The digest that somebody got on a day, as it left."""
    (number,) = [mail.id for mail in city.mails(day) if mail.recipient_id == reader and "digest" in mail.kind]
    with city.runtime.reading() as session:
        content = session.scalar(select(OutgoingMailRecord.content).where(OutgoingMailRecord.id == number))
    assert content is not None
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_weekly_digest_leaves_with_the_picture_of_its_weeks(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2020-01-22", critical=True)
    city.project("P-02")

    assessed_mornings(city, "2020-01-10", "2020-01-27")

    message = bytes_of(city, "2020-01-27", "curator")
    html = message.get_body(("html",))
    assert html is not None
    (name,) = picture_names(html.get_content())
    # Not red before O+3 of the critical milestone; on the 20th it was due soon.
    assert points_of(name)[-3:] == ((0, 0, 2, 0), (0, 0, 2, 0), (1, 0, 1, 0))
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == [f"<{name}>"]
    assert 0 < len(pictures[0].get_content()) < 20_000
    assert "◆ red: 1 (+1)\n● green: 1 (−1)\n" in text_of(city, "2020-01-27", "curator")


def test_the_bytes_of_a_digest_are_frozen_when_it_leaves(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    city.milestone(city.project(), "P-01-M1", "2020-01-22", critical=True)
    assessed_mornings(city, "2020-01-17", "2020-01-27")
    before = bytes_of(city, "2020-01-27", "curator").as_bytes()

    monkeypatch.setattr("pmo.services.mail_pictures.status_bars", lambda points: b"another picture")
    city.deliver("2020-01-27")

    assert bytes_of(city, "2020-01-27", "curator").as_bytes() == before


def test_a_picture_that_cannot_be_drawn_keeps_no_digest_back(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(points: object) -> bytes:
        raise OSError("no font")

    monkeypatch.setattr("pmo.services.mail_pictures.status_bars", fail)
    city.milestone(city.project(), "P-01-M1", "2020-01-22", critical=True)

    assessed_mornings(city, "2020-01-17", "2020-01-27")

    message = bytes_of(city, "2020-01-27", "curator")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert {mail.state for mail in city.mails("2020-01-27")} == {"sent"}


def test_two_weeks_without_a_word_are_worth_no_mail_and_ride_in_one_that_goes_out_anyway(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-02-12")  # its R-14 is told on 29 January
    city.word(project, "2020-01-13")

    city.mornings("2020-01-27", "2020-02-03")

    assert [mail.period for mail in city.mails() if mail.recipient_id == "manager"] == ["2020-01-29"]
    assert city.told("2020-01-29") == ["digest_daily to manager: P-01 None, P-01-M1 R-14"]
    assert "/update?item=P-01" in text_of(city, "2020-01-29", "manager")


def test_a_project_that_was_heard_of_lately_rides_nowhere(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2020-02-12")
    city.word(project, "2020-01-15")

    city.mornings("2020-01-27", "2020-01-29")

    assert city.told("2020-01-29") == ["digest_daily to manager: P-01-M1 R-14"]


def test_a_silence_is_one_mail_to_the_manager_and_then_the_list_of_those_who_steer(city: SmallCity) -> None:
    project = city.project()
    city.word(project, "2020-01-06")

    read = {}
    for day in ("2020-02-10", "2020-02-17", "2020-02-24", "2020-03-02"):  # days 35, 42, 49, 56
        city.run("digests", day)
        read[day] = {mail.recipient_id: mail.kind for mail in city.mails(day)}

    steer = dict.fromkeys(WEEKLY, "digest_weekly")
    assert read == {
        "2020-02-10": {},
        "2020-02-17": {"manager": "digest_daily", **steer},
        "2020-02-24": steer,
        "2020-03-02": steer,
    }
    assert "/update" not in text_of(city, "2020-02-17", "curator")


def test_a_new_silence_is_a_new_mail(city: SmallCity) -> None:
    project = city.project()
    city.word(project, "2020-01-06")
    city.run("digests", "2020-02-17")
    city.word(project, "2020-02-20")

    city.run("digests", "2020-03-30")  # day 39; on the last weekly day, 26 March, it was 35

    assert [mail.kind for mail in city.mails("2020-03-30") if mail.recipient_id == "manager"] == ["digest_daily"]


def test_a_comment_is_told_once_to_those_who_answer_for_the_project_and_not_to_its_author(city: SmallCity) -> None:
    project = city.project()
    city.word(project, "2020-01-27")
    city.comment(project, "P-01", "curator", "2020-01-28", "Ask the contractor.\nToday.")
    city.comment(project, "P-01", "owner", "2020-01-28", "He promised Friday.")

    city.mornings("2020-01-28", "2020-01-31")

    assert [day for day in ("2020-01-30", "2020-01-31") if city.mails(day)] == []
    assert city.told("2020-01-28") == ["digest_daily to manager: P-01 None", "digest_daily to owner: P-01 None"]
    assert "28 January 2020, owner: «He promised Friday.» (and 1 more)" in " ".join(
        text_of(city, "2020-01-28", "manager").split()
    )
    assert "«Ask the contractor. Today.»" in " ".join(text_of(city, "2020-01-28", "owner").split())
    assert "Friday" not in text_of(city, "2020-01-28", "owner")


def test_a_comment_that_was_withdrawn_before_the_digest_is_told_to_nobody(city: SmallCity) -> None:
    project = city.project()
    city.word(project, "2020-01-27")
    comment = city.comment(project, "P-01", "curator", "2020-01-28", "Wrong project.")
    city.withdraw(project, "P-01", comment, "2020-01-28")

    city.mornings("2020-01-28", "2020-01-29")

    assert city.mails() == []


def test_a_paused_project_owes_no_word(city: SmallCity) -> None:
    project = city.project()
    city.pause(project, "P-01", "2019-12-02", "2020-03-02")

    city.run("digests", "2020-02-17")

    assert city.mails() == []
