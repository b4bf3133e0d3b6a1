"""``pmo web`` and ``pmo scheduler``: the two production processes; any number of each may run."""

from __future__ import annotations

import logging
import os
import signal
from ipaddress import ip_address
from threading import Event, Thread

import click
from waitress import serve

from pmo.app import create_app
from pmo.charts import canvas
from pmo.cli.frame import runtime_for_sending, runtime_for_service, say, unusable
from pmo.cli.logs import tell_from
from pmo.jobs.health_port import health_application, listening
from pmo.jobs.heartbeat import Heartbeat


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; a proxy stands in front.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
def web(host: str, port: int, threads: int) -> None:
    """Serves the pages."""
    runtime = runtime_for_service()
    if runtime.settings.demo and not _is_loopback(host):
        unusable("PMO_DEMO=1 is refused: a demonstration listens on this machine only.")
    if os.environ.get("FLASK_DEBUG", "0") not in ("", "0") and not _is_loopback(host):
        unusable("FLASK_DEBUG is refused: pages that show their insides are served on this machine only.")
    tell_from(logging.INFO)
    say(f"Serving {runtime.settings.base_url} on {host}:{port} (process {os.getpid()}).")
    Thread(target=canvas.warm_up, daemon=True).start()
    serve(create_app(runtime), host=host, port=port, threads=threads, ident=None)


@click.command()
@click.option("--health-port", type=click.IntRange(1, 65535), help="Answer /health and /metrics here, on loopback.")
def scheduler(health_port: int | None) -> None:
    """Runs the jobs at their hours until it is stopped."""
    runtime = runtime_for_sending()
    tell_from(logging.INFO)
    asked_to_stop = Event()
    for stop_signal in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop_signal, lambda number, frame: asked_to_stop.set())
    say(f"Scheduler {os.getpid()} is running.")
    # The first picture of a digest is drawn within a transaction: nobody should wait there for an import.
    Thread(target=canvas.warm_up, daemon=True).start()
    heartbeat = Heartbeat(runtime)
    if health_port is None:
        heartbeat.run_until(asked_to_stop)
        return
    try:
        with listening(health_application(runtime, heartbeat), health_port):
            heartbeat.run_until(asked_to_stop)
    except OSError as error:
        unusable(f"Nothing can listen on port {health_port}: {error.strerror}.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
