"""`pmo run-job`, `pmo simulate`, `pmo outbox list`: the contract of PRODUCT 5."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from pmo.clock import FixedClock
from pmo.db.base import Base
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.jobs.deliver import deliver_due
from pmo.mail.transport import RecordingTransport
from pmo.queries.calendar import working_calendar
from pmo.runtime import Runtime
from pmo.services.demo_clock import set_demo_clock
from tests.cli.terminal import pmo
from tests.conftest import DATA
from tests.post_office import TUESDAY, a_draft, mails, put_in_outbox, settle_city
from tests.reports import report

ALMATY = ZoneInfo("Asia/Almaty")
LOG = str(DATA / "demo_log.yaml")
MAIL = {
    "key",
    "message_id",
    "kind",
    "city",
    "project",
    "item",
    "rung",
    "period",
    "recipient",
    "recipient_role",
    "language",
    "subject",
    "state",
    "created_at",
    "not_before",
    "sent_at",
    "attempts",
}
NOTHING = {
    "events_entered": 0,
    "events_skipped": 0,
    "alerts_by_rung": {},
    "digests": 0,
    "mails": 0,
    "created": 0,
    "changed": 0,
    "unchanged": 0,
}
SENIORS = ("akim", "deputy_akim", "chief_of_staff")


def rows_of_every_table(runtime: Runtime) -> dict[str, int]:
    with runtime.engines.reading.connect() as connection:
        return {table.name: len(connection.execute(select(table)).all()) for table in Base.metadata.sorted_tables}


def simulate(runtime: Runtime, first: str, last: str) -> dict[str, object]:
    answer = pmo(runtime, "simulate", "--from", first, "--to", last, "--log", LOG, "--format", "json")
    assert answer.status == 0, answer.messages
    found: dict[str, object] = answer.json
    return found


def test_a_simulation_tells_what_came_of_it_and_a_second_one_changes_nothing(portfolio: Runtime) -> None:
    first = simulate(portfolio, "2019-09-16", "2019-09-30")
    assert set(first) == {*NOTHING, "alerts_by_rung"}
    assert first["events_entered"] == 31
    assert int(str(first["mails"])) > 100
    before = rows_of_every_table(portfolio)
    again = simulate(portfolio, "2019-09-16", "2019-09-30")
    assert again == {**NOTHING, "events_skipped": 31, "unchanged": 31}
    assert rows_of_every_table(portfolio) == before


def test_nothing_is_sent_on_a_day_off_or_outside_the_hours(simulated: Runtime) -> None:
    with simulated.reading() as session:
        calendar = working_calendar(session, "almaty")
        sent = session.scalars(select(OutgoingMailRecord.sent_at)).all()
    moments = [moment.astimezone(ALMATY) for moment in sent if moment]
    assert moments
    assert all(calendar.is_working(moment.date()) for moment in moments)
    assert all((8, 30) <= (moment.hour, moment.minute) < (18, 30) for moment in moments)


def test_no_senior_gets_two_mails_on_one_day(simulated: Runtime) -> None:
    with simulated.reading() as session:
        mails = session.execute(
            select(OutgoingMailRecord.recipient_id, OutgoingMailRecord.sent_at)
            .join(PersonRecord, PersonRecord.id == OutgoingMailRecord.recipient_id)
            .where(PersonRecord.role.in_(SENIORS))
        ).all()
    days = [(person, moment.astimezone(ALMATY).date()) for person, moment in mails if moment]
    assert days
    assert len(days) == len(set(days))


def test_every_later_rung_was_preceded_by_the_earlier_ones(simulated: Runtime) -> None:
    with simulated.reading() as session:
        rows = session.execute(
            select(AlertRecord.item, AlertRecord.baseline_version, AlertRecord.rung, AlertRecord.raised_on).where(
                AlertRecord.rung.like("O+%")
            )
        ).all()
    climbs: dict[tuple[str, int], dict[str, date]] = {}
    for item, version, rung, raised_on in rows:
        climbs.setdefault((item, version), {})[rung] = raised_on
    assert any("O+7" in climb for climb in climbs.values())
    for climb in climbs.values():
        order = [rung for rung in ("O+1", "O+3", "O+7", "O+14") if rung in climb]
        assert order == ["O+1", "O+3", "O+7", "O+14"][: len(order)]
        days = [climb[rung] for rung in order]
        assert days == sorted(set(days))


def test_the_list_of_mails_has_every_field_of_the_contract(simulated: Runtime) -> None:
    rows = pmo(simulated, "outbox", "list", "--format", "json").json
    assert rows
    for row in rows:
        assert set(row) - {"items"} == MAIL
        assert row["state"] == "sent"
        assert row["sent_at"].endswith("Z")
        assert row["message_id"].startswith("<")
    assert len({row["key"] for row in rows}) == len({row["message_id"] for row in rows}) == len(rows)
    lists = [row["items"] for row in rows if "items" in row]
    assert lists
    assert all(set(told) == {"item", "rung"} for items in lists for told in items)


def test_a_dry_run_tells_what_would_be_sent_and_changes_nothing(portfolio: Runtime) -> None:
    before = rows_of_every_table(portfolio)
    words = ("run-job", "alerts", "--at", "2019-09-16T08:20", "--dry-run", "--format", "json")
    outcome = pmo(portfolio, *words).json
    assert set(outcome) == {"job", "city", "period", "state", "counts", "would_send"}
    assert (outcome["job"], outcome["period"], outcome["state"]) == ("alerts", "2019-09-16", "done")
    assert outcome["would_send"]
    assert all(set(row) - {"items"} == MAIL for row in outcome["would_send"])
    assert rows_of_every_table(portfolio) == before


def test_a_job_runs_once_for_a_period(portfolio: Runtime) -> None:
    words = ("run-job", "assess", "--city", "almaty", "--at", "2019-09-17T00:30", "--format", "json")
    assert pmo(portfolio, *words).json["state"] == "done"
    assert pmo(portfolio, *words).json["state"] == "already_done"


def test_on_a_day_off_nothing_is_due(portfolio: Runtime) -> None:
    answer = pmo(portfolio, "run-job", "alerts", "--at", "2019-09-22T09:00", "--format", "json")
    assert (answer.status, answer.json["state"]) == (0, "nothing_due")


def test_a_moment_without_an_offset_is_city_time(portfolio: Runtime) -> None:
    moment = datetime(2019, 9, 17, 8, 20, tzinfo=ALMATY)
    local = pmo(portfolio, "run-job", "alerts", "--at", "2019-09-17T08:20", "--dry-run", "--format", "json").json
    instant = moment.astimezone(UTC).isoformat()
    assert pmo(portfolio, "run-job", "alerts", "--at", instant, "--dry-run", "--format", "json").json == local
    early = pmo(portfolio, "run-job", "alerts", "--at", "2019-09-17T08:19", "--format", "json").json
    assert early["state"] == "nothing_due"


def test_wrong_usage_is_status_two(portfolio: Runtime) -> None:
    assert pmo(portfolio, "run-job", "coffee").status == 2
    assert pmo(portfolio, "run-job", "alerts", "--at", "tomorrow").status == 2
    assert pmo(portfolio, "simulate", "--from", "2019-09-20", "--to", "2019-09-16").status == 2
    assert pmo(portfolio, "run-job", "deliver").status == 2
    assert pmo(portfolio, "run-job", "alerts", "--city", "nowhere").status == 1


def test_a_log_that_contradicts_is_refused_before_the_first_day(portfolio: Runtime, tmp_path: Path) -> None:
    lines = (DATA / "demo_log.yaml").read_text("utf-8").splitlines(keepends=True)
    second = [number for number, line in enumerate(lines) if line.strip().startswith("project:")][1]
    lines[second] = "  project: DP-99\n"
    (tmp_path / "log.yaml").write_text("".join(lines), "utf-8")
    before = rows_of_every_table(portfolio)
    answer = pmo(
        portfolio, "simulate", "--from", "2019-09-16", "--to", "2019-09-20", "--log", str(tmp_path / "log.yaml")
    )
    assert answer.status == 1
    assert f"log.yaml:{second + 1}: events[1].project: There is no project DP-99" in answer.messages
    assert rows_of_every_table(portfolio) == before


BOUNCES = {"PMO_BOUNCE_ADDRESS": "bounces@pmo.example.kz", "PMO_SECRET_KEY": "a secret for tests only, long enough"}


def returned_mail(runtime: Runtime) -> tuple[int, str]:
    """A mail that has left, and its return path."""
    settle_city(runtime)
    put_in_outbox(runtime, a_draft())
    settings = replace(runtime.settings, bounce_address=BOUNCES["PMO_BOUNCE_ADDRESS"])
    transport = RecordingTransport()
    deliver_due(Runtime(settings, runtime.engines, FixedClock(TUESDAY), transport))
    (envelope,) = transport.envelopes
    (mail,) = mails(runtime)
    return mail.id, envelope.sender


def test_a_report_on_standard_input_fails_its_mail_and_shuts_the_address(runtime: Runtime) -> None:
    _, sender = returned_mail(runtime)
    set_clock(runtime)
    said = pmo(runtime, "outbox", "bounce", typed=report(sender).decode(), **BOUNCES)
    assert (said.status, said.output) == (0, "")
    assert "nothing more goes to its address" in said.messages
    assert [mail.state for mail in mails(runtime)] == ["failed"]
    again = pmo(runtime, "outbox", "bounce", typed=report("x@y.example").decode(), **BOUNCES)
    assert again.status == 1


def test_the_address_may_be_given_by_the_mail_server(runtime: Runtime) -> None:
    _, sender = returned_mail(runtime)
    set_clock(runtime)
    hidden = report("undisclosed@y.example").decode()
    assert pmo(runtime, "outbox", "bounce", typed=hidden, **BOUNCES).status == 1
    assert pmo(runtime, "outbox", "bounce", "--to", sender, typed=hidden, **BOUNCES).status == 0
    assert [mail.state for mail in mails(runtime)] == ["failed"]


def test_a_forged_or_foreign_message_changes_nothing(runtime: Runtime) -> None:
    number, sender = returned_mail(runtime)
    set_clock(runtime)
    forged = f"bounces+{number}-aaaaaaaaaaaaaaaa@pmo.example.kz"
    for typed in (report(forged).decode(), f"To: {sender}\n\nI am away until Monday.\n", ""):
        said = pmo(runtime, "outbox", "bounce", typed=typed, **BOUNCES)
        assert said.status == 1
        assert "Nothing was changed" in said.messages
    late = pmo(runtime, "outbox", "bounce", typed=report(sender, "delayed", "4.4.1").decode(), **BOUNCES)
    assert (late.status, "nothing was changed" in late.messages) == (0, True)
    assert [mail.state for mail in mails(runtime)] == ["sent"]


def test_reports_need_their_address_and_the_secret(runtime: Runtime) -> None:
    for name in BOUNCES:
        said = pmo(runtime, "outbox", "bounce", typed="x", **{key: BOUNCES[key] for key in BOUNCES if key != name})
        assert said.status == 2
        assert "PMO_BOUNCE_ADDRESS and PMO_SECRET_KEY" in said.messages


def test_without_a_bounce_address_mail_returns_to_its_sender(runtime: Runtime) -> None:
    settle_city(runtime)
    put_in_outbox(runtime, a_draft())
    here = runtime.at(TUESDAY)
    deliver_due(here)
    assert isinstance(here.transport, RecordingTransport)
    assert [envelope.sender for envelope in here.transport.envelopes] == ["pmo@city.example"]


def set_clock(runtime: Runtime) -> None:
    """Commands read the clock of the database."""
    with runtime.writing() as session:
        set_demo_clock(session, TUESDAY, TUESDAY.date())
