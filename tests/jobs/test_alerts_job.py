"""The alerts of a morning in a real database: rows, mails, and nothing twice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.jobs import JobRunRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.jobs.outcome import RunState
from pmo.runtime import Runtime
from tests.domain.ladder_cast import CALENDAR
from tests.jobs.small_city import SmallCity, local


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    return SmallCity(runtime)


def rungs(city: SmallCity, item: str) -> list[tuple[str, str]]:
    """Days and rungs of an item's ladder, lapsed ones left out, each rung once."""
    found = {
        (alert.raised_on.isoformat(), alert.rung)
        for alert in city.alerts()
        if alert.item == item and alert.state != "lapsed" and alert.rung not in ("at_risk", "off_track")
    }
    return sorted(found)


def test_a_critical_milestone_climbs_day_by_day_and_seniors_get_lists(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31", critical=True)

    city.mornings("2019-12-30", "2020-01-14")

    assert rungs(city, "P-01-M1") == [
        ("2019-12-30", "R-1"),
        ("2020-01-05", "O+1"),
        ("2020-01-08", "O+3"),
        ("2020-01-14", "O+7"),
    ]
    assert city.told("2020-01-05") == ["alert to manager: P-01-M1 O+1", "alert to owner: P-01-M1 O+1"]
    assert city.told("2020-01-14") == [
        "alert to manager: P-01-M1 O+7",
        "alert to owner: P-01-M1 O+7",
        "alert_list to akim: P-01-M1 O+7",
        "alert_list to curator: P-01-M1 O+7",
    ]
    assert {alert.state for alert in city.alerts() if alert.rung.startswith("O")} == {"sent"}


def test_a_mail_says_what_is_late_what_is_wanted_and_who_was_told_before(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    city.mornings("2019-12-30", "2020-01-08")

    mail = next(mail for mail in city.mails("2020-01-08") if mail.recipient_id == "owner" and mail.rung == "O+3")
    with city.runtime.reading() as session:
        text = session.scalar(select(OutgoingMailRecord.body_text).where(OutgoingMailRecord.id == mail.id)) or ""

    assert "Milestone P-01-M1" in text
    assert "O+1" not in mail.subject
    assert "owner" in text
    first = next(mail for mail in city.mails("2019-12-30") if mail.recipient_id == "owner" and mail.rung == "R-1")
    assert mail.headers["in_reply_to"] == first.message_id
    assert mail.headers["reply_to"] == "head@almaty.example"


def test_a_morning_that_runs_again_changes_nothing(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31", critical=True)
    city.mornings("2019-12-30", "2020-01-08")
    before = [(alert.id, alert.state) for alert in city.alerts()], len(city.mails())

    assert city.run("alerts", "2020-01-08").state is RunState.ALREADY_DONE
    with city.runtime.writing() as session:  # as if the mark had been lost
        session.execute(update(JobRunRecord).values(state="failed"))
    assert city.run("alerts", "2020-01-08").counts["alerts"] == 0
    city.run("digests", "2020-01-08")

    assert ([(alert.id, alert.state) for alert in city.alerts()], len(city.mails())) == before


def test_facts_entered_later_do_not_exist_for_an_earlier_morning(city: SmallCity) -> None:
    project = city.project()
    milestone = city.milestone(project, "P-01-M1", "2019-12-31")
    claim = city.claim(project, milestone, "P-01-M1", "2020-01-09", completed="2020-01-09")
    city.decide(project, claim, "P-01-M1", "2020-01-10", accepted=True)

    city.mornings("2020-01-05", "2020-01-24")

    assert rungs(city, "P-01-M1") == [("2020-01-05", "O+1"), ("2020-01-08", "O+3")]
    ended = {
        alert.rung: (alert.state, local(alert.ended_at))
        for alert in city.alerts()
        if alert.state == "resolved" and alert.ended_at
    }
    assert ended == {"O+1": ("resolved", date(2020, 1, 10)), "O+3": ("resolved", date(2020, 1, 10))}


def test_the_next_rung_waits_for_mails_that_have_not_left(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")

    city.run("alerts", "2020-01-05")
    city.run("alerts", "2020-01-08")
    assert rungs(city, "P-01-M1") == [("2020-01-05", "O+1")]

    city.deliver("2020-01-06")
    city.run("alerts", "2020-01-09")
    assert rungs(city, "P-01-M1") == [("2020-01-05", "O+1"), ("2020-01-09", "O+3")]


def test_a_mail_that_failed_for_good_lets_the_next_level_hear_it_with_a_note(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    city.run("alerts", "2020-01-05")
    with city.runtime.writing() as session:
        session.execute(update(OutgoingMailRecord).values(state="failed"))
        session.execute(update(AlertRecord).where(AlertRecord.rung == "O+1").values(state="failed"))

    city.run("alerts", "2020-01-08")

    notes = {alert.recipient_id: alert.note for alert in city.alerts() if alert.rung == "O+3"}
    assert notes == {"manager": "not_delivered", "owner": "not_delivered"}


def test_a_resumed_project_climbs_anew_in_its_second_run(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    city.pause(project, "P-01", "2020-01-09", "2020-02-03")

    city.mornings("2020-01-05", "2020-02-06")

    assert rungs(city, "P-01-M1") == [
        ("2020-01-05", "O+1"),
        ("2020-01-08", "O+3"),
        ("2020-02-04", "O+1"),
        ("2020-02-06", "O+3"),
    ]
    states = {(alert.ladder_run, alert.rung): alert.state for alert in city.alerts() if alert.rung.startswith("O")}
    assert states[0, "O+1"] == states[0, "O+3"] == "suspended"
    assert states[1, "O+1"] == "sent"


def test_a_substitute_is_told_and_the_absent_manager_reads_it_in_the_digest(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    city.absence("manager", "colleague", "2020-01-04", "2020-01-20")

    city.morning("2020-01-05")

    assert city.told("2020-01-05") == [
        "alert to colleague: P-01-M1 O+1",
        "digest_daily to manager: P-01 None, P-01-M1 O+1",  # and that the project had no word for weeks
    ]
    told = {alert.recipient_id: (alert.stands_for_id, alert.note) for alert in city.alerts() if alert.rung == "O+1"}
    assert told == {"colleague": ("manager", None), "manager": (None, "absent_copy")}


def test_a_vacant_post_passes_the_message_up_with_a_note(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    with city.runtime.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "manager").values(is_active=False))

    city.morning("2020-01-05")

    assert city.told("2020-01-05") == ["alert to owner: P-01-M1 O+1"]
    assert [alert.note for alert in city.alerts() if alert.rung == "O+1"] == ["role_vacant"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "нижестоящая должность вакантна"),
        ("kk", "төменгі деңгейдегі лауазым бос"),
        ("en", "the post below is vacant"),
    ],
)
def test_the_mail_to_the_level_above_says_that_the_post_is_vacant(city: SmallCity, language: str, words: str) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    with city.runtime.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "manager").values(is_active=False))
        session.execute(update(PersonRecord).where(PersonRecord.id == "owner").values(language=language))

    city.morning("2020-01-05")

    with city.runtime.reading() as session:
        (mail,) = session.query(OutgoingMailRecord).filter_by(recipient_id="owner", rung="O+1").all()
        assert words in " ".join(mail.body_text.split())
        assert words in " ".join(mail.body_html.split())


def test_the_performer_of_a_milestone_is_told_instead_of_the_manager(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31", by="colleague")

    city.morning("2020-01-05")

    assert city.told("2020-01-05") == ["alert to colleague: P-01-M1 O+1"]


def test_evidence_that_waits_reaches_the_pmo_in_a_list(city: SmallCity) -> None:
    project = city.project()
    milestone = city.milestone(project, "P-01-M1", "2020-02-28")
    city.claim(project, milestone, "P-01-M1", "2020-01-20")

    city.mornings("2020-01-20", "2020-02-04")

    assert city.told("2020-01-28") == ["alert_list to analyst: P-01-M1 evidence_waiting"]
    reached = [
        (alert.raised_on.isoformat(), alert.recipient_id) for alert in city.alerts() if alert.rung == "evidence_waiting"
    ]
    assert reached == [("2020-01-28", "analyst"), ("2020-02-03", "head")]
    weekly = next(mail for mail in city.mails("2020-02-03") if mail.recipient_id == "head")
    assert (weekly.kind, weekly.items) == ("digest_weekly", [{"item": "P-01-M1", "rung": "evidence_waiting"}])


def test_nothing_is_raised_on_a_day_off_and_no_senior_gets_two_mails_a_day(city: SmallCity) -> None:
    for number in range(1, 4):
        project = city.project(f"P-0{number}")
        city.milestone(project, f"P-0{number}-M1", f"2019-12-{20 + number}", critical=True)
        city.indicator(project, f"P-0{number}-I1")
    city.absence("owner", "curator", "2020-01-08", "2020-01-31")

    city.mornings("2019-12-20", "2020-02-04")

    mails = city.mails()
    assert all(CALENDAR.is_working(local(mail.sent_at)) for mail in mails if mail.sent_at)
    assert all(mail.state == "sent" for mail in mails)
    seniors = [
        (local(mail.created_at), mail.recipient_id) for mail in mails if mail.recipient_id in ("curator", "akim")
    ]
    assert len(seniors) == len(set(seniors))
    assert len(seniors) > 10
    keys = [mail.dedupe_key for mail in mails]
    assert len(keys) == len(set(keys))


def test_every_alert_of_a_working_month_has_its_mail(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-20", critical=True)
    city.indicator(project, "P-01-I1")

    city.mornings("2019-12-02", "2020-02-03")

    without = [
        (alert.raised_on, alert.rung, alert.recipient_id)
        for alert in city.alerts()
        if alert.mail_id is None and alert.state != "lapsed"
    ]
    assert without == []


def test_each_change_of_an_alert_is_in_the_audit_log_with_its_rule_set(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31")
    city.morning("2020-01-05")

    with city.runtime.reading() as session:
        bodies = list(session.scalars(select(AuditEventRecord.body).order_by(AuditEventRecord.seq)))

    raised = [body for body in bodies if '"alert_raised"' in body]
    assert any('"rung":"O+1"' in body and '"rule_set":"EP-1"' in body for body in raised)
    assert any('"alert_lapsed"' in body for body in bodies)
    assert any('"alert_sent"' in body for body in bodies)


def test_a_project_that_turns_red_is_told_with_its_reason(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31", critical=True)
    city.mornings("2020-01-05", "2020-01-09")

    red = [alert for alert in city.alerts() if alert.rung == "off_track"]

    assert [(alert.recipient_id, alert.channel, alert.period) for alert in red] == [
        ("manager", "direct", "2020-01-08"),
        ("owner", "direct", "2020-01-08"),
        ("curator", "list", "2020-01-08"),
    ]
    assert red[0].facts["reason"]["rule"] == "PM-A"
    assert red[0].facts["act_by"] == "2020-01-15"


def test_a_curator_named_for_the_area_is_told_where_the_project_names_none(city: SmallCity) -> None:
    project = city.project(curator=None)
    city.milestone(project, "P-01-M1", "2019-12-31", critical=True)
    with city.runtime.reading() as session:
        assert session.get_one(ProjectRecord, project).curator_id is None

    city.mornings("2020-01-05", "2020-01-08")

    assert "curator" in {alert.recipient_id for alert in city.alerts() if alert.rung == "O+3"}
