"""``pmo audit``."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from pathlib import Path

import click

from pmo.cli.frame import REFUSED, refuse, runtime_for_facts, say, unusable
from pmo.db.replayed_tables import LEFT_OUT, NOT_COVERED_COLUMNS, REPLAYED
from pmo.domain.inclusion_receipt import NotIncluded, issue_receipt, open_receipt, parse_receipt
from pmo.domain.signed_note import MalformedNote, NoteVerifier, UntrustedNote
from pmo.domain.transparency import Frontier
from pmo.exchange.audit_check import Finding, StoredHead, check_log
from pmo.exchange.audit_export import MalformedExport, open_export, write_export
from pmo.exchange.signed_notes import (
    KeyFileRefused,
    MalformedKey,
    generate_signing_key,
    note_of_file,
    read_signing_key,
    read_verifier_keys,
    write_signing_key,
)
from pmo.jobs.checkpoints import make_checkpoint
from pmo.queries import audit as record
from pmo.queries.audit_replay import in_one_moment, replay
from pmo.services.written_rows import accept_rows


@click.group()
def audit() -> None:
    """The record of every change."""


@audit.command("keygen")
@click.argument("origin")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def make_key(origin: str, path: Path) -> None:
    """Makes the key that signs checkpoints, in a new file readable by its owner only, and prints its public half.

    ORIGIN names the record, such as audit.city.kz. Give the public key to those who keep checkpoints.
    """
    try:
        signer = generate_signing_key(origin)
        write_signing_key(path, signer)
    except FileExistsError:
        unusable(f"No key was made: {path} exists already, and a key that signed is needed for ever.")
    except (MalformedKey, OSError) as error:
        unusable(f"No key was made: {error}")
    click.echo(str(signer.verifier))


@audit.command()
def checkpoint() -> None:
    """Prints a signed checkpoint of the record as it stands, and keeps it."""
    runtime = runtime_for_facts()
    try:
        note = make_checkpoint(runtime)
    except KeyFileRefused as error:
        unusable(str(error))
    if note is None:
        unusable("A checkpoint is signed: set PMO_AUDIT_KEY_FILE to the file with the record's key.")
    click.echo(note, nl=False)


@audit.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def export(path: Path) -> None:
    """Writes the whole record into a file that `pmo audit verify --export` checks on any machine."""
    runtime = runtime_for_facts()
    with runtime.reading() as session, path.open("x", encoding="utf-8", newline="\n") as file:
        count = write_export(
            file, record.events(session), record.stored_head(session), record.stored_checkpoints(session)
        )
    say(f"{count} events are in {path.name}.")


@audit.command()
@click.option(
    "--export",
    "exported",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Check an export instead of the database; no database is needed.",
)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint from an old mail; may be given several times.",
)
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Public keys that checkpoints may be signed with, one a line.",
)
@click.option(
    "--replay",
    "with_tables",
    is_flag=True,
    help="Also compare every row of the tables with what the record last said of it; needs the database.",
)
def verify(exported: Path | None, checkpoints: tuple[Path, ...], keys: Path | None, with_tables: bool) -> None:
    """Checks that the record is unbroken and contains what the checkpoints say. Status 1 and the first place if not.

    With --replay, rows that were changed, added or removed past the program (by SQL, by hand) are named, with the event
    of their last lawful change. It finds nothing that was done through the program with a stolen sign-in, nothing that
    was done before the record took the rows over, and nothing in the tables it lists as not compared. Who can also
    write a new record is found out by checkpoints from outside only: give them too.
    """
    if exported and with_tables:
        unusable("--replay compares the record with the tables: it needs the database, an export holds none.")
    try:
        outside = [note_of_file(path.read_bytes()) for path in checkpoints]
        verifiers = _verifiers(keys)
    except (KeyFileRefused, MalformedNote, ValueError) as error:
        unusable(str(error))
    if outside and not verifiers:
        unusable("A checkpoint can only be checked with a public key: give --keys, or set PMO_AUDIT_KEY_FILE.")
    head, findings = _checked_export(exported, outside, verifiers) if exported else _checked(outside, verifiers)
    for finding in findings:
        click.echo(
            f"{finding.place.value} {finding.at}: {finding.flaw.value}"
            + (f", expected {finding.expected}, found {finding.found}" if finding.expected or finding.found else "")
        )
    if findings:
        say("The record is broken.")
        sys.exit(REFUSED)
    root = Frontier.from_hex(head.size, list(head.hashes)).root.hex()
    click.echo(f"{head.size} events, root {root}")
    say("The record is unbroken.")
    if with_tables:
        _replay()


def _replay() -> None:
    """Compares the tables with the record, which was found unbroken."""
    with runtime_for_facts().reading() as session:
        found = replay(in_one_moment(session))
    if found.outdated:
        refuse(f"Digests of {', '.join(found.outdated)} are of an older form: run `pmo db upgrade` first.")
    for finding in found.findings:
        last = f"last lawful change: event {finding.event}" if finding.event is not None else "in no event"
        click.echo(f"{finding.table} {finding.key}: {finding.flaw.value}, {last}")
    for reason, tables in groupby(sorted(LEFT_OUT, key=lambda name: (LEFT_OUT[name], name)), LEFT_OUT.__getitem__):
        say(f"Not compared: {', '.join(tables)} ({reason}).")
    for table, columns in NOT_COVERED_COLUMNS.items():
        say(f"Not compared: of {table} {', '.join(sorted(columns))}.")
    if found.taken_over is not None:
        say(f"Rows that stood there before event {found.taken_over} are compared with what they were then.")
    if found.erased:
        say(f"Not compared: {found.erased} rows whose digests were erased on purpose.")
    if found.findings:
        say("The tables are not what the record says.")
        sys.exit(REFUSED)
    click.echo(f"{found.rows} rows of {len(REPLAYED)} tables")
    say("The tables are what the record says.")


@audit.command()
@click.argument("table")
@click.argument("keys", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why the rows were changed past the program; stays in the record.")
def accept(table: str, keys: tuple[str, ...], reason: str) -> None:
    """Takes rows of TABLE that were repaired by hand as they now stand, for `verify --replay`.

    KEYS are as a replay names them. An event keeps which rows, when, and why.
    """
    runtime = runtime_for_facts()
    try:
        with runtime.writing() as session:
            accept_rows(session, table, keys, reason, runtime.clock_on_the_wall.now())
    except ValueError as error:
        refuse(f"Nothing was changed: {error}.")
    say(f"{len(keys)} rows of {table} are accepted as they stand; the record says why.")


def _checked(outside: list[str], verifiers: list[NoteVerifier]) -> tuple[StoredHead, list[Finding]]:
    with runtime_for_facts().reading() as unfixed:
        session = in_one_moment(unfixed)
        head = record.stored_head(session)
        stored = record.stored_checkpoints(session) if verifiers else []
        return head, check_log(record.events(session), head, stored, outside, verifiers)


def _checked_export(path: Path, outside: list[str], verifiers: list[NoteVerifier]) -> tuple[StoredHead, list[Finding]]:
    try:
        with path.open(encoding="utf-8") as file:
            exported = open_export(file)
            stored = exported.checkpoints if verifiers else []
            return exported.head, check_log(exported.events, exported.head, stored, outside, verifiers)
    except MalformedExport as error:
        unusable(f"{path.name} is no export of the record: {error}")


@audit.command()
@click.argument("event", type=click.IntRange(min=0))
def prove(event: int) -> None:
    """Prints a receipt that EVENT (its number) is in the record: its text, the proof, and a signed checkpoint."""
    runtime = runtime_for_facts()
    with runtime.reading() as session:
        found = record.event_text(session, event)
        if found is None:
            refuse(f"There is no event {event}.")
        leaves = record.leaves(session)
    path = runtime.settings.audit_key_file
    if path is None:
        unusable("A receipt is signed: set PMO_AUDIT_KEY_FILE to the file with the record's key.")
    try:
        signer = read_signing_key(path)
    except KeyFileRefused as error:
        unusable(str(error))
    note = record.signed_checkpoint(leaves, signer)
    click.echo(str(issue_receipt(leaves, event, note, found.encode())), nl=False)


@audit.command()
@click.argument("receipt", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Public keys that the receipt may be signed with, one a line.",
)
def check(receipt: Path, keys: Path | None) -> None:
    """Checks a RECEIPT (.tlog-proof) of a mail or of `pmo audit prove`, and prints the event that it proves.

    No database is needed. Status 1 where it proves nothing.
    """
    try:
        verifiers = _verifiers(keys)
        shown = parse_receipt(note_of_file(receipt.read_bytes()))
    except (KeyFileRefused, ValueError) as error:
        unusable(f"{receipt.name} cannot be checked: {error}")
    if not verifiers:
        unusable("A receipt can only be checked with a public key: give --keys, or set PMO_AUDIT_KEY_FILE.")
    try:
        proved = open_receipt(shown, shown.extra, verifiers)
    except (NotIncluded, UntrustedNote) as error:
        refuse(f"The receipt proves nothing: {error}.")
    click.echo(shown.extra.decode())
    say(f"Event {shown.index} is in the record {proved.origin}, of {proved.size} events then.")


def _verifiers(keys: Path | None) -> list[NoteVerifier]:
    found: list[NoteVerifier] = list(read_verifier_keys(keys)) if keys else []
    own = os.environ.get("PMO_AUDIT_KEY_FILE")
    if own:
        found.append(read_signing_key(Path(own)).verifier)
    return found
