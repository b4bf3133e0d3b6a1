"""The light goes red when a job was silent, when mail waits, and when the database is not what it should be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from urllib.error import HTTPError
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text, update

from pmo.clock import SystemClock
from pmo.db.models.jobs import JobRunRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.session import create_engines
from pmo.jobs import health
from pmo.jobs.health import Check, health_of, missed_periods
from pmo.jobs.health_port import beats_check, health_application, listening
from pmo.jobs.heartbeat import Beat, Heartbeat
from pmo.jobs.metrics import exposition
from pmo.jobs.timetable import TIMETABLE
from pmo.queries.calendar import working_calendar
from pmo.runtime import Runtime
from pmo.services.outbox import enqueue
from tests.post_office import a_draft, settle_city

NOON = datetime(2020, 1, 14, 7, 0, tzinfo=UTC)
"""13:00 of a Tuesday in Almaty: every job of the day should be done."""
JOBS = {job.name: job for job in TIMETABLE}


@pytest.fixture
def well(runtime: Runtime) -> Runtime:
    """A city on a Tuesday at noon, with this morning's runs done."""
    settle_city(runtime)
    for job in JOBS:
        add_run(runtime, job, "2020-01-14")
    return runtime.at(NOON)


def add_run(runtime: Runtime, job: str, period: str, state: str = "done") -> None:
    with runtime.writing() as session:
        session.add(
            JobRunRecord(
                job=job,
                city_id="almaty",
                period=period,
                state=state,
                owner="a test",
                lease_until=NOON,
                started_at=NOON,
                finished_at=NOON,
                counts={},
            )
        )


def forget_runs(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.execute(text("delete from job_runs"))


def add_mail(runtime: Runtime, **changes: object) -> None:
    with runtime.writing() as session:
        assert enqueue(session, a_draft(), NOON, runtime.settings)
        session.execute(update(OutgoingMailRecord).values(changes))


def red(runtime: Runtime) -> list[tuple[str, ...]]:
    return [(check.name, *check.labels.values()) for check in health_of(runtime).checks if not check.is_well]


def test_an_installation_at_work_is_well(well: Runtime) -> None:
    assert red(well) == []
    assert health_of(well).as_json()["status"] == "ok"


def test_a_job_that_did_not_run_this_morning_is_red(well: Runtime) -> None:
    with well.writing() as session:
        session.execute(text("update job_runs set period = '2020-01-13' where job = 'alerts'"))
    assert red(well) == [("job", "alerts", "almaty")]
    (found,) = [check for check in health_of(well).checks if check.labels.get("job") == "alerts"]
    assert found.figures == {"last_done": "2020-01-13", "missed": 1, "age_working_days": 1}


def test_a_run_that_was_given_up_is_red(well: Runtime) -> None:
    with well.writing() as session:
        session.execute(text("update job_runs set state = 'failed' where job = 'digests'"))
    assert red(well) == [("job", "digests", "almaty")]


@pytest.mark.parametrize(
    ("job", "last_done", "now", "missed"),
    [
        ("alerts", date(2020, 1, 13), datetime(2020, 1, 14, 2, 49, tzinfo=UTC), []),  # 08:49: it may take half an hour
        ("alerts", date(2020, 1, 13), datetime(2020, 1, 14, 2, 50, tzinfo=UTC), [date(2020, 1, 14)]),
        ("alerts", date(2020, 1, 10), datetime(2020, 1, 12, 7, 0, tzinfo=UTC), []),  # a Sunday is nobody's day
        ("alerts", date(2019, 12, 31), datetime(2020, 1, 5, 1, 0, tzinfo=UTC), []),  # the New Year is not either
        ("assess", date(2020, 1, 10), datetime(2020, 1, 12, 7, 0, tzinfo=UTC), [date(2020, 1, 11), date(2020, 1, 12)]),
        ("alerts", None, datetime(2020, 1, 14, 1, 0, tzinfo=UTC), []),  # a city imported last night
        ("alerts", None, datetime(2020, 1, 14, 7, 0, tzinfo=UTC), [date(2020, 1, 14)]),
    ],
)
def test_silence_is_counted_in_the_days_of_the_job(
    runtime: Runtime, job: str, last_done: date | None, now: datetime, missed: list[date]
) -> None:
    settle_city(runtime)
    with runtime.reading() as session:
        calendar = working_calendar(session, "almaty")
    assert missed_periods(JOBS[job], last_done, now, calendar, ZoneInfo("Asia/Almaty")) == missed


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"not_before": NOON - timedelta(minutes=16)}, "outbox_waiting"),
        ({"state": "failed"}, "outbox_failed"),
        ({"state": "expired"}, "outbox_failed"),
        ({"state": "sent", "data_started": 2}, "outbox_uncertain"),
    ],
)
def test_mail_in_trouble_is_red(well: Runtime, changes: dict[str, object], name: str) -> None:
    add_mail(well, **changes)
    assert red(well) == [(name,)]


@pytest.mark.parametrize(
    "changes",
    [
        {"not_before": NOON - timedelta(minutes=15)},
        {"state": "sent", "data_started": 1},
        {"state": "failed", "created_at": NOON - timedelta(days=4)},
    ],
)
def test_mail_on_its_way_and_old_trouble_are_not(well: Runtime, changes: dict[str, object]) -> None:
    add_mail(well, **changes)
    assert red(well) == []


def test_a_database_behind_its_migration_is_red_and_not_asked_further(
    well: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health.migrate, "newest_revision", lambda: "9999")
    assert red(well) == [("migration",)]
    assert [check.name for check in health_of(well).checks] == ["database", "migration", "pragmas"]


def test_clock_trouble_is_red(well: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "clock_trouble", lambda _runtime: "the clocks differ")
    assert red(well) == [("clock",)]


def test_a_database_that_may_lose_commits_in_a_power_cut_is_red(well: Runtime) -> None:
    assert health.pragma_faults(well.engines) == []
    hasty = create_engines(well.settings.database_url, synchronous="OFF")
    expected = ["synchronous is 0, not 2"] if hasty.dialect == "sqlite" else []
    assert health.pragma_faults(hasty) == expected
    hasty.dispose()


def test_a_database_that_cannot_be_reached_is_red(well: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_engines: object) -> str:
        raise health.DatabaseError("no route")

    monkeypatch.setattr(health.migrate, "current_revision", gone)
    assert health_of(well).as_json() == {
        "status": "red",
        "checks": [{"check": "database", "ok": False, "reason": "SQLAlchemyError"}],
    }


def test_where_nobody_looks_for_mail_in_sending_hours_is_red(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    settle_city(runtime)
    live = Runtime(runtime.settings, runtime.engines, SystemClock(), runtime.transport)
    monkeypatch.setattr(health, "is_sending_time", lambda *_about: True)
    assert ("delivery",) in red(live)
    monkeypatch.setattr(health, "is_sending_time", lambda *_about: False)
    assert ("delivery",) not in red(live)


def test_the_metrics_say_the_same(well: Runtime) -> None:
    assert b"pmo_ok 1.0" in exposition(health_of(well))
    forget_runs(well)
    said = exposition(health_of(well)).decode()
    assert "pmo_ok 0.0" in said
    assert 'pmo_job_ok{city="almaty",job="alerts"} 0.0' in said
    assert 'pmo_job_missed{city="almaty",job="alerts"} 1.0' in said


def a_beat(age: float, is_running: bool) -> Beat:
    beat = Beat("work", timedelta(seconds=5), lambda: None)
    beat._begun_at -= age
    beat.is_running = is_running
    return beat


@pytest.mark.parametrize(
    ("age", "is_running", "is_well"),
    [(14, False, True), (16, False, False), (16, True, True), (3601, True, False)],
)
def test_a_heart_that_skips_beats_or_hangs_is_red(age: float, is_running: bool, is_well: bool) -> None:
    (check,) = beats_check([a_beat(age, is_running)])
    assert check.is_well is is_well
    assert check.figures["age_seconds"] == pytest.approx(age, abs=1)


def test_the_scheduler_answers_for_itself_on_loopback(well: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pmo.jobs.health_port.health_of", lambda _runtime: health.Health((Check("database", True),)))
    heartbeat = Heartbeat(well, (a_beat(1, is_running=False),))
    with listening(health_application(well, heartbeat), 0) as port:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            assert [check["check"] for check in json.load(answer)["checks"]] == ["beat", "database"]
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            assert b'pmo_beat_ok{beat="work"} 1.0' in answer.read()
        heartbeat.beats[0]._begun_at -= 3600
        for path, status in (("/health", 503), ("/elsewhere", 404)):
            with pytest.raises(HTTPError) as refusal:
                urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)
            assert refusal.value.code == status
            refusal.value.close()
