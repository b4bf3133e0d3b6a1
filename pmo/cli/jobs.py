"""``pmo run-job``, ``pmo simulate``, ``pmo outbox``."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

from pmo.cli.frame import (
    FORMAT,
    REFUSED,
    Day,
    Moment,
    chosen_cities,
    moment_in,
    print_json,
    print_table,
    refuse,
    runtime_for_facts,
    runtime_for_sending,
    say,
    say_faults,
    unusable,
)
from pmo.domain.errors import NotFound
from pmo.jobs import deliver
from pmo.jobs.outcome import RunOutcome, RunState, merged
from pmo.jobs.runner import preview
from pmo.jobs.runner import run_job as run_scheduled_job
from pmo.jobs.simulation import JobFailed
from pmo.jobs.simulation import simulate as simulate_days
from pmo.jobs.timetable import EVERY_JOB
from pmo.mail.returned import NotAReport, mail_of_return_path, read_report
from pmo.mail.transport import RecordingTransport
from pmo.queries.outbox import outbox_rows
from pmo.services.imports import EventRefused, ImportRefused, check_log, fault_of, read_log
from pmo.services.returned_mail import Returned, take_report

JOBS = {job.name: job for job in EVERY_JOB}


@click.command("run-job")
@click.argument("name", type=click.Choice([*JOBS, deliver.NAME]))
@click.option("--city", help="One city only.")
@click.option("--at", type=Moment(), help="As if at this moment; without an offset, city time.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent; nothing is changed.")
@FORMAT
def run_job(name: str, city: str | None, at: datetime | None, dry_run: bool, form: str) -> None:
    """Runs one scheduled job once, for the period that is due at that moment."""
    needs_mail = name == deliver.NAME and not dry_run
    runtime = runtime_for_sending() if needs_mail else runtime_for_facts()
    places = chosen_cities(runtime, city)
    if not places:
        refuse("There is no city yet: run `pmo import` first.")
    if name == deliver.NAME:
        there = runtime.at(moment_in(places[0], at, runtime))
        outcome = deliver.would_deliver(there) if dry_run else deliver.deliver_due(there)
    else:
        outcomes: list[RunOutcome] = []
        for place in places:
            there = runtime.at(moment_in(place, at, runtime))
            outcomes.append((preview if dry_run else run_scheduled_job)(there, JOBS[name], place.id))
        outcome = merged(outcomes)
    _show(outcome, form)


def _show(outcome: RunOutcome, form: str) -> None:
    if form == "json":
        print_json(outcome.as_json())
    else:
        print_table(("", ""), [("state", outcome.state.value), ("period", outcome.period), *outcome.counts.items()])
        if outcome.would_send:
            click.echo("")
            _mail_table(outcome.would_send)
    if outcome.error:
        say(outcome.error)
    if outcome.state is RunState.FAILED:
        sys.exit(REFUSED)


@click.command()
@click.option("--from", "first", type=Day(), required=True, help="First day.")
@click.option("--to", "last", type=Day(), required=True, help="Last day.")
@click.option("--log", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Enter this log's events.")
@click.option("--really-send", is_flag=True, help="Give the mails to the mail server instead of only recording them.")
@FORMAT
def simulate(first: date, last: date, log: Path | None, really_send: bool, form: str) -> None:
    """Moves the clock day by day: enters the events of each day, then runs every job at its hours."""
    if last < first:
        unusable("--to lies before --from.")
    runtime = runtime_for_sending() if really_send else runtime_for_facts().sending_through(RecordingTransport())
    if not chosen_cities(runtime, None):
        refuse("There is no portfolio yet: run `pmo import` first.")
    events = None
    if log is not None:
        try:
            events = read_log(log)
            with runtime.reading() as session:
                if faults := check_log(session, events, first, last):
                    raise ImportRefused(faults)
        except ImportRefused as error:
            say_faults(error.faults)
            refuse(f"{log.name}: faults found: {len(error.faults)}. Nothing was changed.")
    try:
        found = simulate_days(runtime, first, last, events)
    except EventRefused as error:
        assert events is not None
        say_faults([fault_of(events, error.refused)])
        refuse(f"The simulation stopped on {error.refused.event.day.isoformat()}; the days before it are done.")
    except JobFailed as error:
        refuse(str(error))
    if form == "json":
        print_json(found.as_json())
        return
    rungs = [(f"alerts {rung}", count) for rung, count in found.alerts_by_rung.items()]
    print_table(
        ("", "count"),
        [
            ("events entered", found.events_entered),
            ("events skipped", found.events_skipped),
            *rungs,
            ("digests", found.digests),
            ("mails", found.mails),
        ],
    )


@click.group()
def outbox() -> None:
    """Outgoing mail."""


@outbox.command("list")
@click.option("--city", help="One city only.")
@FORMAT
def list_outbox(city: str | None, form: str) -> None:
    """Mails with their state and key, oldest first."""
    runtime = runtime_for_facts()
    chosen = [place.id for place in chosen_cities(runtime, city)] if city else None
    with runtime.reading() as session:
        rows = outbox_rows(session, chosen)
    if form == "json":
        print_json(rows)
    else:
        _mail_table(rows)


@outbox.command("bounce")
@click.option("--to", "envelope", help="The address to which the message came, where the mail server says it.")
def take_bounce(envelope: str | None) -> None:
    """Reads a report of mail that did not arrive (RFC 3464) from standard input, as a mail server pipes it."""
    runtime = runtime_for_facts()
    address, keys = runtime.settings.bounce_address, runtime.settings.secret_keys
    if not address or not keys:
        unusable("PMO_BOUNCE_ADDRESS and PMO_SECRET_KEY must be set as they are for the scheduler.")
    content = sys.stdin.buffer.read(runtime.settings.max_upload + 1)
    if len(content) > runtime.settings.max_upload:
        refuse("The message is too large to be a report.")
    try:
        report = read_report(content)
    except NotAReport as error:
        refuse(f"Nothing was changed: {error}.")
    addresses = [envelope] if envelope else report.addresses
    mail_id = mail_of_return_path(addresses, address, keys)
    if mail_id is None:
        refuse("Nothing was changed: the report is not addressed to a mail of ours, or its signature is wrong.")
    try:
        with runtime.writing() as session:
            outcome = take_report(session, mail_id, report, runtime.now())
    except NotFound:
        refuse(f"Nothing was changed: there is no mail {mail_id}.")
    say(f"Mail {mail_id}: {BOUNCE_WORDS[outcome]}")


BOUNCE_WORDS = {
    Returned.NOTHING_FINAL: "the server still tries, or has delivered; nothing was changed.",
    Returned.TOO_LATE: "the report is about nothing that could still be changed.",
    Returned.KNOWN_BEFORE: "it was known to have failed; nothing was changed.",
    Returned.FAILED: "failed; the ladder goes on with the note that it was not delivered.",
    Returned.ADDRESS_SHUT: "failed, and nothing more goes to its address; the PMO is told.",
}


def _mail_table(rows: object) -> None:
    assert isinstance(rows, list | tuple)
    print_table(
        ("state", "kind", "recipient", "not before", "subject", "key"),
        [(row["state"], row["kind"], row["recipient"], row["not_before"], row["subject"], row["key"]) for row in rows],
    )
