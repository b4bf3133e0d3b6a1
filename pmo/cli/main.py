"""Puts the commands together."""

from __future__ import annotations

import logging

import click

from pmo.cli import alerts, audit, data, database, demo, jobs, people, plans, retention, serve, status
from pmo.cli.logs import tell_from


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Portfolio tracker of a city's project management office."""
    tell_from(logging.WARNING)


for command in (
    database.db,
    database.backup,
    database.restore,
    data.import_file,
    status.status,
    jobs.run_job,
    jobs.simulate,
    jobs.outbox,
    alerts.alerts,
    plans.schedule,
    audit.audit,
    people.user,
    retention.retention,
    serve.web,
    serve.scheduler,
    demo.demo,
):
    main.add_command(command)
