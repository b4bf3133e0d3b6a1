"""``pmo audit``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pmo.cli.frame import REFUSED, refuse, runtime_for_facts, say, unusable
from pmo.domain.inclusion_receipt import issue_receipt
from pmo.domain.signed_note import MalformedNote, NoteVerifier
from pmo.domain.transparency import Frontier
from pmo.exchange.audit_check import check_log
from pmo.exchange.signed_notes import KeyFileRefused, note_of_file, read_signing_key, read_verifier_keys
from pmo.queries import audit as record
from pmo.runtime import Runtime


@click.group()
def audit() -> None:
    """The record of every change."""


@audit.command()
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
def verify(checkpoints: tuple[Path, ...], keys: Path | None) -> None:
    """Checks that the record is unbroken and contains what the checkpoints say. Status 1 and the first place if not."""
    runtime = runtime_for_facts()
    try:
        outside = [note_of_file(path.read_bytes()) for path in checkpoints]
        verifiers = _verifiers(runtime, keys)
    except (KeyFileRefused, MalformedNote, ValueError) as error:
        unusable(str(error))
    if outside and not verifiers:
        unusable("A checkpoint can only be checked with a public key: give --keys, or set PMO_AUDIT_KEY_FILE.")
    with runtime.reading() as session:
        head = record.stored_head(session)
        findings = check_log(
            record.events(session), head, record.stored_checkpoints(session) if verifiers else [], outside, verifiers
        )
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


def _verifiers(runtime: Runtime, keys: Path | None) -> list[NoteVerifier]:
    found: list[NoteVerifier] = list(read_verifier_keys(keys)) if keys else []
    if runtime.settings.audit_key_file:
        found.append(read_signing_key(runtime.settings.audit_key_file).verifier)
    return found
