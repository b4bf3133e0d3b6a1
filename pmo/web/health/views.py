"""For probes and Prometheus: is the process alive, is the installation well (RELIABILITY 1.4). No words of people."""

from __future__ import annotations

from hmac import compare_digest
from ipaddress import ip_address

from flask import Blueprint, Response, request

from pmo.domain.errors import NotFound
from pmo.jobs.health import health_of
from pmo.jobs.metrics import CONTENT_TYPE, exposition
from pmo.web.access import public
from pmo.web.context import runtime

health = Blueprint("health", __name__)


@health.get("/live")
@public
def live() -> Response:
    """This process answers: what a proxy asks before it sends somebody here."""
    return Response("ok\n", mimetype="text/plain")


@health.get("/health")
@public
def show() -> tuple[dict[str, object], int]:
    """Every check as JSON; 503 where one is red. Meant for an alarm: a refused mail is no reason to stop serving."""
    found = health_of(runtime())
    return found.as_json(), 200 if found.is_well else 503


@health.get("/metrics")
@public
def metrics() -> Response:
    """The same for Prometheus: with the token where one is set, else from this machine only."""
    if not _may_measure():
        raise NotFound
    return Response(exposition(health_of(runtime())), content_type=CONTENT_TYPE)


def _may_measure() -> bool:
    token = runtime().settings.metrics_token
    if token:
        return compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    # Somebody whom a proxy brought is not on this machine, whatever the connection looks like.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
