"""``pmo web`` and ``pmo scheduler``: the two production processes; any number of each may run."""

from __future__ import annotations

import os
from ipaddress import ip_address

import click
from waitress import serve

from pmo.app import create_app
from pmo.cli.frame import runtime_for_service, say, unusable
from pmo.jobs.heartbeat import run_scheduler


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; a proxy stands in front.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
def web(host: str, port: int, threads: int) -> None:
    """Serves the pages."""
    runtime = runtime_for_service()
    if runtime.settings.demo and not _is_loopback(host):
        unusable("PMO_DEMO=1 is refused: a demonstration listens on this machine only.")
    say(f"Serving {runtime.settings.base_url} on {host}:{port} (process {os.getpid()}).")
    serve(create_app(runtime), host=host, port=port, threads=threads, ident=None)


@click.command()
def scheduler() -> None:
    """Runs the jobs at their hours until it is stopped."""
    runtime = runtime_for_service()
    say(f"Scheduler {os.getpid()} is running.")
    run_scheduler(runtime)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
