"""What the ladder does about mail that does not arrive: it waits, or goes on with the note (DOMAIN 3.2)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from pmo.clock import local_moment
from pmo.db.models.outbox import OutgoingMailRecord, ReturnedAddressRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.errors import NotFound
from pmo.jobs.deliver import deliver_due
from pmo.mail.returned import read_report
from pmo.queries.outbox import outbox_health
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.outbox import requeue
from pmo.services.returned_mail import Returned, allow_address, take_report
from tests.domain.ladder_cast import as_day
from tests.fakes_smtp import Sink
from tests.jobs.small_city import ZONE, SmallCity
from tests.post_office import minutes, sending_to
from tests.reports import report

MANAGER, HEAD = "manager@almaty.example", "head@almaty.example"


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    return SmallCity(runtime)


def at(day: str, clock: str = "08:30") -> datetime:
    return local_moment(as_day(day), time.fromisoformat(clock), ZONE)


def notes(city: SmallCity, rung: str) -> dict[str, str | None]:
    return {alert.recipient_id: alert.note for alert in city.alerts() if alert.rung == rung}


def states(city: SmallCity, rung: str) -> dict[str, str]:
    return {alert.recipient_id: alert.state for alert in city.alerts() if alert.rung == rung}


def the_mail(city: SmallCity, day: str, reader: str) -> OutgoingMailRecord:
    (mail,) = [mail for mail in city.mails(day) if mail.recipient_id == reader]
    return mail


def text_of(city: SmallCity, mail: OutgoingMailRecord) -> str:
    with city.runtime.reading() as session:
        return session.scalar(select(OutgoingMailRecord.body_text).where(OutgoingMailRecord.id == mail.id)) or ""


def comes_back(city: SmallCity, mail: OutgoingMailRecord, moment: datetime, status: str = "5.1.1") -> Returned:
    found = read_report(report("x@almaty.example", "failed", status))
    with city.runtime.at(moment).writing() as session:
        return take_report(session, mail.id, found, moment)


def test_a_refused_mail_lets_the_next_rung_go_on_with_the_note_and_the_pmo_is_told(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.run("alerts", "2020-01-05")
    with Sink({MANAGER: ["rcpt 5xx"]}) as sink:
        counts = deliver_due(sending_to(city.runtime, sink, at("2020-01-05"))).counts
    assert counts == {"failed": 1, "notices": 1}
    assert states(city, "O+1") == {"manager": "failed"}
    assert the_mail(city, "2020-01-05", "head").kind == "delivery_notice"

    city.morning("2020-01-08")

    assert notes(city, "O+3") == {"manager": "not_delivered", "owner": "not_delivered"}
    told = " ".join(text_of(city, the_mail(city, "2020-01-08", "owner")).split())
    assert "the message to the level below was not delivered" in told


def test_while_a_mail_is_tried_again_the_next_rung_waits_and_after_two_days_it_goes_on(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.run("alerts", "2020-01-05")
    with Sink({MANAGER: ["rcpt 4xx"] * 99}) as sink:
        for minute in range(0, 24 * 60 * 2, 45):
            deliver_due(sending_to(city.runtime, sink, at("2020-01-05") + minutes(minute)))
            city.run("alerts", "2020-01-06")
        assert {told["item"] for mail in city.mails() if mail.kind == "delivery_notice" for told in mail.items}
        assert states(city, "O+1") == {"manager": "scheduled"}
        city.run("alerts", "2020-01-06")
        assert states(city, "O+3") == {}
        deliver_due(sending_to(city.runtime, sink, at("2020-01-07") + minutes(1)))
    assert states(city, "O+1") == {"manager": "failed"}

    city.run("alerts", "2020-01-08")

    assert notes(city, "O+3") == {"manager": "not_delivered", "owner": "not_delivered"}


def test_the_next_rung_stays_away_while_the_mail_waits(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.run("alerts", "2020-01-05")
    with city.runtime.writing() as session:  # a server that is down for days
        session.execute(update(OutgoingMailRecord).values(expires_at=at("2020-01-20")))

    for day in ("2020-01-08", "2020-01-09", "2020-01-10"):
        city.run("alerts", day)
    assert states(city, "O+3") == {}

    city.deliver("2020-01-10")
    city.run("alerts", "2020-01-13")
    assert notes(city, "O+3") == {"manager": None, "owner": None}


def test_a_mail_that_comes_back_counts_as_not_delivered_and_shuts_its_address(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.morning("2020-01-05")
    mail = the_mail(city, "2020-01-05", "manager")
    assert states(city, "O+1") == {"manager": "sent"}

    assert comes_back(city, mail, at("2020-01-05", "09:10")) is Returned.ADDRESS_SHUT
    assert comes_back(city, mail, at("2020-01-05", "09:20")) is Returned.KNOWN_BEFORE

    assert states(city, "O+1") == {"manager": "failed"}
    deliver_due(city.runtime.at(at("2020-01-05", "09:30")))
    notice = the_mail(city, "2020-01-05", "head")
    assert notice.items == [{"item": mail.dedupe_key, "rung": "failed"}]
    assert "no such user here" in text_of(city, notice)

    city.run("alerts", "2020-01-08")
    city.deliver("2020-01-08")
    assert notes(city, "O+3") == {"manager": "not_delivered", "owner": "not_delivered"}
    assert states(city, "O+3") == {"manager": "failed", "owner": "sent"}
    assert the_mail(city, "2020-01-08", "manager").state == "suppressed"
    told = {told["item"]: told["rung"] for told in the_mail(city, "2020-01-08", "head").items}
    assert told == {the_mail(city, "2020-01-08", "manager").dedupe_key: "suppressed"}
    city.run("alerts", "2020-01-14")
    assert notes(city, "O+7")["curator"] == "not_delivered"


@pytest.mark.parametrize("status", ["4.4.7", "4.2.2", ""])
def test_a_failure_that_blames_no_address_fails_its_mail_alone(city: SmallCity, status: str) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.morning("2020-01-05")

    outcome = comes_back(city, the_mail(city, "2020-01-05", "manager"), at("2020-01-06"), status)

    assert outcome is Returned.FAILED
    city.morning("2020-01-08")
    assert states(city, "O+3") == {"manager": "sent", "owner": "sent"}
    assert notes(city, "O+3")["owner"] == "not_delivered"


def test_a_report_that_comes_after_a_week_or_of_no_mail_changes_nothing(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.morning("2020-01-05")
    mail = the_mail(city, "2020-01-05", "manager")

    assert comes_back(city, mail, at("2020-01-05") + timedelta(days=7, minutes=1)) is Returned.TOO_LATE
    delayed = read_report(report("x@almaty.example", "delayed", "4.4.1"))
    with city.runtime.writing() as session:
        assert take_report(session, mail.id, delayed, at("2020-01-06")) is Returned.NOTHING_FINAL
        with pytest.raises(NotFound):
            take_report(session, 999_999, delayed, at("2020-01-06"))
    assert states(city, "O+1") == {"manager": "sent"}


def test_the_pmo_is_told_at_another_post_where_its_own_address_is_shut(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.run("alerts", "2020-01-05")
    with city.runtime.writing() as session:
        mail = session.query(OutgoingMailRecord).one()
        session.add(
            ReturnedAddressRecord(address=HEAD, mail_id=mail.id, reason="no", returned_at=at("2020-01-05", "08:00"))
        )
    with Sink({MANAGER: ["rcpt 5xx"]}) as sink:
        deliver_due(sending_to(city.runtime, sink, at("2020-01-05")))
    assert the_mail(city, "2020-01-05", "analyst").kind == "delivery_notice"


def test_an_address_is_allowed_again_by_those_who_see_the_outbox_and_by_sending_again(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.morning("2020-01-05")
    mail = the_mail(city, "2020-01-05", "manager")
    comes_back(city, mail, at("2020-01-05", "09:10"))
    with city.runtime.writing() as session:
        number = session.scalar(select(ReturnedAddressRecord.id)) or 0
        manager = actor_for(session, "manager", as_day("2020-01-05"))
        head = actor_for(session, "head", as_day("2020-01-05"))
        assert manager
        assert head
        moment = at("2020-01-05", "10:00")
        with pytest.raises(NotFound):
            allow_address(session, Act(manager, moment, as_day("2020-01-05"), moment), number)
        allow_address(session, Act(head, moment, as_day("2020-01-05"), moment), number)
        allow_address(session, Act(head, moment, as_day("2020-01-05"), moment), number)
        assert session.get_one(ReturnedAddressRecord, number).allowed_by == "head"
    with city.runtime.writing() as session:
        session.execute(update(ReturnedAddressRecord).values(allowed_at=None))
        requeue(session, mail.id, "head", moment)
    assert deliver_due(city.runtime.at(moment)).counts["sent"] >= 1
    assert states(city, "O+1") == {"manager": "sent"}


def test_a_mail_sent_again_goes_to_the_new_address_of_its_reader_under_the_old_message_id(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.run("alerts", "2020-01-05")
    with Sink({MANAGER: ["rcpt 5xx"]}) as sink:
        deliver_due(sending_to(city.runtime, sink, at("2020-01-05")))
        mail = the_mail(city, "2020-01-05", "manager")
        with city.runtime.writing() as session:
            session.get_one(PersonRecord, "manager").email = "right@almaty.example"
            requeue(session, mail.id, "head", at("2020-01-06"))
        deliver_due(sending_to(city.runtime, sink, at("2020-01-06")))
    assert ("right@almaty.example", mail.message_id) in sink.accepted
    assert b"To: right@almaty.example" in next(
        content for content in sink.contents if mail.message_id.encode() in content
    )


def test_health_goes_red_for_mail_that_was_not_sent_to_a_shut_address(city: SmallCity) -> None:
    city.milestone(city.project(), "P-01-M1", "2019-12-31")
    city.morning("2020-01-05")
    comes_back(city, the_mail(city, "2020-01-05", "manager"), at("2020-01-05", "09:10"))
    with city.runtime.reading() as session:
        found = outbox_health(session, at("2020-01-05", "09:30"))
    assert found.by_state["failed"] == 1
    assert found.uncertain == 0


def test_mail_to_a_level_that_stands_alone_goes_one_level_up_when_it_failed(city: SmallCity) -> None:
    project = city.project()
    city.milestone(project, "P-01-M1", "2019-12-31", critical=True)
    city.mornings("2020-01-05", "2020-01-06")
    city.run("alerts", "2020-01-08")  # the project turns red
    with Sink({"curator@almaty.example": ["rcpt 5xx"]}) as sink:
        deliver_due(sending_to(city.runtime, sink, at("2020-01-08")))
    assert states(city, "off_track") == {"manager": "sent", "owner": "sent", "curator": "failed"}

    city.morning("2020-01-09")
    city.morning("2020-01-10")

    assert notes(city, "off_track")["akim"] == "not_delivered"
    assert list(states(city, "off_track").values()).count("sent") == 3
