"""What has been kept long enough goes, in portions, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

import pmo.db.models
from pmo.db.base import Base
from pmo.db.models.access_tokens import AccessTokenRecord
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.jobs import JobRunRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.saved_views import SavedViewRecord
from pmo.db.models.sign_in import (
    AddressChangeRecord,
    AuthenticatorAppRecord,
    PasskeyRecord,
    PasswordLinkRecord,
    PasswordRequestRecord,
    RecoveryCodeRecord,
    SignInAttemptRecord,
    SingleSignOnRecord,
    UserSessionRecord,
)
from pmo.domain.retention import Terms
from pmo.jobs.outcome import RunState
from pmo.jobs.runner import run_job, tick
from pmo.jobs.timetable import HOUSEKEEPING
from pmo.queries.audit import check_record
from pmo.queries.audit_replay import in_one_moment, replay
from pmo.runtime import Runtime
from pmo.services import audit
from pmo.services.addresses import is_changed_here
from pmo.services.retention import Occasion, carry_out, due
from tests.cli.terminal import pmo

LONG_AGO = datetime(2019, 10, 1, tzinfo=UTC)
LATER = datetime(2029, 10, 1, tzinfo=UTC)
"""So long after the first weeks of the demonstration, and after the tests are run, that everything is over."""
GONE, STAYS, ELSEWHERE = "observer.alm", "analyst.alm", "observer.ast"
MAY_CHANGE = frozenset(
    {
        "user_sessions", "password_links", "recovery_codes", "sign_in_attempts", "password_requests", "job_runs",
        "authenticator_apps", "passkeys", "single_sign_on", "saved_views", "address_changes", "access_tokens",
    }
)  # fmt: skip
"""Tables that may lose rows."""


def occasion(at: datetime = LATER, city: str = "almaty") -> Occasion:
    return Occasion(city, Terms(), at, at)


def sign_in_rows(person: str) -> list[Base]:
    """Everything that signing in leaves behind, over since long ago."""
    return [
        UserSessionRecord(
            token_hash=f"{person:x<64}"[:64], person_id=person, stamp="s", method="password", created_at=LONG_AGO,
            seen_at=LONG_AGO, expires_at=LONG_AGO, proved_at=LONG_AGO, agent="a", network="n",
        ),
        PasswordLinkRecord(person_id=person, kind="reset", created_at=LONG_AGO, expires_at=LONG_AGO),
        AddressChangeRecord(
            person_id=person, former="a@city.example", address="b@city.example", asked_by=person, asked_at=LONG_AGO,
            expires_at=LONG_AGO,
        ),
        AccessTokenRecord(
            token_hash=f"{person:t<64}"[:64], person_id=person, name="a system", scope="read", created_at=LONG_AGO,
            expires_at=LONG_AGO,
        ),
        RecoveryCodeRecord(person_id=person, code_hash="0" * 64, created_at=LONG_AGO, used_at=LONG_AGO),
        RecoveryCodeRecord(person_id=person, code_hash="1" * 64, created_at=LONG_AGO),
        AuthenticatorAppRecord(person_id=person, secret="sealed", confirmed_at=LONG_AGO),
        PasskeyRecord(
            person_id=person, credential=person, public_key=b"k", sign_count=1, name="key", created_at=LONG_AGO
        ),
        SingleSignOnRecord(person_id=person, issuer="https://id", subject=person, bound_at=LONG_AGO),
        SavedViewRecord(person_id=person, name="mine", query="status=off_track", created_at=LONG_AGO),
    ]  # fmt: skip


@pytest.fixture
def used(simulated: Runtime) -> Runtime:
    """Four weeks of the demonstration, with people who signed in, one of whom has left."""
    with simulated.writing() as session:
        for person in (GONE, STAYS, ELSEWHERE):
            session.add_all(sign_in_rows(person))
            session.get_one(PersonRecord, person).password_hash = "$argon2id$a-hash"
        session.add(SignInAttemptRecord(key="k" * 64, began_at=LONG_AGO, count=3))
        session.add(PasswordRequestRecord(address="somebody@city.example", asked_at=LONG_AGO))
        session.get_one(PersonRecord, GONE).is_active = False
        audit.note(session, at=LONG_AGO, actor="admin.alm", action="post_closed", item=f"almaty/people/{GONE}")
    return simulated


Contents = dict[str, list[dict[str, object]]]


def contents(runtime: Runtime) -> Contents:
    with runtime.engines.reading.connect() as connection:
        return {
            table.name: [
                dict(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def carried_out(runtime: Runtime, most: int = 1000, at: datetime = LATER) -> dict[str, int]:
    with runtime.writing() as session:
        return dict(carry_out(session, occasion(at), most))


def test_what_is_over_goes_and_nothing_else_does(used: Runtime) -> None:
    before = contents(used)
    with used.reading() as session:
        foretold = due(session, occasion())
    removed = carried_out(used, most=100_000)
    after = contents(used)
    assert removed == foretold
    assert {name for name in removed if not name.startswith("of_those_who_left")} >= {
        "sessions", "password_links", "address_changes", "access_tokens", "spent_recovery_codes", "sign_in_attempts",
        "password_requests", "mail_bytes", "job_runs",
    }  # fmt: skip
    for name, rows in before.items():
        if name in MAY_CHANGE | {"outgoing_mails", "people", "audit_events", "audit_head", "audit_salts"}:
            continue
        assert after[name] == rows, name
    mails = [{**mail, "content": None} for mail in before["outgoing_mails"]]
    assert [mail["dedupe_key"] for mail in after["outgoing_mails"]] == [mail["dedupe_key"] for mail in mails]
    almaty = [mail for mail in mails if mail["city_id"] == "almaty" and mail["state"] == "sent"]
    assert [mail for mail in after["outgoing_mails"] if mail in almaty] == almaty
    assert len(almaty) == removed["mail_bytes"] > 0
    assert after["audit_events"][: len(before["audit_events"])] == before["audit_events"]
    for old, new in zip(before["people"], after["people"], strict=True):
        assert new == ({**old, "password_hash": None} if old["id"] == GONE else old)
    assert carried_out(used) == {}, "a second run finds nothing"


def test_of_those_who_left_only_the_post_stays(used: Runtime) -> None:
    carried_out(used)
    with used.reading() as session:
        for record in (AuthenticatorAppRecord, PasskeyRecord, SingleSignOnRecord, SavedViewRecord, RecoveryCodeRecord):
            assert session.scalar(select(func.count()).where(record.person_id == GONE)) == 0
            assert session.scalar(select(func.count()).where(record.person_id == STAYS)) == 1
        post = session.get_one(PersonRecord, GONE)
        assert post.title_ru
        assert post.email
        assert session.get_one(PersonRecord, STAYS).password_hash is not None
        assert session.scalar(select(func.count()).where(UserSessionRecord.person_id == ELSEWHERE)) == 1
    with used.reading() as session:
        assert replay(in_one_moment(session)).findings == []
    assert check_record(used.engines) == []


def test_an_address_that_was_changed_here_is_still_no_import_s_to_set_back(used: Runtime) -> None:
    with used.writing() as session:
        for days in (1, 2):
            session.add(
                AddressChangeRecord(
                    person_id=STAYS, former="a@city.example", address="b@city.example", asked_by=STAYS,
                    asked_at=LONG_AGO, expires_at=LONG_AGO, done_at=LONG_AGO - timedelta(days=days),
                )
            )  # fmt: skip
    assert carried_out(used)["address_changes"] == 2  # the one that was never confirmed, and all but the newest
    with used.reading() as session:
        assert is_changed_here(session, STAYS)


def test_one_event_says_how_many_of_which(used: Runtime) -> None:
    removed = carried_out(used)
    with used.reading() as session:
        said = session.scalars(select(AuditEventRecord.body).order_by(AuditEventRecord.seq)).all()
    (event,) = [json.loads(body) for body in said if body.startswith('{"action":"retention"')]
    assert event["after"] == removed
    assert event["object"] == "almaty/kept"


def test_a_run_takes_portions_and_the_next_one_the_rest(used: Runtime) -> None:
    with used.reading() as session:
        foretold = due(session, occasion())
    total: dict[str, int] = {}
    while found := carried_out(used, most=7):
        assert max(found.values()) <= 7
        total = {name: total.get(name, 0) + found.get(name, 0) for name in {*total, *found}}
    assert total == foretold


def test_nothing_goes_before_its_time(used: Runtime) -> None:
    """On the day itself the tries alone are over, and what has ended for a month."""
    found = carried_out(used, at=LONG_AGO + timedelta(days=29))
    assert set(found) <= {"sign_in_attempts", "password_requests"}
    with used.reading() as session:
        assert session.scalar(select(func.count()).where(PasskeyRecord.person_id == GONE)) == 1


def test_the_newest_run_of_each_job_stays_so_that_nothing_is_caught_up_twice(used: Runtime) -> None:
    newest = select(JobRunRecord.job, JobRunRecord.city_id, func.max(JobRunRecord.period)).group_by(
        JobRunRecord.job, JobRunRecord.city_id
    )
    with used.reading() as session:
        before = sorted(tuple(row) for row in session.execute(newest))
    removed = carried_out(used)
    assert removed["job_runs"] > 0
    with used.reading() as session:
        assert sorted(tuple(row) for row in session.execute(newest)) == before


def test_the_scheduler_does_it_every_night_once(used: Runtime) -> None:
    morning = used.at(datetime(2029, 10, 1, 4, tzinfo=UTC))
    outcomes = [outcome for outcome in tick(morning, HOUSEKEEPING) if outcome.city == "almaty"]
    assert [(outcome.state, outcome.period) for outcome in outcomes] == [(RunState.DONE, "2029-10-01")]
    assert outcomes[0].counts["emptied_mails"] > 0
    assert tick(morning, HOUSEKEEPING) == []
    assert run_job(morning, HOUSEKEEPING[0], "almaty").state is RunState.ALREADY_DONE


def test_the_command_says_what_would_go_and_changes_nothing(used: Runtime) -> None:
    before = contents(used)
    answer = pmo(used, "retention", "--dry-run", "--format", "json")
    assert answer.status == 0
    assert answer.json["sign_in_attempts"] == 1
    assert answer.json["of_those_who_left/passkeys"] == 1
    assert contents(used) == before


def test_the_command_goes_on_until_nothing_is_left(used: Runtime) -> None:
    foretold = pmo(used, "retention", "--dry-run", "--format", "json").json
    assert pmo(used, "retention", "--format", "json").json == foretold
    assert pmo(used, "retention", "--format", "json").json == {}


def test_the_terms_are_the_settings(used: Runtime) -> None:
    long = replace(Terms(), sign_ins=400, left=3660, mail_bytes=3660, job_runs=3660)
    with used.reading() as session:
        found = due(session, Occasion("almaty", long, LONG_AGO + timedelta(days=3000), LONG_AGO + timedelta(days=399)))
    assert set(found) <= {"sign_in_attempts", "password_requests"}
