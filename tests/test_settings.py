"""Settings: named when missing, refused when dangerous; the demonstration makes its own and stays on its machine."""

from datetime import timedelta
from pathlib import Path

import pytest

from config import Settings, SettingsError
from pmo.domain.retention import STANDARD_TERMS

DATABASE = {"PMO_DATABASE_URL": "sqlite:////srv/pmo/pmo.db"}
SERVICE = {
    **DATABASE,
    "PMO_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "PMO_BASE_URL": "https://pmo.example",
    "PMO_SMTP_URL": "smtp+tls://mail.example",
}


@pytest.mark.parametrize("name", SERVICE)
def test_a_service_names_the_setting_that_is_missing(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.for_service({key: value for key, value in SERVICE.items() if key != name})


@pytest.mark.parametrize("url", ["pmo.db", "mysql://localhost/pmo", "://"])
def test_only_the_two_databases_are_accepted(url: str) -> None:
    with pytest.raises(SettingsError, match="PMO_DATABASE_URL"):
        Settings.for_facts({"PMO_DATABASE_URL": url})


@pytest.mark.parametrize("url", ["postgresql://host/pmo", "postgresql+psycopg://host/pmo", "sqlite:///pmo.db"])
def test_a_database_may_name_its_driver(url: str) -> None:
    assert Settings.for_facts({"PMO_DATABASE_URL": url}).database_url == url


def test_the_demonstration_makes_its_secrets_and_sends_without_pauses() -> None:
    settings = Settings.for_service({**DATABASE, "PMO_DEMO": "1"})
    assert settings.secret_key
    assert len(settings.secret_key) >= 32
    assert settings.mails_per_minute == 0
    assert Settings.for_service(SERVICE).mails_per_minute == 120


@pytest.mark.parametrize(
    ("name", "url"), [("PMO_BASE_URL", "https://pmo.example"), ("PMO_SMTP_URL", "smtp+tls://mail.example")]
)
def test_the_demonstration_is_refused_off_this_machine(name: str, url: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.for_service({**DATABASE, "PMO_DEMO": "1", name: url})


def test_the_address_for_reports_leaves_room_for_a_signature() -> None:
    assert Settings.for_facts(DATABASE).bounce_address is None
    good = Settings.for_facts({**DATABASE, "PMO_BOUNCE_ADDRESS": " bounces@pmo.example.kz "})
    assert good.bounce_address == "bounces@pmo.example.kz"
    for wrong in (
        "bounces",
        "@pmo.example.kz",
        "a b@pmo.example.kz",
        "bounces+x@pmo.example.kz",
        "b" * 29 + "@x.kz",
        "a@",
        "a@b c.kz",
        "a@қаз",
    ):
        with pytest.raises(SettingsError, match="PMO_BOUNCE_ADDRESS"):
            Settings.for_facts({**DATABASE, "PMO_BOUNCE_ADDRESS": wrong})


def test_a_session_may_stand_still_for_half_an_hour_unless_the_setting_says_otherwise() -> None:
    assert Settings.for_facts(DATABASE).idle_session == timedelta(minutes=30)
    assert Settings.for_facts({**DATABASE, "PMO_IDLE_MINUTES": "15"}).idle_session == timedelta(minutes=15)
    assert Settings.for_facts({**DATABASE, "PMO_DEMO": "1"}).idle_session == timedelta(hours=12)
    for wrong in ("4", "721", "soon"):
        with pytest.raises(SettingsError, match="PMO_IDLE_MINUTES"):
            Settings.for_facts({**DATABASE, "PMO_IDLE_MINUTES": wrong})


def test_the_second_factor_is_obligatory_for_administrators_office_and_deputies() -> None:
    standard = {"administrator", "pmo_head", "pmo_analyst", "deputy_akim"}
    assert Settings.for_facts(DATABASE).second_factor_roles == standard
    assert Settings.for_facts({**DATABASE, "PMO_DEMO": "1"}).second_factor_roles == frozenset()
    named = {**DATABASE, "PMO_REQUIRE_SECOND_FACTOR": "akim, administrator"}
    assert Settings.for_facts(named).second_factor_roles == {"akim", "administrator"}
    assert Settings.for_facts({**DATABASE, "PMO_REQUIRE_SECOND_FACTOR": "none"}).second_factor_roles == frozenset()
    with pytest.raises(SettingsError, match="PMO_REQUIRE_SECOND_FACTOR"):
        Settings.for_facts({**DATABASE, "PMO_REQUIRE_SECOND_FACTOR": "king"})


@pytest.mark.parametrize(
    ("setting", "fewest", "most"),
    [
        ("PMO_KEEP_SIGN_INS_DAYS", 1, 400),
        ("PMO_KEEP_MAIL_BYTES_DAYS", 60, 3660),
        ("PMO_KEEP_JOB_RUNS_DAYS", 60, 3660),
        ("PMO_KEEP_LEFT_DAYS", 7, 3660),
    ],
)
def test_how_long_things_are_kept_has_its_bounds(setting: str, fewest: int, most: int) -> None:
    assert Settings.for_facts({"PMO_DATABASE_URL": "sqlite:///x"}).terms == STANDARD_TERMS
    for days in (fewest, most):
        terms = Settings.for_facts({"PMO_DATABASE_URL": "sqlite:///x", setting: str(days)}).terms
        assert days in (terms.sign_ins, terms.mail_bytes, terms.job_runs, terms.left)
    for nonsense in (str(fewest - 1), str(most + 1), "-1", "for ever"):
        with pytest.raises(SettingsError, match=setting):
            Settings.for_facts({"PMO_DATABASE_URL": "sqlite:///x", setting: nonsense})


def test_the_virus_scanner_listens_on_a_file_or_on_a_port_of_this_machine() -> None:
    assert Settings.for_facts(DATABASE).clamd is None
    for text, place in (
        ("unix:/run/clamav/clamd.ctl", Path("/run/clamav/clamd.ctl")),
        ("127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("localhost:3310", ("localhost", 3310)),
        ("[::1]:3310", ("::1", 3310)),
    ):
        assert Settings.for_facts({**DATABASE, "PMO_CLAMD": text}).clamd == place


def test_calls_and_changes_are_counted_unless_it_is_a_demonstration() -> None:
    standard = Settings.for_facts(DATABASE)
    assert (standard.calls_per_minute, standard.changes_per_minute) == (300, 120)
    shown = Settings.for_facts({**DATABASE, "PMO_DEMO": "1", "PMO_CALLS_PER_MINUTE": "40"})
    assert (shown.calls_per_minute, shown.changes_per_minute) == (40, None)
