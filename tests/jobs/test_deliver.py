"""Delivery under fire: nothing lost, repeats only where the reply was lost (RELIABILITY 2.2).

Faults at every stage of the protocol, and killed senders: tests/faults."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

from pmo.db.lease_clock import database_in
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.jobs.deliver import cities_sending, deliver_due, deliver_one, would_deliver
from pmo.jobs.health import health_of
from pmo.jobs.outcome import RunState
from pmo.mail.transport import Envelope, MayTransmit, RecordingTransport, Sent, SmtpTransport
from pmo.queries.job_runs import latest_runs
from pmo.queries.outbox import outbox_health
from pmo.runtime import Runtime
from tests.fakes_smtp import Conversation, Sink
from tests.post_office import TUESDAY, a_draft, mails, minutes, put_in_outbox, sending_to, settle_city


@pytest.fixture(autouse=True)
def city(runtime: Runtime) -> None:
    settle_city(runtime, posts=52)


def drafts(count: int) -> list[object]:
    return [a_draft(number, recipient=f"manager-{number}.almaty", key=(str(number),)) for number in range(count)]


def fill(runtime: Runtime, count: int) -> None:
    put_in_outbox(runtime, *drafts(count))  # type: ignore[arg-type]


def test_what_is_due_leaves_and_is_marked_at_the_moment_of_the_installation(runtime: Runtime) -> None:
    fill(runtime, 3)
    here = runtime.at(TUESDAY)
    outcome = deliver_due(here)
    assert (outcome.state, outcome.counts, outcome.city) == (RunState.DONE, {"sent": 3}, "*")
    assert {(mail.state, mail.sent_at, mail.attempts) for mail in mails(runtime)} == {("sent", TUESDAY, 1)}
    transport = here.transport
    assert isinstance(transport, RecordingTransport)
    assert len(transport.envelopes) == 3
    assert deliver_due(here).state is RunState.NOTHING_DUE
    with runtime.reading() as session:
        (run,) = latest_runs(session)
    assert (run.job, run.city, run.state, run.counts) == ("deliver", "*", "done", {"sent": 3})


def test_nothing_leaves_in_quiet_hours(runtime: Runtime) -> None:
    fill(runtime, 1)
    for moment in (TUESDAY - minutes(31), TUESDAY + timedelta(hours=9, minutes=30), TUESDAY + timedelta(days=4)):
        there = runtime.at(moment)
        assert cities_sending(there) == []
        assert deliver_one(there, cities_sending(there)) is None
    assert deliver_due(runtime.at(TUESDAY - minutes(31))).state is RunState.NOTHING_DUE
    assert [mail.state for mail in mails(runtime)] == ["queued"]


def test_a_dry_run_lists_what_would_leave(runtime: Runtime) -> None:
    fill(runtime, 2)
    shown = would_deliver(runtime.at(TUESDAY))
    assert (shown.counts, len(shown.would_send)) == ({"due": 2}, 2)
    assert {mail.state for mail in mails(runtime)} == {"queued"}


class DyingTransport:
    """Hands the mail over and dies before anybody can note it."""

    def __init__(self, inner: RecordingTransport) -> None:
        self.inner = inner

    def send(self, envelope: Envelope, may_transmit: MayTransmit) -> Sent:
        self.inner.send(envelope, may_transmit)
        raise SystemExit("killed")

    def close(self) -> None:
        pass


def test_death_between_acceptance_and_mark_gives_one_repeat_with_the_same_bytes(runtime: Runtime) -> None:
    fill(runtime, 1)
    recorded = RecordingTransport()
    with pytest.raises(SystemExit):
        deliver_one(runtime.at(TUESDAY).sending_through(DyingTransport(recorded)), ["almaty"])
    assert deliver_due(runtime.sending_through(recorded).at(TUESDAY)).counts == {}
    with runtime.writing() as session:
        session.execute(update(OutgoingMailRecord).values(lease_until=database_in(-1)))
    with runtime.reading() as session:
        assert outbox_health(session, TUESDAY).uncertain == 1
    assert deliver_due(runtime.sending_through(recorded).at(TUESDAY)).counts == {"sent": 1}
    first, second = recorded.envelopes
    assert first == second
    assert mails(runtime)[0].data_started == 2


def test_marking_before_sending_would_lose_the_mail(runtime: Runtime) -> None:
    """The negative twin: the same death after an early mark leaves a mail that says sent and never arrived."""
    fill(runtime, 1)
    with runtime.writing() as session:
        session.execute(update(OutgoingMailRecord).values(state="sent"))
    recorded = RecordingTransport()
    assert deliver_due(runtime.sending_through(recorded).at(TUESDAY)).counts == {}
    assert recorded.envelopes == []


@pytest.mark.parametrize("refusal", ["mail 530", "mail 5xx"])
def test_a_refused_sender_stops_the_queue_and_keeps_the_mails(runtime: Runtime, refusal: str) -> None:
    fill(runtime, 5)
    with Sink({"pmo@city.example": [refusal]}) as sink:
        outcome = deliver_due(sending_to(runtime, sink))
        assert (outcome.state, outcome.counts) == (RunState.FAILED, {"our_fault": 1})
        assert {(mail.state, mail.attempts) for mail in mails(runtime)} == {("queued", 0)}
        assert deliver_due(sending_to(runtime, sink)).counts == {"sent": 5}


class _Locked(Conversation):
    """Wants a log-in and refuses every one."""

    def talk(self) -> None:
        self.say(b"220 sink\r\n")
        while line := self.rfile.readline():
            command = line[:4].upper()
            replies = {b"EHLO": b"250-sink\r\n250 AUTH PLAIN\r\n", b"AUTH": b"535 5.7.8 wrong password\r\n"}
            self.say(replies.get(command, b"250 ok\r\n"))


def test_a_refused_log_in_stops_the_queue_with_an_alarm(runtime: Runtime) -> None:
    fill(runtime, 5)
    with Sink() as sink:
        sink.RequestHandlerClass = _Locked
        locked = SmtpTransport(sink.url.replace("://", "://pmo:wrong@"), mails_per_minute=0)
        outcome = deliver_due(runtime.sending_through(locked).at(TUESDAY))
    assert (outcome.state, outcome.counts) == (RunState.FAILED, {"our_fault": 1})
    rows = mails(runtime)
    assert {(mail.state, mail.attempts, mail.not_before) for mail in rows} == {("queued", 0, TUESDAY)}
    assert {mail.last_code for mail in rows} == {535, None}
    with runtime.reading() as session:
        (run,) = latest_runs(session)
    assert run.counts == {"our_fault": 1}
    waiting = {check.name: check for check in health_of(runtime.at(TUESDAY + minutes(16))).checks}["outbox_waiting"]
    assert not waiting.is_well


def test_a_server_that_closes_is_left_alone_at_once_and_costs_no_mail_an_attempt(runtime: Runtime) -> None:
    fill(runtime, 5)
    with Sink({"manager-1.almaty@city.example": ["rcpt 421"]}) as sink:
        assert deliver_due(sending_to(runtime, sink)).counts == {"sent": 1, "put_off": 1}
        assert sink.connections == 1
        states = Counter((mail.state, mail.attempts) for mail in mails(runtime))
        assert states == {("sent", 1): 1, ("queued", 0): 4}
        assert deliver_due(sending_to(runtime, sink, TUESDAY + minutes(1))).counts == {"sent": 4}


def test_a_server_out_of_reach_is_left_alone_after_three_tries(runtime: Runtime) -> None:
    fill(runtime, 5)
    with Sink(greetings=["drop"] * 50) as sink:
        outcome = deliver_due(sending_to(runtime, sink))
        assert outcome.counts == {"put_off": 3}
        assert sink.connections == 3
    assert {(mail.state, mail.attempts) for mail in mails(runtime)} == {("queued", 0)}


@pytest.mark.parametrize(("fault", "state"), [("accepted drop", "scheduled"), ("rcpt 5xx", "failed"), (None, "sent")])
def test_what_becomes_of_a_mail_becomes_of_its_alerts(portfolio: Runtime, fault: str | None, state: str) -> None:
    with portfolio.writing() as session:
        project = session.query(ProjectRecord).filter_by(code="DP-01").one()
        person = session.query(PersonRecord).filter_by(city_id="almaty", role="project_manager").first()
        assert person
        post, address = person.id, person.email
    put_in_outbox(portfolio, a_draft(project=project.id, recipient=post))
    with portfolio.writing() as session:
        mail = session.query(OutgoingMailRecord).one()
        session.add(
            AlertRecord(
                city_id="almaty",
                project_id=project.id,
                item="DP-01-M0",
                rung="O+1",
                recipient_id=post,
                role="manager",
                channel="direct",
                state="scheduled",
                raised_on=TUESDAY.date(),
                raised_at=TUESDAY,
                mail_id=mail.id,
                facts={},
                rule_set="EP-1",
            )
        )
    with Sink({address: [fault] if fault else []}) as sink:
        deliver_due(sending_to(portfolio, sink))
    with portfolio.reading() as session:
        alert = session.query(AlertRecord).one()
    assert alert.state == state
    assert alert.sent_at == (TUESDAY if state == "sent" else None)


def test_the_pmo_is_told_once_of_mail_that_does_not_arrive(runtime: Runtime) -> None:
    fill(runtime, 3)
    with Sink({"manager-0.almaty@city.example": ["rcpt 5xx"]}) as sink:
        assert deliver_due(sending_to(runtime, sink)).counts == {"sent": 2, "failed": 1, "notices": 1}
        assert deliver_due(sending_to(runtime, sink, TUESDAY + minutes(1))).counts == {"sent": 1}
    (notice,) = [mail for mail in mails(runtime) if mail.kind == "delivery_notice"]
    assert notice.recipient_id == "pmo-head.almaty"
    assert notice.items == [{"item": mails(runtime)[0].dedupe_key, "rung": "failed"}]
    assert deliver_due(runtime.at(TUESDAY + timedelta(days=1))).counts == {}


def test_what_fails_later_on_a_day_is_told_on_that_day_but_not_more_than_once_an_hour(runtime: Runtime) -> None:
    fill(runtime, 3)
    refused = {f"manager-{number}.almaty@city.example": ["rcpt 4xx", "rcpt 5xx"] for number in (1, 2)}
    with Sink({"manager-0.almaty@city.example": ["rcpt 5xx"], **refused}) as sink:
        for minute in range(0, 121, 2):
            deliver_due(sending_to(runtime, sink, TUESDAY + minutes(minute)))
    notices = [mail for mail in mails(runtime) if mail.kind == "delivery_notice"]
    assert [len(notice.items) for notice in notices] == [1, 2]
    assert notices[1].created_at - notices[0].created_at >= minutes(60)
    assert len({told["item"] for notice in notices for told in notice.items}) == 3


def test_the_pmo_is_told_of_mail_that_waits_for_an_hour(runtime: Runtime) -> None:
    fill(runtime, 1)
    with Sink(greetings=["drop"] * 50) as sink:
        deliver_due(sending_to(runtime, sink, TUESDAY + minutes(59)))
        assert [mail.kind for mail in mails(runtime)] == ["alert"]
        deliver_due(sending_to(runtime, sink, TUESDAY + minutes(60)))
    assert [mail.kind for mail in mails(runtime)] == ["alert", "delivery_notice"]
