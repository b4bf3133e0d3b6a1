"""The outbox: one row a key, sending hours, claims with fences, retries that end."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from pmo.db.lease_clock import database_in
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.domain.errors import NotFound, RuleBroken
from pmo.mail.transport import OurFault, PermanentFailure, Sent, TemporaryFailure
from pmo.queries.outbox import outbox_health, outbox_rows
from pmo.runtime import Runtime
from pmo.services import outbox
from pmo.services.outbox import ClaimedMail
from tests.post_office import TUESDAY, a_draft, mails, minutes, put_in_outbox, settle_city

CITIES = ["almaty"]
ALMATY = timedelta(hours=6)


@pytest.fixture(autouse=True)
def city(runtime: Runtime) -> None:
    settle_city(runtime)


def claim(runtime: Runtime, now: datetime = TUESDAY) -> ClaimedMail | None:
    with runtime.writing() as session:
        return outbox.claim(session, now, CITIES, runtime.settings)


def claimed(runtime: Runtime, now: datetime = TUESDAY) -> ClaimedMail:
    mail = claim(runtime, now)
    assert mail is not None
    return mail


def lose_lease(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.execute(update(OutgoingMailRecord).values(lease_until=database_in(-1)))


def test_the_same_key_makes_one_row(runtime: Runtime) -> None:
    assert put_in_outbox(runtime, a_draft(1), a_draft(2), a_draft(1)) == [True, True, False]
    assert put_in_outbox(runtime, a_draft(2)) == [False]
    assert len(mails(runtime)) == 2


def test_a_mail_is_written_in_the_language_of_its_reader(runtime: Runtime) -> None:
    for number in range(3):
        put_in_outbox(runtime, a_draft(number, recipient=f"manager-{number}.almaty"))
    assert [mail.language for mail in mails(runtime)] == ["ru", "kk", "en"]
    subjects = [mail.subject for mail in mails(runtime)]
    assert "Дни открытых дверей" in subjects[0]
    assert "Ашық есік күндері" in subjects[1]
    assert subjects[2] == "Overdue by 7 working days — Open days"


@pytest.mark.parametrize(
    ("asked", "leaves"),
    [
        ("2020-01-14T08:20", "2020-01-14T08:30"),
        ("2020-01-14T09:00", "2020-01-14T09:00"),
        ("2020-01-14T18:30", "2020-01-15T08:30"),
        ("2020-01-03T10:00", "2020-01-05T08:30"),  # a holiday before a Saturday: Sunday the 5th is worked
        ("2020-01-06T19:00", "2020-01-08T08:30"),  # the 7th is off
    ],
)
def test_mail_waits_for_sending_hours_of_a_working_day(runtime: Runtime, asked: str, leaves: str) -> None:
    moment = datetime.fromisoformat(asked).replace(tzinfo=UTC) - ALMATY
    put_in_outbox(runtime, a_draft(not_before=moment), now=moment)
    assert mails(runtime)[0].not_before == datetime.fromisoformat(leaves).replace(tzinfo=UTC) - ALMATY


def test_an_unknown_post_is_refused(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        put_in_outbox(runtime, a_draft(recipient="nobody.almaty"))


def test_an_escalation_answers_the_first_alert_of_its_item(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft(1), a_draft(1, key=("almaty", "later"), rung="O+3"))
    first, second = mails(runtime)
    assert second.headers["in_reply_to"] == first.message_id
    assert "in_reply_to" not in first.headers
    assert second.headers["reply_to"] == "pmo-head.almaty@city.example"


def test_nobody_claims_a_mail_that_somebody_holds(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft())
    assert claimed(runtime).fence == 1
    assert claim(runtime) is None


def test_a_claim_whose_lease_ran_out_is_taken_over_and_the_late_owner_marks_nothing(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft())
    dead = claimed(runtime)
    lose_lease(runtime)
    heir = claimed(runtime)
    assert (heir.id, heir.fence, heir.content) == (dead.id, 2, dead.content)
    with runtime.writing() as session:
        assert not outbox.begin_transmission(session, dead)
        assert not outbox.mark_sent(session, dead, TUESDAY, Sent(250, "ok"))
        assert outbox.begin_transmission(session, heir)
        assert outbox.mark_sent(session, heir, TUESDAY, Sent(250, "ok"))
    assert mails(runtime)[0].state == "sent"


def test_without_the_fence_the_late_owner_would_mark(runtime: Runtime) -> None:
    """The negative twin: the same story with the fence of the heir passes, so it is the fence that guards."""
    put_in_outbox(runtime, a_draft())
    dead = claimed(runtime)
    lose_lease(runtime)
    heir = claimed(runtime)
    unguarded = replace(dead, fence=heir.fence)
    with runtime.writing() as session:
        assert outbox.mark_sent(session, unguarded, TUESDAY, Sent(250, "ok"))


def test_two_threads_never_claim_one_mail(runtime: Runtime) -> None:
    put_in_outbox(runtime, *[a_draft(number) for number in range(20)])
    taken: list[int] = []

    def work() -> None:
        while (mail := claim(runtime)) is not None:
            taken.append(mail.id)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 20


def test_only_cities_where_it_is_sending_time_are_served(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft())
    with runtime.writing() as session:
        assert outbox.claim(session, TUESDAY, ["astana"], runtime.settings) is None


def test_retries_wait_longer_each_time_within_sending_hours(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft())
    now, waits = TUESDAY, []
    for _ in range(4):
        mail = claimed(runtime, now)
        with runtime.writing() as session:
            outbox.mark_retry(session, mail, now, TemporaryFailure(451, "later"))
        due = mails(runtime)[0].not_before
        waits.append((due - now).total_seconds() / 60)
        assert claim(runtime, due - timedelta(seconds=1)) is None
        now = due
    for wait, nominal in zip(waits, (1, 5, 15, 60), strict=True):
        assert nominal * 0.5 <= wait <= nominal * 1.5
    evening = datetime(2020, 1, 14, 12, 29, 59, tzinfo=UTC)
    mail = claimed(runtime, evening)
    with runtime.writing() as session:
        outbox.mark_retry(session, mail, evening, TemporaryFailure(451, "later"))
    assert mails(runtime)[0].not_before == datetime(2020, 1, 15, 2, 30, tzinfo=UTC)


def test_a_trouble_of_the_server_costs_the_mail_no_attempt(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft())
    with runtime.writing() as session:
        mail = outbox.claim(session, TUESDAY, CITIES, runtime.settings)
        assert mail
        outbox.mark_retry(session, mail, TUESDAY, TemporaryFailure(None, "no route", blames_server=True))
    row = mails(runtime)[0]
    assert (row.state, row.attempts, row.not_before) == ("queued", 0, TUESDAY)


def test_our_own_fault_keeps_the_mail_in_its_place(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft())
    mail = claimed(runtime)
    with runtime.writing() as session:
        outbox.release(session, mail, OurFault(535, "wrong password"))
    row = mails(runtime)[0]
    assert (row.state, row.attempts, row.last_code) == ("queued", 0, 535)


def test_a_lost_reply_is_listed_as_uncertain_and_a_known_answer_is_not(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft(1), a_draft(2))
    for failure in (TemporaryFailure(None, "gone", is_uncertain=True), TemporaryFailure(451, "later")):
        mail = claimed(runtime)
        with runtime.writing() as session:
            assert outbox.begin_transmission(session, mail)
            outbox.mark_retry(session, mail, TUESDAY, failure)
    assert [mail.data_started for mail in mails(runtime)] == [1, 0]
    with runtime.reading() as session:
        assert outbox_health(session, TUESDAY).uncertain == 1


def test_a_refused_mail_is_failed_at_once_and_can_be_sent_again_by_the_pmo(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft())
    mail = claimed(runtime)
    with runtime.writing() as session:
        outbox.mark_failed(session, mail, TUESDAY, PermanentFailure(550, "no such user"))
    assert mails(runtime)[0].state == "failed"
    assert claim(runtime, TUESDAY + minutes(600)) is None
    with runtime.writing() as session:
        outbox.requeue(session, mail.id, "pmo-head.almaty", TUESDAY)
    again = claimed(runtime)
    assert again.content == mail.content
    with runtime.writing() as session, pytest.raises(RuleBroken):
        outbox.requeue(session, mail.id, "pmo-head.almaty", TUESDAY)


def test_a_mail_that_is_too_old_expires_and_is_never_sent(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft())
    late = TUESDAY + timedelta(hours=48)
    assert claim(runtime, late) is None
    with runtime.writing() as session:
        assert outbox.expire_old(session, late) == 1
    assert mails(runtime)[0].state == "expired"


def test_an_address_that_no_server_takes_fails_alone(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft(1), a_draft(2, recipient="manager-1.almaty"))
    with runtime.writing() as session:
        session.execute(
            update(OutgoingMailRecord)
            .where(OutgoingMailRecord.recipient_id == "manager-0.almaty")
            .values(address="two@city.example, addresses@city.example")
        )
    mail = claimed(runtime)
    assert mail.recipient == "manager-1.almaty@city.example"
    assert [row.state for row in mails(runtime)] == ["failed", "sending"]


def test_the_list_has_every_key_of_the_contract(runtime: Runtime) -> None:
    put_in_outbox(runtime, a_draft(1), a_draft(2, item=None, rung=None, key=("list",)))
    with runtime.reading() as session:
        single, several = outbox_rows(session)
    assert list(single) == [
        "key", "message_id", "kind", "city", "project", "item", "rung", "period", "recipient", "recipient_role",
        "language", "subject", "state", "created_at", "not_before", "sent_at", "attempts",
    ]  # fmt: skip
    assert single["key"] == "alert:almaty:DP-01-M1:O+1:manager-0.almaty"
    assert single["created_at"] == "2020-01-14T03:00:00Z"
    assert single["sent_at"] is None
    assert several["items"] == [{"item": "DP-01-M2", "rung": "O+1"}]
