"""The other commands: usage, exit status, and what they print."""

from pathlib import Path

import pytest

from config import ROOT
from pmo.db import append_only
from pmo.runtime import Runtime
from tests.cli.terminal import pmo
from tests.conftest import DATA, Databases, runtime_on

PLANS = ROOT / "tests" / "exchange" / "plans"


def test_an_empty_database_is_brought_to_the_newest_migration(databases: Databases) -> None:
    runtime = runtime_on(databases.empty())
    assert pmo(runtime, "status").status == 1
    assert pmo(runtime, "db", "upgrade").status == 0
    assert pmo(runtime, "db", "upgrade").status == 0
    assert pmo(runtime, "status", "--format", "json").json == []
    runtime.engines.dispose()


def test_a_new_installation_knows_nobody(runtime: Runtime) -> None:
    assert pmo(runtime, "user", "list", "--format", "json").json == []


def test_import_says_what_it_would_do_and_does_it_once(runtime: Runtime) -> None:
    tried = pmo(runtime, "import", str(DATA / "portfolio.yaml"), "--dry-run", "--format", "json")
    assert tried.status == 0
    assert pmo(runtime, "status", "--format", "json").json == []
    done = pmo(runtime, "import", str(DATA / "portfolio.yaml"), "--format", "json")
    assert tried.json == done.json
    assert {noun: counts["created"] for noun, counts in done.json["by_noun"].items()}.items() >= {
        "projects": 64,
        "milestones": 335,
        "indicators": 113,
    }.items()
    again = pmo(runtime, "import", str(DATA / "portfolio.yaml"), "--format", "json").json
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, done.json["created"])


def test_a_file_that_cannot_be_read_is_wrong_usage(runtime: Runtime, tmp_path: Path) -> None:
    assert pmo(runtime, "import", "nowhere.yaml").status == 2
    assert pmo(runtime, "import", str(tmp_path)).status == 2
    for name, content in (("empty.yaml", b""), ("noise.yaml", b"\x00\xff\xfe"), ("tab.yaml", b"a:\n\t- b: [")):
        (tmp_path / name).write_bytes(content)
        answer = pmo(runtime, "import", str(tmp_path / name))
        assert (answer.status, answer.output) == (2, "")
        assert name in answer.messages


def test_a_broken_file_is_refused_with_its_place_named(runtime: Runtime, tmp_path: Path) -> None:
    broken = tmp_path / "portfolio.yaml"
    broken.write_text(
        (DATA / "portfolio.yaml").read_text("utf-8").replace("start_date: 2019-09-09", "start_date: soon", 1)
    )
    answer = pmo(runtime, "import", str(broken))
    assert answer.status == 1
    place = next(line for line in answer.messages.splitlines() if "almaty_projects[0].start_date" in line)
    assert place.startswith("portfolio.yaml:")
    assert "soon is no date; expected is a date such as 2020-01-31" in place
    assert pmo(runtime, "status", "--format", "json").json == []


def test_people_are_added_and_listed(portfolio: Runtime) -> None:
    words = (
        "user",
        "add",
        "new.analyst@almaty.example",
        "--city",
        "almaty",
        "--role",
        "pmo_analyst",
        "--password-stdin",
    )
    assert pmo(portfolio, *words, typed="a long enough password\n").status == 0
    people = {person["email"]: person for person in pmo(portfolio, "user", "list", "--format", "json").json}
    assert people["new.analyst@almaty.example"]["can_sign_in"]
    assert not people["akim.alm@almaty.example"]["can_sign_in"]
    assert len(people) == 97


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "no address", "--city", "almaty", "--role", "observer"),
        ("user", "add", "a@almaty.example", "--city", "nowhere", "--role", "observer"),
    ],
)
def test_people_that_cannot_be_are_refused(portfolio: Runtime, words: tuple[str, ...]) -> None:
    assert pmo(portfolio, *words).status == 1


def test_a_role_that_does_not_exist_is_wrong_usage(portfolio: Runtime) -> None:
    assert pmo(portfolio, "user", "add", "a@almaty.example", "--city", "almaty", "--role", "king").status == 2


def test_a_short_password_is_refused_and_nobody_is_added(portfolio: Runtime) -> None:
    words = ("user", "add", "a@almaty.example", "--city", "almaty", "--role", "observer", "--password-stdin")
    assert pmo(portfolio, *words, typed="short\n").status == 1
    assert len(pmo(portfolio, "user", "list", "--format", "json").json) == 96


def test_the_network_of_a_plan_is_printed() -> None:
    report = pmo(None, "schedule", str(PLANS / "street_repair.xml"), "--format", "json").json
    assert set(report) == {"duration", "activities"}
    assert report["activities"]
    assert set(report["activities"][0]) == {
        "id",
        "early_start",
        "early_finish",
        "late_start",
        "late_finish",
        "total_float",
        "free_float",
        "critical",
    }


def test_a_plan_that_is_no_xml_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "plan.xml").write_text("dear reader")
    assert pmo(None, "schedule", str(tmp_path / "plan.xml")).status == 2


def test_the_record_of_an_untouched_database_is_unbroken(replayed: Runtime) -> None:
    answer = pmo(replayed, "audit", "verify")
    assert answer.status == 0
    assert int(answer.output.split()[0]) > 1501


def test_a_changed_event_breaks_the_record_and_is_named(replayed: Runtime) -> None:
    with replayed.engines.writing.begin() as connection, append_only.opened(connection):
        connection.exec_driver_sql("update audit_events set body = replace(body, '2019', '2018') where seq = 700")
    answer = pmo(replayed, "audit", "verify")
    assert answer.status == 1
    assert "event 700" in answer.output


def test_a_backup_is_taken_and_put_back(portfolio: Runtime, tmp_path: Path) -> None:
    assert pmo(portfolio, "backup", str(tmp_path / "copy.db")).status == 0
    words = ("user", "add", "late@almaty.example", "--city", "almaty", "--role", "observer")
    assert pmo(portfolio, *words).status == 0
    assert pmo(portfolio, "restore", str(tmp_path / "copy.db")).status == 0
    emails = {person["email"] for person in pmo(portfolio, "user", "list", "--format", "json").json}
    assert "late@almaty.example" not in emails
    assert len(emails) == 96


def test_a_damaged_backup_is_refused(portfolio: Runtime, tmp_path: Path) -> None:
    assert pmo(portfolio, "backup", str(tmp_path / "copy.db")).status == 0
    whole = (tmp_path / "copy.db").read_bytes()
    for name, content in (("cut.db", whole[: len(whole) // 3]), ("noise.db", whole[:16] + b"\x5a" * 5000)):
        (tmp_path / name).write_bytes(content)
        answer = pmo(portfolio, "restore", str(tmp_path / name))
        assert answer.status == 1
        assert name in answer.messages
    assert len(pmo(portfolio, "user", "list", "--format", "json").json) == 96


def test_a_database_of_an_unknown_make_is_wrong_usage() -> None:
    answer = pmo(None, "status", PMO_DATABASE_URL="mysql://localhost/pmo")
    assert answer.status == 2
    assert "PMO_DATABASE_URL" in answer.messages


def test_people_of_an_unknown_city_are_refused(portfolio: Runtime) -> None:
    assert pmo(portfolio, "user", "list", "--city", "nowhere").status == 1


def test_services_refuse_to_start_without_their_settings(portfolio: Runtime) -> None:
    for command in ("web", "scheduler"):
        answer = pmo(portfolio, command)
        assert answer.status == 2
        assert "PMO_SECRET_KEY" in answer.messages


def test_the_first_administrator_is_entered_and_invited_without_a_password(portfolio: Runtime) -> None:
    service = {
        "PMO_SECRET_KEY": "k" * 40,
        "PMO_BASE_URL": "http://localhost:8000",
        "PMO_SMTP_URL": "smtp://localhost:2525",
    }
    words = ("user", "add", "first@almaty.example", "--city", "almaty", "--role", "administrator")
    assert pmo(portfolio, *words).status == 0
    answer = pmo(portfolio, "user", "invite", "First@Almaty.example", **service)
    assert answer.status == 0, answer.messages
    [mail] = pmo(portfolio, "outbox", "list", "--format", "json").json
    assert (mail["kind"], mail["recipient"], mail["state"]) == (
        "password_invitation",
        "first@almaty.example",
        "queued",
    )
    assert pmo(portfolio, "user", "invite", "nobody@almaty.example", **service).status == 1
    assert pmo(portfolio, "user", "invite", "first@almaty.example").status == 2, "links need the address of the site"
