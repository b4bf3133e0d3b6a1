"""Nothing starts with a dangerous setting: one test for each line of RELIABILITY 4.5, through the commands themselves.

Each refusal has an exit status that is not 0, names the setting, and says what to do. Its twin is the same command with
everything in order: then the server is reached.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from config import Settings
from pmo.cli import serve as serving
from pmo.clock import SystemClock
from pmo.db.file_places import network_place
from pmo.db.session import WAL_IS_SOUND_FROM
from pmo.exchange.signed_notes import generate_signing_key, write_signing_key
from pmo.jobs import dangers, runner
from pmo.runtime import Runtime
from tests.cli.terminal import Answer, pmo

SECRET = "2e9f8a1c0b7d4e6f5a3b9c8d7e6f1a2b"
Start = Callable[..., Answer]


class Reached(Exception):
    """The process would now serve."""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "audit.key"
    write_signing_key(path, generate_signing_key("audit.city.example"))
    return path


@pytest.fixture
def good(key: Path) -> dict[str, str]:
    return {
        "PMO_SECRET_KEY": SECRET,
        "PMO_BASE_URL": "https://pmo.example.kz",
        "PMO_SMTP_URL": "smtp+tls://pmo:word@mail.example.kz",
        "PMO_AUDIT_KEY_FILE": str(key),
    }


@pytest.fixture
def start(runtime: Runtime, good: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Start:
    def reached(*_: object, **__: object) -> None:
        raise Reached

    monkeypatch.setattr(serving, "serve", reached)
    monkeypatch.setattr(serving.Heartbeat, "run_until", reached)
    monkeypatch.setattr(serving.canvas, "warm_up", lambda: None)

    def started(*words: str, **changes: str) -> Answer:
        return pmo(runtime, *words, **{**good, **changes})

    return started


def assert_refused(answer: Answer, *words: str) -> None:
    assert answer.status != 0
    for word in words:
        assert word in answer.messages, answer.messages
    assert "Traceback" not in answer.messages


@pytest.mark.parametrize("command", ["web", "scheduler"])
def test_with_everything_in_order_it_starts(start: Start, command: str) -> None:
    with pytest.raises(Reached):
        start(command)


@pytest.mark.parametrize("command", ["web", "scheduler"])
@pytest.mark.parametrize(
    "secret", ["", "short", "k" * 40, "changemechangemechangemechangeme", "password-password-password-password-0"]
)
def test_a_secret_that_is_missing_short_or_known(start: Start, command: str, secret: str) -> None:
    assert_refused(start(command, PMO_SECRET_KEY=secret), "PMO_SECRET_KEY", "give at least 32 random characters")


@pytest.mark.parametrize("value", ["1", "true"])
def test_debugging_off_this_machine(start: Start, value: str) -> None:
    assert_refused(start("web", FLASK_DEBUG=value), "FLASK_DEBUG", "unset it")
    local = {"FLASK_DEBUG": value, "PMO_BASE_URL": "http://127.0.0.1:8000"}
    assert_refused(start("web", "--host", "0.0.0.0", **local), "FLASK_DEBUG")
    with pytest.raises(Reached):
        start("web", **local)


@pytest.mark.parametrize("url", ["", "http://pmo.example.kz", "ftp://pmo.example.kz"])
def test_an_address_without_tls(start: Start, url: str) -> None:
    assert_refused(start("web", PMO_BASE_URL=url), "PMO_BASE_URL", "https://")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "smtp://mail.example.kz",
        "smtp+plain://mail.example.kz",
        "smtp+tls://mail.example.kz?verify=no",
        "smtps://mail.example.kz/#insecure",
    ],
)
def test_mail_without_verified_tls_to_another_host(start: Start, url: str) -> None:
    assert_refused(start("scheduler", PMO_SMTP_URL=url), "PMO_SMTP_URL")


@pytest.mark.parametrize(
    "place",
    [
        "db.example.kz/pmo",
        "db.example.kz/pmo?sslmode=require",
        "db.example.kz/pmo?sslmode=verify-full&sslmode=disable",
        "10.0.0.7:5432/pmo?sslmode=verify-ca",
        "/pmo?host=127.0.0.1&host=db.example.kz",
        "127.0.0.1/pmo?host=db.example.kz:5433",
        "127.0.0.1/pmo?hostaddr=10.0.0.7",
    ],
)
@pytest.mark.parametrize("command", ["web", "scheduler"])
def test_a_database_on_another_machine_without_verified_tls(start: Start, command: str, place: str) -> None:
    url = f"postgresql+psycopg://pmo:word@{place}"
    assert_refused(start(command, PMO_DATABASE_URL=url), "PMO_DATABASE_URL", "add ?sslmode=verify-full")


@pytest.mark.parametrize(
    "place",
    [
        "db.example.kz/pmo?sslmode=verify-full&sslrootcert=/etc/pmo/authority.pem",
        "localhost/pmo",
        "127.0.0.1:5433/pmo?sslmode=disable",
        "[::1]/pmo",
        "/pmo",
        "/pmo?host=/run/postgresql",
    ],
)
def test_a_database_here_or_with_verified_tls_is_a_setting_to_start_with(good: dict[str, str], place: str) -> None:
    url = f"postgresql+psycopg://pmo:word@{place}"
    assert Settings.for_service({**good, "PMO_DATABASE_URL": url}).database_url == url


def test_a_key_that_is_missing_or_readable_by_others(start: Start, key: Path, tmp_path: Path) -> None:
    assert_refused(start("scheduler", PMO_AUDIT_KEY_FILE=""), "PMO_AUDIT_KEY_FILE", "pmo audit keygen")
    nowhere = str(tmp_path / "nowhere")
    assert_refused(start("scheduler", PMO_AUDIT_KEY_FILE=nowhere), "PMO_AUDIT_KEY_FILE", "pmo audit keygen")
    key.chmod(0o644)
    assert_refused(start("scheduler"), "PMO_AUDIT_KEY_FILE", "chmod 600")
    with pytest.raises(Reached):
        start("web", PMO_AUDIT_KEY_FILE="")  # pages sign nothing


def test_a_trial_on_this_machine_may_go_without_a_key_and_with_a_simple_secret(start: Start) -> None:
    with pytest.raises(Reached):
        start("scheduler", PMO_AUDIT_KEY_FILE="", PMO_SECRET_KEY="k" * 40, PMO_BASE_URL="http://127.0.0.1:8000")


@pytest.mark.parametrize("command", ["web", "scheduler"])
def test_a_database_behind_its_migration(start: Start, runtime: Runtime, command: str) -> None:
    with runtime.engines.writing.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '0001'"))
    assert_refused(start(command), "PMO_DATABASE_URL", "pmo db upgrade")


def test_a_database_that_cannot_be_reached(start: Start, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'no folder' / 'pmo.db'}"
    assert_refused(start("web", PMO_DATABASE_URL=url), "PMO_DATABASE_URL")
    assert_refused(start("web", PMO_DATABASE_URL=""), "PMO_DATABASE_URL")


def test_zone_data_that_does_not_know_almaty(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dangers, "AFTER_THE_CHANGE", datetime(2024, 2, 28, tzinfo=UTC))  # as before the change: +06
    assert_refused(start("web"), "zone data", "Install tzdata")


def test_a_clock_that_differs_from_the_database_s(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = SystemClock().now() + timedelta(seconds=90)
    monkeypatch.setattr(runner, "database_time", lambda session: ahead)
    assert_refused(start("scheduler"), "clock", "NTP")
    monkeypatch.setattr(runner, "database_time", lambda session: SystemClock().now() + timedelta(seconds=30))
    with pytest.raises(Reached):
        start("scheduler")


def test_sqlite_in_wal_mode_with_a_library_that_corrupts_it(
    start: Start, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    if runtime.engines.dialect != "sqlite":
        assert dangers.dangers_of(runtime) == []
        return
    from pmo.db import session

    with sqlite3.connect(runtime.engines.writing.url.database or "") as bare:
        assert bare.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    monkeypatch.setattr(session.sqlite3, "sqlite_version_info", (WAL_IS_SOUND_FROM[0], WAL_IS_SOUND_FROM[1] - 1, 0))
    assert_refused(start("web"), "PMO_DATABASE_URL", "journal_mode", "install SQLite 3.51.3")


def test_sqlite_on_a_network_file_system(
    start: Start, runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(str(runtime.engines.writing.url.database)).absolute().parent
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/share {folder} nfs4 rw 0 0\n", "utf-8")
    monkeypatch.setattr(dangers, "MOUNTS", mounts)
    if runtime.engines.dialect == "sqlite":
        assert_refused(start("web"), "PMO_DATABASE_URL", "nfs4", "use PostgreSQL")
    else:
        assert dangers.dangers_of(runtime) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/srv/pmo/pmo.db", None),
        ("/mnt/share/pmo.db", "cifs"),
        ("/mnt/share/local/pmo.db", None),
        ("/mnt/my share/pmo.db", "nfs"),
        ("/mnt/shared/pmo.db", None),
    ],
)
def test_the_nearest_mount_decides(path: str, expected: str | None) -> None:
    mounts = (
        "rootfs / ext4 rw 0 0\n//server/a /mnt/share cifs rw 0 0\n/dev/sdb /mnt/share/local xfs rw 0 0\n"
        "server:/b /mnt/my\\040share nfs rw 0 0\n"
    )
    assert network_place(Path(path), mounts) == expected


def test_former_secrets_open_what_they_signed_and_weak_ones_are_refused(start: Start) -> None:
    assert_refused(start("web", PMO_SECRET_KEY_FALLBACKS="short"), "PMO_SECRET_KEY_FALLBACKS")
    with pytest.raises(Reached):
        start("web", PMO_SECRET_KEY_FALLBACKS=f"{SECRET[::-1]}, {SECRET.upper()}")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("clamd.ctl", "must look like"),
        ("/run/clamav/clamd.ctl", "must look like"),
        ("unix:clamd.ctl", "whole path"),
        ("127.0.0.1", "must look like"),
        ("127.0.0.1:port", "must look like"),
        ("127.0.0.1:99999", "must look like"),
        ("user@127.0.0.1:3310", "must look like"),
        ("127.0.0.1:3310/path", "must look like"),
        ("clamav.example.kz:3310", "lead a tunnel"),
        ("10.0.0.7:3310", "lead a tunnel"),
    ],
)
def test_a_virus_scanner_that_cannot_be_or_is_another_machine(start: Start, place: str, words: str) -> None:
    assert_refused(start("web", PMO_CLAMD=place), "PMO_CLAMD", words)
    with pytest.raises(Reached):
        start("web", PMO_CLAMD="unix:/run/clamav/clamd.ctl")


@pytest.mark.parametrize("name", ["PMO_CALLS_PER_MINUTE", "PMO_CHANGES_PER_MINUTE"])
@pytest.mark.parametrize("number", ["0", "9", "100001", "many", "-5"])
def test_a_rate_that_stops_everybody_or_nobody(start: Start, name: str, number: str) -> None:
    assert_refused(start("web", **{name: number}), name)
    with pytest.raises(Reached):
        start("web", **{name: "10"})
