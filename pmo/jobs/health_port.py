"""The health of one ``pmo scheduler``: its own heartbeat besides the checks of the installation, on loopback only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import timedelta
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from pmo.jobs.health import Check, Health, health_of
from pmo.jobs.heartbeat import Beat, Heartbeat
from pmo.jobs.metrics import CONTENT_TYPE, exposition
from pmo.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOOPBACK = "127.0.0.1"
LONGEST_BEAT = timedelta(hours=1)
"""A beat that is still going on after so long hangs: a city's mail of a day leaves in half of it."""


def beats_check(beats: Iterable[Beat]) -> list[Check]:
    """The heartbeat as checks, by the monotonic clock."""
    return [
        Check(
            "beat",
            not (beat.is_overdue or (beat.is_running and beat.age > LONGEST_BEAT)),
            {"beat": beat.name},
            {"age_seconds": round(beat.age.total_seconds(), 1)},
        )
        for beat in beats
    ]


def health_application(runtime: Runtime, heartbeat: Heartbeat) -> WSGIApplication:
    """Answers ``/health`` (JSON, 200 or 503) and ``/metrics``; nothing else is there."""

    def application(environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environment.get("PATH_INFO", "")
        if path not in ("/health", "/metrics"):
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not found\n"]
        health = Health((*beats_check(heartbeat.beats), *health_of(runtime).checks))
        if path == "/metrics":
            start("200 OK", [("Content-Type", CONTENT_TYPE)])
            return [exposition(health)]
        start("200 OK" if health.is_well else "503 Service Unavailable", [("Content-Type", "application/json")])
        return [json.dumps(health.as_json()).encode()]

    return application


@contextmanager
def listening(application: WSGIApplication, port: int) -> Iterator[int]:
    """Serves an application on this machine as long as the block lasts; gives the port, chosen where 0 was asked."""
    with make_server(LOOPBACK, port, application, _Server, _Quiet) as server:
        thread = Thread(target=server.serve_forever, name="health", daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 10

    def address_string(self) -> str:
        """The address, without asking a name server."""
        return str(self.client_address[0])

    def log_message(self, format: str, *values: Any) -> None:
        """A probe every few seconds is no news."""
