"""Several alerts to one reader on one morning are one mail; what becomes of it becomes of each (RELIABILITY 2.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from pmo.db.models.jobs import JobRunRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.mail.drafts import MOST_IN_A_BUNDLE
from pmo.queries.outbox import outbox_rows
from pmo.runtime import Runtime
from tests.jobs.small_city import SmallCity, local


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    return SmallCity(runtime)


def late(city: SmallCity, count: int) -> None:
    """So many milestones that were due on the last day of the year; their project turns red besides."""
    project = city.project()
    for number in range(1, count + 1):
        city.milestone(project, f"P-01-M1{number:02}", "2019-12-31")


def test_one_alert_is_a_mail_of_its_own_and_several_are_one_mail(city: SmallCity) -> None:
    late(city, 3)

    city.morning("2020-01-05")

    assert city.told("2020-01-05")[:2] == [
        "alert to owner: P-01 off_track",
        "alert_bundle to manager: P-01 off_track, P-01-M101 O+1, P-01-M102 O+1, P-01-M103 O+1",
    ]
    alerts = [alert for alert in city.alerts() if alert.recipient_id == "manager" and alert.state != "lapsed"]
    assert [alert.state for alert in alerts] == ["sent"] * 4
    assert len({alert.mail_id for alert in alerts}) == 1
    with city.runtime.reading() as session:
        (row,) = [row for row in outbox_rows(session) if row["kind"] == "alert_bundle"]
    assert (row["item"], row["rung"], row["period"]) == (None, None, "2020-01-05")
    assert {"item": "P-01-M102", "rung": "O+1"} in row["items"]
    assert {"item": "P-01", "rung": "off_track"} in row["items"]


def test_a_bundle_that_fails_lets_every_one_of_its_rungs_go_on_with_the_note(city: SmallCity) -> None:
    late(city, 2)
    city.run("alerts", "2020-01-05")
    with city.runtime.writing() as session:
        session.execute(update(OutgoingMailRecord).values(expires_at=OutgoingMailRecord.not_before))
    city.deliver("2020-01-06")

    city.run("alerts", "2020-01-08")

    notes = {(alert.item, alert.note) for alert in city.alerts() if alert.rung == "O+3"}
    assert notes == {("P-01-M101", "not_delivered"), ("P-01-M102", "not_delivered")}


def test_a_later_rung_answers_the_bundle_that_told_of_its_item_first(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    other = city.milestone(project, "P-01-M2", "2019-12-31")
    city.morning("2020-01-05")
    (bundle,) = [mail for mail in city.mails("2020-01-05") if mail.kind == "alert_bundle"]
    claim = city.claim(project, other, "P-01-M2", "2020-01-06", completed="2019-12-30")
    city.decide(project, claim, "P-01-M2", "2020-01-06", accepted=True)

    city.mornings("2020-01-06", "2020-01-08")

    (own,) = [mail for mail in city.mails("2020-01-08") if (mail.recipient_id, mail.rung) == ("manager", "O+3")]
    assert own.headers["in_reply_to"] == bundle.message_id
    assert "in_reply_to" not in bundle.headers


def test_a_morning_that_runs_again_bundles_nothing_again(city: SmallCity) -> None:
    late(city, 3)
    city.run("alerts", "2020-01-05")
    before = [(mail.dedupe_key, mail.not_before) for mail in city.mails()]
    with city.runtime.writing() as session:
        session.execute(update(JobRunRecord).values(state="failed"))

    assert city.run("alerts", "2020-01-05").counts["mails"] == 0
    assert [(mail.dedupe_key, mail.not_before) for mail in city.mails()] == before


def test_an_alert_that_a_second_run_of_the_day_finds_is_neither_lost_nor_hurried(city: SmallCity) -> None:
    late(city, 2)
    city.run("alerts", "2020-01-05")
    with city.runtime.writing() as session:
        session.execute(update(JobRunRecord).values(state="failed"))
    other = city.project("P-02")
    for number in (1, 2):
        city.milestone(other, f"P-02-M{number}", "2019-12-31")

    city.run("alerts", "2020-01-05")

    first, second = city.mails("2020-01-05")
    assert [first.dedupe_key, second.dedupe_key] == [
        "alert_bundle:almaty:2020-01-05:manager:1",
        "alert_bundle:almaty:2020-01-05:manager:2",
    ]
    assert second.not_before - first.not_before == timedelta(minutes=15)
    mails = {alert.item: alert.mail_id for alert in city.alerts() if alert.rung == "O+1"}
    assert set(mails.values()) == {first.id, second.id}
    assert mails["P-02-M1"] == mails["P-02-M2"] == second.id


def test_a_flood_is_cut_into_mails_that_keep_their_distance(city: SmallCity) -> None:
    late(city, 2 * MOST_IN_A_BUNDLE)  # and the red project

    city.run("alerts", "2020-01-05")

    mine = [mail for mail in city.mails("2020-01-05") if mail.recipient_id == "manager"]
    assert [(mail.kind, len(mail.items)) for mail in mine] == [
        ("alert_bundle", MOST_IN_A_BUNDLE),
        ("alert_bundle", MOST_IN_A_BUNDLE),
        ("alert", 1),
    ]
    assert [mail.not_before - mine[0].not_before for mail in mine] == [timedelta(minutes=15 * n) for n in range(3)]
    told = [told["item"] for mail in mine for told in mail.items]
    assert len(told) == len(set(told)) == 2 * MOST_IN_A_BUNDLE + 1


def test_over_a_quarter_nobody_gets_two_alert_mails_within_a_quarter_of_an_hour(city: SmallCity) -> None:
    for number in range(1, 4):
        project = city.project(f"P-0{number}")
        city.milestone(project, f"P-0{number}-M1", f"2019-12-{20 + number}", critical=True)
        city.milestone(project, f"P-0{number}-M2", f"2019-12-{20 + number}")
    city.absence("owner", "curator", "2020-01-08", "2020-01-31")

    city.mornings("2019-12-20", "2020-02-04")

    by_reader: dict[str, list[OutgoingMailRecord]] = {}
    for mail in city.mails():
        if mail.kind.startswith("alert"):
            by_reader.setdefault(mail.recipient_id, []).append(mail)
    assert len(by_reader) >= 4
    for mine in by_reader.values():
        days = [local(mail.not_before) for mail in mine]
        assert len(days) == len(set(days)), "one mail with alerts a morning"
    assert {alert.state for alert in city.alerts() if alert.mail_id is None} <= {"lapsed"}
