"""``pmo schedule``."""

from __future__ import annotations

from pathlib import Path

import click

from pmo.cli.frame import FORMAT, print_json, print_table, refuse, unusable
from pmo.exchange.mspdi import PlanRefused, read_plan, schedule_report

UNREADABLE = {"empty", "too_large", "not_xml", "forbidden_xml", "wrong_root"}


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@FORMAT
def schedule(path: Path, form: str) -> None:
    """The network of a Microsoft Project plan (MSPDI): dates, float, critical path, in working days of its calendar."""
    try:
        report = schedule_report(read_plan(path))
    except PlanRefused as refusal:
        if any(fault.code in UNREADABLE for fault in refusal.faults):
            unusable(f"{path.name}: {refusal}")
        refuse(f"{path.name}: {refusal}")
    if form == "json":
        print_json(report)
        return
    print_table(
        ("id", "early start", "early finish", "late start", "late finish", "float", "free", "critical"),
        [
            (
                activity["id"],
                activity["early_start"],
                activity["early_finish"],
                activity["late_start"],
                activity["late_finish"],
                activity["total_float"],
                activity["free_float"],
                "yes" if activity["critical"] else "",
            )
            for activity in report["activities"]
        ],
    )
    click.echo(f"Duration: {report['duration']} working days")
