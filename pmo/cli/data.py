"""``pmo import``."""

from __future__ import annotations

from pathlib import Path

import click

from pmo.cli.frame import FORMAT, print_json, print_table, refuse, runtime_for_facts, say, say_faults, unusable
from pmo.services.imports import ImportRefused, apply_import, plan_import

UNREADABLE = {"file_missing", "file_empty", "file_too_large", "unknown_format", "not_utf8", "not_yaml"}
"""Faults of the file itself rather than of what it says: an unreadable file is wrong usage (PRODUCT 5)."""


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@FORMAT
def import_file(path: Path, dry_run: bool, form: str) -> None:
    """Loads a portfolio (.yaml, .xlsx) or an event log; whole, or not at all."""
    runtime = runtime_for_facts()
    with runtime.writing() as session:
        plan = plan_import(session, path)
        try:
            if plan.faults:
                raise ImportRefused(plan.faults)
            if dry_run:
                counts = plan.counts
                session.rollback()
            else:
                counts = apply_import(session, plan, runtime.now())
        except ImportRefused as refusal:
            session.rollback()
            say_faults(refusal.faults)
            if any(fault.code in UNREADABLE for fault in refusal.faults):
                unusable(f"{path.name} cannot be read. Nothing was changed.")
            refuse(f"{path.name}: faults found: {len(refusal.faults)}. Nothing was changed.")
    if form == "json":
        print_json(counts)
    else:
        print_table(("", "count"), _lines(counts))
        say("Nothing was changed: this was a dry run." if dry_run else "Done.")


def _lines(counts: object, prefix: str = "") -> list[tuple[str, object]]:
    if not isinstance(counts, dict):
        return [(prefix, counts)]
    return [line for name, value in counts.items() for line in _lines(value, f"{prefix} {name}".strip())]
